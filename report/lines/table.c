// SPDX-License-Identifier: GPL-2.0-or-later
// From instructions to lines, by the rows of lines.json.
#include "lines/table.h"
#include "lines/source.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct row {
	uint32_t address;
	size_t file, scope;
	int line;
};

struct lines_table {
	char *text;
	struct json functions;
	VEC(struct json) numbered; /* the same by number; nothing where there is none */
	VEC(char *) paths;
	VEC(char *) sums;
};

static void files_read(struct lines_table *table, struct json files)
{
	for (struct json_iter it = json_iter(files); json_next(&it);) {
		char *path = json_dup(json_path(it.value, "path"));

		*vec_add(&table->paths) = path ? path : xstrdup("");
		*vec_add(&table->sums) = json_dup(json_path(it.value, "sha256"));
	}
}

/* As many functions as a plan may name; the file is not to be believed. */
enum {
	NUMBERS_MAX = 1 << 20
};

static void functions_read(struct lines_table *table)
{
	for (struct json_iter it = json_iter(table->functions); json_next(&it);) {
		int64_t number;

		if (!json_int(json_path(it.value, "number"), &number) || number < 0 ||
		    number >= NUMBERS_MAX)
			continue;
		while (table->numbered.n <= (size_t)number)
			*vec_add(&table->numbered) = (struct json){ 0 };
		table->numbered.v[number] = it.value;
	}
}

struct lines_table *lines_table_open(const char *folder, char **damaged)
{
	char *path = xasprintf("%s/lines.json", folder ? folder : ".");
	struct lines_table *table = xcalloc(1, sizeof(*table));
	const char *reason = NULL;
	struct json json = { 0 };
	int64_t format = 0;
	size_t len;

	*damaged = NULL;
	table->text = text_of_file(path, &len);
	free(path);
	if (table->text)
		reason = json_parse(table->text, len, &json);
	if (table->text && !reason &&
	    (!json_int(json_path(json, "format"), &format) || format != 1))
		reason = N_("it is of another version");
	if (reason)
		*damaged = xasprintf(_("lines.json: %s"), _(reason));
	if (!table->text || reason) {
		lines_table_close(table);
		return NULL;
	}
	table->functions = json_path(json, "functions");
	functions_read(table);
	files_read(table, json_path(json, "files"));
	return table;
}

void lines_table_close(struct lines_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->paths.n; i++) {
		free(table->paths.v[i]);
		free(table->sums.v[i]);
	}
	vec_free(&table->numbered);
	vec_free(&table->paths);
	vec_free(&table->sums);
	free(table->text);
	free(table);
}

const char *lines_path(const struct lines_table *table, size_t file)
{
	return file < table->paths.n ? table->paths.v[file] : "";
}

const char *lines_sum(const struct lines_table *table, size_t file)
{
	return file < table->sums.n ? table->sums.v[file] : NULL;
}

/* The numbers of an array of them, from its `from`th element on; false if there are fewer. */
static bool numbers(struct json array, size_t from, int64_t *to, size_t count)
{
	struct json_iter it = json_iter(array);

	while (from-- > 0)
		if (!json_next(&it))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!json_next(&it) || !json_int(it.value, &to[i]) || to[i] < 0 ||
		    to[i] > UINT32_MAX)
			return false;
	return true;
}

static struct json function_of(const struct lines_table *table, uint32_t number)
{
	return number < table->numbered.n ? table->numbered.v[number] : (struct json){ 0 };
}

int64_t lines_function(const struct lines_table *table, const char *name, int64_t after)
{
	for (struct json_iter it = json_iter(table->functions); json_next(&it);) {
		int64_t here;

		if (json_is(json_path(it.value, "name"), name) &&
		    json_int(json_path(it.value, "number"), &here) && here > after)
			return here;
	}
	return -1;
}

char *lines_near(const struct lines_table *table, const char *typed)
{
	VEC(char *) names = { 0 };
	const char *near;
	char *found;

	for (struct json_iter it = json_iter(table->functions); json_next(&it);) {
		char *name = json_dup(json_path(it.value, "name"));

		if (name)
			*vec_add(&names) = name;
	}
	*vec_add(&names) = NULL;
	near = nearest_name(typed, (const char *const *)names.v);
	found = near ? xstrdup(near) : NULL;
	for (size_t i = 0; i < names.n; i++)
		free(names.v[i]);
	vec_free(&names);
	return found;
}

static bool scopes_read(struct lines_call *call, struct json scopes)
{
	for (struct json_iter it = json_iter(scopes); json_next(&it);) {
		struct json_iter first = json_iter(it.value);
		int64_t n[3];

		if (!json_next(&first) || !numbers(it.value, 1, n, ARRAY_SIZE(n)) ||
		    (size_t)n[0] > call->scopes.n)
			return false;
		*vec_add(&call->scopes) = (struct lines_scope){ json_dup(first.value), (size_t)n[0],
								(size_t)n[1], (int)n[2] };
	}
	return call->scopes.n > 0;
}

struct rows {
	VEC(struct row) list;
};

