// SPDX-License-Identifier: GPL-2.0-or-later
// How a script that reads a page in the browser begins and ends: runs its tests and prints TAP into the document.
'use strict';
/* tests(it): its results have `about` behind their names */
async function tap(tests, about = '') {
	const lines = [];
	const result = (good, name) => lines.push(`${good ? 'ok' : 'not ok'} ${lines.length + 1} - ${name}`);
	try {
		await tests((name, good) => result(good, name + about));
		result(window.pageErrors.length === 0, 'raised no error' + about);
	} catch (error) {
		result(false, `ran to its end: ${error}`);
	}
	const out = document.createElement('pre');
	out.textContent = `\nTAP BEGIN\n${lines.join('\n')}\n1..${lines.length}\nTAP END ${Math.round(performance.now())} ms\n`;
	document.body.append(out);
}
