// SPDX-License-Identifier: GPL-2.0-or-later
// The ladder: only the rows in sight are drawn.
const ladder = { rows: [], tops: [], height: 0, body: null, drawn: new Map(), from: -1, to: -1 };
/* up to this height nothing scrolls within the page's own scrolling */
const WHOLE = 8000;
const NOTE = 22, ARROW = 38, HEAD = 30, SMALL = 6.65, MONO = 7.25;
/* heights of a further line, of a text and of a small one */
const MORE = 15, MORE_SMALL = 13;
/* what is on one node, or goes over all of them, is a line; what goes from node to node has room for its arrow; each as high
   as its texts are long */
function shapeOf(row) {
	if (row.kind === 'step') return { height: NOTE };
	if (row.kind === 'note') {
		const above = fold(row.text, isLast(row) ? place(row.node) - ladder.time - 10 : ladder.width - place(Math.max(row.node, 0)) - 10);
		return { above, height: NOTE + MORE * (above.length - 1) };
	}
	const { x1, x2 } = endsOf(row), gap = Math.abs(x2 - x1), above = fold(row.text, gap - 16, MONO);
	const by = row.kind !== 'arrive' && row.by ? `${row.by}()` : '', at = row.kind !== 'depart' && row.at ? `${row.at}()` : '';
	if (ladder.narrow) { /* both in one line, if they have room there */
		const names = [by, at].map((name) => name ? fold(name, gap - 8, SMALL) : []), lines = names.map((n) => n.length);
		const below = by && at && wideness(by + at, SMALL) > gap - 16 ? lines[0] : 0;
		return { above, names, below, height: ARROW + MORE * (above.length - 1) + MORE_SMALL * (Math.max(lines[0], below + lines[1], 1) - 1) };
	}
	const under = fold([row.kind === 'depart' ? T('(on its way)') : null, row.detail].filter(Boolean).join(' '), gap - 8, SMALL);
	const names = [by, at].map((name) => fold(name, ladder.half - 6, SMALL));
	return { above, under, names, height: ARROW + MORE * (above.length - 1) + MORE_SMALL * (Math.max(under.length, ...names.map((n) => n.length)) - 1) };
}
const isLast = (row) => row.node === data.columns.length - 1 && row.node > 0;
function endsOf(row) {
	const from = Math.max(row.node, 0);
	return { x1: place(from), x2: place(row.to < 0 ? Math.min(from + 1, data.columns.length - 1) : row.to) };
}
function place(column) { return ladder.time + ladder.half + column * ladder.gap; }
function layoutLadder() {
	/* wide: functions stand outside of the lines; narrow: under the arrow, in place of the options */
	const width = Math.max($('ladder-box').clientWidth - 2, 320), n = Math.max(data.columns.length, 1);
	ladder.width = width;
	ladder.narrow = width < 270 * n;
	const clock = Math.max(...[data.rows[0], data.rows[data.rows.length - 1]].map((r) => r ? seconds(r.t).length : 0)) * SMALL;
	ladder.time = Math.max(ladder.narrow ? 72 : 86, clock + 10);
	ladder.gap = ladder.narrow ? (width - ladder.time - 24) / Math.max(n - 1, 1) : (width - ladder.time) / (n + 0.2);
	ladder.half = ladder.narrow ? 12 : ladder.gap * 0.6;
	const shown = new Set(visible.map((e) => e.n));
	ladder.rows = data.rows.filter((r) => shown.has(r.n) || shown.has(r.m));
	let y = HEAD;
	ladder.tops = ladder.rows.map((r) => { const top = y; r.shape = shapeOf(r); y += r.shape.height; return top; });
	ladder.height = y + 10;
	ladder.from = ladder.to = -1;
	$('ladder-box').classList.toggle('whole', ladder.height < WHOLE);
	ladder.drawn.clear();
	ladder.body = make('g');
	$('ladder-box').replaceChildren(make('svg', { width, height: ladder.height, role: 'group', 'aria-label': T('ladder') }, ...lifelines(), ladder.body));
	drawLadder();
}
function firstBelow(y) {
	let low = 0, high = ladder.tops.length;
	while (low < high) { const mid = (low + high) >> 1; if (ladder.tops[mid] < y) low = mid + 1; else high = mid; }
	return low;
}
function lifelines() {
	return data.columns.flatMap((c, i) => [
		make('line', { class: 'life', x1: place(i), x2: place(i), y1: HEAD - 4, y2: ladder.height }),
		make('text', { x: place(i), y: 18, 'text-anchor': !ladder.narrow ? 'middle' : i === 0 ? 'start' : i === data.columns.length - 1 ? 'end' : 'middle', 'font-weight': 'bold' }, ladder.narrow && data.columns.length > 2 ? c.name : `${c.name} ${c.address || ''}`)]);
}
/* a row that stays in sight stays as it is: a layout of all of them takes longer than a step may */
function drawLadder() {
	const box = $('ladder-box'), from = Math.max(0, firstBelow(box.scrollTop - 200)), to = firstBelow(box.scrollTop + Math.max(box.clientHeight, 0) + 200);
	if (from !== ladder.from || to !== ladder.to) {
		const rows = ladder.rows.slice(from, to), gone = new Map(ladder.drawn);
		rows.forEach((row) => gone.delete(row));
		gone.forEach((g, row) => { g.remove(); ladder.drawn.delete(row); });
		let next = ladder.body.firstChild;
		rows.forEach((row, i) => {
			const had = ladder.drawn.get(row), g = had || drawRow(row, ladder.tops[from + i]);
			if (!had) ladder.body.insertBefore(g, next);
			ladder.drawn.set(row, g);
			next = g.nextSibling;
		});
		Object.assign(ladder, { from, to });
	}
	markRow();
}
/* of all rows one is a stop of the Tab key; from there the arrow keys walk */
function markRow() {
	const now = ladder.drawn.get(chosenRow), stop = now || ladder.body.firstChild;
	for (const g of ladder.body.querySelectorAll('.chosen, [tabindex="0"]')) { g.classList.remove('chosen'); g.setAttribute('tabindex', -1); }
	now?.classList.add('chosen');
	stop?.setAttribute('tabindex', 0);
}
/* on paper: all of it, unless it is a book, in pieces that fit on a page, so that no row is cut */
function printLadder() {
	const pieces = [], { rows, tops, width } = ladder;
	for (const folded of $('answer-table').querySelectorAll('details')) folded.open = true;
	for (let from = 0, to = 0; from < rows.length && rows.length < 3000; from = to) {
		const top = from ? tops[from] : 0;
		while (to < rows.length && tops[to] < top + 800) to++;
		const height = (to < rows.length ? tops[to] : ladder.height) - top;
		pieces.push(make('svg', { width, height, viewBox: `0 ${top} ${width} ${height}` }, ...lifelines(), ...rows.slice(from, to).map((row, i) => drawRow(row, tops[from + i]))));
	}
	if (pieces.length) $('ladder-box').replaceChildren(...pieces);
}
function drawRow(row, y) {
	const e = byNumber.get(row.n), kids = [make('rect', { class: 'hit', x: 0, y, width: ladder.width, height: row.shape.height }),
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
	if (connColor(e.conn)) kids.push(make('rect', { x: 0, y: y + 1, width: 5, height: row.shape.height - 2, style: `fill:${connColor(e.conn)}` }));
	kids.push(make('title', {}, `${[row.n, row.m].filter(Boolean).map((n) => T('event {n}', { n })).join(', ')}: ${row.text}${row.detail ? `, ${row.detail}` : ''}`));
	return make('g', { class: 'row', tabindex: -1, role: 'button', 'data-row': row.i,
		onclick: () => chooseRow(row), onkeydown: (k) => { if (k.key === 'Enter' || k.key === ' ') { k.preventDefault(); chooseRow(row); } } }, ...kids);
}
/* lines of a text, the first one at y */
const drawLines = (lines, x, y, step, attributes) => lines.map((line, i) => make('text', { x, y: y + i * step, ...attributes }, line));
function drawNote(row, e, y) {
	const x = place(Math.max(row.node, 0)), last = isLast(row);
	return drawLines(row.shape.above, x + (last ? -8 : 8), y + 15, MORE, { 'text-anchor': last ? 'end' : 'start', style: `fill:${colorOf(e)}` });
}
function drawArrow(row, y) {
	const { above, under, names: [by, at], below } = row.shape, { x1, x2 } = endsOf(row);
	const right = x2 >= x1, tip = right ? -9 : 9, line = y + 22 + MORE * (above.length - 1), middle = (x1 + x2) / 2;
	const kind = row.kind === 'lost' ? 'arrow lost waits' : row.kind === 'arrow' ? 'arrow' : 'arrow waits';
	const small = (x, dy, anchor, lines) => drawLines(lines, x, line + dy, MORE_SMALL, { class: 'small', 'text-anchor': anchor });
	const color = row.kind === 'lost' ? null : connColor(byNumber.get(row.n).conn), start = right ? 'start' : 'end', end = right ? 'end' : 'start';
	const parts = [make('line', { class: kind, x1, x2, y1: line, y2: line, style: color && `stroke:${color}` }),
		...drawLines(above, middle, y + 16, MORE, { 'text-anchor': 'middle', class: 'mono' })];
	if (row.kind === 'arrow' || row.kind === 'arrive')
		parts.push(make('path', { class: 'tip', d: `M${x2} ${line}l${tip} -5v10z` }));
	if (ladder.narrow)
		return [...parts, ...small(x1 + (right ? 4 : -4), 13, start, by), ...small(x2 + (right ? -4 : 4), 13 + MORE_SMALL * below, end, at)];
	return [...parts, ...small(middle, 13, 'middle', under), ...small(x1 + (right ? -6 : 6), 4, end, by), ...small(x2 + (right ? 6 : -6), 4, start, at)];
}
