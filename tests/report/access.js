// SPDX-License-Identifier: GPL-2.0-or-later
// What the test of access asks of the page, beside axe-core: contrast of what is drawn, and where the keyboard gets to.
'use strict';
const access = {
	/* what axe-core finds, a line each */
	axe: async () => {
		const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
		return violations.flatMap((v) => v.nodes.map((n) => `${v.impact} ${v.id}: ${n.target.join(' ')}: ${[...n.any, ...n.all, ...n.none].map((c) => c.message).join('; ')}`));
	},
	color: (text) => text.match(/[\d.]+/g).map(Number),
	over: (top, below, alpha) => top.slice(0, 3).map((c, i) => c * alpha + below[i] * (1 - alpha)),
	/* WCAG 2.2, relative luminance and contrast ratio */
	light: (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0),
	ratio: (a, b) => { const [low, high] = [access.light(a), access.light(b)].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); },
	/* axe-core does not look into drawings: each text of them against what is behind it */
	drawn: () => [...document.querySelectorAll('svg text')].filter((t) => t.textContent && t.checkVisibility()).flatMap((t) => {
		let back = access.color(getComputedStyle(document.body).backgroundColor);
		const style = getComputedStyle(t), behind = t.parentNode.querySelector(':scope > rect');
		if (behind && t.parentNode.tagName === 'g') {
			const own = getComputedStyle(behind), fill = own.fill === 'none' ? [0, 0, 0, 0] : access.color(own.fill);
			back = access.over(fill, back, (fill[3] ?? 1) * Number(own.opacity));
		}
		const ratio = access.ratio(access.color(style.fill), back);
		return ratio < 4.5 || parseFloat(style.fontSize) < 11 ? [`${t.textContent}: ${ratio.toFixed(2)}, ${style.fontSize}`] : [];
	}),
	/* texts that have no room: of drawings those outside, over one another, cut off in the ladder or where no title has the whole
	 * of it; of others what goes over its box, the window, or is cut off with nothing to scroll it by */
	room: () => {
		const texts = (svg) => [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim()).map((t) => ({ t, r: t.getBoundingClientRect() })).sort((a, b) => a.r.top - b.r.top);
		const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
		const drawings = [...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width).flatMap((svg) => {
			const all = texts(svg), s = svg.getBoundingClientRect(), box = svg.parentNode.id;
			return all.flatMap(({ t, r }, i) => [
				r.left < s.left - 1 || r.right > s.right + 1 || r.top < s.top - 1 || r.bottom > s.bottom + 1 ? 'outside' : '',
				t.textContent.endsWith('…') && (box === 'ladder-box' || !t.parentNode.querySelector('title')) ? 'cut off' : '',
				...all.slice(i + 1, i + 8).filter((o) => over(r, o.r)).map((o) => `over "${o.t.textContent}"`),
			].filter(Boolean).map((wrong) => `${box} "${t.textContent}" ${wrong}`));
		});
		const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowX), width = document.documentElement.clientWidth;
		return [...drawings, ...[...document.querySelectorAll('header *, nav *, main *')].filter((e) => !e.closest('svg') && e.clientWidth && e.textContent.trim() && getComputedStyle(e).display !== 'inline').flatMap((e) => [
			e.scrollWidth > e.clientWidth + 1 && !scrolls(e) && ![...e.children].some((c) => c.scrollWidth > e.clientWidth + 1) ? `${access.named(e)}: ${e.scrollWidth} px in ${e.clientWidth}` : '',
			e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, .source, #tree-box') ? `${access.named(e)}: over the window` : ''].filter(Boolean))];
	},
	met: new Set(),
	/* where the keyboard is: null at the page's end; else what is wrong about it */
	focus: () => {
		const e = document.activeElement;
		if (!e || e === document.body || access.met.has(e)) return null;
		access.met.add(e);
		const style = getComputedStyle(e), hit = e.querySelector(':scope > rect'), ring = hit ? getComputedStyle(hit).stroke !== 'none' : style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
		/* of what is wrapped, or higher than the window, some point is in sight, and nothing lies on it */
		const within = (from, to, most, part) => Math.max(from, 0) + (Math.min(to, most) - Math.max(from, 0)) * part;
		const seen = [...e.getClientRects()].some((r) => [0.1, 0.5, 0.9].some((part) => {
			const at = document.elementFromPoint(within(r.left, r.right, innerWidth, 0.5), within(r.top, r.bottom, innerHeight, part));
			return at && (e.contains(at) || e.parentNode.contains(at) && at.contains(e));
		}));
		return [...ring ? [] : ['no focus to be seen'], ...seen ? [] : ['not in sight']].map((wrong) => `${access.named(e)}: ${wrong}`);
	},
	named: (e) => `${e.tagName} ${e.id || e.className.baseVal || e.className} ${(e.textContent || '').trim().slice(0, 60)}`,
	/* what can be used, and was not met by the Tab key; a row is met by the arrow keys from the one that was */
	missed: () => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex], [role=button]')]
		.filter((e) => e.checkVisibility() && !e.disabled && !access.met.has(e) && e.tabIndex >= 0).map(access.named),
};
