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
const AT_ONCE = 4; /* more answers than these come at a click, so that the questions are in sight together */
/* an answer is found by its words; by a field, a kind or a connection through its events */
function isSought({ question, answer, events: numbers }, { words, kind, conn }) {
	const text = `${question} ${answer}`.toLowerCase(), about = numbers.map((n) => byNumber.get(n)).filter(Boolean);
	return words.every((w) => text.includes(w.toLowerCase()) || w.includes('=') && about.some(finder(w)))
		&& (!kind || about.some((e) => e.type === kind)) && (!conn || about.some((e) => e.conn === conn));
}
function answers() {
	const what = sought(), found = data.answers.filter((row) => isSought(row, what)), grouped = groupBy(found, (row) => row.question);
	/* of two events each says what it is: the answer lies between them */
	const evidence = (events) => events.length < 2 ? events.map((e) => goTo(e))
		: [make('div', { class: 'evidence' }, ...events.flatMap((e, i) => [i ? '; ' : '', goTo(e), ` ${e._text}`]))];
	const one = (row) => make('div', { class: row.events.length ? 'answer' : 'answer soft' }, `${row.answer} `, ...evidence(row.events.map((n) => byNumber.get(n)).filter(Boolean)));
	const show = ({ target }) => requestAnimationFrame(() => target.closest('tr').scrollIntoView({ block: 'nearest' }));
	const folded = (rows) => make('details', { open: isSeeking(what) ? '' : null }, make('summary', { onclick: show }, T('{n} answers', { n: rows.length })), ...rows.map(one));
	const line = ([question, rows]) => make('tr', {}, make('td', {}, question), make('td', {}, ...rows.length > AT_ONCE ? [folded(rows)] : rows.map(one)));
	const isOpen = ([, rows]) => !rows.some((row) => row.events.length), open = [...grouped].filter(isOpen);
	/* what this run has no event for is not in the way, but can be read: a note on a question that has no answer, too */
	const noted = (note) => make('tr', { class: 'soft' }, make('td', { colspan: 2 }, note)), isMore = (note) => data.answers.some((row) => note.startsWith(row.question));
	const unwatched = isSeeking(what) ? [] : data.more_answers.filter((note) => !isMore(note)), left = open.length + unwatched.length;
	if (left) $('open-answers').replaceChildren(make('summary', {}, T('questions that no event of this run answers: {n}', { n: left })), make('table', { class: 'table' }, ...open.map(line), ...unwatched.map(noted)));
	$('open-answers').hidden = !left;
	const notes = found.length || !data.answers.length ? data.more_answers.filter(isMore) : [T('the search has none of the answers')];
	$('answer-table').replaceChildren(...[...grouped].filter((g) => !isOpen(g)).map(line), ...notes.map(noted));
}
