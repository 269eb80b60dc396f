# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the points of a lab in this kernel: from a name to sites, each with its address and the blocks to take."""

import difflib

import gdb

from . import points
from .arguments import Binding, Lost, sized, struct_behind
from .entries import Entries
from .functions import Function
from .inline import inlined_places
from .without import without_six

# From a struct to the network namespace it belongs to.
NAMESPACE = {"common": "net:net={0}.net", "sock": "net:net={0}.net", "dev": "net:net={0}.net", "net": "net:net={0}",
             "skb": "dev_:dev={0}.dev net:net=dev_.net", "neigh": "dev_:dev={0}.dev net:net=dev_.net"}

# Places at most where a function without a row is watched that has no code of its own.
MOST_PLACES = 100

# Points that every run watches, of whatever kernel.
NEEDED = {row.name for row in points.ALWAYS}


class Resolver:
    """How each point was resolved, and its sites."""

    def __init__(self, blocks, symbols, lenient=False):
        """LENIENT: a lab's point that this kernel does not allow is left out, and the plan says why."""
        self.blocks, self.symbols, self.lenient = blocks, symbols, lenient
        self.entries = Entries(gdb.current_progspace().filename)

    def listed(self, name, place):
        """The same as resolve() for a point that a lab lists."""
        try:
            return self.resolve(name, place)
        except gdb.GdbError as error:
            if not self.lenient or name not in points.POINTS or name in NEEDED:
                raise
            why = str(error)[len(place) + 2:] if str(error).startswith(place + ": ") else str(error)
            return {"name": name, "as": "left_out", "fn": name, "places": 0, "at": [], "note": why, "always": False}, []

    def resolve(self, name, place, always=None):
        """The point of a name and its sites; ALWAYS: the row of one that no lab asked for."""
        row, wanted = always or points.POINTS.get(name), None
        if not row:
            row, wanted = self._any_function(name, place)
            name = row.name
        watched = next((fn for fn in row.fn.split("|") if self._is_there(fn, row)), row.fn.split("|")[-1])
        row = row._replace(fn=watched, takes=row.takes + (points.LEAVES_TAKE if name in points.LEAVES else ""))
        function = Function(row.fn, self.symbols)
        if function.copies > 1:
            raise gdb.GdbError("%s: this kernel has %d functions %s" % (place, function.copies, row.fn))
        inlined = list(inlined_places(row.fn)) if row.inlined else []
        if not function.copies and not inlined:
            raise gdb.GdbError("%s: %s" % (place, without_six(row.fn, self.symbols.places) or "this kernel has no function %s; near names: %s"
                                           % (row.fn, ", ".join(self.symbols.near(row.fn)))))
        sites = list(self._sites(row, function, place, wanted)) if function.copies else []
        sites += [self._inlined(row, where, place, wanted) for where in inlined]
        own = row.fn.partition(".")[0] == name
        how = "substituted" if not own else "out_of_line" if function.copies else "inlined"
        about = {"name": name, "as": how, "fn": row.fn.partition(".")[0],
                 "places": len(sites_at(sites, "enter")) + len(inlined) if own else sum(1 for _ in inlined_places(name)),
                 "at": sorted({site["at"] for site in sites}), "note": row.note, "always": bool(always)}
        return about, sites

    def _is_there(self, name, row):
        """Whether this kernel has a function: with code of its own, or only inlined where a row can do with that."""
        return name in self.symbols.places or bool(
            row.inlined and row.returns is None and not self._clones(name) and next(inlined_places(name), None))

    def _any_function(self, text, place):
        """A point that has no row: FUNCTION or FUNCTION:ARG,ARG; and the arguments asked for, none: all."""
        name, _, wanted = text.partition(":")
        if name not in self.symbols.places:
            count = sum(1 for _ in inlined_places(name))
            if not count or name in points.POINTS or self._clones(name):
                raise gdb.GdbError("%s: %s" % (place, self._absent(name)))
            if count > MOST_PLACES:
                raise gdb.GdbError("%s: '%s' is inlined at %d places, more than %d" % (place, name, count, MOST_PLACES))
        return points.point(name, "any_call", ""), list(filter(None, wanted.split(",")))

    def _clones(self, name):
        """The compiler's own versions of a function."""
        return sorted(found for found in self.symbols.places if found.startswith(name + "."))

    def _absent(self, name):
        """Why a function cannot be watched by its name and arguments, and what can be instead."""
        if name in points.POINTS:
            return "what '%s' shows stands in its row of points.py; write it without arguments" % name
        if self._clones(name):
            return "this kernel has '%s' only with other arguments, as %s" % (name, ", ".join(self._clones(name)))
        if without_six(name, self.symbols.places):
            return without_six(name, self.symbols.places)
        near = difflib.get_close_matches(name, points.POINTS, 3, 0.6) or self.symbols.near(name)
        return "no point or function is called '%s'; near names: %s" % (name, ", ".join(near))

    def _sites(self, row, function, place, wanted):
        about = "%s: %s" % (place, row.fn)
        entry = {"point": row.name, "fn": row.fn.partition(".")[0], "decode": row.decode, "at": "enter", "file": function.file,
                 "line": function.line, "addr": hex(function.entry), "ret": function.ret}
        entry.update(self._taken(row.takes, row, Binding(function.arguments, about, self.blocks.layout), wanted))
        yield entry
        if row.returns is None:
            return
        again = self._taken(row.takes if row.returns is True else row.returns, row,
                            Binding(function.arguments, about, self.blocks.layout, "return"), wanted)
        count = 0
        for addr, line in function.returns():
            count += 1
            yield dict(entry, at="return", addr=hex(addr), line=line, **again)
        if not count:
            raise gdb.GdbError("%s has no return instruction" % about)

    def _inlined(self, row, where, place, wanted):
        if row.returns is not None:
            raise gdb.GdbError("%s: %s is inlined at %s:%d, where its return cannot be watched"
                               % (place, row.fn, where.file, where.line))
        about = "%s: %s (inlined at %s:%d)" % (place, row.fn, where.file, where.line)
        try:
            where.find_entry(self.entries)
        except gdb.GdbError as error:
            raise gdb.GdbError("%s: %s" % (place, error))
        pc, arguments = where.pc, list(where.arguments())
        if any(isinstance(argument.where, Lost) for argument in arguments):
            pc, arguments = where.call(row.calls.split("|"), self.symbols) or (pc, arguments)
        site = {"point": row.name, "fn": row.fn, "decode": row.decode, "at": "line", "file": where.file,
                "line": where.line, "addr": hex(pc), "ret": None}
        site.update(self._taken(row.takes, row, Binding(arguments, about, self.blocks.layout), wanted))
        return site

    def _taken(self, takes, row, binding, wanted):
        """What is taken at a site: {"takes": the number of its blocks, "args": the values of arguments}."""
        text, values = binding.text(takes + " " + row.values if wanted is None else any_takes(binding, wanted))
        number = self.blocks.number(text)
        args = []
        for name, where, type_ in values:
            terms, add = self.blocks.value(number, where)
            args.append(dict(sized(type_), name=name, terms=terms, add=add))
        if wanted is not None:
            args = any_args(binding, args, wanted)
        return {"takes": number, "args": args}


def any_takes(binding, wanted):
    """The text of a point without a row: those arguments that were asked for, with what their pointers lead to."""
    takes = []
    for name in wanted or binding.arguments:
        if not wanted and isinstance(binding.arguments[name].where, Lost):
            continue
        takes.append(name)
        _, type_ = binding.find(name)
        struct = struct_behind(type_)
        if struct:
            takes.append("at_%s:%s=%s" % (name, struct, name))
            if not any(block.startswith("net:") for block in takes):
                takes += NAMESPACE.get(struct, "").format(name if struct == "net" else "at_" + name).split()
    return " ".join(takes)


def any_args(binding, args, wanted):
    """Each argument with our name of the struct that it leads to; of one that is nowhere, why."""
    found = {arg["name"]: dict(arg, struct=struct_behind(binding.arguments[arg["name"]].type)) for arg in args}
    return [found.get(name) or {"name": name, "lost": argument.where} for name, argument in binding.arguments.items()
            if name in found or not wanted]


def sites_at(sites, at):
    return [site for site in sites if site["at"] == at]
