// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses the language of the reports.
#include "base/util.h"
#include "base/catalogue.h"
#include "base/i18n.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the environment says, in gettext's own order. */
static const char *wished_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "C";
}

/* gettext() would look for it by the name of a locale, and since glibc 2.39 only for one other than C.UTF-8 (bug 16621); a
 * system may have no other. So it is the program's own. */
static struct catalogue chinese_texts;
static bool speaks_chinese;

/* The catalogue lies beside the program: build/locale/zh_CN/LC_MESSAGES/ktreport.mo */
static bool find_catalogue(void)
{
	static const char beside[] = "/locale/zh_CN/LC_MESSAGES/ktreport.mo";
	char path[PATH_MAX + sizeof(beside)];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash;

	if (len < 0)
		return false;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return false;
	strcpy(slash, beside);
	return catalogue_open(&chinese_texts, path);
}

const char *i18n_text(const char *text)
{
	/* the empty text's translation is the catalogue's own header */
	const char *found = speaks_chinese && *text ? catalogue_find(&chinese_texts, text) : NULL;

	return found ? found : text;
}

bool i18n_is_chinese(void)
{
	return speaks_chinese;
}

bool i18n_speak(bool chinese)
{
	if (chinese && !chinese_texts.bytes && !find_catalogue())
		return false;
	if (chinese) /* its letters are measured, and numbers are written as in every report */
		setlocale(LC_ALL, "C.UTF-8");
	speaks_chinese = chinese;
	return true;
}

bool i18n_start(bool chinese)
{
	bool utf8;

	if (starts_with(wished_language(), "zh"))
		chinese = true;
	setlocale(LC_ALL, "");
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!utf8) /* what is written into files is UTF-8 all the same, and its letters are measured */
		setlocale(LC_CTYPE, "C.UTF-8");
	if (chinese)
		i18n_speak(true);
	return chinese || utf8;
}
