// SPDX-License-Identifier: GPL-2.0-or-later
// A function whose source is not at hand, or is another one than the kernel was built from; prints TAP into the document.
'use strict';
tap((it) => {
	const shown = (name) => {
		choose(events.find((e) => e.fn === name && e.at === 'enter'));
		drawMoment();
		return data.functions[callOf.get(chosen.n)[0]];
	};
	const note = () => document.querySelector('#source-box .note');
	const ran = () => [...document.querySelectorAll('#source-box .ran')];
	const numbers = () => ran().map((l) => Number(l.dataset.line));
	const wanted = () => callOf.get(chosen.n)[5].filter((l) => l[1]).map((l) => l[0]).sort((a, b) => a - b);
	const input = shown('tcp_rcv_state_process');
	it('says which file, and why it shows no text', note().textContent.includes('net/ipv4/tcp_input.c') && note().textContent.includes({ gone: 'not at hand', changed: 'has changed' }[told.state]));
	it('shows no text of it', input.lines.every((text) => !text) && !document.querySelector('#source-box .word'));
	it('marks the lines that ran by their numbers', ran().length > 5 && numbers().join() === wanted().join());
	ran()[3].dispatchEvent(new MouseEvent('click', { bubbles: true }));
	it('says of a line in which calls it ran', /ran in \d+ of \d+ calls/.test(document.getElementById('line-story').textContent));
	shown('tcp_v4_connect');
	it('shows the text of a file that is as it was', (note() === null) === (told.state === 'changed') && Boolean(document.querySelector('#source-box .word')) === (told.state === 'changed'));
}, `, source ${told.state}`);
