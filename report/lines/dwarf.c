// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads vmlinux by libdw.
 *
 * A row of DWARF's table of lines says where the code of a line goes on. Those that are marked is_stmt are where a
 * statement begins; the others are code that the compiler has moved or mixed with another line's. Of several rows at one
 * address the last one has the instruction, since the others have none before the next begins.
 */
#include "lines/dwarf_own.h"
#include "base/i18n.h"

#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel has one file of this name, and it lies in the tree's folder init. */
#define FIRST_FILE "init/main.c"

static char *unit_path(Dwarf_Die *unit, const char *path)
{
	Dwarf_Attribute folder;

	if (*path != '/' && dwarf_attr(unit, DW_AT_comp_dir, &folder))
		return xasprintf("%s/%s", dwarf_formstring(&folder), path);
	return xstrdup(path);
}

static char *root_find(Dwarf *of)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (!dwarf_get_units(of, unit, &unit, NULL, &type, &die, NULL)) {
		const char *name = dwarf_diename(&die);
		size_t len = name ? strlen(name) : 0, tail = strlen(FIRST_FILE);
		char *path;

		if (len < tail || strcmp(name + len - tail, FIRST_FILE) != 0)
			continue;
		path = unit_path(&die, name);
		path[strlen(path) - tail] = '\0';
		return path;
	}
	return xstrdup("");
}

struct dwarf *dwarf_open(const char *vmlinux, char **error)
{
	struct dwarf *dwarf = xcalloc(1, sizeof(*dwarf));

	dwarf->names = names_new();
	dwarf->fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	*error = dwarf->fd < 0 ? xasprintf(_("cannot read '%s': %s"), vmlinux, strerror(errno))
			       : NULL;
	dwarf->of = *error ? NULL : dwarf_begin(dwarf->fd, DWARF_C_READ);
	if (!*error && !dwarf->of)
		*error = xasprintf(_("'%s' has no debug information: %s"), vmlinux,
				   dwarf_errmsg(-1));
	if (!*error) {
		dwarf->root = root_find(dwarf->of);
		return dwarf;
	}
	dwarf_close(dwarf);
	return NULL;
}

void dwarf_close(struct dwarf *dwarf)
{
	if (dwarf->of)
		dwarf_end(dwarf->of);
	if (dwarf->fd >= 0)
		close(dwarf->fd);
	names_free(dwarf->names);
	vec_free(&dwarf->files);
	free(dwarf->root);
	free(dwarf);
}

size_t dwarf_file_count(const struct dwarf *dwarf)
{
	return dwarf->files.n;
}

const char *dwarf_file(const struct dwarf *dwarf, size_t file)
{
	return dwarf->files.v[file];
}

/* A path in the source tree: without "FOLDER/../", without what stands before "/./" or is the tree itself. */
static void path_cut(const struct dwarf *dwarf, const char *path, struct str *out)
{
	const char *tail = strstr(path, "/./"), *up;

	str_add(out, tail ? tail + 3 : path);
	while ((up = strstr(str_text(out), "/../"))) {
		char *before = out->p + (up - out->p);
		size_t rest = strlen(up + 4) + 1;

		while (before > out->p && before[-1] != '/')
			before--;
		memmove(before, up + 4, rest);
		out->len = (size_t)(before - out->p) + rest - 1;
	}
	if (starts_with(str_text(out), dwarf->root))
		memmove(out->p, out->p + strlen(dwarf->root), out->len - strlen(dwarf->root) + 1);
}

size_t dwarf_file_of(struct dwarf *dwarf, Dwarf_Die *unit, const char *path)
{
	struct str cut = { 0 };
	const char *name;
	char *whole;
	size_t i;

	if (dwarf->files.n && path == dwarf->path_last)
		return dwarf->file_last;
	whole = unit_path(unit, path);
	path_cut(dwarf, whole, &cut);
	name = names_get(dwarf->names, str_text(&cut), strlen(str_text(&cut)));
	for (i = 0; i < dwarf->files.n && dwarf->files.v[i] != name;)
		i++;
	if (i == dwarf->files.n)
		*vec_add(&dwarf->files) = name;
	free(whole);
	str_free(&cut);
	dwarf->path_last = path;
	dwarf->file_last = i;
	return i;
}

/* Whether a DIE is or may hold code of its own. */
static bool has_code(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine ||
	       tag == DW_TAG_subprogram;
}

const char *dwarf_scope_place(struct dwarf *dwarf, Dwarf_Die *unit, Dwarf_Die *die, size_t *file,
			      int *line)
{
	bool inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
	const char *name = dwarf_diename(die), *path = NULL;
	Dwarf_Attribute attribute;
	Dwarf_Word word = 0, number = 0;
	Dwarf_Files *files;

	if (dwarf_attr_integrate(die, inlined ? DW_AT_call_line : DW_AT_decl_line, &attribute))
		dwarf_formudata(&attribute, &number);
	if (dwarf_attr_integrate(die, inlined ? DW_AT_call_file : DW_AT_decl_file, &attribute) &&
	    !dwarf_formudata(&attribute, &word) && !dwarf_getsrcfiles(unit, &files, NULL))
		path = dwarf_filesrc(files, (size_t)word, NULL, NULL);
	*file = dwarf_file_of(dwarf, unit, path ? path : "?");
	*line = (int)number;
	return name ? name : "?";
}

