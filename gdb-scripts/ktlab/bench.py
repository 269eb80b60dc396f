# SPDX-License-Identifier: GPL-2.0-or-later
"""What a stop costs: an empty stop(), the engine's with the whole plan, and a plain script, in turns in one run.

Each turn arms its own breakpoints, lets the guest go on until BLOCK hits were taken, and removes them again. GDB has
the kernel's symbols in the turns of the plain script only, since the engine works without.
"""

import os
import sys
import time

import gdb

from . import engine

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid):
    """User and system time of a process so far."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def resident_mib(field="VmRSS"):
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field)) / 1024


class Empty(engine.Breakpoint):
    """A stop() that does nothing."""

    def __init__(self, turn, site):
        super().__init__(site["addr"])
        self.turn = turn

    def stop(self):
        return self.turn.over()


class Full(engine.Site):
    """The engine's own."""

    def __init__(self, turn, site):
        super().__init__(turn.tracer, turn.tracer.plan["sites"].index(site), site)
        self.turn = turn

    def stop(self):
        super().stop()
        return self.turn.over()


class Plain(gdb.Breakpoint):
    """The course's script, which counts."""

    def __init__(self, turn, site):
        super().__init__("*" + site["addr"])
        self.turn = turn
        self.commands = "silent\nbt\ninfo args\nset $left = $left - 1\nif $left > 0\ncontinue\nend"


class Turn:
    """Takes `hits` hits in one way."""

    def __init__(self, tracer, way, sites, hits):
        self.tracer, self.left = tracer, hits
        self.hits = hits
        gdb.execute("set $left = %d" % hits)
        self.armed = [way(self, site) for site in sites]

    def over(self):
        self.left -= 1
        return self.left <= 0

    def run(self, qemu):
        """(wall, processor time) of a hit in ms."""
        began, used = time.monotonic(), cpu_s(qemu) + time.process_time()
        gdb.execute("continue")
        took = time.monotonic() - began, cpu_s(qemu) + time.process_time() - used
        for breakpoint_ in self.armed:
            breakpoint_.delete()
        return [1000 * seconds / self.hits for seconds in took]


def median(values):
    return sorted(values)[len(values) // 2]


def table(out, measured):
    base = median([turn[1] for turn in measured["empty"]])
    print("| a stop | hits | wall ms | cpu ms | times the empty one |\n|---|---|---|---|---|", file=out)
    for name, turns in measured.items():
        wall, cpu = (median([turn[i] for turn in turns]) for i in (0, 1))
        print("| %s | %d | %.2f | %.2f | %.2f |" % (name, len(turns) * turns[0][2], wall, cpu, cpu / base), file=out)


def growth(out, tracer, sites, qemu, marks):
    """The engine alone, on and on: what the hits until each mark took, and GDB's memory there."""
    print("\n| hits | cpu s | cpu ms a hit | GDB's memory, MiB |\n|---|---|---|---|", file=out)
    done, used = 0, 0.0
    for mark in marks:
        used += Turn(tracer, Full, sites, mark - done).run(qemu)[1] * (mark - done) / 1000
        done = mark
        print("| %d | %.1f | %.2f | %.1f |" % (mark, used, 1000 * used / mark, resident_mib()), file=out)


def run(plan_path, socket, folder, vmlinux, qemu):
    """Measures on the guest behind the socket; prints tables (Markdown) to file descriptor 3."""
    rounds, block = int(os.environ.get("ROUNDS", "5")), int(os.environ.get("BLOCK", "200"))
    marks = [int(word) for word in os.environ.get("MARKS", "1000 10000").split()]
    out = os.fdopen(3, "w")
    tracer = engine.Tracer(plan_path, folder)
    tracer.connect(socket)
    tracer.tell = lambda text: None
    tracer.arm(markers=True)
    gdb.execute("continue", to_string=True)
    if not tracer.marker or tracer.marker[0] != "start":
        raise gdb.GdbError("the lab did not begin")
    tracer.disarm()
    sites = [site for site in tracer.plan["sites"] if site["point"] != "comm_write"]
    entries = [site for site in sites if site["at"] == "enter"]
    ways = [("empty", Empty, sites, None), ("engine, full plan", Full, sites, None),
            ("plain script, bt and info args", Plain, entries, vmlinux)]
    measured = {name: [] for name, *_ in ways}
    for number in range(rounds):
        for name, way, where, symbols in ways if number % 2 == 0 else reversed(ways):
            gdb.execute("symbol-file" + (" " + symbols if symbols else ""), to_string=True)
            measured[name].append(Turn(tracer, way, where, block).run(qemu) + [block])
    gdb.execute("symbol-file", to_string=True)
    table(out, measured)
    if marks:
        growth(out, tracer, sites, qemu, marks)
    out.close()
    gdb.execute("kill")
    sys.stdout.flush()
