// SPDX-License-Identifier: GPL-2.0-or-later
// The page's own words in the reader's language.
const spoken = [];
function collect() {
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) => /SCRIPT|STYLE/.test(node.parentNode.tagName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
	while (walker.nextNode()) {
		const node = walker.currentNode, text = node.textContent, word = text.trim();
		if (word in data.words) spoken.push(() => { node.textContent = text.replace(word, data.words[word]); });
	}
	for (const name of ['placeholder', 'aria-label', 'title'])
		for (const element of document.querySelectorAll(`[${name}]`)) {
			const word = element.getAttribute(name);
			spoken.push(() => element.setAttribute(name, T(word)));
		}
}
function translate() {
	spoken.forEach((say) => say());
	document.documentElement.lang = data.code;
	const next = data.languages[(language + 1) % data.languages.length];
	$('language').hidden = data.languages.length < 2;
	$('language').lang = next.code;
	$('language').textContent = next.code.startsWith('zh') ? '中文' : 'English';
}
