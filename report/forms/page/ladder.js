// SPDX-License-Identifier: GPL-2.0-or-later
// The ladder: only the rows in sight are drawn.
const ladder = { rows: [], tops: [], height: 0, svg: null, from: -1, to: -1 };
/* up to this height nothing scrolls within the page's own scrolling */
const WHOLE = 8000;
const NOTE = 22, ARROW = 38, HEAD = 30, SMALL = 6.65;
/* what is on one node, or goes over all of them, is a line; what goes from node to node has room for its arrow */
const heightOf = (row) => row.kind === 'note' || row.kind === 'step' ? NOTE : ARROW;
function place(column) { return ladder.time + ladder.half + column * ladder.gap; }
function layoutLadder() {
	/* wide: functions stand outside of the lines; narrow: under the arrow, in place of the options */
	const width = Math.max($('ladder-box').clientWidth - 2, 320), n = Math.max(data.columns.length, 1);
	ladder.width = width;
	ladder.narrow = width < 270 * n;
	ladder.time = ladder.narrow ? 72 : 86;
	ladder.gap = ladder.narrow ? (width - ladder.time - 24) / Math.max(n - 1, 1) : (width - ladder.time) / (n + 0.2);
	ladder.half = ladder.narrow ? 12 : ladder.gap * 0.6;
	const shown = new Set(visible.map((e) => e.n));
	ladder.rows = data.rows.filter((r) => shown.has(r.n) || shown.has(r.m));
	let y = HEAD;
	ladder.tops = ladder.rows.map((r) => { const top = y; y += heightOf(r); return top; });
	ladder.height = y + 10;
	ladder.from = ladder.to = -1;
	$('ladder-box').classList.toggle('whole', ladder.height < WHOLE);
	ladder.svg = make('svg', { width, height: ladder.height, role: 'group', 'aria-label': T('ladder') });
	$('ladder-box').replaceChildren(ladder.svg);
	drawLadder();
}
function firstBelow(y) {
	let low = 0, high = ladder.tops.length;
	while (low < high) { const mid = (low + high) >> 1; if (ladder.tops[mid] < y) low = mid + 1; else high = mid; }
	return low;
}
function ladderParts(from, to) {
	const parts = data.columns.flatMap((c, i) => [
		make('line', { class: 'life', x1: place(i), x2: place(i), y1: HEAD - 4, y2: ladder.height }),
		make('text', { x: place(i), y: 18, 'text-anchor': !ladder.narrow ? 'middle' : i === 0 ? 'start' : i === data.columns.length - 1 ? 'end' : 'middle', 'font-weight': 'bold' }, ladder.narrow && data.columns.length > 2 ? c.name : `${c.name} ${c.address || ''}`)]);
	for (let i = from; i < to; i++) parts.push(drawRow(ladder.rows[i], ladder.tops[i]));
	return parts;
}
function drawLadder() {
	const box = $('ladder-box'), from = Math.max(0, firstBelow(box.scrollTop - 200)), to = firstBelow(box.scrollTop + Math.max(box.clientHeight, 0) + 200);
	if (from === ladder.from && to === ladder.to) return;
	ladder.from = from; ladder.to = to;
	ladder.svg.replaceChildren(...ladderParts(from, to));
}
/* on paper: all of it, unless it is a book, in pieces that fit on a page, so that no row is cut */
function printLadder() {
	const pieces = [], { rows, tops, width } = ladder;
	for (let from = 0, to = 0; from < rows.length && rows.length < 3000; from = to) {
		const top = from ? tops[from] : 0;
		while (to < rows.length && tops[to] < top + 800) to++;
		const height = (to < rows.length ? tops[to] : ladder.height) - top;
		pieces.push(make('svg', { width, height, viewBox: `0 ${top} ${width} ${height}` }, ...ladderParts(from, to)));
	}
	if (pieces.length) $('ladder-box').replaceChildren(...pieces);
}
function drawRow(row, y) {
	const e = byNumber.get(row.n), kids = [make('rect', { class: 'hit', x: 0, y, width: ladder.width, height: heightOf(row) }),
		make('text', { class: 'small', x: ladder.time - 8, y: y + 15, 'text-anchor': 'end' }, seconds(row.t))];
	if (row.kind === 'step') {
		const name = T('step {name}', { name: row.text });
		kids.push(make('line', { class: 'life', x1: ladder.time + 12 + [...name].reduce((sum, c) => sum + widthOf(c), 0) * SMALL, x2: ladder.width, y1: y + 11, y2: y + 11 }),
			make('text', { x: ladder.time, y: y + 15, class: 'small' }, name));
	}
	else if (row.kind === 'note')
		kids.push(...drawNote(row, e, y));
	else
		kids.push(...drawArrow(row, y));
	if (connColor(e.conn)) kids.push(make('rect', { x: 0, y: y + 1, width: 5, height: heightOf(row) - 2, style: `fill:${connColor(e.conn)}` }));
	kids.push(make('title', {}, `${[row.n, row.m].filter(Boolean).map((n) => T('event {n}', { n })).join(', ')}: ${row.text}${row.detail ? `, ${row.detail}` : ''}`));
	return make('g', { class: row === chosenRow ? 'row chosen' : 'row', tabindex: 0, role: 'button', 'data-row': row.i,
		onclick: () => chooseRow(row), onkeydown: (k) => { if (k.key === 'Enter' || k.key === ' ') { k.preventDefault(); chooseRow(row); } } }, ...kids);
}
function drawNote(row, e, y) {
	const x = place(Math.max(row.node, 0)), last = row.node === data.columns.length - 1 && row.node > 0;
	return [make('text', { x: x + (last ? -8 : 8), y: y + 15, 'text-anchor': last ? 'end' : 'start', fill: colorOf(e), style: `fill:${colorOf(e)}` },
		clip(row.text, last ? x - ladder.time - 10 : ladder.width - x - 10))];
}
function drawArrow(row, y) {
	const from = Math.max(row.node, 0), to = row.to < 0 ? Math.min(from + 1, data.columns.length - 1) : row.to;
	const x1 = place(from), x2 = place(to), right = x2 >= x1, tip = right ? -9 : 9, line = y + 22, middle = (x1 + x2) / 2;
	const kind = row.kind === 'lost' ? 'arrow lost waits' : row.kind === 'arrow' ? 'arrow' : 'arrow waits';
	const by = row.kind !== 'arrive' && row.by && `${row.by}()`, at = row.kind !== 'depart' && row.at && `${row.at}()`, gap = Math.abs(x2 - x1);
	const under = [row.kind === 'depart' ? T('(on its way)') : null, row.detail].filter(Boolean).join(' ');
	const small = (x, dy, anchor, text, room) => make('text', { class: 'small', x, y: line + dy, 'text-anchor': anchor }, clip(text, room, SMALL));
	const color = row.kind === 'lost' ? null : connColor(byNumber.get(row.n).conn);
	const parts = [make('line', { class: kind, x1, x2, y1: line, y2: line, style: color && `stroke:${color}` }),
		make('text', { x: middle, y: line - 6, 'text-anchor': 'middle', class: 'mono' }, clip(row.text, gap - 16, 7.25))];
	if (row.kind === 'arrow' || row.kind === 'arrive')
		parts.push(make('path', { class: 'tip', d: `M${x2} ${line}l${tip} -5v10z` }));
	if (ladder.narrow) {
		if (by) parts.push(small(x1 + (right ? 4 : -4), 13, right ? 'start' : 'end', by, gap * (at ? 0.6 : 1)));
		if (at) parts.push(small(x2 + (right ? -4 : 4), 13, right ? 'end' : 'start', at, gap * (by ? 0.4 : 1)));
		return parts;
	}
	parts.push(small(middle, 13, 'middle', under, gap - 8));
	if (by) parts.push(small(x1 + (right ? -6 : 6), 4, right ? 'end' : 'start', by, ladder.half - 6));
	if (at) parts.push(small(x2 + (right ? 6 : -6), 4, right ? 'start' : 'end', at, ladder.half - 6));
	return parts;
}
