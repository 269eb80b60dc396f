// SPDX-License-Identifier: GPL-2.0-or-later
// What all parts of the page use: its data, elements, words, numbers.
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const events = data.events, byNumber = new Map(events.map((e) => [e.n, e]));
const $ = (id) => document.getElementById(id);
/* a text in the reader's language, with its {names} filled in */
const T = (text, values) => (data.words[text] || text).replace(/\{(\w+)\}/g, (whole, name) => values && name in values ? values[name] : whole);
const typeOf = (e) => data.types[e.type] || { ink: 'soft', way: null };
const colorOf = (e) => `var(--${typeOf(e).ink})`;
let chosen = null, chosenRow = null, visible = events, markA = null, markB = null;
data.rows.forEach((r, i) => { r.i = i; });

/* ---- elements: text only ever goes in as text ---- */
function make(tag, attributes, ...children) {
	const svg = ['svg', 'g', 'line', 'text', 'rect', 'path', 'title'].includes(tag);
	const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
		else if (value !== null && value !== undefined) element.setAttribute(key, value);
	}
	element.append(...children.filter((c) => c !== null && c !== undefined).map((c) => typeof c === 'object' ? c : String(c)));
	return element;
}
/* what is said, in one of the page's languages; an arrow as on the terminal */
let language = 0;
function speak(index) {
	language = index;
	Object.assign(data, data.languages[index]);
	const arrows = (text) => text && text.replaceAll(' -> ', ' → ');
	events.forEach((e, i) => { e._text = arrows(data.texts[i]); });
	data.rows.forEach((r, i) => { r.text = arrows(data.row_texts[i]); });
	data.answers.forEach((a) => { a.answer = arrows(a.answer); });
	data.checks.forEach((c) => { c.sentence = arrows(c.sentence); });
}
speak(0);
const seconds = (ns) => (ns / 1e9).toFixed(6);
const ms = (ns) => `${(ns / 1e6).toFixed(3)} ms`;
/* an East Asian letter is as wide as two others */
const widthOf = (c) => c > '\u2e7f' ? 2 : 1;
/* per: of what is as wide letter by letter; else it is measured as drawings write it */
const pen = document.createElement('canvas').getContext('2d');
pen.font = '13px system-ui, sans-serif';
const wideness = (text, per) => per ? [...text].reduce((sum, c) => sum + widthOf(c) * per, 0) : pen.measureText(text).width;
function clip(text, width, per) {
	const letters = [...text || ''];
	if (wideness(text || '', per) <= width) return text || '';
	while (letters.length > 1 && wideness(`${letters.join('')}…`, per) > width) letters.pop();
	return `${letters.join('')}…`;
}
/* a text in lines that are no wider: broken at a blank, behind an East Asian letter, and in a long name behind a "_" */
function fold(text, width, per) {
	const fits = (part) => part.length * 13 <= width || wideness(part.trimEnd(), per) <= width, lines = [''];
	if (fits(text)) return [text];
	for (const part of text.split(/(?<=[ \u2e80-\uffff])/).flatMap((word) => fits(word) ? [word] : word.split(/(?<=_)/))) {
		const longer = lines[lines.length - 1] + part;
		if (fits(longer)) lines[lines.length - 1] = longer;
		else lines.push(part);
	}
	return lines.filter(Boolean).map((one) => clip(one.trimEnd(), width, per));
}
function get(object, path) {
	return path.split('.').reduce((v, key) => v === null || v === undefined ? undefined
		: Array.isArray(v) ? v.find((x) => x && (x.name === key || x.fn === key)) : v[key], object);
}
/* what lies under the bar at the top is not in sight */
const bar = document.querySelector('nav'), barHeight = () => getComputedStyle(bar).position === 'sticky' ? bar.getBoundingClientRect().height : 0;
/* who has the keyboard in a box keeps it there, though what had it is drawn anew */
function keepFocus(box, draw) {
	const had = box.contains(document.activeElement);
	draw();
	if (had && !box.contains(document.activeElement)) box.focus({ preventScroll: true });
}
/* {key: [those that have it]}, in their order */
function groupBy(list, keyOf) {
	const groups = new Map();
	for (const each of list) {
		const key = keyOf(each), group = groups.get(key);
		if (group) group.push(each); else groups.set(key, [each]);
	}
	return groups;
}
const stackOf = (e) => typeof e.stack === 'number' ? data.stacks[e.stack] : [];
const peerOf = (e) => e._peer ? events[e._peer - 1] : null;
const goTo = (e, text) => make('button', { class: 'link', onclick: ({ target }) => visit(e, target) }, text || T('event {n}', { n: e.n }));
