/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin says: to the supervisor, and why it cannot go on. */
#ifndef PLUGIN_SAY_H
#define PLUGIN_SAY_H

/* Ends QEMU with a sentence on stderr, which is then QEMU's last. */
__attribute__((noreturn, format(printf, 1, 2))) void say_refuse(const char *format, ...);

/* A line for the supervisor on stdout. */
__attribute__((format(printf, 1, 2))) void say_tell(const char *format, ...);

#endif
