# SPDX-License-Identifier: GPL-2.0-or-later
"""The symbols and functions of vmlinux: where they are, and in which file of the kernel tree."""

import difflib
import re
import subprocess

import gdb

from . import kernel
from .arguments import by_convention
from .layout import walk
from .locations import locations

# What a function returns, as an event shows it.
RETURNS = {gdb.TYPE_CODE_PTR: "pointer", gdb.TYPE_CODE_VOID: "void"}


class Symbols:
    """Every symbol of vmlinux with its size, from nm: DWARF has neither the parts that the compiler split off as
    `.cold` nor a quick list of all names."""

    def __init__(self, vmlinux):
        self.places, self.functions = {}, []
        listing = subprocess.run(["nm", "-S", "--defined-only", vmlinux], check=True, stdout=subprocess.PIPE)
        for line in listing.stdout.decode().splitlines():
            words = line.split()
            size = int(words[1], 16) if len(words) == 4 else 0
            self.places.setdefault(words[-1], []).append((int(words[0], 16), size))
            if words[-2] in "tTwW":
                self.functions.append((int(words[0], 16), size, words[-1]))

    def address(self, name):
        """Where a variable is, by the first of its names that this kernel has: a symbol, or a member of one."""
        for path in [name] + kernel.MOVED.get(name, []):
            symbol, _, member = path.partition(".")
            if symbol in self.places:
                return self.places[symbol][0][0] + (offset(symbol, member) if member else 0)
        raise gdb.GdbError("this kernel has no symbol %s" % " or ".join([name] + kernel.MOVED.get(name, [])))

    def near(self, name):
        stem = name.strip("_")
        return difflib.get_close_matches(name, [n for n in self.places if stem[:4] in n], 3, 0.6) or ["none"]


def offset(variable, member):
    """Of a member of the struct that a variable is, in bytes."""
    found = walk(gdb.lookup_global_symbol(variable).type, [member])
    if not found:
        raise gdb.GdbError("%s of this kernel has no member %s" % (variable, member))
    return found[0] // 8


class Function:
    """Where a function of the kernel is: its parts in memory, the entry first, and its source line."""

    def __init__(self, name, symbols):
        self.parts = symbols.places.get(name, [])[:1] + symbols.places.get(name + ".cold", [])
        self.copies = len(symbols.places.get(name, []))
        self.entry = self.parts[0][0] if self.copies else 0
        block = gdb.block_for_pc(self.entry) if self.entry else None
        # not one that is inlined right at the entry, where no frame is set up
        while block and not (block.function and (block.superblock.is_static or block.superblock.is_global)):
            block = block.superblock
        if self.copies and not block:
            raise gdb.GdbError("this kernel has no debug information for %s" % name)
        if block:
            self.arguments = list(self._arguments(name, block))
            self.file, self.line = source_path(block.function.symtab), block.function.line
            self.ret = RETURNS.get(block.function.type.target().strip_typedefs().code, "int")

    def _arguments(self, name, block):
        symbols = [symbol for symbol in block if symbol.is_argument]
        if "." not in name:
            return by_convention(symbols)
        # the compiler's own version of a function may have fewer arguments, and others where they were
        return locations(self.entry, block, symbols, "rsp+8")

    def returns(self):
        """Addresses of its return instructions, each with its source line."""
        arch = gdb.selected_inferior().architecture()
        for start, size in self.parts:
            for step in arch.disassemble(start, start + size - 1):
                # CONFIG_RETHUNK (5.19) turns ret into a jump to one return instruction
                if re.search(r"\bretq?\b|__x86_return_thunk", step["asm"]):
                    yield step["addr"], gdb.find_pc_line(step["addr"]).line


def source_root():
    """The folder that the kernel was built from, as DWARF has it, with a slash at its end."""
    symtab = gdb.lookup_global_symbol("start_kernel").symtab
    # of a kernel that was built in its tree, DWARF has the paths in it
    return (symtab.filename if symtab.filename.startswith("/") else symtab.fullname())[:-len("init/main.c")]


def source_path(symtab):
    """Path in the kernel tree."""
    root = source_root()
    return symtab.filename[len(root):] if symtab.filename.startswith(root) else symtab.filename
