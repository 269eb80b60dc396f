// SPDX-License-Identifier: GPL-2.0-or-later
// Routes: how each was found.
const routeOf = new Map(data.routes.map((r) => [r.n, { won: r.won, searches: r.searches.map((s) => ({ e: byNumber.get(s.n), rule: byNumber.get(s.rule) || null, refusedBy: s.refused_by })) }]));
function searchLine({ e, refusedBy }, won) {
	const found = refusedBy ? T('the longest prefix that fits is a route of the type {type} ({error})', { type: refusedBy, error: e.err }) : e.out ? `${e.out.prefix}/${e.out.prefixlen} ${e.out.type || ''} dev ${e.out.dev || '-'}${e.out.via ? ` via ${e.out.via}` : ''}` : T('no prefix fits ({error})', { error: e.err || '-' });
	return make('li', { class: e.n === won ? 'winner' : 'soft' }, goTo(e, T('table {name}', { name: e.table_name || e.table })), ': ', found, e.n === won ? ` ${T('✓ longest prefix, taken')}` : '');
}
/* the searches that a rule of the user's own has asked for stand below it */
function ruleList({ won, searches }) {
	const rules = new Map();
	for (const s of searches) rules.set(s.rule, [...(rules.get(s.rule) || []), s]);
	return [...rules].map(([rule, list]) => make('li', {}, rule ? goTo(rule, T('rule {pref}', { pref: rule.args.pref })) : T('no rules but the kernel’s own; tables in the order in which they were searched'),
		make('ul', { class: 'tree' }, ...list.map((s) => searchLine(s, won)))));
}
function routeTree(r) {
	const route = routeOf.get(r.n);
	return make('ul', { class: 'tree' }, make('li', {}, T('key: to {dst} from {src}, why: {purpose}', { dst: r.dst || '-', src: r.src || '*', purpose: r.purpose }), ' ', goTo(r)),
		...(route.searches.length ? ruleList(route) : [make('li', {}, T('no table was searched: the answer was kept from before'))]));
}
/* decisions that were made the same way are one tree; one that is closed is drawn when it is opened */
function drawRoutes() {
	const alike = new Map();
	for (const r of visible) if (routeOf.has(r.n)) {
		const key = JSON.stringify([r.netns, r._text, r.src, routeOf.get(r.n).searches.map((s) => [s.e.table, s.e.err, s.e.out, s.rule !== null])]);
		alike.set(key, [...(alike.get(key) || []), r]);
	}
	const results = [...alike.values()].slice(0, 200), open = results.length < 25;
	$('route-box').replaceChildren(...(results.length ? results.map(([r, ...again]) => {
		const same = again.length ? make('div', { class: 'soft again' }, T('the same again ({n}): ', { n: again.length }), ...again.slice(0, 20).flatMap((q) => [goTo(q, q.n), ' '])) : null;
		const box = make('details', { open: open ? '' : null }, make('summary', {}, `${r.netns || '-'}: ${r._text}`), same, open ? routeTree(r) : null);
		if (!open) box.addEventListener('toggle', () => box.append(routeTree(r)), { once: true });
		return box;
	}) : [make('p', {}, noRoutes())]));
}
/* nothing found is not the same as nothing there */
function noRoutes() {
	const n = data.routes.length;
	return n ? T('{n} routes were looked up; the search has none of them', { n }) : T('no route was looked up, or it was not watched');
}
