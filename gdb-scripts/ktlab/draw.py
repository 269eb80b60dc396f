# SPDX-License-Identifier: GPL-2.0-or-later
"""Plans of functions drawn at random, with their returns, for `make prove WATCH=random`; and what runs of one show.

A function can be drawn if the kernel's own tracer could trace it: it begins with a call of __fentry__. So entry code,
what the tracer itself needs, and assembly are left out, as is a name that the kernel has twice. A run that counts each
function's calls up to MOST tells which are too hot for a breakpoint, and which are not called at all.
"""

import json
import random
from collections import Counter

import gdb

from . import balance, capture, kernel, plan, points
from .blocks import Blocks
from .functions import Function, Symbols
from .layout import Layout
from .resolve import Resolver
from .tree import beginnings

# a function that is entered more often in the lab is too hot for two stops a call
MOST = 6
# functions of a plan, and of them those in pairs: one begins in the byte behind the other's return
DRAWN, PAIRED = 100, 60
CALL, RET = 0xe8, 0xc3


class Candidates:
    """Functions of this kernel that can be drawn, by address; `left_out` counts the others by reason."""

    def __init__(self, symbols):
        self.symbols, self.left_out = symbols, Counter()
        text = [symbols.address(name) for name in kernel.TEXT_RANGES[:2]]
        self.read = gdb.selected_inferior().read_memory
        self.fentry = symbols.address("__fentry__")
        self.names = [name for address, name in beginnings(symbols, [text]) if self._can(address, name)]
        self.at = {symbols.places[name][0][0]: name for name in self.names}

    def _can(self, address, name):
        why = "name that is there twice" if len(self.symbols.places[name]) > 1 else \
            "not traceable, says the kernel" if not self._calls_fentry(address) else \
            "the engine's own marker" if name == "comm_write" else None
        self.left_out[why] += 1
        return why is None

    def _calls_fentry(self, address):
        code = bytes(self.read(address, 5))
        return code[0] == CALL and address + 5 + int.from_bytes(code[1:], "little", signed=True) == self.fentry

    def pairs(self):
        """(function, the one behind its one-byte return)."""
        for name in self.names:
            address, size = self.symbols.places[name][0]
            after = self.at.get(address + size)
            if after and bytes(self.read(address + size - 1, 1))[0] == RET:
                yield name, after


class Maker:
    """A plan that has the marker, and more."""

    def __init__(self, hz):
        self.symbols = Symbols(gdb.current_progspace().filename)
        self.blocks, self.hz = Blocks(Layout(), self.symbols), hz
        self.candidates = Candidates(self.symbols)
        about, self.sites = Resolver(self.blocks, self.symbols).resolve("comm_write", "points.py", points.POINTS["comm_write"])
        self.abouts = [about]

    def made(self):
        return plan.whole(self.symbols, self.blocks, self.abouts, self.sites, "lab", self.hz)

    def counted(self, name):
        """The function's entry, of which nothing is taken: `fn` is the same for all, since none returns."""
        self.sites.append({"point": name, "fn": "", "at": "enter", "addr": hex(self.symbols.places[name][0][0]), "takes": self.nothing})

    def watched(self, name):
        """The function's entry and each of its returns; False if it has none, or no debug information."""
        try:
            function = Function(name, self.symbols)
        except gdb.GdbError:
            return False
        site = {"point": name, "fn": name, "decode": "unseen", "file": function.file, "ret": function.ret,
                "takes": self.blocks.number("")}
        returns = [dict(site, at="return", addr=hex(address), line=line) for address, line in function.returns()]
        if returns:
            self.sites += [dict(site, at="enter", addr=hex(function.entry), line=function.line)] + returns
            self.abouts.append({"name": name, "as": "out_of_line", "fn": name, "places": 1, "at": ["enter", "return"], "note": None})
        return bool(returns)


def counting(path, hz):
    """Writes the plan that counts the calls of every function that can be drawn."""
    maker = Maker(hz)
    maker.nothing = len(maker.blocks.lists)
    maker.blocks.lists.append([])
    for name in maker.candidates.names:
        maker.counted(name)
    plan.store(dict(maker.made(), most=MOST + 1), path)
    left_out = maker.candidates.left_out
    return "%d functions can be drawn, %d of them behind another's one-byte return; left out: %s" % (
        left_out.pop(None), sum(1 for _ in maker.candidates.pairs()),
        ", ".join("%d %s" % (count, why) for why, count in sorted(left_out.items())))


def counts(plan_path, run):
    """{function: calls, no more than MOST + 1}."""
    with open(plan_path, encoding="utf-8") as file:
        sites = json.load(file)["sites"]
    return Counter(sites[cap.site]["point"] for cap in records(run))


def records(run):
    found = capture.read(run + "/captures.bin")
    next(found)
    return found


def draw(seed, found, called):
    """Names in the order in which they were drawn: pairs first, of which one is called at least."""
    rng = random.Random(seed)
    cool = range(1, MOST + 1)
    pairs = [pair for pair in found.pairs() if max(called[name] for name in pair) in cool]
    alone = [name for name in found.names if called[name] in cool]
    rng.shuffle(pairs)
    rng.shuffle(alone)
    paired = list(dict.fromkeys(name for pair in pairs for name in pair))[:PAIRED]
    return paired + [name for name in alone if name not in paired]


def drawn(path, hz, seed, called):
    """Writes the plan of a seed's functions; returns how many are watched, and how many of them are in pairs."""
    maker, names = Maker(hz), []
    for name in draw(seed, maker.candidates, called):
        if len(names) < DRAWN and maker.watched(name):
            names.append(name)
    plan.store(maker.made(), path)
    return len(names), sum(1 for pair in maker.candidates.pairs() if set(pair) <= set(names))


class Watched:
    """What a run of a drawn plan shows: hits by point and kind, and whether each call came and went."""

    def __init__(self, made, run):
        current = [block["name"] for block in made["takes"][made["sites"][-1]["takes"]]].index("current")
        self.hits, calls = Counter(), balance.Balance()
        for cap in records(run):
            site = made["sites"][cap.site]
            self.hits[site["point"], site["at"]] += 1
            if site["fn"] != "comm_write":
                task = int.from_bytes(cap.blocks[current][1], "little") if cap.blocks and cap.blocks[current][1] else None
                calls.add(site["point"], site["at"], cap.regs["rsp"], task, True)
        self.wrong = [balance.sentence(name, self.hits[name, "enter"], numbers) for name, numbers in calls.shown().items()]

    def total(self):
        return sum(self.hits.values())


def watched(plan_path, live, plugin):
    """What a run with gdb and one with the plugin show: sentences of what cannot be, and of counts that differ."""
    with open(plan_path, encoding="utf-8") as file:
        made = json.load(file)
    one, two = Watched(made, live), Watched(made, plugin)
    differ = ["%s, %s: %d with gdb live, %d with the plugin" % (*key, one.hits[key], two.hits[key])
              for key in sorted(set(one.hits) | set(two.hits)) if one.hits[key] != two.hits[key]]
    return list(filter(None, one.wrong + two.wrong)), differ, (one.total(), two.total())
