// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbours over time, layers, the tree of calls, expectations and points.
/* ---- neighbours over time ---- */
function drawNeighbours() {
	const lanes = new Map(), width = Math.max($('neighbour-box').clientWidth, 320);
	for (const { n, state, ink } of data.states) {
		const e = byNumber.get(n), key = `${e.netns}: ${e.ip}`;
		lanes.set(key, [...(lanes.get(key) || []), { e, state, ink, t: e.t_ns }]);
	}
	if (!lanes.size) return $('neighbour-box').replaceChildren(make('p', {}, T('no neighbour changed its state')));
	const t0 = Math.min(...[...lanes.values()].map((l) => l[0].t)), t1 = events[events.length - 1].t_ns;
	const label = (text, room) => room < 24 ? '' : clip(text, room - 6, SMALL);
	/* an address of IPv6 is long: it has its room, but half of the width at most */
	const left = Math.min(Math.max(150, ...[...lanes.keys()].map((name) => wideness(name, SMALL) + 12)), width / 2);
	const x = (t) => left + (width - 10 - left) * (t - t0) / Math.max(t1 - t0, 1);
	/* where each state begins; one that is short has room to be seen, and the next one gives it */
	const starts = [...lanes.values()].map((list) => list.reduce((all, { t }) => [...all, Math.min(Math.max(x(t), all.length ? all[all.length - 1] + 8 : 0), width - 18)], []));
	$('neighbour-box').replaceChildren(make('svg', { width, height: lanes.size * 34 + 6 }, ...[...lanes].flatMap(([name, list], i) => [
		make('text', { x: 0, y: i * 34 + 22, class: 'small' }, clip(name, left - 6, SMALL), make('title', {}, name)),
		...list.map(({ e, state, ink }, k) => {
			const from = starts[i][k], end = starts[i][k + 1] ?? width - 10;
			return make('g', { class: 'row', tabindex: 0, role: 'button', onclick: () => choose(e, { scroll: true }), onkeydown: (q) => { if (q.key === 'Enter' || q.key === ' ') { q.preventDefault(); choose(e, { scroll: true }); } } },
				make('rect', { x: from, y: i * 34 + 6, height: 22, width: Math.max(end - from, 2), style: `fill:var(--${ink});opacity:.45` }),
				make('text', { x: from + 4, y: i * 34 + 22, class: 'small', style: 'fill:var(--text)' }, label(state, end - from)),
				make('title', {}, `${T('event {n}', { n: e.n })}: ${e._text}, ${e.why}`));
		})])));
}

/* ---- layers ---- */
const isPacket = (e) => e && typeOf(e).way !== null, firstPacket = byNumber.get(data.first_packet);
function layersOf(e, down) {
	const groups = [];
	for (const f of stackOf(e).slice(0, e._own).reverse()) {
		const row = data.layers.find(([prefix]) => (f.file || '').startsWith(prefix));
		if (!row) continue;
		if (!groups.length || groups[groups.length - 1].name !== row[1]) groups.push({ name: row[1], fns: [] });
		groups[groups.length - 1].fns.push(f.fn);
	}
	return make('div', {}, make('b', {}, `${e.netns || '-'}: ${down ? T('down to the wire') : T('up from the wire')}`), ' ', goTo(e),
		...groups.map((g) => make('div', { class: 'layer' }, make('b', {}, g.name), g.fns.join(' › '))));
}
function drawLayers() {
	const e = isPacket(chosen) ? chosen : firstPacket, peer = e && peerOf(e);
	drawWay();
	if (!e) return $('layer-box').replaceChildren(make('p', {}, T('no packet in this run')));
	const ends = [e, peer].filter(Boolean).sort((a, b) => a.n - b.n);
	return $('layer-box').replaceChildren(make('p', { class: 'soft' }, T('{packet} (choose another packet in the ladder)', { packet: ends[0]._text })),
		make('div', { class: 'layers' }, ...ends.map((q) => layersOf(q, typeOf(q).way === 'out'))));
}

