// SPDX-License-Identifier: GPL-2.0-or-later
// Opens a run: its events, its captures, and what comes of holding them against each other.
#include "run/run.h"
#include "run/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char *cannot_open(const char *path)
{
	return xasprintf("cannot open '%s': %s", path, strerror(errno));
}

static char *map_file(struct trace *trace, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *error = NULL;

	if (fd < 0)
		return cannot_open(path);
	if (fstat(fd, &st) < 0)
		error = cannot_open(path);
	else if (!S_ISREG(st.st_mode))
		error = xasprintf("cannot open '%s': not a regular file", path);
	else if (st.st_size == 0)
		error = xasprintf("'%s' is empty: the run wrote no events", path);
	if (!error) {
		trace->map_len = (size_t)st.st_size;
		trace->map = mmap(NULL, trace->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (trace->map == MAP_FAILED) {
			trace->map = NULL;
			error = cannot_open(path);
		}
	}
	close(fd);
	return error;
}

/* Reads a capture; a node that sent nothing to itself has none of its loopback device. */
static void read_wire(struct trace *trace, const char *node, const char *nic, bool needed)
{
	char *path = xasprintf("%s/wire-%s-%s.pcap", trace->folder, node, nic);
	struct wire *wire;

	if (needed || access(path, F_OK) == 0) {
		wire = vec_add(&trace->wires);
		wire_read(wire, path, node, nic);
		if (wire->problem)
			trace_problem(trace, "%s", wire->problem);
	}
	free(path);
}

static void read_wires(struct trace *trace)
{
	const struct node *node;

	for (size_t i = 0; i < trace->nodes.n; i++) {
		node = &trace->nodes.v[i];
		if (node->nic && !strchr(node->name, '/') && !strchr(node->nic, '/'))
			read_wire(trace, node->name, node->nic, true);
	}
	for (size_t i = 0; i < trace->nodes.n; i++) {
		node = &trace->nodes.v[i];
		if (trace_node(trace, node->name) == node && !strchr(node->name, '/'))
			read_wire(trace, node->name, LOOPBACK, false);
	}
}

void run_join(struct trace *trace)
{
	ledger_join(trace);
	agree_check(trace);
	derive_check(trace);
}

/* The folder of "RUN" or of "RUN/events.jsonl". */
static char *folder_of(const char *run)
{
	struct stat st;
	const char *slash;

	if (stat(run, &st) == 0 && S_ISDIR(st.st_mode))
		return xstrdup(run);
	slash = strrchr(run, '/');
	return slash ? xstrndup(run, (size_t)(slash - run)) : xstrdup(".");
}

struct trace *run_open(const char *run, char **error)
{
	struct trace *trace = trace_new();
	struct stat st;
	char *path;

	trace->folder = folder_of(run);
	path = stat(run, &st) == 0 && !S_ISDIR(st.st_mode) ? xstrdup(run)
							   : xasprintf("%s/events.jsonl", run);
	*error = map_file(trace, path);
	free(path);
	if (*error) {
		trace_free(trace);
		return NULL;
	}
	trace_read(trace, trace->map, trace->map_len);
	read_wires(trace);
	run_join(trace);
	return trace;
}

static void hide_events(struct trace *trace, const struct frame *f)
{
	if (f->tx_event)
		trace->events.v[f->tx_event - 1].hidden = f->hidden;
	if (f->rx_event)
		trace->events.v[f->rx_event - 1].hidden = f->hidden;
}

char *run_filter_packets(struct trace *trace, const char *expression)
{
	char *error = NULL;

	for (size_t w = 0; !error && w < trace->wires.n; w++) {
		struct wire *wire = &trace->wires.v[w];

		error = wire_filter(wire, expression);
		for (size_t i = 0; !error && i < wire->frames.n; i++)
			hide_events(trace, &wire->frames.v[i]);
	}
	return error;
}
