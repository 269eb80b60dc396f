/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labs/NAME/expect: what must be seen in a run, in sentences with conditions under them. */
#ifndef KTREPORT_EXPECT_H
#define KTREPORT_EXPECT_H

#include "judge/expr.h"
#include "judge/facts.h"
#include "run/trace.h"

/*
 *	# a comment
 *	The client's SYN picks a number and acknowledges nothing.
 *	    syn: tcp.tx netns=client flags=S
 *
 * A line at the margin is the sentence that the report shows; the indented lines under it are
 * searched in order, each behind the one before, over the whole file:
 *	[NAME:] [after $NAME] [before $NAME] [anywhere] [never | count N | count N..M] CONDITION
 *	any order                   the lines of this block come in any order
 *	[kernel >= 6.1] why         the block counts only for such a kernel
 * Sentences and reasons are shown in the reader's language where the lab's expect.zh.po has them.
 * "after" begins the search behind that event, "anywhere" at the first event. "never" and "count"
 * look at all events (between after and before) and move nothing; a name then stands for the
 * number: $NAME.count. A condition of the type `wrote` or `ran` is looked for among what the plugin engine has
 * recorded between the events; of another run such a block is skipped.
 */
enum verdict {
	UNJUDGED,
	HELD,
	FAILED,
	SKIPPED
};

struct item {
	char *text; /* as written, without the space around it */
	size_t line;
	char *name; /* or NULL */
	char *after; /* names of earlier items, or NULL */
	char *before;
	bool anywhere;
	bool counts;
	int64_t least, most;
	struct expr *expr;
	/* of a run */
	const struct event *found; /* the match, or the first of those counted */
	int64_t count;
};

struct expectation {
	char *sentence;
	size_t line;
	bool any_order;
	char *kernel_op; /* or NULL: every kernel */
	char *kernel_version;
	char *kernel_why;
	VEC(struct item) items;
	/* of a run */
	enum verdict verdict;
	const struct item *culprit; /* the item that failed, or NULL */
	const struct event *nearest; /* what came nearest to it, or NULL */
	char *why; /* one or more lines */
};

struct expect {
	char *path;
	VEC(struct expectation) list;
	size_t held, failed, skipped;
	struct facts *facts; /* that items have found; NULL: none is asked for, or there are none */
};

/* NULL on a mistake, with "PATH:LINE: reason" in *error, which the caller frees. */
struct expect *expect_open(const char *path, char **error);
/* The same from a text; the path is for messages only. */
struct expect *expect_parse(const char *text, const char *path, char **error);
void expect_free(struct expect *expect);

/* Judges a run; adds the expectation that every frame has its events. */
void expect_run(struct expect *expect, const struct trace *trace);
/* The same of a run that another reading of the same file has judged and outlives: its facts are not read again. */
void expect_run_again(struct expect *expect, const struct trace *trace,
		      const struct expect *judged);

#endif
