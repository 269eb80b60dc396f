// SPDX-License-Identifier: GPL-2.0-or-later
// Routes: how each was found.
const routing = new Map();
for (const e of events) if (e.type === 'route.result' || (e.type === 'fib.lookup' && e.at !== 'enter')) {
	if (!routing.has(e.netns)) routing.set(e.netns, []);
	routing.get(e.netns).push(e);
	e._at = routing.get(e.netns).length - 1;
}
/* the tables that were searched since the result before it on this node */
function lookupsOf(result) {
	const list = routing.get(result.netns), found = [];
	for (let i = result._at - 1; i >= 0 && list[i].type === 'fib.lookup'; i--)
		if (list[i].purpose === result.purpose || (result.dir === 'input' && list[i].purpose === 'src_validate')) found.unshift(list[i]);
	return found;
}
function lookupLine(l, winner) {
	/* the types of routes that end a lookup: fib_props in net/ipv4/fib_semantics.c */
	const refuses = { EINVAL: 'blackhole', EACCES: 'prohibit', EHOSTUNREACH: 'unreachable' }[l.err];
	const found = refuses ? T('the longest prefix that fits is a route of the type {type} ({error})', { type: refuses, error: l.err }) : l.out ? `${l.out.prefix}/${l.out.prefixlen} ${l.out.type || ''} dev ${l.out.dev || '-'}${l.out.via ? ` via ${l.out.via}` : ''}` : T('no prefix fits ({error})', { error: l.err || '-' });
	return make('li', { class: l === winner ? 'winner' : 'soft' }, goTo(l, T('table {name}', { name: l.table_name || l.table })), ': ', found, l === winner ? ` ${T('✓ longest prefix, taken')}` : '');
}
/* rules of the user's own are calls of fib4_rule_action(), with the lookups inside of them */
function ruleList(found, winner) {
	const rules = new Map();
	for (const l of found) {
		const rule = byNumber.get(l.parent), own = rule && rule.fn === 'fib4_rule_action' ? rule : null;
		rules.set(own, [...(rules.get(own) || []), l]);
	}
	return [...rules].map(([rule, list]) => make('li', {}, rule ? goTo(rule, T('rule {pref}', { pref: rule.args.pref })) : T('no rules but the kernel’s own; tables in the order in which they were searched'),
		make('ul', { class: 'tree' }, ...list.map((l) => lookupLine(l, winner)))));
}
function routeTree(r) {
	const found = lookupsOf(r), winner = found.filter((l) => l.out && l.purpose === r.purpose).pop();
	return make('ul', { class: 'tree' }, make('li', {}, T('key: to {dst} from {src}, why: {purpose}', { dst: r.dst || '-', src: r.src || '*', purpose: r.purpose })),
		...(found.length ? ruleList(found, winner) : [make('li', {}, T('no table was searched: the answer was kept from before'))]));
}
/* decisions that were made the same way are one tree; one that is closed is drawn when it is opened */
function drawRoutes() {
	const alike = new Map();
	for (const r of visible) if (r.type === 'route.result') {
		const key = JSON.stringify([r.netns, r._text, r.src, lookupsOf(r).map((l) => [l.table, l.err, l.out, (byNumber.get(l.parent) || {}).fn === 'fib4_rule_action'])]);
		alike.set(key, [...(alike.get(key) || []), r]);
	}
	const results = [...alike.values()].slice(0, 200), open = results.length < 25;
	$('route-box').replaceChildren(...(results.length ? results.map(([r, ...again]) => {
		const same = again.length ? make('div', { class: 'soft again' }, T('the same again ({n}): ', { n: again.length }), ...again.slice(0, 20).flatMap((q) => [goTo(q, q.n), ' '])) : null;
		const box = make('details', { open: open ? '' : null }, make('summary', {}, goTo(r, `${r.netns || '-'}: ${r._text}`)), same, open ? routeTree(r) : null);
		if (!open) box.addEventListener('toggle', () => box.append(routeTree(r)), { once: true });
		return box;
	}) : [make('p', {}, noRoutes())]));
}
/* nothing found is not the same as nothing there */
function noRoutes() {
	const n = events.filter((e) => e.type === 'route.result').length;
	return n ? T('{n} routes were looked up; the search has none of them', { n }) : T('no route was looked up, or it was not watched');
}
