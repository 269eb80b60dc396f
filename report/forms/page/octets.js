// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of the chosen event's frame, and beside them the fields of its headers: what is pointed at is marked in both.
/* a frame is [its length, its bytes, [field, first bit, bits, value]…] */
const frameOf = (e) => data.octets[e.n] || e._peer && data.octets[peerOf(e).n];
const ROW = 8; /* bytes in a line */
let octetsOpen = false; /* as the reader has left it */
/* "..1. ...." as Wireshark has it, of what does not fill its bytes */
function bitsOf([, bit, bits, value]) {
	const ends = Math.ceil((bit + bits) / 8) * 8, from = bit - bit % 8;
	if (bits % 8 === 0 && bit % 8 === 0 || ends - from > 8) return '';
	const shown = Number(value).toString(2).padStart(bits, '0').slice(-bits);
	return [...'.'.repeat(bit - from) + shown + '.'.repeat(ends - bit - bits)].map((c, i) => i === 4 ? ` ${c}` : c).join('') + '  ';
}
const placeOf = ([, bit, bits]) => { const from = bit >> 3, to = (bit + bits - 1) >> 3; return from === to ? `${from}` : `${from}–${to}`; };
function octets(e) {
	const found = frameOf(e);
	if (!found) return [];
	const [length, hex, ...fields] = found, bytes = hex.match(/../g) || [];
	const at = (byte) => fields.filter(([, bit, bits]) => bit < byte * 8 + 8 && bit + bits > byte * 8);
	const box = make('div', { class: 'octets' });
	const point = (list) => {
		const covers = (byte) => list.some(([, bit, bits]) => bit < byte * 8 + 8 && bit + bits > byte * 8);
		box.querySelectorAll('[data-byte]').forEach((b) => b.classList.toggle('on', covers(Number(b.dataset.byte))));
		box.querySelectorAll('[data-field]').forEach((f) => f.classList.toggle('on', list.includes(fields[f.dataset.field])));
	};
	const byte = (text, i) => make('span', { 'data-byte': i, title: at(i).map((f) => f[0]).join(', '), onclick: () => point(at(i)) }, text);
	const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, r) => make('div', {}, make('span', { class: 'soft' }, `${String(r * ROW).padStart(4)} `),
		...bytes.slice(r * ROW, (r + 1) * ROW).map((text, i) => byte(text, r * ROW + i))));
	const field = (f, i) => make('button', { class: 'link', 'data-field': i, title: T('byte {place}', { place: placeOf(f) }), onclick: () => point([f]), onfocus: () => point([f]), onmouseenter: () => point([f]) },
		make('span', { class: 'soft' }, bitsOf(f)), f[0], f[3] !== '' ? ` ${f[3]}` : '');
	box.append(make('div', { class: 'bytes' }, ...rows), make('div', { class: 'fields' }, ...fields.map(field)));
	return [make('details', { open: octetsOpen ? '' : null, ontoggle: ({ target }) => { octetsOpen = target.open; } },
		make('summary', {}, T('frame, {n} bytes', { n: length })), box, length > bytes.length ? make('div', { class: 'soft' }, T('the first {n} bytes', { n: bytes.length })) : '')];
}
