/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a route was found: the tables that were searched for it. */
#ifndef KTREPORT_ROUTES_H
#define KTREPORT_ROUTES_H

#include "run/trace.h"

/* The search of a table before this event, on its node, with no whole lookup's result between; NULL: there is none. */
const struct event *search_before(const struct trace *trace, const struct event *ev);
/* Whether this search, one of those before the result, was made for it. */
bool search_is_of(const struct event *search, const struct event *result);
/* The call of the user's own rule that it was made in, or NULL. */
const struct event *search_rule(const struct trace *trace, const struct event *search);
/* The type of the route that ended it with its error ("blackhole"), or NULL. */
const char *search_refused_by(const struct event *search);

#endif
