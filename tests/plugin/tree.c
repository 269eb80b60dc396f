// SPDX-License-Identifier: GPL-2.0-or-later
// The logic of call trees on made-up steps; and every file of it adds up. Prints TAP.
#define _GNU_SOURCE
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int count, failed;

static void it(const char *name, bool good)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, name);
	failed += !good;
}

static const char *const names[] = { "root", "a", "b", "irq", "softirq", "thunk" };

enum {
	ROOT,
	A,
	B,
	IRQ,
	SOFTIRQ,
	THUNK
};

enum {
	TASK = 0x14000, /* the ends of stacks of 0x4000 bytes */
	OTHER = 0x24000,
	INTERRUPTS = 0x34000
};

static struct forest forest;
static char path[] = "/tmp/ktlab-tree-XXXXXX";

static void begin(void)
{
	forest = (struct forest){ .names = names,
				  .stack_bytes = 0x4000,
				  .interrupt_stack = (INTERRUPTS - 1) / 0x4000 };
	if (!forest_open(&forest, path, ROOT))
		abort();
}

static void enter(uint32_t fn, uint64_t rsp, int64_t now)
{
	forest_enter(&forest, fn, fn == ROOT, true, rsp, now, (uint64_t)now * 64);
}

/* "depth fn self total interrupts away[!]" a line of the file, "!" if the call is open, joined by "; " */
static const char *lines(void)
{
	static char text[4096];
	char line[512];
	FILE *file;

	forest_close(&forest);
	file = fopen(path, "r");
	text[0] = '\0';
	if (!file)
		return "no file";
	while (fgets(line, sizeof(line), file)) {
		char *at = strstr(line, "\"depth\":"), fn[32];
		long self, total, interrupts, away;
		int depth;

		if (!at || sscanf(at, "\"depth\":%d", &depth) != 1)
			continue;
		sscanf(strstr(at, "\"fn\":"), "\"fn\":\"%31[^\"]", fn);
		sscanf(strstr(at, "\"self\":"),
		       "\"self\":%ld,\"total\":%ld,\"interrupts\":%ld,\"away\":%ld", &self, &total,
		       &interrupts, &away);
		sprintf(text + strlen(text), "%s%d %s %ld %ld %ld %ld%s", *text ? "; " : "", depth,
			fn, self, total, interrupts, away, strstr(at, "\"leave\":null") ? "!" : "");
	}
	fclose(file);
	return text;
}

static void gives(const char *name, const char *wanted)
{
	const char *got = lines();

	if (strcmp(got, wanted))
		printf("# wanted '%s'\n# got    '%s'\n", wanted, got);
	it(name, !strcmp(got, wanted));
}

static void plain(void)
{
	begin();
	enter(B, TASK - 0x100, 90);
	enter(ROOT, TASK - 0x100, 100);
	enter(A, TASK - 0x140, 110);
	enter(B, TASK - 0x180, 115);
	forest_leave(&forest, TASK - 0x180, 119);
	forest_leave(&forest, TASK - 0x140, 129);
	enter(B, TASK - 0x140, 135);
	forest_leave(&forest, TASK - 0x140, 139);
	forest_leave(&forest, TASK - 0x100, 149);
	enter(A, TASK - 0x100, 160);
	gives("counts what a call took, with and without those below",
	      "0 root 25 50 0 0; 1 a 15 20 0 0; 2 b 5 5 0 0; 1 b 5 5 0 0");
}

static void jumps(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(THUNK, TASK - 0x140, 10);
	forest_leave(&forest, TASK - 0x148, 13); /* the thunk's ret, which jumps */
	enter(A, TASK - 0x140, 14);
	enter(B, TASK - 0x180, 20); /* left without a ret */
	forest_leave(&forest, TASK - 0x140, 29);
	forest_leave(&forest, TASK - 0x100, 39);
	gives("knows functions that are jumped to, or left by a jump",
	      "0 root 20 40 0 0; 1 thunk 4 4 0 0; 1 a 6 16 0 0; 2 b 10 10 0 0");
}

