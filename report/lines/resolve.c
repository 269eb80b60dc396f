// SPDX-License-Identifier: GPL-2.0-or-later
// From vmlinux to lines.json, once after the run: whoever reads the run later needs neither kernel nor DWARF.
#include "lines/resolve.h"
#include "lines/built.h"
#include "lines/dwarf.h"
#include "lines/ran.h"
#include "lines/source.h"
#include "base/i18n.h"
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PARTS = 2
};

struct resolve {
	const char *folder;
	char *plan_text;
	struct json plan;
	struct dwarf *dwarf;
	VEC(bool) ran; /* by the number of a function */
	FILE *out;
	long resolved;
};

static bool ran_note(const struct ran_call *call, void *data)
{
	struct resolve *resolve = data;

	if (call->function < resolve->ran.n)
		resolve->ran.v[call->function] = true;
	return true;
}

/* An address of the plan, "0xffffffff81000000". */
static uint64_t address_of(struct json value)
{
	char *text = json_dup(value);
	uint64_t address = text ? strtoull(text, NULL, 16) : 0;

	free(text);
	return address;
}

static void scopes_put(FILE *out, const struct dwarf_function *function)
{
	for (size_t i = 0; i < function->scopes.n; i++) {
		const struct dwarf_scope *scope = &function->scopes.v[i];

		fputs(i ? ",[" : "[", out);
		json_put(out, scope->name);
		fprintf(out, ",%zu,%zu,%d]", scope->parent, scope->call_file, scope->call_line);
	}
}

static void rows_put(FILE *out, const struct dwarf_function *function)
{
	for (size_t i = 0; i < function->rows.n; i++) {
		const struct dwarf_row *row = &function->rows.v[i];

		fprintf(out, "%s[%u,%zu,%d,%zu]", i ? "," : "", (uint32_t)row->address, row->file,
			row->line, row->scope);
	}
}

/* One function of the plan: [NAME, FIRST, END, …]. */
static void function_put(struct resolve *resolve, struct json listed, size_t number)
{
	struct dwarf_range ranges[PARTS];
	struct dwarf_function function;
	struct json_iter it = json_iter(listed);
	size_t ends = 0;
	char *name;

	if (!json_next(&it))
		return;
	name = json_dup(it.value);
	for (; json_next(&it) && ends < PARTS * 2; ends++) {
		struct dwarf_range *range = &ranges[ends / 2];

		*(ends % 2 ? &range->end : &range->first) = address_of(it.value);
	}
	if (dwarf_function(resolve->dwarf, ranges, ends / 2, &function)) {
		fprintf(resolve->out, "%s\n{\"number\":%zu,\"name\":", resolve->resolved ? "," : "",
			number);
		json_put(resolve->out, name);
		fputs(",\"scopes\":[", resolve->out);
		scopes_put(resolve->out, &function);
		fputs("],\"rows\":[", resolve->out);
		rows_put(resolve->out, &function);
		fputs("]}", resolve->out);
		resolve->resolved++;
	}
	dwarf_function_free(&function);
	free(name);
}

static void functions_put(struct resolve *resolve)
{
	struct json_iter it = json_iter(json_path(resolve->plan, "lines.functions"));

	for (size_t number = 0; json_next(&it); number++)
		if (number < resolve->ran.n && resolve->ran.v[number])
			function_put(resolve, it.value, number);
}

static bool write_all(struct resolve *resolve, const char *vmlinux, const char *source,
		      char **error)
{
	char *path = xasprintf("%s/lines.json", resolve->folder);

	resolve->out = unlink(path) && errno != ENOENT ? NULL : fopen(path, "wx");
	if (resolve->out) {
		bool good;

		fputs("{\"format\":1,\"functions\":[", resolve->out);
		functions_put(resolve);
		fputs("],\n\"files\":", resolve->out);
		built_put(resolve->out, resolve->dwarf, vmlinux, source);
		fputs("}\n", resolve->out);
		good = !ferror(resolve->out);
		if (!fclose(resolve->out) && good) {
			free(path);
			return true;
		}
	}
	*error = xasprintf(_("cannot write '%s': %s"), path, strerror(errno));
	free(path);
	return false;
}

static bool plan_read(struct resolve *resolve, char **error)
{
	char *path = xasprintf("%s/plan.json", resolve->folder);
	size_t len;
	const char *reason;
	struct json_iter it;

	resolve->plan_text = text_of_file(path, &len);
	reason = resolve->plan_text ? json_parse(resolve->plan_text, len, &resolve->plan)
				    : strerror(errno);
	if (reason)
		*error = xasprintf(_("cannot read '%s': %s"), path, _(reason));
	for (it = json_iter(json_path(resolve->plan, "lines.functions"));
	     !reason && json_next(&it);)
		*vec_add(&resolve->ran) = false;
	free(path);
	return !reason;
}

static bool resolve_all(struct resolve *resolve, const char *vmlinux, const char *source,
			char **error)
{
	if (!plan_read(resolve, error))
		return false;
	if (ran_walk(resolve->folder, ran_note, resolve) <= RAN_DAMAGED)
		return true;
	resolve->dwarf = dwarf_open(vmlinux, error);
	return resolve->dwarf && write_all(resolve, vmlinux, source, error);
}

long resolve_lines(const char *folder, const char *vmlinux, const char *source, char **error)
{
	struct resolve resolve = { .folder = folder };
	bool good = resolve_all(&resolve, vmlinux, source, error);

	if (resolve.dwarf)
		dwarf_close(resolve.dwarf);
	vec_free(&resolve.ran);
	free(resolve.plan_text);
	return good ? resolve.resolved : -1;
}

static void range_print(const struct dwarf_range *range, void *data)
{
	fprintf(data, "%#llx %#llx\n", (unsigned long long)range->first,
		(unsigned long long)range->end);
}

bool resolve_folder(FILE *out, const char *vmlinux, const char *folder, char **error)
{
	struct dwarf *dwarf = dwarf_open(vmlinux, error);

	if (dwarf && !dwarf_folder(dwarf, folder, range_print, out))
		*error = xasprintf(_("no file of this kernel lies in '%s'"), folder);
	if (dwarf)
		dwarf_close(dwarf);
	return !*error;
}
