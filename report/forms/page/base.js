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
}
speak(0);
const seconds = (ns) => (ns / 1e9).toFixed(6);
const ms = (ns) => `${(ns / 1e6).toFixed(3)} ms`;
/* an East Asian letter is as wide as two others */
const widthOf = (c) => c > '\u2e7f' ? 2 : 1;
function clip(text, width, per = 7) {
	let room = Math.floor(width / per), end = 0;
	for (const c of text || '') { room -= widthOf(c); if (room < 0) return `${text.slice(0, Math.max(1, end - 1))}…`; end += c.length; }
	return text || '';
}
function get(object, path) {
	return path.split('.').reduce((v, key) => v === null || v === undefined ? undefined
		: Array.isArray(v) ? v.find((x) => x && (x.name === key || x.fn === key)) : v[key], object);
}
const stackOf = (e) => typeof e.stack === 'number' ? data.stacks[e.stack] : [];
const peerOf = (e) => e._peer ? events[e._peer - 1] : null;
const goTo = (e, text) => make('button', { class: 'link', onclick: () => choose(e, { scroll: true }) }, text || T('event {n}', { n: e.n }));
