// SPDX-License-Identifier: GPL-2.0-or-later
// The source of the function that the chosen event is of: the lines that ran in this call, and what each has written.
/* a call is [function, event at its entry, event at its return, first instruction, last one, [[line, times, its place among those that ran, by when each first did]…]] */
const callOf = new Map(data.calls.flatMap((c) => [c[1], c[2]].filter(Boolean).map((n) => [n, c])));
let other = null; /* the call of the same function that was looked at before: where they differ is marked */
let shownCall = null;
let line = 0; /* the chosen one of the call's function; it stays chosen in other calls of that */
const sameFunction = (e, other) => e && callOf.has(e.n) && callOf.has(other.n) && callOf.get(e.n)[0] === callOf.get(other.n)[0];
/* the stores by the line that is shown for them, and those of a call */
const storesAt = groupBy(data.writes, (w) => `${data.whos[w[5]][1]}:${data.whos[w[5]][2]}`);
const storesOf = (call, file, number) => (storesAt.get(`${file}:${number}`) || []).filter((w) => w[6] >= call[3] && (call[4] < 0 || w[6] <= call[4]));
const stored = (w) => make('button', { class: 'link stored', onclick: () => showHistory(w[1], w[2]) }, `${data.fields[w[2]]}: ${w[3]} → ${w[4]}`);
const column = (value, width) => String(value || '').padStart(width);
const WORDS = /\/\*.*?(?:\*\/|$)|\/\/.*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|^\s*#\s*\w+|\b(?:bool|break|case|char|const|continue|default|do|else|enum|extern|false|for|goto|if|inline|int|long|NULL|return|short|signed|sizeof|static|struct|switch|true|typedef|union|unlikely|likely|unsigned|void|volatile|while|__?[us](?:8|16|32|64)|[us](?:8|16|32|64)|size_t|__be(?:16|32))\b|\b\d\w*/g;
const classOf = (word) => /^\/[*/]/.test(word) ? 'comment' : /^["']/.test(word) ? 'quoted' : /^\d/.test(word) ? 'number' : 'word';
/* a line of C in colours; a comment may have begun in a line before: [nodes, whether one is open behind this line] */
function coloured(text, open) {
	const nodes = [], put = (part, kind) => { if (part) nodes.push(kind ? make('span', { class: kind }, part) : part); };
	let from = 0;
	if (open) {
		const end = text.indexOf('*/');
		from = end < 0 ? text.length : end + 2;
		put(text.slice(0, from), 'comment');
		if (end < 0) return [nodes, true];
	}
	WORDS.lastIndex = from;
	for (let found = WORDS.exec(text), kind; found; found = WORDS.exec(text)) {
		put(text.slice(from, found.index));
		put(found[0], kind = classOf(found[0]));
		from = found.index + found[0].length;
		if (kind === 'comment' && found[0].startsWith('/*') && !(found[0].length > 3 && found[0].endsWith('*/'))) return [nodes, true];
		if (!found[0]) break;
	}
	put(text.slice(from));
	return [nodes, false];
}
function sourceLine(number, nodes, ran, stores, before) {
	const state = !ran ? 'none' : ran[1] ? 'ran' : 'not', differs = ran && before && Boolean(ran[1]) !== Boolean(before[1]);
	return make('div', { class: `line ${state}${number === line ? ' at' : ''}${differs ? ' differs' : ''}`, 'data-line': number, 'data-order': ran && ran[2] || null,
		title: ran && ran[1] ? T('line {order} to run, {times} times', { order: ran[2], times: ran[1] }) : null,
		onclick: ran ? () => chooseLine(number) : null },
		make('span', { class: 'soft' }, `${column(ran && ran[2], 4)}${column(ran && `${ran[1]}×`, 6)}${differs ? ' ≠' : '  '}${column(number, 5)}  `), make('span', { class: 'text' }, ...nodes), ...stores.slice(0, 6).map(stored),
		stores.length > 6 ? make('span', { class: 'soft' }, T('and {n} more', { n: stores.length - 6 })) : null);
}
function sourceLines(f, call) {
	const ran = new Map(call[5].map((l) => [l[0], l])), before = new Map(other ? other[5].map((l) => [l[0], l]) : []);
	let nodes, open = false;
	return f.lines.map((text, i) => {
		[nodes, open] = coloured(text, open);
		return sourceLine(f.first + i, nodes, ran.get(f.first + i), storesOf(call, f.file, f.first + i), before.get(f.first + i));
	});
}
/* why a function has no text here */
const SILENT = { changed: "{file} has changed since the kernel was built, or is another's: its lines are shown by their numbers.",
	gone: "The kernel's source is not at hand ({file}): lines are shown by their numbers." };
function drawSource() {
	const call = chosen && callOf.get(chosen.n), box = $('source-box');
	$('source').hidden = document.querySelector('nav a[href="#source"]').hidden = !data.calls.length;
	if (!data.calls.length) return;
	if (!call) return box.replaceChildren(make('p', { class: 'soft' }, T('The chosen event is at no entry or return of a function whose lines were recorded.')));
	if (call !== shownCall) { other = shownCall && shownCall[0] === call[0] ? shownCall : null; shownCall = call; }
	const same = data.calls.filter((c) => c[0] === call[0]), f = data.functions[call[0]], enter = byNumber.get(call[1]), leave = byNumber.get(call[2]);
	box.replaceChildren(make('p', {}, make('b', {}, `${f.name}()`), ` ${f.file} `, enter ? goTo(enter, T('entry: event {n}', { n: call[1] })) : '', ' ', leave ? goTo(leave, T('return: event {n}', { n: call[2] })) : ''),
		same.length > 1 ? make('p', {}, T('its calls: '), ...same.slice(0, 40).flatMap((c) => c === call ? [make('b', {}, c[1] || c[2]), ' '] : [goTo(byNumber.get(c[1] || c[2]), c[1] || c[2]), ' ']),
			other ? make('span', { class: 'soft' }, T('≠: other than in the call of event {n}', { n: other[1] || other[2] })) : null) : '',
		SILENT[f.source] ? make('p', { class: 'note' }, T(SILENT[f.source], { file: f.file })) : '',
		make('div', { class: 'source', tabindex: 0, role: 'group', 'aria-label': `${f.name}()` }, ...sourceLines(f, call)), lineStory(same, f));
	showAt(box.querySelector('.at'), box.querySelector('.source'));
}
/* the chosen line in the middle of its box, else where the calls first differ near its top; the page stays where it is */
function showAt(at, box) {
	const differs = box.querySelector('.differs');
	if (!at && differs) box.scrollTop = Math.max(Number(differs.dataset.line) - Number(box.firstChild.dataset.line) - 1, 0) * box.scrollHeight / box.children.length;
	if (!at) return;
	const [line, all] = [at, box].map((e) => e.getBoundingClientRect()), scale = all.height / box.offsetHeight;
	box.scrollTop += ((line.top + line.bottom) - (all.top + all.bottom)) / 2 / scale;
}
/* each call in which the chosen line ran: how often, and what it has written then */
function lineStory(calls, f) {
	const MOST = 50, ran = calls.map((c) => [c, c[5].find((l) => l[0] === line)]).filter(([, l]) => l && l[1]);
	if (!line) return '';
	return make('div', { id: 'line-story' }, make('h3', {}, T('line {line} ran in {n} of {all} calls', { line, n: ran.length, all: calls.length })),
		make('table', { class: 'table' }, ...ran.slice(0, MOST).map(([c, l]) => make('tr', { class: c === shownCall ? 'fresh' : null }, make('td', {}, goTo(byNumber.get(c[1] || c[2]))), make('td', {}, `${l[1]}×`),
			make('td', {}, ...storesOf(c, f.file, line).flatMap((w) => [nameOf(w), ' ', stored(w), ' ']))))), ran.length > MOST ? make('p', { class: 'soft' }, T('and {n} more', { n: ran.length - MOST })) : '');
}
function chooseLine(number) {
	line = number;
	address();
	drawSource();
}
/* the next line in the order in which they ran first; behind the last one the first. What is inlined ran in between */
function stepLine(by) {
	const call = chosen && callOf.get(chosen.n), ran = call ? call[5].filter((l) => l[2]).sort((a, b) => a[2] - b[2]).map((l) => l[0]) : [];
	if (!ran.length) return;
	const at = ran.indexOf(line), next = at < 0 ? (by > 0 ? 0 : ran.length - 1) : (at + by + ran.length) % ran.length;
	line = ran[next];
	address();
	drawSource();
	bring(() => $('source-box').querySelector('.at'), 'nearest', 1);
}
