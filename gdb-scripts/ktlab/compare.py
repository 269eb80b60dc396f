# SPDX-License-Identifier: GPL-2.0-or-later
"""Two engines on one and the same run: their captures must be the same.

Sites, entries, registers and blocks are compared byte for byte; of a struct the fields that are read of it. The two clocks
differ by when they began: the difference must stay the same, within the 10 ns of the HPET; that of the instructions exactly.

Where an interrupt comes at the very instruction at which a hit is, GDB stops before it, and the plugin is called behind it: that
hit alone is later there by the interrupt's length, and between the fields of its task the kernel has counted the task's time
(kernel/sched/cputime.c account_system_time()).
"""

import json
import os
from itertools import zip_longest

from . import capture

HPET_NS = 10


def name(plan, cap):
    site = plan["sites"][cap.site]
    return "hit %d (%s, %s)" % (cap.number, site["fn"], site["at"])


def read(plan, take, block):
    """What is read of a block: the fields of a struct, else all of its bytes."""
    struct, (address, data) = plan["structs"].get(take.get("type")), block
    if not struct or data is None:
        return block
    return address, len(data), [data[at:at + size] for at, size, *_ in struct["fields"].values()]


def difference(plan, one, other):
    """What differs in two captures, or None."""
    if one is None or other is None:
        return "%s has no counterpart" % name(plan, one or other)
    if (one.site, one.entry) != (other.site, other.entry):
        return "%s against %s" % (name(plan, one), name(plan, other))
    registers = [reg for reg in one.regs if one.regs[reg] != other.regs[reg]]
    blocks = [take["name"] for take, a, b in zip(plan["takes"][plan["sites"][one.site]["takes"]],
                                                 one.blocks, other.blocks) if read(plan, take, a) != read(plan, take, b)]
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


def undisturbed(apart):
    """Of the distances (ns, instructions) of each hit those at which no interrupt came: before and behind such a one they agree."""
    return [here for before, here, after in zip([None] + apart, apart, apart[1:] + [None])
            if not before or not after or here[1] == before[1] or before[1] != after[1]]


def captures(run):
    records = capture.read(os.path.join(run, "captures.bin"))
    next(records)
    return records


def compare(run, other):
    """{"hits", "differ": the first difference or None, "interrupted": at how many an interrupt came, "apart_ns",
    "apart_instructions": of the others} of two runs."""
    with open(os.path.join(run, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    apart, differ, clocks, counts = [], None, Spread(), Spread()
    for one, two in zip_longest(captures(run), captures(other)):
        differ = difference(plan, one, two)
        if differ:
            break
        apart.append((one.clock_ns - two.clock_ns, 0 if None in (one.icount, two.icount) else one.icount - two.icount))
    others = undisturbed(apart)
    for clock_ns, count in others:
        clocks.add(clock_ns)
        counts.add(count)
    return {"hits": len(apart), "differ": differ or (None if apart else "there are no hits"), "interrupted": len(apart) - len(others),
            "apart_ns": clocks.width, "apart_instructions": counts.width}


def equal(found):
    return not found["differ"] and found["apart_ns"] <= HPET_NS and not found["apart_instructions"]


def sentence(found):
    if found["differ"]:
        return "both engines: %s" % found["differ"]
    said = "both engines: %d hits, the same byte for byte; times at most %d ns apart, instruction counts %d" % (
        found["hits"], found["apart_ns"], found["apart_instructions"])
    return said + ("; at %d an interrupt came" % found["interrupted"] if found["interrupted"] else "")


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
