// SPDX-License-Identifier: GPL-2.0-or-later
// Proves the checks of a run: mutate EVERY RUN... changes one thing of a run at a time (an event deleted, a field of an
// event changed, a frame deleted, a bit of its headers turned) and tells how many of the changes the checks find.
// Of the fields every EVERYth change is made. The checksum of the last line is no help: it is left out.
// LIST=FILE: each change that is not found goes there, a line each: run, field, what was changed, and the reason or "-".
#include "mutate.h"

#include "judge/counters.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	FEWEST = 99, /* of a hundred changes that must be found */
};

static void forget(struct trace *trace)
{
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		free(trace->unmatched_list.v[i]);
	for (size_t i = 0; i < trace->excused.n; i++)
		free(trace->excused.v[i]);
	for (size_t i = 0; i < trace->problems.n; i++)
		free(trace->problems.v[i]);
	trace->unmatched_list.n = trace->excused.n = trace->problems.n = 0;
	trace->unmatched = trace->problem_count = trace->frames.n = 0;
	for (size_t i = 0; i < trace->events.n; i++) {
		trace->events.v[i].peer = 0;
		trace->events.v[i].seen_on = NULL;
	}
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			struct frame *f = &trace->wires.v[w].frames.v[i];

			f->tx_event = f->rx_event = f->twin = f->twin_wire = 0;
			f->reason = NULL;
		}
}

size_t judge(struct trace *trace)
{
	struct counters counters;

	forget(trace);
	run_join(trace);
	counters_judge(&counters, trace);
	counters_free(&counters);
	return trace->unmatched + trace->problem_count;
}

/* Fibonacci hashing: events have as many fields each, and a step as wide would meet the same one again and again. */
static size_t hash_of(size_t turn)
{
	return (size_t)((uint64_t)turn * 0x9e3779b97f4a7c15u >> 40);
}

/* One that was not found. */
static void list(const struct mutation *m, const char *name, const char *format, va_list values)
{
	const char *reason = reason_of(name);

	if (!m->list)
		return;
	fprintf(m->list, "%s\t%s\t", m->trace->folder, name);
	vfprintf(m->list, format, values);
	fprintf(m->list, "\t%s\n", reason ? reason : "-");
}

void count(struct mutation *m, const char *name, const char *format, ...)
{
	struct row *row = NULL;
	va_list values;

	name = names_get(m->names, name, strlen(name));
	for (size_t i = 0; !row && i < m->rows.n; i++)
		if (m->rows.v[i].name == name)
			row = &m->rows.v[i];
	if (!row) {
		row = vec_add(&m->rows);
		*row = (struct row){ .name = name };
	}
	row->made++;
	if (judge(m->trace) != m->base) {
		row->found++;
		return;
	}
	va_start(values, format);
	list(m, name, format, values);
	va_end(values);
}

bool is_turn(struct mutation *m)
{
	return hash_of(m->turn++) % m->every == 0;
}

static bool change_run(struct mutation *m, const char *run)
{
	char *error = NULL;

	m->trace = run_open(run, &error);
	if (!m->trace) {
		fprintf(stderr, "mutate: %s\n", error);
		free(error);
		return false;
	}
	m->base = judge(m->trace);
	change_events(m);
	change_frames(m);
	trace_free(m->trace);
	return true;
}

/* The table; false if of what can be known fewer than FEWEST of a hundred changes were found. */
static bool tell(const struct mutation *m)
{
	size_t made = 0, found = 0, knowable = 0, known = 0;

	printf("%-28s %8s %8s\n", "changed", "times", "found");
	for (size_t i = 0; i < m->rows.n; i++) {
		const struct row *row = &m->rows.v[i];
		const char *reason = row->found < row->made ? reason_of(row->name) : NULL;

		printf("%-28s %8zu %8zu %s\n", row->name, row->made, row->found,
		       reason ? reason : "");
		made += row->made;
		found += row->found;
		if (!reason) {
			knowable += row->made;
			known += row->found;
		}
	}
	printf("all: %zu changes, %zu found; of %zu of which something tells, %zu: %.2f %%\n", made,
	       found, knowable, known, knowable ? 100.0 * (double)known / (double)knowable : 0);
	return known * 100 >= knowable * FEWEST;
}

int main(int argc, char **argv)
{
	struct mutation m = { .every = argc > 1 ? strtoul(argv[1], NULL, 10) : 0,
			      .names = names_new() };
	const char *path = getenv("LIST");
	bool good = true;

	if (argc < 3 || !m.every) {
		fputs("usage: mutate EVERY RUN...\n", stderr);
		return 2;
	}
	if (path && *path) {
		m.list = fopen(path, "w");
		if (!m.list) {
			fprintf(stderr, "mutate: cannot write '%s': %s\n", path, strerror(errno));
			return 2;
		}
	}
	for (int i = 2; i < argc; i++)
		good = change_run(&m, argv[i]) && good;
	good = tell(&m) && good;
	if (m.list && fclose(m.list))
		good = false;
	vec_free(&m.rows);
	names_free(m.names);
	return !good;
}
