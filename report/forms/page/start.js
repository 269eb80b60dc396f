// SPDX-License-Identifier: GPL-2.0-or-later
// All of it is drawn, and listens.
/* ---- what this run has nothing for is away ---- */
function tidy() {
	const has = { routes: data.routes.length, neighbours: data.states.length, layers: firstPacket, tree: data.tree.length, checks: data.checks.length };
	for (const [id, some] of Object.entries(has)) $(id).hidden = document.querySelector(`nav a[href="#${id}"]`).hidden = !some;
}


/* what depends on the room, and all that is said */
function redraw() { layoutLadder(); drawTimeline(); drawNeighbours(); drawEvents(true); }
function render() { translate(); head(); connections(); tables(); answers(); drawRoutes(); drawTree(); drawBetween(); redraw(); }
$('by-event').checked = isCrowded();
collect(); choices(); tidy(); render();
if (events.length) {
	if (!follow()) choose(firstPacket || events[0], { quiet: true });
	history.replaceState(here(), '');
	window.addEventListener('popstate', goBack);
}
$('ladder-box').addEventListener('scroll', () => requestAnimationFrame(() => drawLadder()));
$('event-box').addEventListener('scroll', () => requestAnimationFrame(() => drawEvents()));
new ResizeObserver(() => document.documentElement.style.setProperty('--nav', `${barHeight()}px`)).observe(bar);
let typing = 0;
$('search').addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(search, 120); });
$('way').addEventListener('toggle', drawWay);
$('fields').addEventListener('change', () => showHistory('*', $('fields').value));
for (const id of ['kinds', 'conns']) $(id).addEventListener('change', search);
for (const id of ['by-event', 'zoom']) $(id).addEventListener('change', () => look(null));
$('whole').addEventListener('click', () => look(null));
$('set-a').addEventListener('click', () => mark('a', chosen));
$('set-b').addEventListener('click', () => mark('b', chosen));
document.addEventListener('keydown', keys);
document.addEventListener('keyup', () => { held = false; });
window.addEventListener('resize', redraw);
$('present').addEventListener('click', () => present(!isPresenting()));
$('language').addEventListener('click', () => {
	speak((language + 1) % data.languages.length);
	render(); search();
	if (chosen) choose(chosen, { row: chosenRow, quiet: true });
});
window.addEventListener('beforeprint', printLadder);
window.addEventListener('afterprint', layoutLadder);
