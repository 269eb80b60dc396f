// SPDX-License-Identifier: GPL-2.0-or-later
// The keys, and the page for a projector.
function keys(k) {
	if (k.key === 'Escape') { closeSheet(); if (isPresenting()) present(false); }
	if (k.target === $('search') && k.key === 'Enter') { search(); next(); }
	if (/INPUT|SELECT/.test(k.target.tagName)) return;
	if (k.ctrlKey || k.altKey || k.metaKey) return;
	held = k.repeat;
	if (k.key === '/') { k.preventDefault(); $('search').focus(); }
	else if (k.key === 'a' || k.key === 'b') { mark(k.key, chosen); if (markA && markB && data.writes.length) bring(() => $('between'), 'start'); }
	else if (k.key === 'p') present(!isPresenting());
	else if (isPresenting() && /^Arrow(Left|Right)$/.test(k.key)) { k.preventDefault(); turn(k.key === 'ArrowRight' ? 1 : -1); }
	else if (/^[-+0]$/.test(k.key)) closer({ '+': 0.7, '-': 1 / 0.7, 0: Infinity }[k.key]);
	else if (k.key in MOVES) { k.preventDefault(); MOVES[k.key](); }
	else if (k.key in STEPS && !k.target.closest?.('.source')) { k.preventDefault(); walk(STEPS[k.key]); }
}
/* is that event inside of the other, or of what is inside of it? */
const isWithin = (e, outer) => { const around = byNumber.get(e.parent); return around !== undefined && (around === outer || isWithin(around, outer)); };
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity };
/* through time, as a debugger goes: lines, sockets, in and out, stores */
const MOVES = { n: () => stepLine(1), N: () => stepLine(-1), s: () => nextOf('sk', 1), S: () => nextOf('sk', -1), f: () => nextOf('pkt', 1), F: () => nextOf('pkt', -1), w: () => nextWrite(1), W: () => nextWrite(-1),
	d: () => $('detail').focus({ preventScroll: true }),
	v: () => choose(events.find((e) => e.n > chosen.n && !isWithin(e, chosen)), { scroll: true }),
	o: () => choose(byNumber.get(chosen.parent), { scroll: true }), i: () => choose(events.find((e) => e.parent === chosen.n), { scroll: true }) };
/* over the rows of the ladder, or, from within the list of events, over its lines */
function walk(by) {
	const inList = $('event-box').contains(document.activeElement), list = inList ? visible : ladder.rows;
	/* from an event that has no line here the walk goes on beside where it would stand */
	const past = list.findIndex((one) => one.n > chosen.n), own = list.indexOf(inList ? chosen : chosenRow);
	const at = own >= 0 ? own : (past < 0 ? list.length : past) - (by > 0 ? 1 : 0), next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
	if (!next) return;
	if (inList) { choose(next, { scroll: true }); showLine(next); }
	else chooseRow(next, { scroll: true });
}

/* the page's own words in the reader's language */
/* ---- for a projector: one part at a time, large; the arrow keys turn over ---- */
const parts = () => [...document.querySelectorAll('main section')].filter((s) => !s.hidden);
const isPresenting = () => document.documentElement.classList.contains('present');
function present(on) {
	document.documentElement.classList.toggle('present', on);
	$('present').setAttribute('aria-pressed', on);
	if (on) turn(0); else redraw();
}
function turn(by) {
	const all = parts(), named = all.find((s) => s.classList.contains('now')) || all.find((s) => `#${s.id}` === location.hash) || all[0];
	const now = all[Math.min(Math.max(all.indexOf(named) + by, 0), all.length - 1)];
	for (const section of all) section.classList.toggle('now', section === now);
	$('columns').classList.toggle('alone', !['ladder', 'events', 'timeline'].includes(now.id));
	window.scrollTo(0, 0);
	redraw();
}
