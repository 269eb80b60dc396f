# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the plan of a run: the addresses of the points, and the bytes to take at each, all from vmlinux's DWARF.

The plan is plain JSON, so that an engine needs no debug information and no knowledge of the kernel. A block of
the plan is {"name", "type", "terms", "mask", "add", "len" or "top"}: its address is the sum of the terms without
the bits of `mask`, plus `add`; where that is `end`, if the block has one, the block is absent. A term is ["reg", name], ["in", name] (the register at the function's entry),
["field", block, offset, size] (a little-endian field of a block taken before; where it is zero or absent, there is
no address) or ["index", block, offset, size] (the same, but it may be zero), each perhaps with another word: what it is
multiplied by. `len` is its length in bytes; `top`: up to the next multiple of that many bytes. `stack`: it lies
on a stack. `facts` are those of facts.env.
"""

import json
import os

import gdb

from . import counters, facts, kernel, lines, objects, orc, points, unframed
from .blocks import Blocks
from .functions import Symbols, source_root
from .layout import Layout
from .resolve import Resolver
from .tree import tree

FORMAT = 2
# The gdb engine reads the virtual clock from the HPET's main counter (10 ns a tick in QEMU).
CLOCK = {"pointer": "hpet_virt_address", "add": 0xf0, "ns": 10}

# When the points of a lab are armed, as its points file says in a line `arm: WHEN`.
ARM = ("lab", "boot")


def read_arm(path):
    """`lab`: from the marker `ktlab start` on; `boot`: from the first instruction."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            key, _, when = line.partition("#")[0].partition(":")
            if key.strip() == "arm":
                if when.strip() not in ARM:
                    raise gdb.GdbError("%s:%d: points are armed at %s, not '%s'"
                                       % (path, number, " or ".join(ARM), when.strip()))
                return when.strip()
    return ARM[0]


def read_names(path):
    """Point names of a labs/NAME/points file, one a line, each with its place for messages."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.partition("#")[0].strip()
            if line and not line.startswith("arm:"):
                yield line, "%s:%d" % (path, number)


def with_companions(asked):
    """(name, place) of the points that were asked for, each with the one that is watched with it."""
    named = {name for name, _ in asked}
    for name, place in asked:
        yield name, place
        also = points.POINTS[name].also if name in points.POINTS else None
        if also and also not in named:
            yield also, place


def make(lab, hz, extra=(), root=None, wanted=(), lenient=False):
    """The whole plan of a lab, as a dict; WANTED: of which functions the lines are recorded, too; LENIENT: without those of its points that this kernel does not allow."""
    symbols = Symbols(gdb.current_progspace().filename)
    blocks = Blocks(Layout(), symbols)
    asked = list(read_names(os.path.join(lab, "points")))
    watched = {name.partition(":")[0] for name, _ in asked}
    asked += [(name, "POINTS") for name in extra if name not in watched]
    if not asked:
        raise gdb.GdbError("%s lists no point" % os.path.join(lab, "points"))
    asked = list(with_companions(asked))
    listed = {name for name, _ in asked}
    counted = counters.Counters(blocks.layout)
    names = [(row.name, "points.py", counted.taken_by(row)) for row in points.ALWAYS if row.name not in listed]
    names += [(name, place, None) for name, place in asked]
    resolver = Resolver(blocks, symbols, lenient)
    abouts, sites, seen = [], [], set()
    for name, place, always in names:
        function = name.partition(":")[0]
        if function in seen:
            raise gdb.GdbError("%s: '%s' is listed twice" % (place, function))
        seen.add(function)
        # what was typed for this run is to be watched, and what every run watches
        asked_for = always or place == "POINTS"
        about, found = resolver.resolve(name, place, always) if asked_for else resolver.listed(name, place)
        abouts.append(about)
        sites += found
    if orc.TABLE_START not in symbols.places:
        unframed.mark(sites, gdb.current_progspace().filename)
    made = whole(symbols, blocks, abouts, sites, read_arm(os.path.join(lab, "points")), hz)
    made["counters"] = counted.names
    # the neighbours of IPv6 (net/ipv6/ndisc.c)
    made["nd_tbl"] = hex(symbols.address("nd_tbl")) if "nd_tbl" in symbols.places else None
    made["lines"] = lines.lines(symbols, sites, wanted)
    made["writes"] = objects.writes(symbols)
    if root:
        made["tree"] = tree(symbols, root)
    return made


def whole(symbols, blocks, abouts, sites, arm, hz):
    """What engines and decoders need of points and their sites."""
    clock = {"pointer": hex(symbols.address(CLOCK["pointer"])), "add": CLOCK["add"], "ns": CLOCK["ns"]}
    unwinder = {"orc": orc_entries()} if orc.TABLE_START in symbols.places else {}
    return {"format": FORMAT, "facts": facts.planned(), "arm": arm, "points": abouts, "sites": sites, "takes": blocks.lists,
            "structs": blocks.layout.structs, "enums": enums("skb_drop_reason"), "clock": clock, "hz": hz,
            "root": source_root(), "text": [hex(symbols.address(name)) for name in kernel.TEXT_RANGES],
            "faults": list(faulting(symbols)), "notes": notes(symbols), **unwinder}


def orc_entries():
    """Where the bits of an entry of the unwinder's table are, and what type a plain call has."""
    fields = {field.name: [field.bitpos - 32, field.bitsize] for field in gdb.lookup_type("struct orc_entry").fields()}
    return {"sp_reg": fields["sp_reg"], "bp_reg": fields["bp_reg"], "type": fields["type"],
            "call": orc.CALL_WITH_END if "end" in fields else orc.CALL}


def faulting(symbols):
    """[address, bits of the error code that mean a fetch] of each fault: for counting instructions."""
    for name, fetch in kernel.FAULTS.items():
        known = [n for n in ("asm_exc_" + name, name) if n in symbols.places]
        if known:
            yield [hex(symbols.address(known[0])), fetch]


def notes(symbols):
    """The kernel's ELF notes, which have its build id: they tell it from another kernel."""
    start, stop = symbols.address("__start_notes"), symbols.address("__stop_notes")
    return {"address": hex(start), "bytes": bytes(gdb.selected_inferior().read_memory(start, stop - start)).hex()}


def enums(*names):
    """{enum: {value: name without the prefix that all have}} of those that this kernel has."""
    found = {}
    for name in names:
        try:
            fields = gdb.lookup_type("enum " + name).fields()
        except gdb.error:
            continue
        prefix = os.path.commonprefix([field.name for field in fields])
        found[name] = {str(field.enumval): field.name[len(prefix):] for field in fields}
    return found


def store(made, path):
    text = json.dumps(made, separators=(",", ":"))
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(path + ".new", path)
