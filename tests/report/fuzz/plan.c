// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the reader of plans, of the plugin. Input: a plan.json.
#include "plan.h"

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], reason[256];
	struct plan *plan;

	snprintf(path, sizeof(path), "%s/plan.json", folder_with("plan.json", data, size));
	plan = plan_new(path, reason, sizeof(reason));
	if (plan) {
		plan_site(plan, plan->sites->address);
		plan_function(plan, plan->sites->address);
	}
	plan_free(plan);
	return 0;
}
