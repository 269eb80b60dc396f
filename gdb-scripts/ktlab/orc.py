# SPDX-License-Identifier: GPL-2.0-or-later
"""The callers of a hit in a kernel without frame pointers, by the tables of the kernel's own unwinder: for each instruction
objtool has written where the caller's rsp and rbp are (arch/x86/kernel/unwind_orc.c, Documentation/x86/orc-unwinder.rst).

.orc_unwind_ip has a code address a word, relative to that word; .orc_unwind the entry of each: how far rsp and rbp of the
caller are from the registers that the bits name. Where the bits are, and what a plain call is called, is in the plan, since
6.4 has others (fb799447ae29): their type is 2 for a call, and `end` is gone.
"""

import struct
from bisect import bisect_right

TABLE, ADDRESSES = ".orc_unwind", ".orc_unwind_ip"
# the symbol that only a kernel with a table has (include/asm-generic/vmlinux.lds.h)
TABLE_START = "__start_orc_unwind"
ENTRY_BYTES = 6
# arch/x86/include/asm/orc_types.h: ORC_REG_; whose value is known of the hit itself only, but for rsp and rbp
UNDEFINED, PREV_SP, BP, SP, BP_INDIRECT, SP_INDIRECT = 0, 1, 4, 5, 8, 9
BASES = {2: "rdx", 3: "rdi", BP: "rbp", SP: "rsp", 6: "r10", 7: "r13", BP_INDIRECT: "rbp", SP_INDIRECT: "rsp"}
# ORC_TYPE_CALL, without and with `end` in the entry
CALL, CALL_WITH_END = 2, 0
# Elf64_Ehdr: e_shoff, e_shentsize, e_shnum, e_shstrndx; the part of Elf64_Shdr that says where a section is
EHDR, SHDR = struct.Struct("<40xQ10xHHH"), struct.Struct("<I4x8xQQQ")


def sections(path, *names):
    """(address, bytes) of each of these sections of an ELF file."""
    with open(path, "rb") as file:
        start, size, count, strings = EHDR.unpack(file.read(EHDR.size))
        file.seek(start)
        heads = [SHDR.unpack_from(file.read(size)) for _ in range(count)]
        file.seek(heads[strings][2])
        text = file.read(heads[strings][3])
        found = {text[name:text.index(b"\0", name)].decode(): rest for name, *rest in heads}
        for name in names:
            if name not in found:
                raise ValueError("'%s' has no section %s, by which its stacks are read" % (path, name))
            address, offset, length = found[name]
            file.seek(offset)
            yield address, file.read(length)


class Orc:
    """The table of one vmlinux."""

    def __init__(self, about, vmlinux):
        self.about = about
        (base, words), (_, self.entries) = sections(vmlinux, ADDRESSES, TABLE)
        offsets = struct.unpack("<%di" % (len(words) // 4), words)
        # until 5.6 the kernel sorts them when it boots; of two at one address that which says nothing is the first
        places = sorted((base + 4 * n + offset, self._field(n, "sp_reg") != UNDEFINED, n) for n, offset in enumerate(offsets))
        self.starts, self.numbers = [place[0] for place in places], [place[2] for place in places]

    def _field(self, number, name):
        bit, bits = self.about[name]
        return struct.unpack_from("<H", self.entries, number * ENTRY_BYTES + 4)[0] >> bit & (1 << bits) - 1

    def callers(self, regs, word):
        """The return addresses, innermost first; `word` reads 8 bytes of the stack, or says None. What an interrupt or a
        system call has stopped is no caller."""
        regs, address = dict(regs), regs["rip"]
        while True:
            number = self.numbers[max(bisect_right(self.starts, address) - 1, 0)]
            base = BASES.get(self._field(number, "sp_reg"))
            if regs.get(base) is None or self._field(number, "type") != self.about["call"]:
                return
            sp = self._caller_sp(number, regs[base], word)
            caller = None if sp is None else word(sp - 8)
            if caller is None:
                return
            yield caller
            regs = {"rsp": sp, "rbp": self._caller_bp(number, sp, regs["rbp"], word)}
            address = caller - 1

    def _caller_sp(self, number, value, word):
        reg, offset = self._field(number, "sp_reg"), self._offsets(number)[0]
        if reg == SP_INDIRECT:
            # before 5.12 (87ccc826bf1c) otherwise, and then of interrupts alone
            outer = word(value)
            return None if outer is None else outer + offset
        return word(value + offset) if reg == BP_INDIRECT else value + offset

    def _caller_bp(self, number, sp, bp, word):
        """None, where it lies in no memory that was taken, ends the walk where a frame is found by it."""
        reg, offset = self._field(number, "bp_reg"), self._offsets(number)[1]
        if reg == UNDEFINED or bp is None:
            return bp
        return word((sp if reg == PREV_SP else bp) + offset)

    def _offsets(self, number):
        return struct.unpack_from("<hh", self.entries, number * ENTRY_BYTES)
