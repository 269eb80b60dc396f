# SPDX-License-Identifier: GPL-2.0-or-later
"""Two engines' captures side by side, and code addresses with their functions."""

import os
import subprocess
import tempfile

from harness import it, same
from ktlab import capture, compare, symbols

PLAN = {"sites": [{"fn": "tcp_ack", "at": "enter", "takes": 0}], "takes": [[{"name": "sk"}, {"name": "skb"}]], "structs": {}}
# a struct of three bytes of which the last is read
SHOWN = dict(PLAN, takes=[[{"name": "task", "type": "task"}]], structs={"task": {"fields": {"comm": [2, 1]}}})


def taken(clock_ns=100, icount=7, rax=1, blocks=((1, b"a"), (2, b"b")), entry=capture.NONE):
    body = capture.pack(0, entry, clock_ns, icount, [rax] + [0] * 16, blocks)[capture.SIZE.size:]
    return capture.Capture(3, body)


@it("names what differs in a hit of two engines: registers, blocks, the hit itself")
def _():
    same([compare.difference(PLAN, taken(), other) for other in (taken(clock_ns=5), taken(rax=2), taken(blocks=((1, b"a"), (2, b"c"))))],
         [None, "hit 3 (tcp_ack, enter) differs in rax", "hit 3 (tcp_ack, enter) differs in skb"])
    same([compare.difference(PLAN, taken(), other) for other in (None, taken(entry=1))],
         ["hit 3 (tcp_ack, enter) has no counterpart", "hit 3 (tcp_ack, enter) against hit 3 (tcp_ack, enter)"])


@it("compares of a struct what is read of it")
def _():
    def differs(data):
        return compare.difference(SHOWN, taken(blocks=((1, b"abc"),)), taken(blocks=((1, data),)))
    same([differs(b"xyc"), differs(b"abx"), differs(b"xxabc"), differs(None)],
         [None] + ["hit 3 (tcp_ack, enter) differs in task"] * 3)


@it("sees at which hits an interrupt came: before and behind it the runs are as far apart")
def _():
    same([compare.undisturbed(apart) for apart in ([(5, 0), (900, 70), (5, 0)], [(5, 0), (900, 70)], [(5, 0), (9, 1), (9, 1)], [(5, 0)], [])],
         [[(5, 0), (5, 0)], [(5, 0), (900, 70)], [(5, 0), (9, 1), (9, 1)], [(5, 0)], []])


@it("takes two runs for one whose clocks keep their distance, within a tick of the HPET")
def _():
    def equal(**found):
        return compare.equal(dict({"differ": None, "apart_ns": 0, "apart_instructions": 0}, **found))
    same([equal(), equal(apart_ns=10), equal(apart_ns=11), equal(apart_instructions=1), equal(differ="hit 1")], [True, True, False, False, False])
    spread = compare.Spread()
    for number in (5, -3, 2):
        spread.add(number)
    same([spread.width, compare.Spread().width], [8, 0])


@it("finds functions and lines of addresses, those inlined before those around, and no suffix of the compiler's")
def _():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "vmlinux")
        with open(path + ".c", "w", encoding="ascii") as file:
            file.write('int sink;\nstatic inline __attribute__((always_inline)) void in(void)\n{\n\tsink++;\n}\n'
                       'int outer(void) __asm__("outer.isra.0");\nint outer(void)\n{\n\tin();\n\treturn sink;\n}\nint main(void)\n{\n\treturn outer();\n}\n')
        subprocess.run(["gcc", "-O1", "-g", "-no-pie", "-o", path, path + ".c"], check=True)
        with symbols.Symbols(path, folder + "/", ["0", "0", "0", "0"]) as known:
            at = next(address for address, names in known.names().items() if "outer.isra.0" in names)
            frames = next(found for found in map(known.frames, range(at, at + 16)) if len(found) == 2)
            same([(frame["fn"], frame["file"], frame["line"], frame["inlined"]) for frame in frames],
                 [("in", "vmlinux.c", 4, True), ("outer", "vmlinux.c", 9, False)])
            same([known.name(at), known.name(1)], ["outer.isra.0", None])
        known = symbols.Symbols(None, None, ["0x100", "0x200", "0x900", "0xa00"])
        same([known.is_code(address) for address in (0xff, 0x100, 0x1ff, 0x200, 0x950, None)], [False, True, True, False, True, False])
