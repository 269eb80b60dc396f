// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plugin engine: QEMU loads it with -plugin ktlab-plugin-4.so,plan=PLAN,out=CAPTURES,tree=TREE,lines=LINES,
 * writes=WRITES,shift=N.
 *
 * It hooks the first instruction of each site of the plan while QEMU translates it, and takes what the plan says when
 * it is about to run. The guest is never stopped nor changed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "calls.h"
#include "lines.h"
#include "ran.h"
#include "say.h"
#include "tracer.h"
#include "writes.h"

__attribute__((visibility("default"))) int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* The callbacks of a translation get no data of ours, so the run stands here. */
static struct tracer tracer;

static void site_reached(unsigned int vcpu, void *data)
{
	(void)vcpu;
	tracer_hit(&tracer, data);
	if (tracer.stage == STAGE_END) {
		ran_close();
		writes_close();
	}
}

static void fault_handled(unsigned int vcpu, void *data)
{
	(void)vcpu;
	lines_fault(&tracer, tracer_fault(&tracer, data));
}

static void insn_translated(struct qemu_plugin_insn *insn, bool is_first, bool is_last)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	const struct fault *fault = plan_fault(tracer.plan, address);
	const struct site *end = tracer.plan->sites + tracer.plan->site_count;

	if (fault)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, fault_handled, QEMU_PLUGIN_CB_R_REGS,
						       (void *)fault);
	clock_watch(&tracer.clock, insn, is_first);
	for (const struct site *site = plan_site(tracer.plan, address);
	     site < end && site->address == address; site++) {
		clock_show(&tracer.clock, insn);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, site_reached, QEMU_PLUGIN_CB_R_REGS,
						       (void *)site);
	}
	calls_watch(&tracer, insn, is_first);
	lines_watch(&tracer, insn, is_last);
	writes_watch(&tracer, insn);
	clock_count(&tracer.clock, insn, is_last);
}

static void block_translated(struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	clock_begin(&tracer.clock);
	lines_begin();
	for (size_t i = 0; i < count; i++)
		insn_translated(qemu_plugin_tb_get_insn(tb, i), i == 0, i == count - 1);
}

static void vcpu_begins(void)
{
	const char *missing = guest_init(&tracer.guest);

	if (missing)
		say_refuse("this QEMU's CPU has no register %s", missing);
	say_tell("phase boot\n");
}

static void qemu_ends(void)
{
	record_close(&tracer.record);
	calls_close(&tracer);
	ran_close();
	writes_close();
	entries_free(&tracer.entries);
	plan_free(tracer.plan);
	guest_free(&tracer.guest);
}

#if QEMU_PLUGIN_VERSION < 7
static void on_init(qemu_plugin_id_t id, unsigned int vcpu)
{
	(void)id;
	(void)vcpu;
	vcpu_begins();
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	block_translated(tb);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	qemu_ends();
}

static void callbacks_register(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, on_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
}
#else
static void on_init(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	vcpu_begins();
}

static void on_translation(struct qemu_plugin_tb *tb, void *data)
{
	(void)data;
	block_translated(tb);
}

static void on_exit_of_qemu(void *data)
{
	(void)data;
	qemu_ends();
}

static void callbacks_register(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, on_init, NULL);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, NULL);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
}
#endif

/* The value of NAME=VALUE among the arguments, or NULL. */
static const char *argument(int count, char **arguments, const char *name)
{
	size_t length = strlen(name);

	for (int i = 0; i < count; i++)
		if (!strncmp(arguments[i], name, length) && arguments[i][length] == '=')
			return arguments[i] + length + 1;
	return NULL;
}

/* Begins the run, or refuses. */
static void prepare(const qemu_info_t *info, int count, char **arguments)
{
	const char *plan = argument(count, arguments, "plan"),
		   *out = argument(count, arguments, "out"),
		   *shift = argument(count, arguments, "shift");
	char reason[512];

	if (!plan || !out || !shift)
		say_refuse("usage: -plugin ktlab-plugin.so,plan=FILE,out=FILE,shift=N");
	if (strcmp(info->target_name, "x86_64") || !info->system_emulation)
		say_refuse("the plan is for x86_64, not for %s", info->target_name);
	if (info->system.max_vcpus != 1)
		say_refuse("the plan is for one CPU, not for %d", info->system.max_vcpus);
	tracer.plan = plan_new(plan, reason, sizeof(reason));
	if (!tracer.plan)
		say_refuse("%s", reason);
	if (!record_open(&tracer.record, out, tracer.plan->sha256))
		say_refuse("cannot write '%s': %s", out, strerror(errno));
	calls_open(&tracer, argument(count, arguments, "tree"));
	lines_open(&tracer, argument(count, arguments, "lines"));
	writes_open(&tracer, argument(count, arguments, "writes"));
	clock_init(&tracer.clock, (unsigned int)strtoul(shift, NULL, 10), &tracer.guest,
		   &tracer.record);
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments)
{
	/* load.sh asks no more than whether it is loaded */
	if (argument(count, arguments, "try"))
		_exit(0);
	prepare(info, count, arguments);
	callbacks_register(id);
	return 0;
}
