// SPDX-License-Identifier: GPL-2.0-or-later
// What the run is, and what is answered first.
function head() {
	const failed = data.checks.filter((c) => c.verdict === 'failed').length;
	const verdict = !data.checks.length ? 'none' : failed ? 'failed' : 'held';
	const words = { none: T('no expectations'), failed: T('{n} failed', { n: failed }), held: T('all held') };
	document.title = T('{lab} on Linux {release}', { lab: data.lab || '?', release: data.release || '?' });
	$('title').replaceChildren(document.title, ' ', make('a', { class: `badge ${verdict}`, href: '#checks' }, words[verdict]));
	$('facts').textContent = T('{hits} hits, {events} events, engine {engine}, mode {mode}; frames: {frames} at {taps} taps, {unmatched} unmatched',
		{ hits: data.hits, events: events.length, engine: data.engine, mode: data.mode, frames: data.frames, taps: data.taps, unmatched: data.unmatched });
	const notes = data.problems.map((problem) => T('damaged: {problem}', { problem }));
	if (data.note) notes.unshift(data.note);
	if (data.left_out) notes.push(T('The last {n} events are left out of this page.', { n: data.left_out }));
	if (data.stops_move_time) notes.push(T('Mode live: each stop at a point moves virtual time on to the next timer. The order is true; the times between events are longer than without tracing.'));
	if (data.stops) notes.push(data.stops);
	if (!Object.keys(data.sources).length) notes.push(T('The kernel’s source was not at hand: stacks show places without their lines.'));
	$('notes').replaceChildren(...notes.map((n) => make('div', { class: 'note' }, n)));
}

/* ---- answers to what is asked first: report/views/view_answers.c gives them ---- */
function answers() {
	const grouped = new Map();
	for (const row of data.answers) grouped.set(row.question, [...(grouped.get(row.question) || []), row]);
	/* of two events each says what it is: the answer lies between them */
	const evidence = (found) => found.length < 2 ? found.map((e) => goTo(e))
		: [make('div', { class: 'evidence' }, ...found.flatMap((e, i) => [i ? '; ' : '', goTo(e), ` ${e._text}`]))];
	const line = ([question, rows]) => make('tr', {}, make('td', {}, question),
		make('td', {}, ...rows.map((row) => make('div', { class: row.events.length ? 'answer' : 'answer soft' }, `${row.answer} `,
			...evidence(row.events.map((n) => byNumber.get(n)).filter(Boolean))))));
	const isOpen = ([, rows]) => !rows.some((row) => row.events.length), open = [...grouped].filter(isOpen);
	/* what this run has no event for is not in the way, but can be read */
	if (open.length) $('open-answers').replaceChildren(make('summary', {}, T('questions that no event of this run answers: {n}', { n: open.length })), make('table', { class: 'table' }, ...open.map(line)));
	$('open-answers').hidden = !open.length;
	$('answer-table').replaceChildren(...[...grouped].filter((g) => !isOpen(g)).map(line),
		...data.more_answers.map((note) => make('tr', { class: 'soft' }, make('td', { colspan: 2 }, note))));
}
