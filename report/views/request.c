// SPDX-License-Identifier: GPL-2.0-or-later
// Which events the user wants to see.
#include "views/view.h"

size_t request_events(const struct request *rq)
{
	size_t n = rq->trace->events.n;

	return rq->most && rq->most < n ? rq->most : n;
}

bool request_wants(const struct request *rq, const struct event *ev)
{
	return !ev->hidden && (!rq->filter || expr_holds(rq->filter, ev, NULL));
}
