// SPDX-License-Identifier: GPL-2.0-or-later
// The list of all events, in sight only, and the search.
let eventFrom = -1, LINE = 24;
function drawEvents(force) {
	const box = $('event-box'), narrow = box.clientWidth < 700;
	LINE = narrow ? 44 : 24;
	box.classList.toggle('whole', visible.length * LINE < WHOLE);
	const from = Math.max(0, Math.floor(box.scrollTop / LINE) - 10), count = Math.ceil(box.clientHeight / LINE) + 20;
	if (!force && from === eventFrom) return;
	eventFrom = from;
	const part = visible.slice(from, from + count), width = Math.max(box.clientWidth - 4, 300);
	box.replaceChildren(make('svg', { width, height: Math.max(visible.length * LINE, LINE) }, ...part.map((e, i) => {
		const y = (from + i) * LINE;
		return make('g', { class: e === chosen ? 'row chosen' : 'row', 'data-n': e.n, onclick: () => choose(e, { scroll: true }) }, make('rect', { class: 'hit', x: 0, y, width, height: LINE }),
			make('text', { class: 'small', x: 50, y: y + 16, 'text-anchor': 'end' }, e.n), make('text', { class: 'small', x: 140, y: y + 16, 'text-anchor': 'end' }, seconds(e.t_ns - data.zero_ns)),
			make('text', { class: 'small', x: 154, y: y + 16 }, e.netns || '-'), make('text', { class: 'small', x: 220, y: y + 16 }, e.type),
			...narrow ? [make('text', { x: 16, y: y + 35 }, clip(e._text, width - 20))] : [make('text', { x: 330, y: y + 16 }, clip(e._text, (width - 340) * 0.6)), make('text', { class: 'small', x: 330 + (width - 340) * 0.62, y: y + 16 }, e.fn || '')],
			make('title', {}, `${T('event {n}', { n: e.n })}: ${e._text}`));
	})));
}

/* another line is the chosen one: all the others stay, since a layout of the page takes longer than a step may */
function markEvents() {
	$('event-box').querySelector('.chosen')?.classList.remove('chosen');
	$('event-box').querySelector(`[data-n="${chosen.n}"]`)?.classList.add('chosen');
}
/* the list's line of an event comes in sight */
function showLine(e) {
	const box = $('event-box'), top = visible.indexOf(e) * LINE;
	if (box.classList.contains('whole')) scrollInto(box, top, top + LINE);
	else if (top < box.scrollTop || top + LINE > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2;
	drawEvents(true);
}
/* what can be chosen, once */
function choices() {
	for (const type of [...new Set(events.map((e) => e.type))].sort()) $('kinds').append(make('option', { value: type }, type));
}

/* ---- search ---- */
/* what an event says, its sentence and what it means, who sent it, and its flags by name: "S." is SYN-ACK */
function wordsOf(e) {
	const flags = isPacket(e) && e.flags ? [...e.flags].map((f) => data.flags[f] || f).join('-') : '';
	return [e.type, e._text, flags, e.by, e.by_fn, e.netns, e.fn, e.point, e.comm, e.step, data.meanings[e._meaning]?.text].join('\n').toLowerCase();
}
/* a function of the stack is found by its name, or by a part of one that only a function has */
const isFrame = (f, w) => f.fn === w || (w.includes('_') && (f.fn || '').includes(w));
function finder(word) {
	const [, path, value] = /^([\w.]+)=(.*)$/.exec(word) || [];
	if (path) return (e) => String(get(e, path)) === value;
	const w = word.toLowerCase().replace(/\(\)$/, ''), stacks = data.stacks.map((frames) => frames.some((f) => isFrame(f, w)));
	return (e) => stacks[e.stack] || wordsOf(e).includes(w);
}
const sought = () => ({ words: $('search').value.split(/\s+/).filter(Boolean), kind: $('kinds').value, conn: Number($('conns').value) });
const isSeeking = ({ words, kind, conn }) => words.length > 0 || kind !== '' || conn !== 0;
function search() {
	const what = sought(), { words, kind, conn } = what, finders = words.map(finder);
	visible = events.filter((e) => (!kind || e.type === kind) && (!conn || e.conn === conn) && finders.every((finds) => finds(e)));
	for (const key of $('conn-key').querySelectorAll('button')) key.classList.toggle('on', Number(key.dataset.conn) === conn);
	$('found').textContent = isSeeking(what) ? T('{n} of {all} events', { n: visible.length, all: events.length }) : '';
	$('found').hidden = !$('found').textContent;
	answers(); layoutLadder(); drawEvents(true); drawTimeline(); drawRoutes();
}

/* Enter: the first event that was found, and then the next */
let lookedFor = '';
function next() {
	const words = JSON.stringify(sought()), again = words === lookedFor;
	lookedFor = words;
	if (visible.length) choose(again && visible.find((e) => chosen && e.n > chosen.n) || visible[0], { scroll: true });
}
