// SPDX-License-Identifier: GPL-2.0-or-later
// The timeline, with two markers.
const timeline = { x: null, marks: null, width: 0, height: 0, range: null, all: null };
const LEFT = 70;
/* a lab prepares for seconds and connects in milliseconds: is half of it within a tenth of the time? */
function isCrowded() {
	const half = events.length >> 1, span = events.length ? events[events.length - 1].t_ns - events[0].t_ns : 0;
	return events.some((e, i) => i + half < events.length && events[i + half].t_ns - e.t_ns < span / 10);
}
const along = (e) => $('by-event').checked ? e.n : e.t_ns;
/* shows that part of it: [from, to] in ns or events; null: all */
function look(range) {
	timeline.range = range;
	drawTimeline();
}
/* a part that is so many times as long, around a place between 0 and 1 */
function closer(times, at = 0.5) {
	const [from, to] = timeline.range || timeline.all, length = (to - from) * times, least = $('by-event').checked ? 4 : 1000;
	if (length >= timeline.all[1] - timeline.all[0]) return look(null);
	if (length < least) return null;
	const start = Math.min(Math.max(from + (to - from - length) * at, timeline.all[0]), timeline.all[1] - length);
	return look([start, start + length]);
}
/* round numbers, as many as there is room for, with their unit */
function axis(from, to, width, height) {
	const byEvent = $('by-event').checked, zero = byEvent ? 0 : data.zero_ns, rough = (to - from) / Math.max(width / 110, 1);
	const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9))), step = Math.max([1, 2, 5, 10].map((m) => m * power).find((one) => one >= rough) || 1, 1);
	const [unit, size] = byEvent ? [T('events'), 1] : to - from >= 1e9 ? ['s', 1e9] : to - from >= 1e6 ? ['ms', 1e6] : ['µs', 1e3], ticks = [];
	for (let v = Math.ceil((from - zero) / step) * step; v <= to - zero; v += step) {
		const x = LEFT + (width - LEFT - 10) * (v + zero - from) / Math.max(to - from, 1);
		ticks.push(make('line', { class: 'life', x1: x, x2: x, y1: 0, y2: height + 18 }), make('text', { class: 'small', x, y: height + 30, 'text-anchor': 'middle' }, Number((v / size).toFixed(4))));
	}
	return [...ticks, make('text', { class: 'small', x: 0, y: height + 30 }, unit)];
}
function drawTimeline() {
	if (!events.length) return;
	const width = Math.max($('timeline-box').clientWidth, 320), lanes = [...data.columns.map((c) => c.name), null], h = 26;
	const ends = $('zoom').checked ? [markA, markB].sort((a, b) => a.n - b.n) : [events[0], events[events.length - 1]];
	timeline.all = ends.map(along);
	const [from, to] = timeline.range || timeline.all;
	const x = (e) => LEFT + (width - LEFT - 10) * (along(e) - from) / Math.max(to - from, 1), shown = visible.filter((e) => along(e) >= from && along(e) <= to);
	const paths = new Map(), kinds = new Map();
	for (const e of shown) {
		const lane = Math.max(lanes.indexOf(e.netns || null), 0), color = colorOf(e);
		paths.set(color, `${paths.get(color) || ''}M${x(e).toFixed(1)} ${lane * h + 6}v14`);
		kinds.set(color, (kinds.get(color) || new Set()).add(e.type));
	}
	Object.assign(timeline, { x, width, height: lanes.length * h, shown, marks: make('g', {}), pick: make('rect', { class: 'pick', y: 0, height: lanes.length * h, width: 0 }) });
	$('whole').disabled = !timeline.range;
	const svg = make('svg', { width, height: lanes.length * h + 36, role: 'img', 'aria-label': T('Timeline') }, ...axis(from, to, width, lanes.length * h),
		...lanes.map((name, i) => make('text', { x: 0, y: i * h + 17, class: 'small' }, name || T('no node'))),
		...[...paths].map(([color, d]) => make('path', { d, style: `stroke:${color};fill:none` })), timeline.pick, timeline.marks);
	listen(svg);
	$('timeline-box').replaceChildren(svg);
	$('timeline-key').replaceChildren(...[...kinds].map(([color, types]) => make('span', {}, make('b', { style: `color:${color}` }, '| '), [...types].sort().join(', '))));
	drawMarks();
}
/* the wheel comes closer, a drag chooses a part, a click an event, and what is under the pointer is said below */
function listen(svg) {
	const at = (move) => (move.clientX - svg.getBoundingClientRect().left) * timeline.width / svg.getBoundingClientRect().width;
	const part = (px) => Math.min(Math.max((px - LEFT) / (timeline.width - LEFT - 10), 0), 1);
	const nearest = (px) => timeline.shown.reduce((best, e) => !best || Math.abs(timeline.x(e) - px) < Math.abs(timeline.x(best) - px) ? e : best, null);
	let began = null;
	svg.addEventListener('wheel', (wheel) => { wheel.preventDefault(); closer(wheel.deltaY < 0 ? 0.7 : 1 / 0.7, part(at(wheel))); }, { passive: false });
	svg.addEventListener('pointerdown', (down) => { began = at(down); });
	svg.addEventListener('pointermove', (move) => {
		const px = at(move), e = nearest(px);
		if (e) $('timeline-tip').textContent = `${T('event {n}', { n: e.n })}, ${seconds(e.t_ns - data.zero_ns)} s, ${e.netns || '-'}: ${e._text}`;
		if (began === null || !move.buttons) return;
		timeline.pick.setAttribute('x', Math.min(began, px));
		timeline.pick.setAttribute('width', Math.abs(px - began));
	});
	svg.addEventListener('click', (click) => {
		const px = at(click), start = began === null ? px : began, [from, to] = timeline.range || timeline.all, place = (p) => from + (to - from) * part(p);
		began = null;
		if (Math.abs(px - start) > 5) return look([place(Math.min(px, start)), place(Math.max(px, start))]);
		const e = nearest(px);
		return click.shiftKey ? mark('b', e) : choose(e, { scroll: true });
	});
}
/* only these move with a choice: with many events the rest takes its time */
function drawMarks() {
	const { x, width, height } = timeline;
	timeline.marks.replaceChildren(...[[chosen === markA || chosen === markB ? null : chosen, ''], [markA, 'A'], [markB, 'B']].filter(([e]) => e && x(e) >= LEFT && x(e) <= width - 10).flatMap(([e, name]) => [
		make('line', { x1: x(e), x2: x(e), y1: 0, y2: height, style: `stroke:var(--${name ? 'bad' : 'accent'});stroke-width:2` }),
		make('text', { x: x(e) + (x(e) > width - 70 ? -3 : 3), y: height + 10, class: 'small', 'text-anchor': x(e) > width - 70 ? 'end' : 'start' }, name || T('event {n}', { n: e.n }))]));
	$('difference').textContent = markA && markB ? T('B − A = {time} of virtual time, {n} events', { time: ms(markB.t_ns - markA.t_ns), n: markB.n - markA.n })
		: T('Choose an event and set A; choose another and set B (keys a and b).');
}
/* where the markers are: in the panel, and above what is other between them */
const marks = () => [['A', markA], ['B', markB]].filter(([, e]) => e).flatMap(([name, e]) => [make('b', {}, `${name}: `), goTo(e), ' ']);
function mark(which, e) {
	if (which === 'a') markA = e; else markB = e;
	for (const box of document.querySelectorAll('.marks')) box.replaceChildren(...marks());
	$('zoom').disabled = !markA || !markB;
	if ($('zoom').checked) drawTimeline(); else drawMarks();
	drawBetween();
}
