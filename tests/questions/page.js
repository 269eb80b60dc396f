// SPDX-License-Identifier: GPL-2.0-or-later
// What can be read on the page as it stands in the window: not what is folded, cut off, covered, or out of sight.
'use strict';
const reader = {
	/* places that hold one thing each, which is read as one line */
	PLACES: '#answer-table .answer, #open-answers .answer, #detail, g.row, #check-table tr, #route-box details, .layer',
	inSight: (rect, node) => {
		const x = rect.x + rect.width / 2, y = rect.y + rect.height / 2, at = document.elementFromPoint(x, y);
		return rect.width > 0 && at !== null && (at.contains(node) || at.closest('g.row')?.contains(node));
	},
	/* a text of which a line is not in sight is not read */
	read: (element) => {
		const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange(), texts = [];
		while (walker.nextNode()) {
			range.selectNodeContents(walker.currentNode);
			const rects = [...range.getClientRects()];
			if (rects.length && rects.every((rect) => reader.inSight(rect, walker.currentNode))) texts.push(walker.currentNode.textContent);
		}
		return texts.join(' ').replace(/\s+/g, ' ').replaceAll('→', '->').trim();
	},
	/* behind its question, as in the table of the terminal */
	line: (place) => `${place.closest('td')?.previousElementSibling ? reader.read(place.closest('td').previousElementSibling) : ''}  ${reader.read(place)}`,
	says: (answer) => [...document.querySelectorAll(reader.PLACES)].some((place) => answer.test(reader.line(place))),
	/* the line that unfolds what holds the answer */
	fold: (answer) => [...document.querySelectorAll('#answers details:not([open])')].find((d) => [...d.querySelectorAll('.answer')].some((a) => answer.test(`  ${a.textContent.replaceAll('→', '->')}`)))?.querySelector('summary'),
	/* where a reader clicks it, or null: it is not there, or not in sight */
	at: (element) => {
		const { x, y, width, height } = element?.getBoundingClientRect() || {}, place = [x + Math.min(width / 2, 40), y + height / 2];
		return element && element.contains(document.elementFromPoint(...place)) ? place : null;
	},
};
