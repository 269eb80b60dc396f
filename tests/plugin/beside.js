// SPDX-License-Identifier: GPL-2.0-or-later
// Where the source stands, and where the objects; prints TAP into the document.
'use strict';
tap((it) => {
	const [source, objects] = ['source', 'objects'].map((id) => document.getElementById(id).getBoundingClientRect());
	it('has both', source.width > 0 && objects.width > 0);
	it('has the objects right of the source where there is room, else below it', innerWidth >= 1900 ?
		objects.left >= source.right && Math.abs(objects.top - source.top) < 1 : objects.top >= source.bottom && objects.left === source.left);
}, `, ${innerWidth} px`);
