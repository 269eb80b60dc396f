// SPDX-License-Identifier: GPL-2.0-or-later
// Tells two connections apart in the ladder; prints TAP into the document.
'use strict';
tap(async (it) => {
	const keys = [...document.querySelectorAll('#conn-key button')];
	const colors = () => new Set([...document.querySelectorAll('#ladder-box rect[style*="--conn"]')].map((r) => r.style.fill));

	it('names both connections with their ports', keys.map((k) => k.textContent.trim()).join() === '#1 10.0.0.1:43906 → 10.0.0.2:8080,#2 10.0.0.1:40002 → 10.0.0.2:8080');
	document.getElementById('conns').value = '2';
	search();
	it('shows one alone', ladder.rows.length > 10 && ladder.rows.every((r) => byNumber.get(r.n).conn === 2 && r.text.startsWith('#2 ')));
	const second = colors();
	keys[0].click();
	it('chooses the other by its name', visible.every((e) => e.conn === 1) && keys[0].classList.contains('on'));
	it('has a colour for each', second.size === 1 && colors().size === 1 && [...second][0] !== [...colors()][0]);
	keys[0].click();
	it('shows all again', visible.length === events.length && document.getElementById('conns').value === '');
});
