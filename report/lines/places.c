// SPDX-License-Identifier: GPL-2.0-or-later
// Reads writes.json.
#include "lines/places.h"
#include "lines/source.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct places {
	VEC(struct place) list; /* by address */
	VEC(char *) paths;
	VEC(char *) sums;
};

/* [NAME, FILE, LINE] */
static bool frame_read(struct json row, struct place *place)
{
	int64_t file, line;
	char *name = json_dup(json_path(row, "0"));

	if (name && json_int(json_path(row, "1"), &file) && json_int(json_path(row, "2"), &line) &&
	    file >= 0 && file <= INT32_MAX && line >= 0 && line <= INT32_MAX) {
		*vec_add(&place->frames) = (struct place_frame){ name, (size_t)file, (int)line };
		return true;
	}
	free(name);
	return false;
}

/* [ADDRESS, FRAME…], [ADDRESS, 0, FRAME…] or [ADDRESS, 1, FRAME…], of which each address is above the one before */
static bool place_read(struct json row, struct places *places)
{
	struct json_iter it = json_iter(row);
	struct place *place = vec_add(&places->list);
	int64_t pc, returns;

	*place = (struct place){ 0 };
	if (!json_next(&it) || !json_int(it.value, &pc) || pc < 0 || pc > UINT32_MAX ||
	    (places->list.n > 1 && place[-1].pc >= pc))
		return false;
	place->pc = (uint32_t)pc;
	for (bool first = true; json_next(&it); first = false) {
		if (first && json_int(it.value, &returns))
			place->returns = returns ? RETURN_IN_STACK : RETURN_AT_STACK;
		else if (!frame_read(it.value, place))
			return false;
	}
	return place->frames.n > 0;
}

static bool places_read(struct places *places, struct json json)
{
	struct json_iter it;
	int64_t format;

	if (!json_int(json_path(json, "format"), &format) || format != 1)
		return false;
	for (it = json_iter(json_path(json, "places")); json_next(&it);)
		if (!place_read(it.value, places))
			return false;
	for (it = json_iter(json_path(json, "files")); json_next(&it);) {
		char *path = json_dup(json_path(it.value, "path"));

		*vec_add(&places->paths) = path ? path : xstrdup("");
		*vec_add(&places->sums) = json_dup(json_path(it.value, "sha256"));
	}
	return true;
}

struct places *places_open(const char *folder, char **damaged)
{
	char *path = xasprintf("%s/writes.json", folder ? folder : ".");
	struct places *places = xcalloc(1, sizeof(*places));
	struct json json;
	size_t len;
	char *text = text_of_file(path, &len);
	const char *reason = text ? json_parse(text, len, &json) : NULL;

	*damaged = NULL;
	if (text && !reason && !places_read(places, json))
		reason = N_("it is of another version");
	if (reason)
		*damaged = xasprintf("writes.json: %s", _(reason));
	if (!text || reason) {
		places_close(places);
		places = NULL;
	}
	free(text);
	free(path);
	return places;
}

void places_close(struct places *places)
{
	if (!places)
		return;
	for (size_t i = 0; i < places->list.n; i++) {
		struct place *place = &places->list.v[i];

		for (size_t j = 0; j < place->frames.n; j++)
			free(place->frames.v[j].name);
		vec_free(&place->frames);
	}
	for (size_t i = 0; i < places->paths.n; i++) {
		free(places->paths.v[i]);
		free(places->sums.v[i]);
	}
	vec_free(&places->list);
	vec_free(&places->paths);
	vec_free(&places->sums);
	free(places);
}

static int place_order(const void *pc, const void *place)
{
	uint32_t wanted = *(const uint32_t *)pc, here = ((const struct place *)place)->pc;

	return (wanted > here) - (wanted < here);
}

const struct place *places_find(const struct places *places, uint32_t pc)
{
	return places->list.n ? bsearch(&pc, places->list.v, places->list.n,
					sizeof(places->list.v[0]), place_order)
			      : NULL;
}

const char *places_path(const struct places *places, size_t file)
{
	return file < places->paths.n ? places->paths.v[file] : "";
}

const char *places_sum(const struct places *places, size_t file)
{
	return file < places->sums.n ? places->sums.v[file] : NULL;
}
