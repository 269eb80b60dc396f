// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads registers and memory through QEMU's plugin interface, which changes nothing in the guest. */
#include "guest.h"

#include <string.h>

const char *guest_init(struct guest *guest)
{
	GArray *list = qemu_plugin_get_registers();
	const size_t step = g_array_get_element_size(list);
	const char *missing = NULL;

	for (unsigned int reg = 0; reg < REG_COUNT; reg++) {
		for (unsigned int i = 0; i < list->len && !guest->regs[reg]; i++) {
			const qemu_plugin_reg_descriptor *known =
				(const void *)(list->data + i * step);

			if (!strcmp(known->name, reg_names[reg]))
				guest->regs[reg] = known->handle;
		}
		if (!guest->regs[reg])
			missing = reg_names[reg];
	}
	g_array_free(list, 1);
	if (!guest->bytes)
		guest->bytes = g_byte_array_new();
	return missing;
}

void guest_free(struct guest *guest)
{
	if (guest->bytes)
		g_byte_array_free(guest->bytes, 1);
	guest->bytes = NULL;
}

uint64_t guest_reg(struct guest *guest, enum reg reg)
{
	uint64_t value = 0;
	size_t bytes;

	if (reg == REG_RIP)
		return 0;
	g_byte_array_set_size(guest->bytes, 0);
	qemu_plugin_read_register(guest->regs[reg], guest->bytes);
	bytes = guest->bytes->len;
	memcpy(&value, guest->bytes->data, bytes < sizeof(value) ? bytes : sizeof(value));
	return value;
}

static bool within(const struct spans *spans, uint64_t address)
{
	for (size_t i = 0; i < spans->count; i++)
		if (spans->v[i].first <= address && address < spans->v[i].end)
			return true;
	return false;
}

bool guest_may_read(const struct facts *facts, uint64_t address, uint64_t rsp)
{
	if (within(&facts->devices, address))
		return address / facts->near_bytes == rsp / facts->near_bytes;
	return within(&facts->memory, address);
}

const uint8_t *guest_read(struct guest *guest, uint64_t address, size_t bytes)
{
	return qemu_plugin_read_memory_vaddr(address, guest->bytes, bytes) ? guest->bytes->data
									   : NULL;
}
