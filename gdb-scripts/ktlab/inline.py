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


class Inlined:
    """A place where a function is inlined, as `break NAME` finds it."""

    def __init__(self, pc, block):
        self.pc, self.block = pc, block
        outer = block.superblock
        while not outer.function:
            outer = outer.superblock
        self.into = outer.function.name
        place = gdb.find_pc_line(pc)
        self.file, self.line = source_path(place.symtab), place.line

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
        block = gdb.block_for_pc(place.pc)
        while block and not (block.function and block.function.name == name):
            block = block.superblock
        if block and not (block.superblock.is_static or block.superblock.is_global):
            yield Inlined(place.pc, block)
