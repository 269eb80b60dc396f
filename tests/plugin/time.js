// SPDX-License-Identifier: GPL-2.0-or-later
// What a student asks of a page with lines and writes is answered as the one command answers it, whose tables are in `told`
// (page.sh); prints TAP into the document. Whether a reader gets there by three clicks, reader.py tells by real ones.
'use strict';
tap(async (it) => {
	const text = (id) => document.getElementById(id).textContent;
	/* what waits for the next picture is drawn at once */
	const press = (key) => { document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); drawMoment(); };
	const click = (element) => { element.dispatchEvent(new MouseEvent('click', { bubbles: true })); drawMoment(); };
	const answer = (question) => [...document.querySelectorAll('#answer-table tr')].find((r) => r.textContent.includes(question));
	const links = (element) => [...element.querySelectorAll('button.link')];
	const button = (box, words) => links(document.getElementById(box)).find((b) => b.textContent.includes(words));
	const ran = () => [...document.querySelectorAll('#source-box .ran')].map((c) => c.textContent.replace(/^[\s\d×≠]*/, ''));
	const differs = () => [...document.querySelectorAll('#source-box .differs')].map((c) => c.textContent.replace(/^[\s\d×≠]*/, ''));

	/* the rows of a command's first table */
	const rows = (name) => told[name].tables[0].rows;
	const same = (one, other) => one.length > 0 && one.join('\n') === other.join('\n');
	const marked = () => [...document.querySelectorAll('#source-box .differs')].map((c) => Number(c.dataset.line));
	const differ = (name) => rows(name).filter((r) => r.differs).map((r) => r.line);

	press('a');
	click(links(answer('Which function sent the SYN-ACK?'))[0]);
	press('b');
	const client = [...document.querySelectorAll('#between details')].find((d) => data.objects[d.dataset.object][0].startsWith('client, connection'));
	const changed = [...client.querySelectorAll('tr')].map((r) => [...r.cells].slice(0, 2).map((c) => c.textContent).join(' '));
	/* of each field what its first store found and its last one left, where that is another thing */
	const sock = [...groupBy(rows('sock').filter((r) => r.object === client.querySelector('summary').textContent.replace(/: \d+$/, '') && r.before !== r.after), (r) => r.field).values()]
		.map((list) => [list[0].field, list[0].before, list[list.length - 1].after]).filter(([, before, after]) => before !== after);
	it("shows what changed in the client's socket between SYN and SYN-ACK", same(changed.sort(), sock.map(([f, before, after]) => `${f} ${before} → ${after}`).sort()));

	const calls = links(answer('Who called tcp_rcv_state_process()'));
	click(calls[0]);
	it('shows which lines ran for the SYN', ran().some((l) => l.includes('conn_request(sk, skb)')) && !ran().some((l) => l.includes('tcp_rcv_synsent_state_process(')));
	click(calls[1]);
	it('shows which ran for the SYN-ACK', ran().some((l) => l.includes('tcp_rcv_synsent_state_process(')) && !ran().some((l) => l.includes('conn_request(')));
	it('and in which they differ', differs().some((l) => l.includes('tcp_rcv_synsent_state_process(')) && differs().some((l) => l.includes('conn_request(')) && !differs().some((l) => l.startsWith('switch')));
	click(calls[0]);
	click(calls[1]);
	it('and what differs is what the command says', same(marked(), differ('first')));
	click(calls[2]);
	it('of the last ACK, too', same(marked(), differ('last')));
	it('shows which ran for the last ACK', ran().some((l) => l.includes('tcp_set_state(sk, TCP_ESTABLISHED)')));
	press('n'); press('n');
	it('steps through the lines that ran', document.querySelector('#source-box .at') !== null && document.querySelectorAll('#source-box .at').length === 1);
	const first = Number(document.querySelector('#source-box .at').dataset.order);
	it('has an address for the line', location.hash.endsWith(`/line-${document.querySelector('#source-box .at').dataset.line}`));
	press('n'); press('N');
	it('and back', Number(document.querySelector('#source-box .at').dataset.order) === first);

	const turns = [...document.querySelectorAll('#source-box .ran')].find((l) => l.textContent.includes('switch (sk->sk_state)'));
	click(turns);
	it('says in which calls a line ran', document.querySelectorAll('#line-story tr').length === data.calls.filter((c) => c[0] === callOf.get(chosen.n)[0] && c[5].some((l) => l[0] === line && l[1])).length && /ran in \d+ of \d+ calls/.test(text('line-story')));
	const at = line, hash = location.hash;
	click([...document.querySelectorAll('#line-story button.link')].find((b) => b.textContent !== `event ${chosen.n}`));
	it('and goes to another one, at the same line', line === at && Number(document.querySelector('#source-box .at').dataset.line) === at && location.hash !== hash);
	history.replaceState(null, '', hash);
	it('finds a line by its address', follow() && line === at);
	drawMoment();
	history.replaceState(null, '', hash.replace('event-', 'e').replace('line-', 'l'));
	choose(events[0], { quiet: true });
	it('and by its short one', /^#e\d+\/l\d+$/.test(location.hash) && follow() && line === at && location.hash === hash);
	it('and shows it', Number(document.querySelector('#source-box .at').dataset.line) === at && hash.startsWith(`#event-${chosen.n}/`));
	it('has the source in colours', [...document.querySelectorAll('#source-box .word')].some((w) => w.textContent === 'switch') && [...document.querySelectorAll('#source-box .comment')].every((c) => !c.textContent.includes('tcp_set_state(sk,')));
	it('and all of its text', [...document.querySelectorAll('#source-box .line')].every((l, i) => l.textContent.includes(data.functions[callOf.get(chosen.n)[0]].lines[i])));

	click(links(answer('Which function sent the SYN?'))[0]);
	const field = (name) => [...document.querySelectorAll('#detail [data-field]')].find((f) => f.textContent.includes(name));
	click(field('tcp.flags.syn'));
	it('shows a header as fields beside bytes', field('tcp.flags.syn').textContent === '.... ..1.  tcp.flags.syn 1' && [...document.querySelectorAll('#detail [data-byte].on')].map((b) => `${b.dataset.byte} ${b.textContent}`).join() === '47 02');
	click(document.querySelector('#detail [data-byte="23"]'));
	it('and the field of a byte', field('ip.proto').classList.contains('on') && document.querySelectorAll('#detail .octets .fields .on').length === 1);
	click(links(answer('Which function sent the SYN?'))[0]);
	click(button('object-box', 'tcphdr.syn'));
	it('says who set the SYN flag in the header', text('history').includes('__tcp_transmit_skb') && /0 → 1/.test(text('history')) && text('history').includes('packet 2'));
	const wrote = [...document.querySelectorAll('#history tr')].map((r) => [...r.cells].map((c) => c.textContent)), setters = rows('syn').filter((r) => r.object === 'client, packet 2' && r.before !== r.after);
	it('as the command does', setters.length > 0 && wrote.length === setters.length && setters.every((r, i) => wrote[i][1] === `${r.before} → ${r.after}` && wrote[i][2].startsWith(`${r.by.replaceAll(' -> ', ' → ')}${r.line} `)));

	const established = events.find((e) => e.type === 'tcp.state' && e.new === 'ESTABLISHED' && e.netns === 'client');
	choose(established);
	drawMoment();
	const all = button('object-box', 'more');
	if (all) all.dispatchEvent(new MouseEvent('click', { bubbles: true }));
	[...document.getElementById('object-box').querySelectorAll('button.link')].find((b) => b.textContent.includes('sock.snd_una')).dispatchEvent(new MouseEvent('click', { bubbles: true }));
	it("shows the history of a socket's field", [...document.querySelectorAll('#history tr')].length > 2 && text('history').includes('tcp_connect_init') || text('history').includes('tcp_'));
	const seen = chosen.n;
	press('w');
	it('goes to the next store into it', chosen.n > seen && histories.get(history_of).some((w) => w[0] === chosen.n));
	press('W');
	it('and to the one before', chosen.n <= established.n || histories.get(history_of).some((w) => w[0] === chosen.n));

	choose(established);
	it('has what the event found: the state is not yet the new one', stateAt(established.n).size > 0 && [...stateAt(established.n).values()].flat().some((w) => data.fields[w[2]] === 'sock.sk_state' && w[4] === 'SYN_SENT'));
	it('and what it has written', changesAt(established.n).some((w) => data.fields[w[2]] === 'sock.sk_state' && w[4] === 'ESTABLISHED' && data.whos[w[5]][0].includes('tcp_finish_connect → tcp_set_state')));
	mark('a', established);
	mark('b', events[events.indexOf(established) + 1]);
	const fresh = changesAt(established.n).map((w) => w[2]).filter((f, i, all) => all.indexOf(f) === i).map((f) => data.fields[f]);
	it('has what is written right behind a marker, and nothing behind the other', same([...document.querySelectorAll('#between button.link')].map((b) => b.textContent).filter((t) => data.fields.includes(t)).sort(), fresh.sort()));
	press('o');
	it('goes out to what an event is inside of', chosen.n === established.parent);
	press('i');
	it('and in again', chosen.parent === established.parent);
	choose(established);
	press('s');
	it('goes to the next event of the socket', chosen.n > established.n && chosen.sk === established.sk);
	choose(established);
	press('o');
	const outer = chosen, within = (e) => e && (e.parent === outer.n || within(byNumber.get(e.parent)));
	press('v');
	it('goes over what is inside of an event', outer.n < established.n && chosen.n > outer.n && !within(chosen) && events.every((e) => e.n <= outer.n || e.n >= chosen.n || within(e)));
	choose(events.find((e) => e.type === 'tcp.tx' && e.flags === 'S'));
	const syn = chosen;
	press('f');
	it('goes to the next event of the packet', chosen.n > syn.n && chosen.pkt === syn.pkt && events.every((e) => e.n <= syn.n || e.n >= chosen.n || e.pkt !== syn.pkt));
	press('F');
	it('and back', chosen === syn);
	drawMoment();
	document.getElementById('way').open = true;
	await new Promise((done) => setTimeout(done, 50));
	const way = [...document.querySelectorAll('#way tr')].map((r) => [...r.cells].map((c) => c.textContent)), through = (names) => way.findIndex(([, , , chain]) => names.every((name) => chain.split(' › ').includes(name)));
	const chain = [['__x64_sys_connect', 'tcp_v4_connect'], ['tcp_connect', 'ip_output'], ['dev_hard_start_xmit', 'e1000_xmit_frame'], ['tcp_conn_request'], ['inet_csk_complete_hashdance'], ['__x64_sys_accept', 'inet_csk_accept']].map(through);
	it('shows the whole chain from connect() over e1000_xmit_frame() to accept()', chain.every((at, i) => at >= 0 && (!i || at > chain[i - 1])));
	const told_way = told.way.tables.find((t) => t.name === 'way').rows;
	it('as the command does', same(way.map(([event, , , names]) => `${event.replace(/\D/g, '')} ${names}`), told_way.map((r) => `${r.n} ${r.functions.replaceAll(' > ', ' › ')}`)));
	/* each value of a field is what the one before has left */
	it('joins the stores of each field without a gap', [...histories.values()].every((list) => /packet/.test(nameOf(list[0])) || list.every((w, i) => !i || w[3] === list[i - 1][4])));
});
