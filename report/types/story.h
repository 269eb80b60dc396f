/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frame of a stack tells the story: the function that decided, not the one that was watched. */
#ifndef KTREPORT_STORY_H
#define KTREPORT_STORY_H

#include "run/event.h"

/* The frame's number in the event's stack, from 0; -1 without a stack. */
int story_index(const struct event *ev);
/* Its function and its place, "net/ipv4/tcp.c:123"; NULL where they are not known. The caller frees them. */
char *story_function(const struct event *ev);
char *story_place(const struct event *ev);

#endif
