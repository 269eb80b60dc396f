/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks what is for people, so that a catalogue (report/po) can translate it. */
#ifndef KTREPORT_I18N_H
#define KTREPORT_I18N_H

#include <stdbool.h>

#define _(text) i18n_text(text)
#define N_(text) text /* translated where it is written */

/* A text in the language that is spoken; as it is where it has no translation. */
const char *i18n_text(const char *text) __attribute__((format_arg(1)));

/*
 * Chooses the language: Chinese when asked for, or when the environment says so. Tells whether a
 * terminal of this environment takes UTF-8.
 */
bool i18n_start(bool chinese);

/* Goes on in Chinese, or in English; false, and nothing changes, where there is no catalogue. */
bool i18n_speak(bool chinese);
bool i18n_is_chinese(void);

#endif
