// SPDX-License-Identifier: GPL-2.0-or-later
// From an address to the functions it is in, and the line.
#include "lines/dwarf_own.h"

#include <dwarf.h>
#include <gelf.h>
#include <stdlib.h>

/* The child of a DIE that has the address, through blocks: a function that is inlined there. */
static bool inlined_find(Dwarf_Die *die, uint64_t address, Dwarf_Die *found)
{
	Dwarf_Die child;
	bool more = !dwarf_child(die, &child);

	while (more) {
		int tag = dwarf_tag(&child);
		bool holds = (tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine) &&
			     dwarf_haspc(&child, address) > 0;

		if (holds && tag == DW_TAG_inlined_subroutine) {
			*found = child;
			return true;
		}
		more = holds ? !dwarf_child(&child, &child) : !dwarf_siblingof(&child, &child);
	}
	return false;
}

/* The line whose code an address is in. */
static void line_find(struct dwarf *dwarf, Dwarf_Die *unit, uint64_t address,
		      struct dwarf_frame *frame)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	const char *path = line ? dwarf_linesrc(line, NULL, NULL) : NULL;

	if (path && !dwarf_lineno(line, &frame->line))
		frame->file = dwarf_file_of(dwarf, unit, path);
}

size_t dwarf_place(struct dwarf *dwarf, uint64_t address, struct dwarf_frame *frames, size_t most)
{
	Dwarf_Die unit, die, inner;
	size_t count = 0, file;
	int line;

	if (!dwarf_addrdie(dwarf->of, address, &unit) || !dwarf_function_die(&unit, address, &die))
		return 0;
	/* the outermost first: each says where it is called, which is a line of the one before */
	frames[count++] =
		(struct dwarf_frame){ .name = dwarf_scope_place(dwarf, &unit, &die, &file, &line) };
	while (count < most && inlined_find(&die, address, &inner)) {
		frames[count].name = dwarf_scope_place(
			dwarf, &unit, &inner, &frames[count - 1].file, &frames[count - 1].line);
		count++;
		die = inner;
	}
	line_find(dwarf, &unit, address, &frames[count - 1]);
	return count;
}

/* By the call frame information: where the caller's frame ends, which the return address lies below (System V ABI, x86-64:
 * 3.2.2; figure 3.36 has the numbers of registers), as libdw says it. */
enum dwarf_return dwarf_return_at(struct dwarf *dwarf, uint64_t address)
{
	enum {
		RSP = 7,
		RETURN_BYTES = 8
	};
	Dwarf_CFI *cfi = dwarf_getcfi(dwarf->of);
	enum dwarf_return at = RETURN_BEHIND_FRAME;
	Dwarf_Frame *frame;
	Dwarf_Op *ops;
	size_t count;

	if (!cfi || dwarf_cfi_addrframe(cfi, address, &frame))
		return at;
	if (!dwarf_frame_cfa(frame, &ops, &count) && count == 1 && ops[0].atom == DW_OP_bregx &&
	    ops[0].number == RSP)
		at = ops[0].number2 == RETURN_BYTES ? RETURN_AT_STACK : RETURN_IN_STACK;
	free(frame);
	return at;
}

const char *dwarf_symbol(struct dwarf *dwarf, uint64_t address)
{
	Elf *elf = dwarf_getelf(dwarf->of);
	const char *found = NULL;

	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		GElf_Shdr header;
		Elf_Data *data = elf_getdata(section, NULL);

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB || !data)
			continue;
		for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
			GElf_Sym symbol;

			if (gelf_getsym(data, (int)i, &symbol) &&
			    GELF_ST_TYPE(symbol.st_info) == STT_FUNC &&
			    symbol.st_value <= address &&
			    address < symbol.st_value + symbol.st_size)
				found = elf_strptr(elf, header.sh_link, symbol.st_name);
		}
	}
	return found;
}