static void sleeps(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(A, TASK - 0x140, 10);
	enter(B, OTHER - 0x100, 15); /* another task's */
	enter(SOFTIRQ, INTERRUPTS - 0x10, 20); /* on its behalf */
	forest_leave(&forest, INTERRUPTS - 0x10, 25);
	forest_leave(&forest, OTHER - 0x100, 50);
	enter(B, TASK - 0x180, 60);
	forest_leave(&forest, TASK - 0x180, 64);
	forest_leave(&forest, TASK - 0x140, 69);
	forest_leave(&forest, TASK - 0x100, 79);
	gives("leaves out other tasks while this one sleeps",
	      "0 root 20 30 0 50; 1 a 5 10 0 50; 2 b 5 5 0 0");
}

static void two_tasks(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(ROOT, OTHER - 0x100, 10);
	enter(A, OTHER - 0x140, 15);
	enter(A, TASK - 0x140, 20);
	forest_leave(&forest, TASK - 0x140, 24);
	forest_leave(&forest, TASK - 0x100, 29);
	forest_leave(&forest, OTHER - 0x140, 39);
	forest_leave(&forest, OTHER - 0x100, 49);
	gives("keeps a tree for each task",
	      "0 root 5 10 0 20; 1 a 5 5 0 0; 0 root 15 15 0 25; 1 a 0 0 0 25");
}

static void interrupted(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(A, TASK - 0x140, 10);
	forest_interrupt(&forest, TASK - 0x190, TASK - 0x188, 20, 0);
	enter(IRQ, INTERRUPTS - 0x10, 25);
	enter(B, INTERRUPTS - 0x40, 30);
	forest_leave(&forest, INTERRUPTS - 0x40, 33);
	forest_interrupt(&forest, INTERRUPTS - 0x90, INTERRUPTS - 0x88, 34, 0); /* within it */
	forest_resume(&forest, INTERRUPTS - 0x88, 36);
	forest_leave(&forest, INTERRUPTS - 0x10, 37);
	forest_resume(&forest, TASK - 0x188, 39);
	forest_leave(&forest, TASK - 0x140, 44);
	forest_leave(&forest, TASK - 0x100, 54);
	gives("shows an interrupt as one line, and counts it apart",
	      "0 root 20 35 20 0; 1 a 15 15 20 0; 2 irq 20 20 0 0");
}

static void softirq(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(A, TASK - 0x140, 10);
	enter(SOFTIRQ, INTERRUPTS - 0x10, 20);
	enter(B, INTERRUPTS - 0x40, 25);
	forest_interrupt(&forest, INTERRUPTS - 0x90, INTERRUPTS - 0x88, 30, 0);
	forest_resume(&forest, INTERRUPTS - 0x88, 32);
	forest_leave(&forest, INTERRUPTS - 0x40, 34);
	forest_leave(&forest, INTERRUPTS - 0x10, 39);
	forest_leave(&forest, TASK - 0x140, 49);
	forest_leave(&forest, TASK - 0x100, 59);
	gives("takes a softirq that the task runs as a call",
	      "0 root 20 57 3 0; 1 a 20 37 3 0; 2 softirq 10 17 3 0; 3 b 7 7 3 0; 4 ? 3 3 0 0");
}

static void cut(void)
{
	begin();
	enter(ROOT, TASK - 0x100, 0);
	enter(A, TASK - 0x140, 10);
	enter(B, TASK - 0x180, 15);
	gives("leaves open what has not returned", "0 root 10 15 0 0!; 1 a 5 5 0 0!; 2 b 0 0 0 0!");
}

static void bounded(void)
{
	int64_t now = 10;

	begin();
	enter(ROOT, TASK - 0x100, 0);
	for (int i = 0; i < TREE_CALLS_MAX + 5; i++, now += 2) {
		enter(A, TASK - 0x140, now);
		forest_leave(&forest, TASK - 0x140, now);
	}
	forest_leave(&forest, TASK - 0x100, now);
	enter(ROOT, TASK - 0x100, now + 100);
	forest_close(&forest);
	it("lists no more calls than it may, and says how many it has left out",
	   forest.listed == TREE_CALLS_MAX && forest.unlisted == 6 && forest.missed == 1);
}

int main(void)
{
	void (*const tests[])(void) = { plain,	     jumps,   sleeps, two_tasks,
					interrupted, softirq, cut,    bounded };

	close(mkstemp(path));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tests[i]();
	unlink(path);
	printf("1..%d\n", count);
	return failed != 0;
}
