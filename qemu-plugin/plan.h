/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of a run, as gdb-scripts/ktlab/plan.py writes it: where to take what. */
#ifndef PLUGIN_PLAN_H
#define PLUGIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reg {
	REG_RAX,
	REG_RBX,
	REG_RCX,
	REG_RDX,
	REG_RSI,
	REG_RDI,
	REG_RBP,
	REG_RSP,
	REG_R8,
	REG_R9,
	REG_R10,
	REG_R11,
	REG_R12,
	REG_R13,
	REG_R14,
	REG_R15,
	REG_RIP,
	REG_COUNT
};

extern const char *const reg_names[REG_COUNT];

enum term_kind {
	TERM_REG, /* a register now */
	TERM_IN, /* a register at the function's entry */
	TERM_FIELD, /* a little-endian field of a block before; if it is zero, there is no address */
	TERM_INDEX, /* the same, but it may be zero */
	TERM_COUNT
};

struct term {
	enum term_kind kind;
	unsigned int reg;
	unsigned int block, offset, bytes, scale;
};

struct range {
	uint64_t first, end;
};

enum {
	SPANS_MAX = 8,
};

struct spans {
	struct range v[SPANS_MAX];
	size_t count;
};

/* What all who trace agree on; gdb-scripts/facts.env says of each fact what it is. */
struct facts {
	unsigned int registers[REG_COUNT]; /* of a capture, in its order: enum reg */
	struct spans memory, devices;
	unsigned int near_bytes;
};

/* Its address: the sum of the terms, each times its scale, without the bits of mask, plus add; none where that is end. */
struct block {
	struct term *terms;
	size_t term_count;
	uint64_t mask, add, end;
	unsigned int bytes; /* 0: up to the next multiple of top */
	unsigned int top;
	bool is_text; /* what a guest program writes into its comm: a marker, perhaps */
	bool is_stack; /* of a stack: it is memory also where device registers may be mapped */
};

struct takes {
	struct block *blocks;
	size_t count;
};

struct site {
	uint64_t address;
	unsigned int number; /* in the plan's order */
	unsigned int function; /* the same for all sites of one function */
	bool is_marker, is_return;
	bool has_return; /* the function's returns are watched: its entries are remembered */
	unsigned int hits; /* so far, where the plan bounds them */
	const struct takes *takes;
};

/* Where the kernel begins to handle an instruction that faulted. */
struct fault {
	uint64_t address;
	unsigned int
		fetch_mask; /* the bits of the error code that say: it could not even be fetched */
};

/* A function that may be called, by its first instruction. */
struct function {
	uint64_t address;
};

/* What a tree of calls needs to know. */
struct plan_tree {
	struct function *functions; /* by address; NULL: no tree is wanted */
	const char **names;
	size_t count;
	uint32_t root; /* its place among them */
	unsigned int stack_bytes;
	uint64_t interrupt_stack; /* address of the pointer to its end */
	struct range text[2]; /* the kernel's code */
	struct range entry; /* where the CPU comes to when it is interrupted */
};

/* A function whose instructions are recorded: its parts, the one that is entered first, then what was split off. */
enum {
	TEXT_PARTS = 2
};

struct plan_text {
	struct range parts[TEXT_PARTS];
	size_t part_count, bytes;
};

/* A part by its address: `place` is where it begins within the function. */
struct plan_part {
	uint64_t first, end;
	uint32_t text, place;
};

/* A kind of objects whose writes are recorded; bytes 0: of the length that a packet gives it. */
enum {
	KIND_SIGNS = 4
};

struct plan_kind {
	unsigned int bytes;
	unsigned int
		sign_at; /* what a pointer there is one of, where an address may have several kinds */
	uint64_t signs[KIND_SIGNS];
	size_t sign_count;
	bool has_data; /* it says where its data are: a pointer, an offset from there, and the bytes behind that */
	unsigned int data_kind, head_at, end_at, behind;
};

/* Where an object of a kind begins or ends to live: a register has its address; REG_COUNT: it is the youngest. */
struct plan_life {
	uint64_t address;
	unsigned int kind, reg;
	bool dies;
};

struct plan {
	struct facts facts;
	struct site *sites; /* by address; at one address in the plan's order */
	size_t site_count;
	struct takes *takes;
	size_t takes_count;
	unsigned int
		most; /* hits that are recorded of each site but markers, to count them; 0: all */
	bool from_boot; /* the sites are armed from the first instruction, not from the marker `ktlab start` */
	struct fault *faults;
	size_t fault_count;
	uint8_t *notes; /* the kernel's ELF notes, with its build id; NULL if the plan has none */
	size_t notes_bytes;
	uint64_t notes_address;
	struct plan_tree tree;
	struct plan_text *texts; /* as the plan has them */
	size_t text_count;
	struct plan_part *parts; /* by address */
	size_t part_count;
	unsigned int stack_bytes;
	unsigned int record_mib; /* that lines.bin and writes.bin may each have */
	struct plan_kind *kinds; /* as the plan has them */
	size_t kind_count;
	struct plan_life *lives; /* by address */
	size_t life_count;
	void *json; /* has the names */
	uint8_t sha256[32];
};

/*
 * Reads and checks a plan file. Returns NULL and a sentence in `reason` if it cannot be read or is not such a plan.
 */
struct plan *plan_new(const char *path, char *reason, size_t reason_size);
void plan_free(struct plan *plan);

/* The first site at or after an address; plan->sites + plan->site_count if there is none. */
const struct site *plan_site(const struct plan *plan, uint64_t address);

/* The function of the tree that begins at an address, or NULL. */
const struct function *plan_function(const struct plan *plan, uint64_t address);

/* The part of a recorded function that an address lies in, or NULL. */
const struct plan_part *plan_part(const struct plan *plan, uint64_t address);

/* The first of those lives that begin or end at an address, or NULL; the others follow. */
const struct plan_life *plan_life(const struct plan *plan, uint64_t address);

/* Whether an address lies in the kernel's code, or in its entry code; of a plan with a tree. */
bool plan_is_text(const struct plan *plan, uint64_t address);
bool plan_is_entry(const struct plan *plan, uint64_t address);

/* The fault that is handled at an address, or NULL. */
const struct fault *plan_fault(const struct plan *plan, uint64_t address);

#endif
