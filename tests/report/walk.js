// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what is folded, walks over all rows of a run's ladder by the keys, and along its addresses; prints TAP into the document.
'use strict';
tap(async (it) => {
	const press = (key) => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
	/* what a walk from one end by one key meets; more steps than rows, so that it also must stay at the other end */
	const met = (from, key) => {
		press(from);
		const rows = [chosenRow];
		for (let i = 0; i < data.rows.length + 3; i++) { press(key); rows.push(chosenRow); }
		return rows;
	};
	const all = (rows) => new Set(rows).size === data.rows.length;

	const text = (id) => document.getElementById(id).textContent;
	it('has folded what this run does not watch', data.more_answers.every((note) => !note.includes('does not watch') || text('open-answers').includes(note) && !text('answer-table').includes(note)));
	it('starts at the first packet', chosen === firstPacket);
	it('walks down over each row', all(met('Home', 'ArrowDown')) && chosenRow === data.rows[data.rows.length - 1]);
	it('walks up over each row', all(met('End', 'ArrowUp')) && chosenRow === data.rows[0]);
	press('j');
	it('walks by j', chosenRow === data.rows[1]);
	press('k');
	it('and k', chosenRow === data.rows[0]);
	press('PageDown');
	it('goes on by a page', chosenRow === data.rows[Math.min(12, data.rows.length - 1)]);
	press('PageUp');
	it('and back', chosenRow === data.rows[0]);
	press('End');
	it('shows one row as chosen, and that in sight', document.querySelectorAll('#ladder-box .chosen').length === 1 && Number(document.querySelector('#ladder-box .chosen').dataset.row) === data.rows.length - 1);
	const twice = data.rows.find((r) => rowOf(byNumber.get(r.n)) !== r);
	if (twice) {
		chooseRow(twice);
		it('has an address for the second row of an event', location.hash === `#row-${twice.i + 1}`);
	}
	choose(events[0]);
	choose(events[1]);
	it('has an address for an event', location.hash === `#event-${events[1].n}`);
	const came = new Promise((done) => window.addEventListener('popstate', () => setTimeout(done), { once: true }));
	history.back();
	await came;
	it('goes back to the event before', chosen === events[0] && location.hash === `#event-${events[0].n}`);
	document.getElementById('event-box').focus();
	press('End');
	it('walks over the list of events', chosen === events[events.length - 1]);
	press('k');
	it('by each line', chosen === events[events.length - 2]);
}, `, ${data.lab} on ${data.release}`);