static bool rows_read(struct rows *rows, struct json json, size_t scopes)
{
	for (struct json_iter it = json_iter(json); json_next(&it);) {
		int64_t n[4];

		if (!numbers(it.value, 0, n, ARRAY_SIZE(n)) || (size_t)n[3] >= scopes)
			return false;
		*vec_add(&rows->list) =
			(struct row){ (uint32_t)n[0], (size_t)n[1], (size_t)n[3], (int)n[2] };
	}
	return true;
}

static int line_order(const void *one, const void *other)
{
	const struct lines_line *a = one, *b = other;

	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* One line of all its rows: as often as the row that ran most often, first when the first of them ran. */
static void lines_join(struct lines_call *call)
{
	size_t n = 0;

	if (call->lines.n)
		qsort(call->lines.v, call->lines.n, sizeof(*call->lines.v), line_order);
	for (size_t i = 0; i < call->lines.n; i++) {
		struct lines_line *line = &call->lines.v[i], *last = &call->lines.v[n - (n > 0)];

		if (!n || line_order(last, line)) {
			call->lines.v[n++] = *line;
			continue;
		}
		if (line->count > last->count)
			last->count = line->count;
		if (line->order && (!last->order || line->order < last->order))
			last->order = line->order;
	}
	call->lines.n = n;
}

static int place_order(const void *one, const void *other)
{
	size_t a = *(const size_t *)one, b = *(const size_t *)other;

	return (a > b) - (a < b);
}

/* Orders that are places among instructions become 1, 2, 3 … */
static void orders_count(struct lines_call *call)
{
	VEC(size_t) places = { 0 };

	for (size_t i = 0; i < call->lines.n; i++)
		if (call->lines.v[i].order)
			*vec_add(&places) = call->lines.v[i].order;
	if (places.n)
		qsort(places.v, places.n, sizeof(*places.v), place_order);
	for (size_t i = 0; i < call->lines.n; i++) {
		size_t *order = &call->lines.v[i].order, *found;

		found = *order ? bsearch(order, places.v, places.n, sizeof(*places.v), place_order)
			       : NULL;
		*order = found ? (size_t)(found - places.v) + 1 : 0;
	}
	vec_free(&places);
}

static void lines_add(struct lines_call *call, const struct rows *rows, const struct ran_call *ran)
{
	for (size_t i = 0; i < rows->list.n; i++) {
		const struct row *row = &rows->list.v[i];
		struct lines_line line = { row->scope, row->file, row->line, 0, 0 };
		size_t place;

		if (ran_at(ran, row->address, &line.count, &place))
			line.order = place + 1;
		*vec_add(&call->lines) = line;
		if (row->scope || row->file != call->file)
			continue;
		if (row->line > call->last)
			call->last = row->line;
	}
	lines_join(call);
	orders_count(call);
}

/* The row that an address belongs to: the last one at or before it. */
static const struct row *row_of(const struct rows *rows, uint32_t address)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < rows->list.n && rows->list.v[i].address <= address; i++)
		found = &rows->list.v[i];
	return found;
}

static bool is_inside(const struct ran_call *ran, const struct rows *rows, uint32_t address)
{
	const struct row *last = &rows->list.v[rows->list.n - 1];
	uint32_t end = last->address;

	for (size_t i = 0; i < ran->runs.n; i++)
		if (ran->runs.v[i].end > end)
			end = ran->runs.v[i].end;
	return rows->list.v[0].address <= address && address < end;
}

static void jumps_add(struct lines_call *call, const struct rows *rows, const struct ran_call *ran)
{
	for (size_t i = 0; i < ran->branches.n; i++) {
		const struct ran_branch *branch = &ran->branches.v[i];
		const struct row *from = row_of(rows, branch->at);
		const struct row *to = from && is_inside(ran, rows, branch->target)
					       ? row_of(rows, branch->target)
					       : NULL;

		if (from)
			*vec_add(&call->jumps) = (struct lines_jump){
				from->scope,
				from->file,
				from->line,
				to ? to->line : 0,
				to ? to->file : 0,
				branch->count,
				branch->count - branch->fell,
			};
	}
}

bool lines_of(const struct lines_table *table, const struct ran_call *ran, struct lines_call *call)
{
	struct json function = function_of(table, ran->function);
	struct rows rows = { 0 };
	bool good;

	*call = (struct lines_call){ .name = json_dup(json_path(function, "name")) };
	good = scopes_read(call, json_path(function, "scopes")) &&
	       rows_read(&rows, json_path(function, "rows"), call->scopes.n) && rows.list.n;
	if (good) {
		call->file = call->scopes.v[0].call_file;
		call->first = call->last = call->scopes.v[0].call_line;
		lines_add(call, &rows, ran);
		jumps_add(call, &rows, ran);
	}
	vec_free(&rows.list);
	return good;
}

void lines_call_free(struct lines_call *call)
{
	for (size_t i = 0; i < call->scopes.n; i++)
		free(call->scopes.v[i].name);
	vec_free(&call->scopes);
	vec_free(&call->lines);
	vec_free(&call->jumps);
	free(call->name);
}
