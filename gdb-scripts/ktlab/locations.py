# SPDX-License-Identifier: GPL-2.0-or-later
"""Where arguments are at one pc, by their names, from DWARF's location lists in the words of GDB's `info scope`.

At an inlined function DWARF lists the arguments in any order, and GDB those of its type in reverse: only the name
tells which is which.
"""

import re

import gdb

from .arguments import Argument, Lost

RANGE = re.compile(r"^  Range (0x\w+)-(0x\w+): ", re.M)
# GDB's words for a location, and the text of arguments.py for it; {0} …: the groups, frame: the frame's address
FORMS = (
    (r"a variable in \$(\w+)$", "{0}"),
    (r"a variable at offset (-?\d+) from base reg \$(\w+)$", "[{1}+{0}]"),
    (r"a variable at frame base reg \$(\w+) offset (?:\d+\+)?(-?\d+)$", "[{0}+{1}]"),
    (r"the constant (-?\d+)$", "{0}"),
    (r"a constant with value (-?\d+) ", "{0}"),
    (r"static storage at address (0x\w+)$", "[{0}]"),
    (r"DW_OP_addr (0x\w+)$", "[{0}]"),
    (r"DW_OP_fbreg (-?\d+)$", "[{frame}+{0}]"),
    (r"DW_OP_fbreg (-?\d+) DW_OP_stack_value$", "{frame}+{0}"),
    (r"DW_OP_breg\d+ (-?\d+) \[\$(\w+)\] DW_OP_stack_value$", "{1}+{0}"),
    (r"DW_OP_lit(\d+) DW_OP_stack_value$", "{0}"),
    (r"DW_OP_const\d+[us] (-?\d+) DW_OP_stack_value$", "{0}"),
    (r"DW_OP_addr (0x\w+) DW_OP_stack_value$", "{0}"),
)
# GDB's words for what is nowhere, and those of a sentence that says so
REASONS = (
    (r"optimized out$", "optimised out"),
    (r"DW_OP_GNU_(entry_value|parameter_ref)", "optimised out, but for its callers"),
)


def locations(pc, block, symbols, frame):
    """The Argument of each symbol of a function's block at `pc`. `frame`: DWARF's canonical frame address there, or a
    Lost."""
    text = scope(pc, block) if symbols else ""
    for symbol in symbols:
        where = text if isinstance(text, Lost) else place(text, symbol.name, pc, frame)
        if symbol.type.sizeof > 8:
            where = Lost("a struct passed by value")
        yield Argument(symbol.name, symbol.type, where)


def scope(pc, block):
    """What GDB says of the variables of a block. It names those of the innermost function at an address: where
    another one is inlined at `pc`, too, an address is asked at which there is none; its ranges are the same."""
    wanted = block.start, block.end, block.function.name
    for address in range(block.start, block.end):
        inner = gdb.block_for_pc(address)
        while inner and not inner.function:
            inner = inner.superblock
        if inner and (inner.start, inner.end, inner.function.name) == wanted:
            try:
                return gdb.execute("info scope *%#x" % address, to_string=True)
            except gdb.error as error:
                # one that this GDB cannot read hides the others
                return Lost("not to be told (%s)" % error)
    return Lost("not to be told, as all of the function is inlined in its turn")


def place(text, name, pc, frame):
    """Where one variable is. A function's own are listed after those of the blocks in it."""
    about = re.findall(r"^Symbol %s is (.*?)(?=^Symbol |\Z)" % re.escape(name), text, re.M | re.S)
    if not about:
        return Lost("optimised out")
    found = re.sub(r"(, length \d+)?\.\s*\Z", "", about[-1])
    if found.startswith("multi-location:"):
        pieces = RANGE.split(found)[1:]
        found = next((words for low, high, words in zip(*[iter(pieces)] * 3) if int(low, 16) <= pc < int(high, 16)),
                     "optimized out")
    words = " ".join(re.sub(r"^a complex DWARF expression:|^ +\d+: ", "", found, flags=re.M).split())
    for form, where in FORMS:
        match = re.match(form, words)
        if match:
            lost = isinstance(frame, Lost) and "frame" in where
            return frame if lost else where.format(*match.groups(), frame=frame)
    return next((Lost(reason) for form, reason in REASONS if re.match(form, words)), Lost("an expression (%s)" % words))
