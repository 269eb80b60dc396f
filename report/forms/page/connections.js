// SPDX-License-Identifier: GPL-2.0-or-later
// Each connection has a colour where there are several; their number stands in the texts, too.
const connOf = (id) => data.conns.find((c) => c.id === id);
const connColor = (id) => data.conns.length > 1 && id ? `var(--conn-${(id - 1) % 6})` : null;
const connName = (c) => `#${c.id} ${c.client} → ${c.server}`;
function connections() {
	const known = data.conns.filter((c) => c.client && c.server);
	const pick = (c) => { $('conns').value = $('conns').value === String(c.id) ? '' : c.id; search(); };
	$('conns').hidden = known.length < 2;
	if ($('conns').options.length < 2) $('conns').append(...known.map((c) => make('option', { value: c.id }, connName(c))));
	$('conn-key').replaceChildren(...known.slice(0, 30).map((c) => known.length < 2 ? connName(c) : make('button', { class: 'link', 'data-conn': c.id, onclick: () => pick(c) }, make('b', { style: `background:${connColor(c.id)}` }), ' ', connName(c))));
}
