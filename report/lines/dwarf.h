/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What vmlinux's DWARF says of code, by libdw: lines, inlined functions, the folders of the source tree. */
#ifndef KTREPORT_DWARF_H
#define KTREPORT_DWARF_H

#include "base/util.h"

struct dwarf;

/* A function that is inlined, where it is called; the first one of a function's list is itself, and its own parent. */
struct dwarf_scope {
	const char *name; /* lives as long as the dwarf */
	size_t parent;
	size_t call_file; /* place in the files; of the function itself, where it is declared */
	int call_line;
};

/* An instruction that a line begins with. */
struct dwarf_row {
	uint64_t address;
	size_t file;
	int line;
	size_t scope;
};

struct dwarf_function {
	VEC(struct dwarf_scope) scopes;
	VEC(struct dwarf_row) rows; /* by address */
};

struct dwarf_range {
	uint64_t first, end;
};

/* Opens vmlinux; NULL with a sentence in *error, which the caller frees. */
struct dwarf *dwarf_open(const char *vmlinux, char **error);
void dwarf_close(struct dwarf *dwarf);

/* Paths in the source tree, in the order in which they were met. */
size_t dwarf_file_count(const struct dwarf *dwarf);
const char *dwarf_file(const struct dwarf *dwarf, size_t file);

/* The function that begins at the first range's start, with its rows in all ranges; false if DWARF knows none there. The
 * caller empties it by dwarf_function_free(). */
bool dwarf_function(struct dwarf *dwarf, const struct dwarf_range *ranges, size_t count,
		    struct dwarf_function *function);
void dwarf_function_free(struct dwarf_function *function);

/* A function that an address is in, and the line of it: its own, or where it calls what is inlined. */
struct dwarf_frame {
	const char *name;
	size_t file;
	int line;
};

/* The functions that an address is in, the outermost first, then what is inlined; at most so many. Returns their number, 0
 * where DWARF knows no function. */
size_t dwarf_place(struct dwarf *dwarf, uint64_t address, struct dwarf_frame *frames, size_t most);

/* Where the return address of the function is, at an address in it: behind the frame pointer; at the stack's end, where the
 * function has no frame, not yet or not any more; or deeper in the stack, where its frame is half made. */
enum dwarf_return {
	RETURN_BEHIND_FRAME,
	RETURN_AT_STACK,
	RETURN_IN_STACK
};

enum dwarf_return dwarf_return_at(struct dwarf *dwarf, uint64_t address);

/* The function that the table of symbols has there, which may be one that DWARF does not know; or NULL. */
const char *dwarf_symbol(struct dwarf *dwarf, uint64_t address);

/* Gives the ranges of code of each file whose path begins with the folder; returns how many files there are. */
size_t dwarf_folder(struct dwarf *dwarf, const char *folder,
		    void (*give)(const struct dwarf_range *range, void *data), void *data);

#endif
