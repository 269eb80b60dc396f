// SPDX-License-Identifier: GPL-2.0-or-later
// The page's own words in the reader's language.
#include "forms/page.h"
#include "base/i18n.h"

void put_member(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\":", key);
	json_put(out, value);
	fputc(',', out);
}

/* The page's own words, as they stand in report/forms/page/. */
static const char *const words[] = {
	N_("Keys: s and S the next and previous event of this socket, f and F of this packet, "
	   "o out to what it is inside of, i into it, v over what is inside of it, w and W the "
	   "next and previous store into the field below."),
	N_("In front: as which line of this call it ran first (1, 2, 3 …), and how often it ran. "
	   "Keys: n "
	   "and N step through the lines that ran."),
	N_("no such place in this run: {place}"),
	N_("Objects"),
	N_("Objects: what was in them, and who wrote it"),
	N_("Source"),
	N_("Source: the lines that ran"),
	N_("The chosen event is at no entry or return of a function whose lines were recorded."),
	N_("{file} has changed since the kernel was built, or is another's: its lines are shown by "
	   "their numbers."),
	N_("The kernel's source is not at hand ({file}): lines are shown by their numbers."),
	N_("As it was at event {n}; what has changed since the event before is marked. Click a "
	   "field: who wrote it, and when."),
	N_("≠: other than in the call of event {n}"),
	N_("With the markers A and B set (keys a and b): what is other at B than it was at A."),
	N_("a field of any object"),
	N_("The whole way of the connection, function by function"),
	N_("after event {n}"),
	N_("and {n} more"),
	N_("entry: event {n}"),
	N_("every store into"),
	N_("its calls: "),
	N_("line {order} to run, {times} times"),
	N_("nothing that was recorded"),
	N_("other at event {b} than at event {a}"),
	N_("return: event {n}"),
	N_("written until the next event: {n}"),
	N_("{n} fields changed so far, {fresh} since the event before"),
	N_("byte {place}"),
	N_("frame, {n} bytes"),
	N_("line {line} ran in {n} of {all} calls"),
	N_("the first {n} bytes"),
	N_("(inlined)"),
	N_("(on its way)"),
	N_("A here"),
	N_("Answers"),
	N_("B here"),
	N_("B − A = {time} of virtual time, {n} events"),
	N_("Calls"),
	N_("Choose an event and set A; choose another and set B (keys a and b)."),
	N_("Click a row, or walk with the arrow keys, Home, End, Page keys, j and k: the panel "
	   "shows the event, its stack and its fields. d goes into it, Esc back."),
	N_("Enter: the next one"),
	N_("Events"),
	N_("Expectations"),
	N_("Instructions with all that was called below, and the function's own. Open a call to "
	   "see what it called."),
	N_("Ladder"),
	N_("Layers"),
	N_("Layers that a packet went through"),
	N_("Mode live: each stop at a point moves virtual time on to the next timer. The "
	   "order is true; the times between events are longer than without tracing."),
	N_("Neighbours"),
	N_("Neighbours over time"),
	N_("Points"),
	N_("Routes"),
	N_("Routes: how each was found"),
	N_("Seconds of virtual time, from the first segment if there is one. Flags: S SYN, . ACK, "
	   "P push, F FIN, R reset. Dotted: still on its way."),
	N_("The kernel’s source was not at hand: stacks show places without their lines."),
	N_("The tree of calls"),
	N_("The last {n} events are left out of this page."),
	N_("Timeline"),
	N_("Wheel, or the keys + and -: closer and wider. Drag: from here to there. A click "
	   "chooses."),
	N_("all held"),
	N_("all connections"),
	N_("all kinds"),
	N_("all of it"),
	N_("as"),
	N_("by event, not by time"),
	N_("close"),
	N_("connection"),
	N_("copy: GDB at this event"),
	N_("damaged: {problem}"),
	N_("decides"),
	N_("down to the wire"),
	N_("event {n}"),
	N_("events"),
	N_("failed"),
	N_("fields"),
	N_("for {who}"),
	N_("held"),
	N_("hits"),
	N_("inside of: "),
	N_("key a"),
	N_("key b"),
	N_("key p; left and right: the next part; Esc: the end"),
	N_("key 0"),
	N_("key: to {dst} from {src}, why: {purpose}"),
	N_("kind of event"),
	N_("ladder"),
	N_("note"),
	N_("no expectations"),
	N_("no expectations were given"),
	N_("no neighbour changed its state"),
	N_("no node"),
	N_("no packet in this run"),
	N_("no prefix fits ({error})"),
	N_("no route was looked up, or it was not watched"),
	N_("no rules but the kernel’s own; tables in the order in which they were "
	   "searched"),
	N_("no table was searched: the answer was kept from before"),
	N_("on the CPU: {who}"),
	N_("nothing that it is about was written so far"),
	N_("only from A to B"),
	N_("other end: "),
	N_("point"),
	N_("present"),
	N_("questions that no event of this run answers: {n}"),
	N_("rule {pref}"),
	N_("search events"),
	N_("the search has none of the answers"),
	N_("the longest prefix that fits is a route of the type {type} ({error})"),
	N_("the same again ({n}): "),
	N_("the whole file"),
	N_("words, or field=value"),
	N_("sections"),
	N_("skipped"),
	N_("stack, innermost first"),
	N_("step {name}"),
	N_("table {name}"),
	N_("the chosen event"),
	N_("twice"),
	N_("up from the wire"),
	N_("watched at"),
	N_("what was interrupted:"),
	N_("{context} in its own thread {who}"),
	N_("{context}: {who} was on the CPU and was interrupted"),
	N_("{hits} hits, {events} events, engine {engine}, mode {mode}; frames: {frames} at "
	   "{taps} taps, {unmatched} unmatched"),
	N_("{lab} on Linux {release}"),
	N_("{n} answers"),
	N_("{n} failed"),
	N_("{n} of {all} events"),
	N_("{n} routes were looked up; the search has none of them"),
	N_("{packet} (choose another packet in the ladder)"),
	N_("{type} in {fn}() on {node}, {time} s"),
	N_("✓ longest prefix, taken"),
};

void put_words(struct page *page)
{
	put_member(page->out, "code", _("en"));
	fputs("\"words\":{", page->out);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		fputs(i ? "," : "", page->out);
		json_put(page->out, words[i]);
		fputs(":", page->out);
		json_put(page->out, _(words[i]));
	}
	fputs("},\n", page->out);
}
