# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the captures of two engines: captures.py PLAN ONE OTHER. Says the first difference; status 1 if there is one.

Sites, entries, registers and blocks must be the same. The two clocks differ by when they began: the difference must
stay the same, within the 10 ns of the HPET; that of the instructions exactly.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "gdb-scripts", "ktlab"))
import capture  # noqa: E402

HPET_NS = 10


def read(path):
    captures = capture.read(path)
    next(captures)
    return list(captures)


def name(plan, cap):
    site = plan["sites"][cap.site]
    return "record %d (%s, %s)" % (cap.number, site["fn"], site["at"])


def differ(plan, one, other):
    """What differs in two captures, or None."""
    if (one.site, one.entry) != (other.site, other.entry):
        return "%s against %s" % (name(plan, one), name(plan, other))
    registers = [reg for reg in one.regs if one.regs[reg] != other.regs[reg]]
    blocks = [block["name"] for block, a, b in zip(plan["takes"][plan["sites"][one.site]["takes"]],
                                                   one.blocks, other.blocks) if a != b]
    if registers or blocks or len(one.blocks) != len(other.blocks):
        return "%s: %s" % (name(plan, one), " ".join(registers + blocks))
    return None


def spread(numbers):
    return max(numbers) - min(numbers) if numbers else 0


def main(plan_path, one_path, other_path):
    with open(plan_path, encoding="utf-8") as file:
        plan = json.load(file)
    one, other = read(one_path), read(other_path)
    found = next(filter(None, map(lambda pair: differ(plan, *pair), zip(one, other))), None)
    if not found and len(one) != len(other):
        found = "%d records against %d" % (len(one), len(other))
    if not one:
        found = "no records"
    if found:
        print(found)
        return 1
    clocks = spread([a.clock_ns - b.clock_ns for a, b in zip(one, other)])
    counts = spread([a.icount - b.icount for a, b in zip(one, other) if a.icount is not None and b.icount is not None])
    print("%d records; clocks apart by up to %d ns, instructions by up to %d" % (len(one), clocks, counts))
    return 0 if clocks <= HPET_NS and counts == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
