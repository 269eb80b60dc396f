// SPDX-License-Identifier: GPL-2.0-or-later
// The panel of the chosen event, and its row: two rows may be of one event, a packet that leaves and the same one that arrives.
const rowsOf = groupBy(data.rows, (r) => r.n), arrivals = groupBy(data.rows, (r) => r.m);
const rowOf = (e) => (rowsOf.get(e.n) || arrivals.get(e.n) || [null])[0];
function chooseRow(row, how) {
	choose(byNumber.get(row.n), { ...how, row });
}
/* along a link: one in Source or Objects leaves the page where it is, one of an answer leads to the source, if there is any */
function visit(e, link) {
	const moment = link.closest('#moment'), source = !moment && link.closest('#answers') && callOf.has(e.n);
	choose(e, { scroll: !moment && !source });
	if (source) bringChosen();
}
/* how: {row} its row, where the event alone does not tell; {scroll} the ladder to it; {quiet} at the page's start; {back} by the history;
 * {line} of its source; {replace} the address is that of the same visit, and Back does not lead to the one before */
function choose(e, how = {}) {
	if (!e) return;
	const focused = $('ladder-box').contains(document.activeElement);
	if (how.line !== undefined || !sameFunction(chosen, e)) line = how.line || 0;
	chosen = e;
	chosenRow = how.row || rowOf(e);
	/* what asks for places comes first: asked behind a change, the page is laid out twice */
	$('detail').scrollTop = 0;
	if (how.scroll) reveal();
	drawLadder();
	if (focused) $('ladder-box').querySelector('.chosen')?.focus({ preventScroll: true });
	markEvents();
	drawMarks();
	drawLayers();
	if (!how.quiet) { $('detail').classList.add('open'); document.body.classList.add('sheet'); if (!how.back) address(how.replace); }
	if (!stale) requestAnimationFrame(drawMoment);
	stale = true;
	keepFocus($('detail'), () => drawDetail(e));
}
function drawDetail(e) {
	const meaning = data.meanings[e._meaning], peer = peerOf(e), inside = byNumber.get(e.parent);
	const options = chosenRow?.detail || peer && rowOf(peer)?.detail;
	$('detail').replaceChildren(...[
		make('button', { id: 'close', onclick: closeSheet, 'aria-label': T('close') }, '✕'),
		make('div', { class: 'marks' }, ...marks()), make('h3', {}, `${T('event {n}', { n: e.n })}: ${e._text}`),
		options ? make('div', {}, options) : null,
		e.icount ? make('button', { class: 'debug', title: T('copy: GDB at this event'), onclick: copyText }, debugCommand(e)) : null,
		make('div', { class: 'soft' }, T('{type} in {fn}() on {node}, {time} s', { type: e.type, fn: e.fn || '-', node: e.netns || '-', time: seconds(e.t_ns - data.zero_ns) })),
		meaning ? make('p', {}, meaning.text, make('br'), make('span', { class: 'soft' }, meaning.source)) : null,
		make('p', {}, peer ? make('span', {}, T('other end: '), goTo(peer), ' ') : null, inside ? make('span', {}, T('inside of: '), goTo(inside)) : null),
		owner(e), ...octets(e), ...stackList(e), ...changedList(e),
		make('details', { open: '' }, make('summary', {}, T('fields')), fieldList(e))].filter(Boolean));
}
/* what is long, and lies below: once for all steps that come before the next picture */
let stale = false;
function drawMoment() {
	stale = false;
	keepFocus($('source'), drawSource);
	keepFocus($('objects'), drawObjects);
}
/* the run's folder is that of this page, as a clone has it: out/handshake */
function debugCommand(e) {
	const folder = decodeURIComponent(location.pathname).split('/').slice(-3, -1).join('/');
	const word = /^[\w./+-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
	return `make debug FROM=${word} EVENT=${e.n}`;
}
function copyText({ target }) {
	getSelection().selectAllChildren(target);
	navigator.clipboard?.writeText(target.textContent);
}
function closeSheet() {
	$('detail').classList.remove('open');
	document.body.classList.remove('sheet');
	if ($('detail').contains(document.activeElement)) $('ladder-box').querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
}
function owner(e) {
	const who = `${e.comm || '?'} (${e.pid})`;
	return make('div', { class: 'soft' }, e._runs === 'task' ? T('on the CPU: {who}', { who }) : e._runs === 'thread' ? T('{context} in its own thread {who}', { context: e.ctx, who }) : T('{context}: {who} was on the CPU and was interrupted', { context: e.ctx, who }),
		e.owner ? `; ${T('for {who}', { who: `${e.owner.comm} (${e.owner.pid})` })}` : '');
}
/* a softirq runs on the stack of whoever it interrupted: behind its own part stands that */
function stackList(e) {
	const frames = stackOf(e), end = e._own;
	if (!frames.length) return [];
	return [make('h3', {}, T('stack, innermost first')), ...frames.slice(0, end).map((f, i) => frame(f, i === e._story)),
		...(end < frames.length ? [make('div', { class: 'soft interrupted' }, T('what was interrupted:')), ...frames.slice(end).map((f) => frame(f, false))] : [])];
}
function fieldList(e) {
	const list = make('dl', {});
	const add = (path, v) => {
		if (v !== null && typeof v === 'object' && !Array.isArray(v)) Object.entries(v).forEach(([k, x]) => add(`${path}.${k}`, x));
		else list.append(make('dt', {}, path), make('dd', {}, v === null ? 'null' : typeof v === 'object' ? JSON.stringify(v) : v));
	};
	Object.entries(e).filter(([k, v]) => !k.startsWith('_') && k !== 'stack' && v !== null).forEach(([k, v]) => add(k, v));
	return list;
}
/* the frame that tells the story (report/types/story.c) stands open */
function frame(f, story) {
	const at = `${f.file}:${f.line}`, source = data.sources[at], name = [f.fn, f.inlined ? ` ${T('(inlined)')} ` : ' '];
	const plain = data.link && /^[\w./+-]+$/.test(f.file || '');
	const link = (text) => plain ? make('a', { href: data.link.replace('FILE', f.file).replace(/n0$/, `n${Number(f.line)}`), target: '_blank', rel: 'noreferrer noopener' }, text) : null;
	const kind = story ? 'frame story' : 'frame', decides = story ? make('span', { class: 'good' }, ` ${T('decides')}`) : null, place = make('span', { class: 'soft' }, at);
	if (!source) return make('div', { class: kind }, ...name, link(at) || place, decides);
	return make('details', { class: kind, open: story ? '' : null }, make('summary', {}, ...name, place, decides), link(T('the whole file')),
		make('pre', {}, ...source.lines.map((text, i) => make('span', { class: source.from + i === f.line ? 'at' : '' }, make('span', {}, `${source.from + i}  `), make('span', {}, text)))));
}
/* the part of an element from top to bottom comes between the bar above and the sheet below */
function scrollInto(element, top, bottom) {
	const { y, height } = element.getBoundingClientRect(), scale = height / Math.max(element.clientHeight, 1), from = y + top * scale, to = y + bottom * scale;
	const least = barHeight() + 40, most = window.innerHeight * (document.body.classList.contains('sheet') && window.innerWidth <= 1000 ? 0.5 : 1) - 30;
	if (from < least || to > most) window.scrollBy(0, from - (least + most) / 2);
}
/* scrolls only as far as is needed, so that a walk does not jump */
function reveal() {
	const box = $('ladder-box'), i = ladder.rows.indexOf(chosenRow), top = ladder.tops[i];
	if (i >= 0 && box.classList.contains('whole')) scrollInto(box, top, top + chosenRow.shape.height);
	else if (i >= 0 && (top < box.scrollTop + HEAD || top + 2 * ARROW > box.scrollTop + box.clientHeight)) box.scrollTop = top - 120;
}

/* an element comes to the middle of what is in sight, or to its top. What was out of sight is laid out only as it comes in sight,
 * and moves the rest: the next pictures show whether it is there */
function bring(find, block = 'center', pictures = 5) {
	find()?.scrollIntoView({ block });
	if (pictures) requestAnimationFrame(() => bring(find, block, pictures - 1));
}
/* where the chosen event stands: the line, the source of its call, its row, or its line in the list of all */
function bringChosen() {
	drawMoment();
	if (callOf.has(chosen.n)) return line ? bring(() => $('source-box').querySelector('.at')) : bring(() => $('source'), 'start');
	if (ladder.rows.includes(chosenRow)) return bring(() => ladder.drawn.get(chosenRow));
	showLine(chosen);
	return bring(() => $('event-box').querySelector('.chosen'));
}

/* ---- an address for each event, row and line: #event-48, #row-17, #event-48/line-6150, and short #e48/l6150; sections have
 * their own. The history has what was chosen at each, at a section's, too ---- */
const here = () => ({ n: chosen.n, row: chosenRow?.i, line });
let held = false; /* a key that is held down: its steps are one visit */
function address(replace) {
	const own = rowOf(chosen), hash = (chosenRow && chosenRow !== own ? `#row-${chosenRow.i + 1}` : `#event-${chosen.n}`) + (line ? `/line-${line}` : '');
	$('nowhere').textContent = '';
	if (hash !== location.hash) history[replace || held ? 'replaceState' : 'pushState'](here(), '', hash);
}
function follow() {
	const [, what, number, at] = /^#(event-|row-|e)(\d+)(?:\/(?:line-|l)(\d+))?$/.exec(location.hash) || [], row = what === 'row-' ? data.rows[number - 1] : null;
	const e = row ? byNumber.get(row.n) : byNumber.get(what && Number(number)), asked = location.hash, f = e && callOf.has(e.n) ? data.functions[callOf.get(e.n)[0]] : null;
	const isLine = Boolean(f) && at >= f.first && at < f.first + f.lines.length;
	if (e) { choose(e, { row, line: isLine ? Number(at) : 0, scroll: true, replace: true }); bringChosen(); }
	const isThere = e ? !at || isLine : /^(#|#top)?$/.test(asked) || document.getElementById(asked.slice(1));
	$('nowhere').textContent = isThere ? '' : T('no such place in this run: {place}', { place: asked });
	return e;
}
/* Back and Forward: what was chosen then; where the page stood the browser knows. Without a state it is a new address */
function goBack({ state }) {
	$('nowhere').textContent = '';
	if (state) return choose(byNumber.get(state.n), { row: data.rows[state.row], line: state.line, back: true });
	return follow() || history.replaceState(here(), '');
}
