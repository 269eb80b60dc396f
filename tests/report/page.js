// SPDX-License-Identifier: GPL-2.0-or-later
// What a reader does with report.html, done by a script at the page's end; prints TAP into the document.
'use strict';
(function () {
	const lines = [];
	const it = (name, good) => lines.push(`${good ? 'ok' : 'not ok'} ${lines.length + 1} - ${name}`);
	const text = (id) => document.getElementById(id).textContent;
	const rows = () => [...document.querySelectorAll('#ladder-box g.row')];
	const press = (key) => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
	const click = (element) => element.dispatchEvent(new MouseEvent('click', { bubbles: true }));
	const answer = (question) => [...document.querySelectorAll('#answer-table tr')].filter((r) => r.textContent.includes(question)).map((r) => r.textContent).join();

	try {
		it('names the lab and the kernel', /handshake on Linux \d/.test(text('title')));
		it('says the verdict', document.querySelector('.badge.held') !== null);
		it('says that stops move virtual time', text('notes').includes('virtual time'));
		it('draws the ladder', rows().length > 10);
		it('draws arrows', document.querySelectorAll('#ladder-box .arrow').length > 3);
		it('answers which function sent the SYN-ACK', answer('sent the SYN-ACK').includes('tcp_v4_send_synack()'));
		it('answers when the accept queue grew', answer('When did the accept queue grow').includes('from 0 to 1'));
		it('answers which route was chosen and why', answer('Which route').includes('10.0.0.0/24'));
		it('answers how long ARP took', /\d ms on client, from asking for 10.0.0.2/.test(answer('How long did ARP')));
		it('says what the two events of an answer are', answer('When was the client').includes('S seq 0') && answer('When was the client').includes('SYN_SENT → ESTABLISHED'));
		const state = rows().find((r) => r.textContent.includes('SYN_SENT'));
		click(state);
		it('shows the event of a clicked state', text('detail').includes('CLOSE → SYN_SENT'));
		it('shows its stack', text('detail').includes('tcp_v4_connect'));
		it('shows its fields', text('detail').includes('old_raw'));
		it('shows what it means', text('detail').includes('before the local port is chosen'));
		it('links to the source of the release', document.querySelector('#detail a[href*="h=v"]') !== null);
		const before = text('detail');
		press('ArrowDown');
		it('walks with the arrow keys', text('detail') !== before);
		press('a');
		for (let i = 0; i < 5; i++) press('ArrowDown');
		press('b');
		it('measures between two markers', /B − A = \d+\.\d+ ms of virtual time, \d+ events/.test(text('difference')));
		const heights = [...document.querySelectorAll('#timeline-box path')].flatMap((p) => [...p.getAttribute('d').matchAll(/ (\d+)v14/g)].map((m) => Number(m[1])));
		it('has each event in its lane, those of no node, too', Math.max(...heights) < timeline.height && heights.includes(26 * data.columns.length + 6));
		const keys = [...document.querySelectorAll('#timeline-key span')], drawn = [...document.querySelectorAll('#timeline-box path')];
		it('says what the colours of the timeline are', keys.length > 4 && drawn.every((p, i) => p.style.stroke === keys[i].firstChild.style.color) && events.every((e) => keys.some((k) => k.textContent.includes(e.type))));
		const ticks = () => document.querySelector('#timeline-box').innerHTML.match(/v14/g).length;
		const all = ticks();
		click(document.getElementById('zoom'));
		const between = Math.abs(markB.n - markA.n) + 1;
		it('shows the time between them alone', ticks() === between && all > between);
		click(document.getElementById('zoom'));
		it('shows all of it again', ticks() === all);
		it('spreads a timeline by event that would be crowded by time', document.getElementById('by-event').checked);
		it('marks the winner of a route', document.querySelector('#route-box .winner') !== null);
		const folded = [...document.querySelectorAll('#route-box details')].find((d) => d.querySelector('.again a, .again button'));
		it('shows decisions made the same way once', folded !== undefined && new Set([...document.querySelectorAll('#route-box details')].map((d) => d.textContent)).size === document.querySelectorAll('#route-box details').length);
		it('draws neighbours over time', document.querySelectorAll('#neighbour-box g.row').length > 1);
		it('draws the layers of a packet', document.querySelectorAll('#layer-box .layer').length > 4);
		it('lists the expectations', document.querySelectorAll('#check-table tr').length > 10);
		it('lists the points', document.querySelectorAll('#point-table tr').length > 10);
		const calls = document.querySelectorAll('#tree-box details');
		calls.forEach((d) => d.open = true);
		it('has the tree of calls', !document.getElementById('tree').hidden && text('tree-box').includes('root 85 (10)'));
		window.dispatchEvent(new Event('beforeprint'));
		it('prints all rows, in pieces', rows().length === ladder.rows.length && document.querySelectorAll('#ladder-box svg').length > 1);
		window.dispatchEvent(new Event('afterprint'));
		it('shows what is in sight again', document.querySelectorAll('#ladder-box svg').length === 1);
		document.getElementById('search').value = 'type=tcp.tx flags=S.';
		search();
		it('finds by field', text('found').startsWith('1 of '));
		document.getElementById('search').value = '';
		search();
		it('has no script but its own and this test', document.scripts.length === 4);
		it('asks for nothing from outside', performance.getEntriesByType('resource').length === 0);
		it('raised no error', window.pageErrors.length === 0);
	} catch (error) {
		lines.push(`not ok ${lines.length + 1} - ran to its end: ${error}`);
	}
	const out = document.createElement('pre');
	out.id = 'tap';
	out.textContent = `\nTAP BEGIN\n${lines.join('\n')}\n1..${lines.length}\nTAP END ${Math.round(performance.now())} ms\n`;
	document.body.append(out);
})();