static size_t scope_add(struct dwarf *dwarf, struct dwarf_function *function, Dwarf_Die *unit,
			Dwarf_Die *die, size_t parent)
{
	struct dwarf_scope scope = { .parent = parent };

	scope.name = dwarf_scope_place(dwarf, unit, die, &scope.call_file, &scope.call_line);
	*vec_add(&function->scopes) = scope;
	return function->scopes.n - 1;
}

/* Sets the scope of all rows within a DIE, and then that of those within its children. */
static void scopes_set(struct dwarf *dwarf, struct dwarf_function *function, Dwarf_Die *unit,
		       Dwarf_Die *die, size_t scope)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child))
		return;
	do {
		size_t inner = scope;
		bool here = false;

		if (!has_code(&child) || dwarf_tag(&child) == DW_TAG_subprogram)
			continue;
		for (size_t i = 0; i < function->rows.n; i++) {
			struct dwarf_row *row = &function->rows.v[i];

			if (row->scope != scope || dwarf_haspc(&child, row->address) <= 0)
				continue;
			if (!here && dwarf_tag(&child) == DW_TAG_inlined_subroutine)
				inner = scope_add(dwarf, function, unit, &child, scope);
			here = true;
			row->scope = inner;
		}
		if (here)
			scopes_set(dwarf, function, unit, &child, inner);
	} while (!dwarf_siblingof(&child, &child));
}

static bool within(const struct dwarf_range *ranges, size_t count, uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (ranges[i].first <= address && address < ranges[i].end)
			return true;
	return false;
}

static void row_add(struct dwarf *dwarf, struct dwarf_function *function, Dwarf_Die *unit,
		    Dwarf_Line *line, uint64_t address)
{
	bool begins = false;
	int number = 0;
	const char *path = dwarf_linesrc(line, NULL, NULL);

	if (dwarf_linebeginstatement(line, &begins) || !begins || dwarf_lineno(line, &number) ||
	    !number || !path)
		return;
	if (function->rows.n && function->rows.v[function->rows.n - 1].address == address)
		function->rows.n--;
	*vec_add(&function->rows) =
		(struct dwarf_row){ address, dwarf_file_of(dwarf, unit, path), number, 0 };
}

static void rows_add(struct dwarf *dwarf, struct dwarf_function *function, Dwarf_Die *unit,
		     const struct dwarf_range *ranges, size_t count)
{
	Dwarf_Lines *lines;
	size_t n;

	if (dwarf_getsrclines(unit, &lines, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		Dwarf_Addr address;
		bool ends = false;

		if (!dwarf_lineaddr(line, &address) && within(ranges, count, address) &&
		    !dwarf_lineendsequence(line, &ends) && !ends)
			row_add(dwarf, function, unit, line, address);
	}
}

bool dwarf_function_die(Dwarf_Die *unit, uint64_t address, Dwarf_Die *found)
{
	if (dwarf_child(unit, found))
		return false;
	do
		if (dwarf_tag(found) == DW_TAG_subprogram && dwarf_haspc(found, address) > 0)
			return true;
	while (!dwarf_siblingof(found, found));
	return false;
}

bool dwarf_function(struct dwarf *dwarf, const struct dwarf_range *ranges, size_t count,
		    struct dwarf_function *function)
{
	Dwarf_Die unit, die;

	*function = (struct dwarf_function){ 0 };
	if (!count || !dwarf_addrdie(dwarf->of, ranges[0].first, &unit) ||
	    !dwarf_function_die(&unit, ranges[0].first, &die))
		return false;
	scope_add(dwarf, function, &unit, &die, 0);
	rows_add(dwarf, function, &unit, ranges, count);
	scopes_set(dwarf, function, &unit, &die, 0);
	return true;
}

void dwarf_function_free(struct dwarf_function *function)
{
	vec_free(&function->scopes);
	vec_free(&function->rows);
}

static void ranges_give(Dwarf_Die *unit, void (*give)(const struct dwarf_range *range, void *data),
			void *data)
{
	Dwarf_Addr base, first, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(unit, at, &base, &first, &end)) > 0)
		give(&(struct dwarf_range){ first, end }, data);
}

size_t dwarf_folder(struct dwarf *dwarf, const char *folder,
		    void (*give)(const struct dwarf_range *range, void *data), void *data)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	size_t found = 0;
	uint8_t type;

	while (!dwarf_get_units(dwarf->of, unit, &unit, NULL, &type, &die, NULL)) {
		const char *name = dwarf_diename(&die);

		size_t file = name ? dwarf_file_of(dwarf, &die, name) : 0;

		if (!name || !starts_with(dwarf_file(dwarf, file), folder))
			continue;
		found++;
		ranges_give(&die, give, data);
	}
	return found;
}
