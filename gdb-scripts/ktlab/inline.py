# SPDX-License-Identifier: GPL-2.0-or-later
"""The places where a function is inlined."""

import re

import gdb

from .arguments import CONVENTION, Lost
from .functions import Function, source_path
from .locations import locations

# instructions: one that calls a function or ends in it, and one behind which others may follow than the next
CALL = re.compile(r"(?:call|jmp)q? +0x\w+ <(\w+)>$")
BRANCH = re.compile(r"j|ret|ud2|iret|sysret|loop")

# a block that spans more lies in pieces: parts of functions that run seldom stand far away
PIECE_BYTES = 4096


class Inlined:
    """A place where a function is inlined, as `break NAME` finds it."""

    def __init__(self, pc, block):
        self.pc, self.block = pc, block
        # GDB has for an inlined function the line that calls it
        self.file, self.line = source_path(block.function.symtab), block.function.line

    def find_entry(self, entries):
        """Makes `pc` the address where it is entered, which ENTRIES tells of code that lies in pieces."""
        name = self.block.function.name
        if is_whole(self.block, name):
            return
        found = {pc for pc in entries.of(name, self.block.start) if is_same(self.block, block_of(name, pc))}
        if len(found) != 1:
            raise gdb.GdbError("'%s' is inlined at %s:%d in pieces, and DWARF does not say where they are entered"
                               % (name, self.file, self.line))
        self.pc = found.pop()

    def arguments(self):
        symbols = [symbol for symbol in self.block if symbol.is_argument]
        return locations(self.pc, self.block, symbols, self._frame())

    def call(self, names, symbols):
        """(address, arguments) of the instruction that calls one of these functions, where every way from here comes by it: its
        arguments are where the convention puts them. None without one."""
        for step in gdb.selected_inferior().architecture().disassemble(self.pc, self.block.end - 1):
            called = CALL.match(step["asm"])
            if called and called.group(1) in names:
                callee = Function(called.group(1), symbols)
                return step["addr"], [argument for argument in callee.arguments if argument.where in CONVENTION]
            if BRANCH.match(step["asm"]):
                return None
        return None

    def _frame(self):
        """The frame's address, from the frame pointer once the function around has set it."""
        around = self.block
        while not (around.superblock.is_static or around.superblock.is_global):
            around = around.superblock
        entry = int(around.function.value().address)
        if entry < self.pc < around.end:
            code = gdb.selected_inferior().architecture().disassemble(entry, self.pc - 1)
            if any(re.search(r"\bmov +%rsp,%rbp", step["asm"]) for step in code):
                return "rbp+16"
        return Lost("on a stack whose frame is not set up")


def inlined_places(name):
    """Every place where a function is inlined."""
    try:
        places = gdb.decode_line(name)[1] or ()
    except gdb.error:
        return
    for place in places:
        block = block_of(name, place.pc)
        if block and not (block.superblock.is_static or block.superblock.is_global):
            yield Inlined(place.pc, block)


def block_of(name, pc):
    block = gdb.block_for_pc(pc)
    while block and not (block.function and block.function.name == name):
        block = block.superblock
    return block


def is_same(block, other):
    return other is not None and (other.start, other.end) == (block.start, block.end)


def is_whole(block, name):
    """Whether a block lies in one piece: all that is between its start and its end belongs to it."""
    return block.end - block.start <= PIECE_BYTES and all(
        is_same(block, block_of(name, pc)) for pc in range(block.start, block.end))
