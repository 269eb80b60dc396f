// SPDX-License-Identifier: GPL-2.0-or-later
// The source of the function that the chosen event is of: the lines that ran in this call, and what each has written.
/* a call is [function, event at its entry, event at its return, first instruction, last one, [[line, times, how manyth to run]…]] */
const callOf = new Map(data.calls.flatMap((c) => [c[1], c[2]].filter(Boolean).map((n) => [n, c])));
let other = null; /* the call of the same function that was looked at before: where they differ is marked */
let shownCall = null;
let step = 0; /* how many lines of the call have been gone through, in the order in which they ran first */
/* the stores of a call by the line that is shown for them */
function storesOf(call, file) {
	const found = new Map();
	for (const w of data.writes) {
		if (w[6] < call[3] || (call[4] >= 0 && w[6] > call[4])) continue;
		const who = data.whos[w[5]];
		if (who[1] !== file) continue;
		found.set(who[2], [...(found.get(who[2]) || []), w]);
	}
	return found;
}
const stored = (w) => make('button', { class: 'link stored', onclick: () => showHistory(w[1], w[2]) }, `${data.fields[w[2]]}: ${w[3]} → ${w[4]}`);
const column = (value, width) => String(value || '').padStart(width);
function sourceLine(number, text, ran, stores, before) {
	const state = !ran ? 'none' : ran[1] ? 'ran' : 'not', differs = ran && before && Boolean(ran[1]) !== Boolean(before[1]);
	return make('div', { class: `line ${state}${ran && ran[2] && ran[2] === step ? ' at' : ''}${differs ? ' differs' : ''}`, 'data-line': number, 'data-order': ran && ran[2] || null,
		title: ran && ran[1] ? T('line {order} to run, {times} times', { order: ran[2], times: ran[1] }) : null,
		onclick: ran && ran[2] ? () => { step = ran[2]; drawSource(); } : null },
		make('span', { class: 'soft' }, `${column(ran && ran[2], 5)}${column(ran && `${ran[1]}×`, 7)}${column(number, 7)}  `), text, ...stores.slice(0, 6).map(stored),
		stores.length > 6 ? make('span', { class: 'soft' }, T('and {n} more', { n: stores.length - 6 })) : null);
}
function drawSource() {
	const call = chosen && callOf.get(chosen.n), box = $('source-box');
	$('source').hidden = document.querySelector('nav a[href="#source"]').hidden = !data.calls.length;
	if (!data.calls.length) return;
	if (!call) return box.replaceChildren(make('p', { class: 'soft' }, T('The chosen event is at no entry or return of a function whose lines were recorded.')));
	if (call !== shownCall) { other = shownCall && shownCall[0] === call[0] ? shownCall : null; shownCall = call; }
	const same = data.calls.filter((c) => c[0] === call[0]), before = new Map(other ? other[5].map((l) => [l[0], l]) : []);
	const f = data.functions[call[0]], ran = new Map(call[5].map((l) => [l[0], l])), stores = storesOf(call, f.file);
	const enter = byNumber.get(call[1]), leave = byNumber.get(call[2]);
	box.replaceChildren(make('p', {}, make('b', {}, `${f.name}()`), ` ${f.file} `, enter ? goTo(enter, T('entry: event {n}', { n: call[1] })) : '', ' ', leave ? goTo(leave, T('return: event {n}', { n: call[2] })) : ''),
		same.length > 1 ? make('p', {}, T('its calls: '), ...same.slice(0, 40).flatMap((c) => c === call ? [make('b', {}, c[1] || c[2]), ' '] : [goTo(byNumber.get(c[1] || c[2]), c[1] || c[2]), ' ']),
			other ? make('span', { class: 'soft' }, T('a bar: other than in the call of event {n}', { n: other[1] || other[2] })) : null) : '',
		make('div', { class: 'source' }, ...f.lines.map((text, i) => sourceLine(f.first + i, text, ran.get(f.first + i), stores.get(f.first + i) || [], before.get(f.first + i)))));
	const at = box.querySelector('.at');
	if (at) at.scrollIntoView({ block: 'nearest' });
}
/* the next line in the order in which they ran first; behind the last one the first. What is inlined ran in between */
function stepLine(by) {
	const call = chosen && callOf.get(chosen.n), orders = call ? call[5].map((l) => l[2]).filter(Boolean).sort((a, b) => a - b) : [];
	if (!orders.length) return;
	const at = orders.indexOf(step), next = at < 0 ? (by > 0 ? 0 : orders.length - 1) : (at + by + orders.length) % orders.length;
	step = orders[next];
	drawSource();
	$('source').scrollIntoView({ block: 'nearest' });
}
