// SPDX-License-Identifier: GPL-2.0-or-later
// What a student asks of a page with lines and writes, each answered by three clicks or keys at most; prints TAP into the document.
'use strict';
tap(async (it) => {
	const text = (id) => document.getElementById(id).textContent;
	let clicks = 0;
	/* what waits for the next picture is drawn at once */
	const press = (key) => { clicks++; document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); drawMoment(); };
	const click = (element) => { clicks++; element.dispatchEvent(new MouseEvent('click', { bubbles: true })); drawMoment(); };
	const asked = (name, good) => { it(`${name}, in ${clicks}`, good && clicks <= 3); clicks = 0; };
	const answer = (question) => [...document.querySelectorAll('#answer-table tr')].find((r) => r.textContent.includes(question));
	const links = (element) => [...element.querySelectorAll('button.link')];
	const button = (box, words) => links(document.getElementById(box)).find((b) => b.textContent.includes(words));
	const ran = () => [...document.querySelectorAll('#source-box .ran')].map((c) => c.textContent.replace(/^[\s\d×]*/, ''));
	const differs = () => [...document.querySelectorAll('#source-box .differs')].map((c) => c.textContent.replace(/^[\s\d×]*/, ''));

	const calls = links(answer('Who called tcp_rcv_state_process()'));
	click(calls[0]);
	asked('shows which lines ran for the SYN', ran().some((l) => l.includes('conn_request(sk, skb)')) && !ran().some((l) => l.includes('tcp_rcv_synsent_state_process(')));
	click(calls[1]);
	asked('shows which ran for the SYN-ACK', ran().some((l) => l.includes('tcp_rcv_synsent_state_process(')) && !ran().some((l) => l.includes('conn_request(')));
	it('and in which they differ', differs().some((l) => l.includes('tcp_rcv_synsent_state_process(')) && differs().some((l) => l.includes('conn_request(')) && !differs().some((l) => l.startsWith('switch')));
	click(calls[2]);
	asked('shows which ran for the last ACK', ran().some((l) => l.includes('tcp_set_state(sk, TCP_ESTABLISHED)')));
	press('n'); press('n');
	asked('steps through the lines that ran', document.querySelector('#source-box .at') !== null && document.querySelectorAll('#source-box .at').length === 1);
	const first = Number(document.querySelector('#source-box .at').dataset.order);
	press('n'); press('N');
	asked('and back', Number(document.querySelector('#source-box .at').dataset.order) === first);

	click(links(answer('Which function sent the SYN?'))[0]);
	click(button('object-box', 'tcphdr.syn'));
	asked('says who set the SYN flag in the header', text('history').includes('__tcp_transmit_skb') && /0 → 1/.test(text('history')) && text('history').includes('packet 2'));

	const established = events.find((e) => e.type === 'tcp.state' && e.new === 'ESTABLISHED' && e.netns === 'client');
	choose(established);
	drawMoment();
	const all = button('object-box', 'more');
	if (all) all.dispatchEvent(new MouseEvent('click', { bubbles: true }));
	clicks++;
	[...document.getElementById('object-box').querySelectorAll('button.link')].find((b) => b.textContent.includes('sock.snd_una')).dispatchEvent(new MouseEvent('click', { bubbles: true }));
	clicks++;
	asked("shows the history of a socket's field", [...document.querySelectorAll('#history tr')].length > 2 && text('history').includes('tcp_connect_init') || text('history').includes('tcp_'));
	const seen = chosen.n;
	press('w');
	asked('goes to the next store into it', chosen.n > seen && histories.get(history_of).some((w) => w[0] === chosen.n));
	press('W');
	asked('and to the one before', chosen.n <= established.n || histories.get(history_of).some((w) => w[0] === chosen.n));

	choose(established);
	it('has what the event found: the state is not yet the new one', stateAt(established.n).size > 0 && [...stateAt(established.n).values()].flat().some((w) => data.fields[w[2]] === 'sock.sk_state' && w[4] === 'SYN_SENT'));
	it('and what it has written', changesAt(established.n).some((w) => data.fields[w[2]] === 'sock.sk_state' && w[4] === 'ESTABLISHED' && data.whos[w[5]][0].includes('tcp_finish_connect → tcp_set_state')));
	press('o');
	asked('goes out to what an event is inside of', chosen.n === established.parent);
	press('i');
	asked('and in again', chosen.parent === established.parent);
	choose(established);
	press('s');
	asked('goes to the next event of the socket', chosen.n > established.n && chosen.sk === established.sk);
	/* each value of a field is what the one before has left */
	it('joins the stores of each field without a gap', [...histories.values()].every((list) => /packet/.test(nameOf(list[0])) || list.every((w, i) => !i || w[3] === list[i - 1][4])));
});
