// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads registers and memory through QEMU's plugin interface, which changes nothing in the guest. */
#include "guest.h"

#include <string.h>

/* x86-64's memory map (the kernel's Documentation/x86/x86_64/mm.rst). */
struct span {
	uint64_t first, last;
};

static const struct span user = { 0x1000, 0x00007fffffffffff };
/* without its end, the fixmap, which has the interrupt controllers */
static const struct span kernel = { 0xffff800000000000, 0xfffffffffeffffff };
/* where ioremap() puts device registers: to read them changes the device, or asks for the time */
static const struct span devices = { 0xffffc90000000000, 0xffffe8ffffffffff };

enum {
	STACK_SPAN = 65536 /* around rsp: a stack may lie among the devices (CONFIG_VMAP_STACK) */
};

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

static bool within(const struct span *span, uint64_t address)
{
	return span->first <= address && address <= span->last;
}

bool guest_may_read(uint64_t address, uint64_t rsp)
{
	if (within(&devices, address))
		return address / STACK_SPAN == rsp / STACK_SPAN;
	return within(&kernel, address) || within(&user, address);
}

const uint8_t *guest_read(struct guest *guest, uint64_t address, size_t bytes)
{
	return qemu_plugin_read_memory_vaddr(address, guest->bytes, bytes) ? guest->bytes->data
									   : NULL;
}
