// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses the language of the reports.
#include "base/util.h"
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

/* The catalogues lie beside the program: build/locale/zh_CN/LC_MESSAGES/ktreport.mo */
static void bind_catalogues(void)
{
	char path[PATH_MAX + sizeof("/locale")];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash;

	if (len < 0)
		return;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return;
	strcpy(slash, "/locale");
	bindtextdomain("ktreport", path);
	bind_textdomain_codeset("ktreport", "UTF-8");
	textdomain("ktreport");
}

bool i18n_is_chinese(void)
{
	return strcmp(textdomain(NULL), "ktreport") == 0;
}

bool i18n_speak(bool chinese)
{
	bool before = i18n_is_chinese();

	if (!chinese) {
		textdomain("messages"); /* gettext's own default, of which there is no catalogue */
		return true;
	}
	/* gettext looks into LANGUAGE only for a locale that is not C, and zh_CN may not be there */
	setlocale(LC_ALL, "C.UTF-8");
	setenv("LANGUAGE", "zh_CN", 1);
	bind_catalogues();
	if (strcmp(_("Answers"), "Answers") != 0 || before)
		return true;
	textdomain("messages");
	return false;
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
