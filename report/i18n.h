/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks what is for people, so that a catalogue can translate it. */
#ifndef KTREPORT_I18N_H
#define KTREPORT_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text /* translated where it is used */

#endif
