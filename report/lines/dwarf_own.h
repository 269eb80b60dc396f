/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files share that read vmlinux by libdw: for dwarf*.c alone. */
#ifndef KTREPORT_DWARF_OWN_H
#define KTREPORT_DWARF_OWN_H

#include "lines/dwarf.h"

#include <elfutils/libdw.h>

struct dwarf {
	Dwarf *of;
	int fd;
	char *root; /* the folder that the kernel was built from, with its slash; NULL: not known yet */
	struct names *names;
	VEC(const char *) files;
	size_t file_last; /* the one that was asked for last */
	const char *path_last; /* and how DWARF calls it */
};

/* The place of a file, which a unit may name from the folder that it was compiled in. */
size_t dwarf_file_of(struct dwarf *dwarf, Dwarf_Die *unit, const char *path);

/* The function among the children of a DIE whose code has an address. */
bool dwarf_function_die(Dwarf_Die *unit, uint64_t address, Dwarf_Die *found);

/* The name of a function or of what is inlined, "?" if it has none; with the file and line where it is called or declared. */
const char *dwarf_scope_place(struct dwarf *dwarf, Dwarf_Die *unit, Dwarf_Die *die, size_t *file,
			      int *line);

#endif