/* the way of a connection, function by function, as `ktreport show connection` has it; drawn when it is opened */
let wayShown = null;
function drawWay() {
	const conn = chosen && chosen.conn, MOST = 400;
	$('way').hidden = !conn;
	if (!conn || !$('way').open || wayShown === conn) return;
	wayShown = conn;
	/* of some events of its packets only the packet is known */
	let last = null, before = [];
	const rows = [], packets = new Set(events.filter((q) => q.conn === conn && q.pkt).map((q) => q.pkt));
	for (const e of events.filter((q) => q.conn === conn || packets.has(q.pkt))) {
		const names = stackOf(e).slice(0, e._own).reverse().map((f) => f.fn), begins = !last || last.netns !== e.netns || typeOf(e).way === 'in';
		const differs = names.findIndex((name, i) => name !== before[i]), shared = begins ? 0 : differs < 0 ? names.length : differs;
		if (names.length && (shared < names.length || shared < before.length)) rows.push(make('tr', {}, make('td', { class: 'tight' }, goTo(e)), make('td', { class: 'tight' }, e.netns || ''), make('td', { class: 'tight' }, e.ctx || ''),
			make('td', {}, `${shared > 1 ? '… › ' : ''}${names.slice(Math.max(shared - 1, 0)).join(' › ')}`)));
		last = e;
		before = names;
	}
	$('way').querySelector('table').replaceChildren(...rows.slice(0, MOST), rows.length > MOST ? make('tr', {}, make('td', { colspan: 4 }, T('and {n} more', { n: rows.length - MOST }))) : '');
}

/* ---- the tree of calls: what is below a call is drawn when it is opened ---- */
function callBelow(rows) {
	const [[, name, total, own], ...below] = rows, text = [`${name} `, make('span', { class: 'soft' }, total === own ? total : `${total} (${own})`)];
	if (!below.length) return make('li', {}, ...text);
	const box = make('details', {}, make('summary', {}, ...text));
	box.addEventListener('toggle', () => box.append(callTree(below)), { once: true });
	return make('li', {}, box);
}
function callTree(rows) {
	const tops = rows.flatMap((r, i) => r[0] <= rows[0][0] ? [i] : []);
	return make('ul', { class: 'tree' }, ...tops.map((from, i) => callBelow(rows.slice(from, tops[i + 1]))));
}
function drawTree() {
	if (!data.tree.length) return;
	$('tree-box').replaceChildren(callTree(data.tree), ...data.tree_notes.map((n) => make('div', { class: 'soft' }, n)));
	$('tree-box').querySelector('details')?.setAttribute('open', '');
}

/* ---- tables ---- */
function firstOf(point) {
	const e = events.find((q) => q.point === point.name);
	return e ? goTo(e, point.name) : point.name;
}
function tables() {
	$('check-table').replaceChildren(...(data.checks.length ? data.checks.map((c) => make('tr', {}, make('td', { class: `tight ${c.verdict === 'failed' ? 'bad' : c.verdict === 'held' ? 'good' : 'soft'}` }, T(c.verdict)),
		make('td', {}, c.sentence, c.why ? make('pre', {}, c.why) : null), make('td', {}, ...c.events.map((n) => byNumber.get(n)).filter(Boolean).flatMap((e) => [goTo(e, e.n), ' ']))))
		: [make('tr', {}, make('td', {}, T('no expectations were given')))]));
	const heads = ['point', 'watched at', 'as', 'hits', 'events', 'twice', 'note'].map((h) => T(h));
	$('point-table').replaceChildren(make('tr', {}, ...heads.map((h) => make('th', { class: 'tight' }, h))),
		...data.points.map((p) => make('tr', { class: p.hits ? '' : 'soft' }, ...[firstOf(p), p.fn, p.as, p.hits, p.events, p.duplicates, p.note].map((v, i) => make('td', { class: typeof v === 'number' || v === p.as ? 'tight' : '', 'data-head': heads[i] }, v === null ? '' : v)))));
}
