// SPDX-License-Identifier: GPL-2.0-or-later
// Sockets, packets, neighbours and routes as they were at the chosen event, and the history of each of their fields.
/* a write is [the event before it, object, field, value before, value after, who, instructions]; they are in their order */
const keyOf = (w) => `${w[1]} ${w[2]}`, histories = new Map();
for (const w of data.writes) histories.set(keyOf(w), [...(histories.get(keyOf(w)) || []), w]);
const FIELDS = 24; /* that are shown at once */
let history_of = null; /* the key of the field whose history is shown */
const changesAt = (n) => data.writes.filter((w) => w[0] === n);
/* {object: {field: the write that made its value}}, where the event happens: what comes behind it is not yet */
function stateAt(n) {
	const state = new Map();
	for (const [, list] of histories) {
		const first = list[0], before = list.filter((w) => w[0] < n).pop();
		if (!before) continue;
		if (!state.has(first[1])) state.set(first[1], []);
		state.get(first[1]).push(before);
	}
	return state;
}
/* an object is [name, node, connection, packet, key] */
const nameOf = (w) => data.objects[w[1]][0];
const isOf = (e, [, node, conn, pkt, key]) => key ? key === e.ip : node === e.netns && (e.pkt ? pkt === e.pkt || conn === e.conn && !pkt : Boolean(e.conn) && conn === e.conn);
function whoSaid(w) {
	const [chain, file, line, text] = data.whos[w[5]];
	return make('span', { class: 'soft who' }, chain, make('br'), file ? `${file}:${line} ` : '', make('code', {}, text));
}
const fieldRow = (w, fresh) => make('tr', { class: fresh ? 'fresh' : null }, make('td', {}, make('button', { class: 'link', onclick: () => showHistory(w[1], w[2]) }, data.fields[w[2]])), make('td', {}, w[4]), make('td', {}, goTo(byNumber.get(w[0]), T('event {n}', { n: w[0] })), ' ', whoSaid(w)));
function drawObjects() {
	$('objects').hidden = document.querySelector('nav a[href="#objects"]').hidden = !data.writes.length;
	if (!data.writes.length || !chosen) return;
	const n = chosen.n, shown = [...stateAt(n)].map(([object, list]) => ({ of: data.objects[object], list, fresh: list.filter((w) => w[0] === n - 1).length }))
		.filter((o) => o.fresh || isOf(chosen, o.of)).sort((a, b) => b.fresh - a.fresh);
	/* a table is made when it is opened: a socket has a hundred fields and more */
	const table = (o, most) => make('table', { class: 'table' }, ...o.list.sort((a, b) => b[6] - a[6]).slice(0, most).map((w) => fieldRow(w, w[0] === n - 1)),
		o.list.length > most ? make('tr', {}, make('td', { colspan: 3 }, make('button', { class: 'link', onclick: ({ target }) => target.closest('table').replaceWith(table(o, Infinity)) }, T('and {n} more', { n: o.list.length - most })))) : null);
	const fill = (o) => ({ target }) => { if (target.open && target.children.length < 2) target.append(table(o, FIELDS)); };
	$('object-box').replaceChildren(make('p', { class: 'soft' }, T('As it was at event {n}; what has changed since the event before is marked. Click a field: who wrote it, and when.', { n })),
		...shown.slice(0, 20).map((o, i) => make('details', { ontoggle: fill(o), open: o.fresh && i < 4 ? '' : null }, make('summary', {}, `${o.of[0]}: `, T('{n} fields changed so far, {fresh} since the event before', { n: o.list.length, fresh: o.fresh })),
			o.fresh && i < 4 ? table(o, FIELDS) : null)));
	drawHistory();
}
function showHistory(object, field) {
	history_of = `${object} ${field}`;
	drawHistory();
	$('history').scrollIntoView({ block: 'nearest' });
}
function drawHistory() {
	const list = histories.get(history_of) || [];
	$('history').replaceChildren(...(list.length ? [make('h3', {}, `${data.fields[list[0][2]]}, ${nameOf(list[0])}`), make('table', { class: 'table' }, ...list.map((w) => make('tr', { class: chosen && w[0] === chosen.n ? 'fresh' : null },
		make('td', {}, goTo(byNumber.get(w[0]), T('after event {n}', { n: w[0] }))), make('td', {}, `${w[3]} → ${w[4]}`), make('td', {}, whoSaid(w)))))] : []));
}
/* the next store into the field whose history is shown */
function nextWrite(by) {
	const list = histories.get(history_of) || [], past = (w) => by > 0 ? w[0] > chosen.n : w[0] < chosen.n, found = by > 0 ? list.find(past) : list.filter(past).pop();
	if (found) choose(byNumber.get(found[0]), { scroll: true, walk: true });
}
/* the next event of the same socket, or of the same packet */
function nextOf(what, by) {
	const same = events.filter((e) => chosen && chosen[what] && e[what] === chosen[what] && (by > 0 ? e.n > chosen.n : e.n < chosen.n));
	const found = by > 0 ? same[0] : same.pop();
	if (found) choose(found, { scroll: true, walk: true });
}
function changedList(e) {
	const list = changesAt(e.n);
	if (!list.length) return [];
	return [make('details', { open: '' }, make('summary', {}, T('written until the next event: {n}', { n: list.length })),
		...list.slice(0, 12).map((w) => make('div', { class: 'changed' }, make('span', { class: 'soft' }, `${nameOf(w)} `), stored(w), make('br'), whoSaid(w))),
		list.length > 12 ? make('a', { href: '#objects' }, T('and {n} more', { n: list.length - 12 })) : '')];
}
