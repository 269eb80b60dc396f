# SPDX-License-Identifier: GPL-2.0-or-later
"""Two engines on one and the same run: their captures must be the same.

Sites, entries, registers and blocks are compared byte for byte. The two clocks differ by when they began: the difference
must stay the same, within the 10 ns of the HPET; that of the instructions exactly.
"""

import json
import os
from itertools import zip_longest

from . import capture

HPET_NS = 10


def name(plan, cap):
    site = plan["sites"][cap.site]
    return "hit %d (%s, %s)" % (cap.number, site["fn"], site["at"])


def difference(plan, one, other):
    """What differs in two captures, or None."""
    if one is None or other is None:
        return "%s has no counterpart" % name(plan, one or other)
    if (one.site, one.entry) != (other.site, other.entry):
        return "%s against %s" % (name(plan, one), name(plan, other))
    registers = [reg for reg in one.regs if one.regs[reg] != other.regs[reg]]
    blocks = [block["name"] for block, a, b in zip(plan["takes"][plan["sites"][one.site]["takes"]],
                                                   one.blocks, other.blocks) if a != b]
    if registers or blocks or len(one.blocks) != len(other.blocks):
        return "%s differs in %s" % (name(plan, one), " ".join(registers + blocks))
    return None


class Spread:
    """How far apart numbers are."""

    def __init__(self):
        self.least = self.most = None

    def add(self, number):
        self.least = number if self.least is None else min(self.least, number)
        self.most = number if self.most is None else max(self.most, number)

    @property
    def width(self):
        return 0 if self.least is None else self.most - self.least


def captures(run):
    records = capture.read(os.path.join(run, "captures.bin"))
    next(records)
    return records


def compare(run, other):
    """{"hits", "differ": the first difference or None, "apart_ns", "apart_instructions"} of two runs."""
    with open(os.path.join(run, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    hits, differ, clocks, counts = 0, None, Spread(), Spread()
    for one, two in zip_longest(captures(run), captures(other)):
        differ = difference(plan, one, two)
        if differ:
            break
        hits += 1
        clocks.add(one.clock_ns - two.clock_ns)
        if one.icount is not None and two.icount is not None:
            counts.add(one.icount - two.icount)
    return {"hits": hits, "differ": differ or (None if hits else "there are no hits"), "apart_ns": clocks.width,
            "apart_instructions": counts.width}


def equal(found):
    return not found["differ"] and found["apart_ns"] <= HPET_NS and not found["apart_instructions"]


def sentence(found):
    if found["differ"]:
        return "both engines: %s" % found["differ"]
    return "both engines: %d hits, the same byte for byte; times at most %d ns apart, instruction counts %d" % (
        found["hits"], found["apart_ns"], found["apart_instructions"])


def keep(run, found):
    """Into the run's run.json, where the report finds it; a run that another engine saw otherwise has not held."""
    path = os.path.join(run, "run.json")
    with open(path, encoding="utf-8") as file:
        about = json.load(file)
    about["engines"] = found
    if not equal(found):
        about.update(verdict="run failed", status=3, reason=sentence(found), remedy="ktreport diff shows both")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(about, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)
