# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the lines that a run of the plugin engine has recorded against GDB, which steps through the same calls on a replay.

Theory of operation. A replay goes to the instruction where a call begins, and GDB single-steps from there until the call has
returned; what the function calls, and interrupts, are run through to where they come back. Each address that GDB stands
at within the function is one instruction that ran. Which line it begins, and in which inlined function, is GDB's opinion.
"""

import json
import os

import gdb

from .functions import source_path
from .replay import Aside, Quiet, Replay, Run, tables

STEPS_MOST = 20000


def pointer(name):
    return int(gdb.parse_and_eval("(unsigned long)$" + name))


def word(address):
    return int.from_bytes(bytes(gdb.selected_inferior().read_memory(address, 8)), "little")


def begins(place, pc):
    """Whether a statement of the line begins here; GDB lists no other places of a line."""
    return any(entry.pc == pc for entry in place.symtab.linetable().line(place.line) or ())


class Call:
    """One call of a function, as GDB steps through it."""

    def __init__(self, name):
        block = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
        self.name = name
        self.entry = int(block.value().address)
        out = gdb.execute("info symbol %#x" % self.entry, to_string=True)
        if not out.startswith(name + " in section"):
            raise gdb.GdbError("%s is not where DWARF says: %s" % (name, out.strip()))
        self.counts = {}    # address -> how often; in the order in which they ran first

    def within(self, pc):
        block = gdb.block_for_pc(pc)
        while block and not (block.function and (block.superblock.is_static or block.superblock.is_global)):
            block = block.superblock
        return bool(block) and int(block.function.value().address) == self.entry

    def step_through(self):
        """From its first instruction on, until it has returned."""
        pc, bottom = pointer("pc"), pointer("rsp")
        if pc != self.entry:
            raise gdb.GdbError("%s begins at %#x, and the replay stands at %#x" % (self.name, self.entry, pc))
        for _ in range(STEPS_MOST):
            rsp = pointer("rsp")
            self.counts[pc] = self.counts.get(pc, 0) + 1
            with Quiet():
                gdb.execute("stepi")
            pc, now = pointer("pc"), pointer("rsp")
            if now > bottom:
                return
            if not self.within(pc):
                if now == bottom:
                    return      # it has jumped into another function, which returns in its stead
                pc = self.come_back(rsp, now)
        raise gdb.GdbError("%s has not returned after %d steps" % (self.name, STEPS_MOST))

    def come_back(self, before, now):
        """Runs through what was called, or what has interrupted, to where it comes back."""
        if now == before - 8:
            back = word(now)
        else:       # the CPU has pushed a frame, perhaps with an error code: rip, cs, rflags, rsp, ss
            back = word(now) if self.within(word(now)) else word(now + 8)
        point = gdb.Breakpoint("*%#x" % back, type=gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        try:
            while True:
                with Quiet():
                    gdb.execute("continue")
                if pointer("pc") == back and pointer("rsp") == before:
                    return back
        finally:
            point.delete()

    def lines(self):
        """[(function, file, line, count)] of the lines that an instruction of their own began, in the order of their first."""
        found = {}
        for pc, count in self.counts.items():
            place = gdb.find_pc_line(pc)
            if place.symtab and place.line and begins(place, pc):
                key = self.function_at(pc), source_path(place.symtab), place.line
                found[key] = max(count, found.get(key, 0))
        return [key + (count,) for key, count in found.items()]

    @staticmethod
    def function_at(pc):
        block = gdb.block_for_pc(pc)
        while not block.function:
            block = block.superblock
        return block.function.name


def recorded(run, number, name, path):
    """[(order, count, function, place)] of the same lines of a run's event, as `ktreport show lines` has it."""
    told = tables(run, "lines", str(number))
    own = [(row["order"], row["count"], name, "%s:%d" % (path, row["line"])) for row in told["lines"] if row["order"]]
    return own + [(row["order"], row["count"], row["function"], row["line"]) for row in told["inlined"] if row["order"]]


def compare(run, number, name, path):
    """What differs between GDB's steps and the record, a sentence each; how many lines were compared, and how many steps made."""
    call = Call(name)
    call.step_through()
    stepped = call.lines()
    mine = {}
    for order, count, function, place in sorted(recorded(run, number, name, path)):
        mine[(function, place)] = max(count, mine.get((function, place), 0))
    theirs = {}
    for function, path, line, count in stepped:
        key = function, "%s:%d" % (path, line)
        theirs[key] = max(count, theirs.get(key, 0))
    wrong = ["event %d, %s: %s of %s ran %s times as recorded, %s times as GDB steps" % (
        number, name, key[1], key[0], mine.get(key, 0), theirs.get(key, 0)) for key in sorted(set(mine) | set(theirs))
        if mine.get(key) != theirs.get(key)]
    if not wrong and list(mine) != list(theirs):
        wrong = ["event %d, %s: the same lines ran in another order" % (number, name)]
    return wrong, len(theirs), sum(call.counts.values())


def run(folder, functions, calls):
    """Compares so many calls of each function; returns (calls, lines, steps, sentences of what differs)."""
    stored = Run(folder)
    chosen = choose(folder, functions, calls)
    replay = Replay(stored, os.path.dirname(os.environ["KTLAB_GDB"]))
    lines = steps = 0
    wrong = []
    try:
        for number, name, path in chosen:
            replay.go_to(stored.count_of(number))
            with Aside(gdb.breakpoints()):
                differ, count, ran = compare(folder, number, name, path)
            wrong += differ
            lines += count
            steps += ran
    finally:
        replay.end()
    return len(chosen), lines, steps, wrong


def choose(folder, functions, calls):
    """[(event, function, its file)] in the order of the run: the first calls of each function."""
    left = dict.fromkeys(functions, calls)
    chosen = []
    with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as file:
        for event in map(json.loads, file):
            if event.get("at") == "enter" and left.get(event.get("fn"), 0):
                left[event["fn"]] -= 1
                chosen.append((event["n"], event["fn"], event["file"]))
    return chosen
