// SPDX-License-Identifier: GPL-2.0-or-later
// What several output forms share: escaping, and links to the kernel's source.
#include "forms/form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void escape_markup(struct str *out, const char *text)
{
	static const char from[] = "&<>\"'";
	static const char *const to[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	struct str safe = { 0 };
	const char *found;

	text_safe(&safe, text, true);
	for (const char *p = str_text(&safe); *p; p++) {
		found = strchr(from, *p);
		if (found)
			str_add(out, to[found - from]);
		else
			str_addc(out, *p);
	}
	str_free(&safe);
}

/* "5.4.286", without a distribution's additions: only that is a tag of the stable tree. */
static bool is_plain_release(const char *release)
{
	return release && *release && strspn(release, "0123456789.") == strlen(release);
}

bool source_is_plain(const char *file)
{
	for (; *file; file++)
		if (!isalnum((unsigned char)*file) && !strchr("/._-+:", *file))
			return false;
	return true;
}

/* The tag of 5.4.0 is v5.4. */
static int tag_len(const char *release)
{
	size_t len = strlen(release);
	const char *dot = strchr(release, '.');

	if (dot && strchr(dot + 1, '.') && strcmp(release + len - 2, ".0") == 0)
		len -= 2;
	return (int)len;
}

char *source_link(const struct trace *trace, const char *file, int64_t line)
{
	if (!is_plain_release(trace->release) || !file || !*file || !source_is_plain(file))
		return NULL;
	return xasprintf("https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/tree/"
			 "%s?h=v%.*s#n%lld",
			 file, tag_len(trace->release), trace->release, (long long)line);
}
