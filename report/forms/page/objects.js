// SPDX-License-Identifier: GPL-2.0-or-later
// Sockets, packets, neighbours and routes as they were at the chosen event, and the history of each of their fields.
/* a write is [the event before it, object, field, value before, value after, who, instructions]; they are in their order */
const histories = groupBy(data.writes, (w) => `${w[1]} ${w[2]}`);
const FIELDS = 24; /* that are shown at once */
let history_of = null; /* the key of the field whose history is shown: "OBJECT FIELD", or "* FIELD" in all objects */
const historyOf = (key) => histories.get(key) || (key && key.startsWith('* ') ? data.writes.filter((w) => `* ${w[2]}` === key) : []);
const changes = groupBy(data.writes, (w) => w[0]), changesAt = (n) => changes.get(n) || [];
const fieldsOf = groupBy(histories.values(), (list) => list[0][1]);
/* {object: {field: the write that made its value}}, where the event happens: what comes behind it is not yet */
function stateAt(n, objects = fieldsOf.keys()) {
	const before = (list) => list.findLast((w) => w[0] < n), known = [...objects].map((object) => [object, fieldsOf.get(object).map(before).filter(Boolean)]);
	return new Map(known.filter(([, list]) => list.length));
}
/* an object is [name, node, connection, packet, key] */
const nameOf = (w) => data.objects[w[1]][0];
const isOf = (e, [, node, conn, pkt, key]) => key ? key === e.ip : node === e.netns && (e.pkt ? pkt === e.pkt || conn === e.conn && !pkt : Boolean(e.conn) && conn === e.conn);
function whoSaid(w) {
	const [chain, file, line, text] = data.whos[w[5]];
	return make('span', { class: 'soft who' }, chain, make('br'), file ? `${file}:${line} ` : '', make('code', {}, text));
}
/* the one that wrote it; all who called that the field's history has */
function writerOf(w) {
	const [chain, file, line, text] = data.whos[w[5]];
	return make('span', { class: 'soft who', title: chain }, `${chain.split(' → ').pop()} `, file ? `${file}:${line} ` : '', make('code', {}, text));
}
const fieldLink = (w) => make('button', { class: 'link', onclick: () => showHistory(w[1], w[2]) }, data.fields[w[2]]), valueOf = (w, fresh) => fresh ? `${w[3]} → ${w[4]}` : w[4];
const fieldRow = (w, fresh) => make('tr', { class: fresh ? 'fresh' : null }, make('td', {}, fieldLink(w)), make('td', {}, valueOf(w, fresh)), make('td', {}, goTo(byNumber.get(w[0]), T('after event {n}', { n: w[0] })), ' ', writerOf(w)));
/* a packet's headers are read at one look */
const headers = (list, n) => make('div', { class: 'headers' }, ...list.sort((a, b) => data.fields[a[2]] < data.fields[b[2]] ? -1 : 1).map((w) => make('span', { class: w[0] === n - 1 ? 'fresh' : null }, fieldLink(w), ` ${valueOf(w, w[0] === n - 1)}`)));
/* first the packet of the event, then its socket, then the others; among these, what has just changed */
const rankOf = (e, object) => e.pkt && object[3] === e.pkt && isOf(e, object) ? 0 : isOf(e, object) ? 1 : 2;
function drawObjects() {
	$('objects').hidden = document.querySelector('nav a[href="#objects"]').hidden = !data.writes.length;
	if (!data.writes.length || !chosen) return;
	fieldChoice();
	const n = chosen.n, fresh = new Set(changesAt(n - 1).map((w) => w[1])), about = [...fieldsOf.keys()].filter((object) => fresh.has(object) || isOf(chosen, data.objects[object]));
	const shown = [...stateAt(n, about)].map(([object, list]) => ({ of: data.objects[object], list, fresh: list.filter((w) => w[0] === n - 1).length, rank: rankOf(chosen, data.objects[object]) })).sort((a, b) => a.rank - b.rank || b.fresh - a.fresh);
	/* a table is made when it is opened: a socket has a hundred fields and more */
	const table = (o, most) => o.of[3] ? headers(o.list, n) : make('table', { class: 'table' }, ...o.list.sort((a, b) => b[6] - a[6]).slice(0, most).map((w) => fieldRow(w, w[0] === n - 1)),
		o.list.length > most ? make('tr', {}, make('td', { colspan: 3 }, make('button', { class: 'link', onclick: ({ target }) => target.closest('table').replaceWith(table(o, Infinity)) }, T('and {n} more', { n: o.list.length - most })))) : null);
	const isShown = (o, i) => i === 0 || o.fresh > 0 && i < 4, fill = (o) => ({ target }) => { if (target.open && target.children.length < 2) target.append(table(o, FIELDS)); };
	$('object-box').replaceChildren(make('p', { class: 'soft' }, T('As it was at event {n}; what has changed since the event before is marked. Click a field: who wrote it, and when.', { n })),
		...shown.slice(0, 20).map((o, i) => make('details', { ontoggle: fill(o), open: isShown(o, i) ? '' : null }, make('summary', {}, `${o.of[0]}: `, T('{n} fields changed so far, {fresh} since the event before', { n: o.list.length, fresh: o.fresh })),
			isShown(o, i) ? table(o, FIELDS) : null)));
	if (!shown.length) $('object-box').append(make('p', {}, T('nothing that it is about was written so far')));
	drawHistory();
}
function showHistory(object, field) {
	history_of = `${object} ${field}`;
	drawHistory();
	$('history').scrollIntoView({ block: 'nearest' });
}
/* a history is the same at each event; only what this one has written is marked anew */
let shown_history = null;
function drawHistory() {
	const what = `${data.code} ${history_of}`;
	if (what !== shown_history) $('history').replaceChildren(...historyTable(historyOf(history_of)));
	shown_history = what;
	for (const row of $('history').querySelectorAll('tr')) row.classList.toggle('fresh', Number(row.dataset.n) === chosen?.n);
}
function historyTable(list) {
	const all = new Set(list.map((w) => w[1])).size > 1;
	return list.length ? [make('h3', {}, data.fields[list[0][2]], all ? '' : `, ${nameOf(list[0])}`), make('table', { class: 'table' }, ...list.map((w) => make('tr', { 'data-n': w[0] },
		make('td', {}, goTo(byNumber.get(w[0]), T('after event {n}', { n: w[0] }))), all ? make('td', {}, nameOf(w)) : '', make('td', {}, `${w[3]} → ${w[4]}`), make('td', {}, whoSaid(w)))))] : [];
}
/* any field, in all objects that have it */
function fieldChoice() {
	if ($('fields').options.length < 2) $('fields').append(...data.fields.map((name, i) => [name, i]).sort().map(([name, i]) => make('option', { value: i }, name)));
}
/* what is other at marker B than at marker A: of each field the value before the first store between them, and behind the last one */
function drawBetween() {
	const [from, to] = markA && markB ? [Math.min(markA.n, markB.n), Math.max(markA.n, markB.n)] : [0, 0];
	const between = [...groupBy(data.writes.filter((w) => w[0] >= from && w[0] < to), (w) => `${w[1]} ${w[2]}`).values()].filter((list) => list[0][3] !== list[list.length - 1][4]);
	const socketFirst = (object) => isOf(markA, data.objects[object]) ? Number(data.objects[object][3] > 0) : 2;
	$('between').replaceChildren(...(from ? [make('h3', {}, T('other at event {b} than at event {a}', { a: from, b: to })),
		...[...groupBy(between, (list) => list[0][1])].sort(([a], [b]) => socketFirst(a) - socketFirst(b)).map(([object, fields]) => make('details', { open: isOf(markA, data.objects[object]) ? '' : null, 'data-object': object }, make('summary', {}, `${data.objects[object][0]}: ${fields.length}`),
			make('table', { class: 'table' }, ...fields.map((list) => make('tr', {}, make('td', {}, make('button', { class: 'link', onclick: () => showHistory(object, list[0][2]) }, data.fields[list[0][2]])), make('td', {}, `${list[0][3]} → ${list[list.length - 1][4]}`),
				make('td', {}, writerOf(list[list.length - 1]))))))),
		between.length ? '' : make('p', {}, T('nothing that was recorded'))] : []));
}
/* the next store into the field whose history is shown */
function nextWrite(by) {
	const list = historyOf(history_of), past = (w) => by > 0 ? w[0] > chosen.n : w[0] < chosen.n, found = by > 0 ? list.find(past) : list.filter(past).pop();
	if (found) choose(byNumber.get(found[0]), { scroll: true });
}
/* the next event of the same socket, or of the same packet */
function nextOf(what, by) {
	const same = events.filter((e) => chosen && chosen[what] && e[what] === chosen[what] && (by > 0 ? e.n > chosen.n : e.n < chosen.n));
	const found = by > 0 ? same[0] : same.pop();
	if (found) choose(found, { scroll: true });
}
function changedList(e) {
	const list = changesAt(e.n);
	if (!list.length) return [];
	return [make('details', { open: '' }, make('summary', {}, T('written until the next event: {n}', { n: list.length })),
		...list.slice(0, 12).map((w) => make('div', { class: 'changed' }, make('span', { class: 'soft' }, `${nameOf(w)} `), stored(w), make('br'), whoSaid(w))),
		list.length > 12 ? make('a', { href: '#objects' }, T('and {n} more', { n: list.length - 12 })) : '')];
}
