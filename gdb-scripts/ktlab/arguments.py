# SPDX-License-Identifier: GPL-2.0-or-later
"""A function's arguments by their names, from DWARF: where each is at one place, and a row's text with that put in.

Where an argument is: a sum of registers and numbers (`rdi`, `rbp+-24`, `4096`), `[sum]` for the memory there, or a
Lost with the reason why it is nowhere.
"""

import re
from collections import namedtuple

import gdb

from . import kernel

# type: as DWARF has it, where: a text as above or a Lost
Argument = namedtuple("Argument", "name type where")


class Lost(str):
    """What an argument is that cannot be read: `optimised out`."""


# System V ABI for AMD64, 3.2.3: the registers that carry integers and pointers into a function
CONVENTION = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")

# What a part of an address may say of an argument: its value, what a member holds that it points to, or where that is.
EXPRESSION = re.compile(r"(&?)([A-Za-z_]\w*)(?:->(\w+))?$")
ALTERNATIVES = re.compile(r"&?[A-Za-z_]\w*(->\w+)?(\|&?[A-Za-z_]\w*(->\w+)?)*\??$")
REGISTERS = ("rax", "rsp")
WORD = re.compile(r"(\w+)(?::(\w+))?(?:=(\S+))?$")

# include/uapi/linux/types.h: values in network order, and how an event shows them
NETWORK_ORDER = {"__be16": "port", "__be32": "ip"}


def by_convention(symbols):
    """The arguments of a function at its entry, by their order."""
    free, stack = list(CONVENTION), 8
    for symbol in symbols:
        words = (symbol.type.sizeof + 7) // 8
        if words > 2 or words > len(free):
            where, stack = "[rsp+%d]" % stack, stack + 8 * words
        else:
            where = free[0] if words else "0"
            del free[:words]
        if words > 1:
            where = Lost("a struct passed by value")
        yield Argument(symbol.name, symbol.type, where)


def sized(type_):
    """What DWARF says of a value of this type: {"bytes", "signed", "how"}; `how` is null for a plain number."""
    how = None
    while type_.code == gdb.TYPE_CODE_TYPEDEF and not how:
        how, type_ = NETWORK_ORDER.get(type_.name), type_.target()
    type_ = type_.strip_typedefs().unqualified()
    if type_.code == gdb.TYPE_CODE_PTR:
        how = "ptr"
    elif type_.code == gdb.TYPE_CODE_BOOL:
        how = "bool"
    return {"bytes": type_.sizeof, "signed": type_.code == gdb.TYPE_CODE_INT and type_.is_signed, "how": how}


def struct_behind(type_):
    """Our name of the struct that a pointer leads to, or None. A pointer to any kind of sock may lead to a TCP one,
    so only what they all begin with is read."""
    type_ = type_.strip_typedefs()
    if type_.code != gdb.TYPE_CODE_PTR:
        return None
    target = type_.target().strip_typedefs().unqualified()
    if target.code != gdb.TYPE_CODE_STRUCT:
        return None
    return next((name for name, (ctype, _) in kernel.STRUCTS.items() if ctype == target.name), None)


class Binding:
    """Puts the places of a function's arguments into the text of a row."""

    def __init__(self, arguments, about, layout, at="enter"):
        """`about` begins a sentence about what is missing."""
        self.arguments = {argument.name: argument for argument in arguments}
        self.about, self.layout, self.at = about, layout, at

    def text(self, takes):
        """(the blocks, [(name, where, type)] of the values that the text asks for)."""
        blocks, values = [], []
        for word in takes.split():
            match = WORD.match(word)
            name, type_, address = match.groups() if match else (None, None, None)
            if not match or type_ and not address:
                raise gdb.GdbError("points.py: cannot read the block '%s'" % word)
            if type_:
                blocks += self._block(name, type_, address)
            elif self.at != "return":
                found = self.find(address or name)
                if found:
                    values.append((name,) + found)
        for number, (name, where, type_) in enumerate(values):
            if where.startswith("["):
                blocks.append("arg_%s:%d=%s" % (name, type_.sizeof, where[1:-1]))
                values[number] = name, "arg_%s.ptr" % name, type_
        return " ".join(blocks), values

    def _block(self, name, type_, address):
        """A block, after those that it needs; none without an argument that may be missing."""
        before, parts = [], re.split(r"(&~|\+)", address)
        for number, part in enumerate(parts):
            if not ALTERNATIVES.match(part) or part in REGISTERS:
                continue
            found = self.find(part)
            if not found:
                return []
            where = found[0]
            if where.startswith("["):
                before.append("arg_%s:8=%s" % (name, where[1:-1]))
                where = "arg_%s.ptr" % name
            parts[number] = where
        return before + ["%s:%s=%s" % (name, type_, "".join(parts))]

    def find(self, text):
        """(where, type) of the first of `a|b` that there is; None if it is marked as one that may be missing."""
        wanted = text.rstrip("?").split("|")
        for expression in wanted:
            address, name, member = EXPRESSION.match(expression).groups()
            argument = self.arguments.get(name)
            if not argument:
                continue
            if isinstance(argument.where, Lost):
                raise gdb.GdbError("%s: its argument '%s' is %s there" % (self.about, name, argument.where))
            if member:
                return self._member(argument, member, address)
            return self._where(argument), argument.type
        if text.endswith("?"):
            return None
        raise gdb.GdbError("%s has no argument %s; it has %s" % (
            self.about, " or ".join("'%s'" % name for name in wanted), ", ".join(self.arguments) or "none"))

    def _where(self, argument):
        if self.at != "return":
            return argument.where
        if argument.where not in CONVENTION:
            raise gdb.GdbError("%s: its argument '%s' is on the stack, where it may be gone when it returns"
                               % (self.about, argument.name))
        return "in." + argument.where

    def _member(self, argument, member, address):
        """(where, type) of a member of the struct that an argument points to."""
        found = self.layout.member(argument.type, member)
        if not found:
            raise gdb.GdbError("%s: its argument '%s' points to nothing that has a '%s'"
                               % (self.about, argument.name, member))
        offset, type_ = found
        where = "%s+%d" % (self._where(argument), offset)
        return where if address else "[%s]" % where, type_
