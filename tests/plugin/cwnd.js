// SPDX-License-Identifier: GPL-2.0-or-later
// Every writer of a field, in all sockets, by three clicks or keys at most, as `told.cwnd` has it; prints TAP into the document.
'use strict';
tap(async (it) => {
	const fields = document.getElementById('fields');
	/* a click opens the list, a letter or more go to it, Enter takes it: one of its options is chosen */
	fields.value = data.fields.indexOf('sock.snd_cwnd');
	fields.dispatchEvent(new Event('change', { bubbles: true }));
	drawMoment();
	const shown = [...document.querySelectorAll('#history tr')].map((r) => [...r.cells].map((c) => c.textContent));
	const wanted = told.cwnd.tables[0].rows.filter((r) => r.before !== r.after && Number(r.event) > 0);
	it('shows each store that changed snd_cwnd', shown.length > 10 && shown.length === wanted.length);
	it('with its object and both values', shown.every(([event, object, values], i) => event.endsWith(` ${wanted[i].event}`) && object === wanted[i].object && values === `${wanted[i].before} → ${wanted[i].after}`));
	it('and who wrote it', shown.every(([, , , who], i) => who.startsWith(wanted[i].by.replaceAll(' -> ', ' → '))));
	it('of more than one socket', new Set(shown.map((r) => r[1])).size > 1);
	const first = historyOf(history_of)[0];
	choose(byNumber.get(first[0]));
	document.dispatchEvent(new KeyboardEvent('keydown', { key: 'w', bubbles: true }));
	it('and goes from one to the next', chosen.n > first[0] && historyOf(history_of).some((w) => w[0] === chosen.n));
});
