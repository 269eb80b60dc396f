/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks what is for people, so that a catalogue (report/po) can translate it. */
#ifndef KTREPORT_I18N_H
#define KTREPORT_I18N_H

#include <libintl.h>
#include <stdbool.h>

/* gettext gives its header for the empty text, which must stay empty. */
#define _(text) (*(text) ? gettext(text) : "")
#define N_(text) text /* translated where it is written */

/*
 * Chooses the language: Chinese when asked for, or when the environment says so. Tells whether a
 * terminal of this environment takes UTF-8.
 */
bool i18n_start(bool chinese);

/* Goes on in Chinese, or in English; false, and nothing changes, where there is no catalogue. */
bool i18n_speak(bool chinese);
bool i18n_is_chinese(void);

#endif
