# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of `make debug FROM=out/handshake EVENT=88`: kt event, goto, next, back and find walk a stored run."""

import atexit
import json
import os
import subprocess

import gdb

from .replay import ROOT, Aside, Replay, Run

AROUND = 2      # events shown before and after this one
WATCHES = (gdb.BP_HARDWARE_WATCHPOINT, gdb.BP_WATCHPOINT, gdb.BP_READ_WATCHPOINT, gdb.BP_ACCESS_WATCHPOINT)


class Travel:
    """Where the user stands in the run, and how to get elsewhere."""

    def __init__(self, run, replay):
        self.run, self.replay = run, replay
        self.lines = {row["n"]: row for row in self.report("calls")}
        self.watched = None     # the watchpoint that stopped the guest last, and at which instruction
        gdb.events.stop.connect(self.stopped)

    def report(self, view, expression=None):
        """Rows of a view of ktreport, of the events for which the expression holds."""
        command = [os.path.join(ROOT, "build", "ktreport"), "show", *view.split(), "--json", self.run.folder]
        said = subprocess.run(command + (["-f", expression] if expression else []), capture_output=True, text=True, check=False)
        if said.returncode > 1:
            raise gdb.GdbError("kt: %s" % said.stderr.strip())
        return json.loads(said.stdout)["tables"][0]["rows"]

    def chosen(self, expression):
        """Numbers of the events for which an expression of ktreport's filters holds."""
        return [row["n"] for row in self.report("fields n", expression)] if expression else self.run.numbers

    def stopped(self, event):
        point = event.breakpoint if isinstance(event, gdb.BreakpointEvent) else None
        self.watched = (point, self.replay.count()) if point and point.type in WATCHES else None

    def here(self):
        count = self.replay.count()
        if count < 0:
            raise gdb.GdbError("kt: the guest has ended; kt goto N enters the run again")
        return count

    def line(self, number, mark):
        row = self.lines[number]
        return "%s %5d  %s  %-8s %s" % (mark, number, row["seconds"], row["netns"] or "-", row["what"].strip())

    def show(self):
        """Says which event this is, and what is around it."""
        count = self.here()
        before, now, after = self.run.near(count)
        for number in before[-AROUND:]:
            print(self.line(number, " "))
        for number in now:
            print(self.line(number, ">"))
        if not now:
            print(">        instruction %d%s" % (
                count, ", %d after event %d" % (count - self.run.count_of(before[-1]), before[-1]) if before else ""))
        for number in after[:AROUND]:
            print(self.line(number, " "))

    def go_to(self, number):
        self.replay.go_to(self.run.count_of(number))
        self.show()
        gdb.execute("frame")

    def next(self, expression):
        ahead = self.run.near(self.here())[2]
        wanted = set(self.chosen(expression))
        for number in ahead:
            if number in wanted:
                return self.go_to(number)
        raise gdb.GdbError("kt next: no such event behind this one")

    def back(self, steps):
        count = self.here()
        if self.watched and self.watched[1] == count and self.watched[0].is_valid() and steps == 1:
            return self.last_write(self.watched[0], count)
        before = self.run.near(count)[0]
        if len(before) < steps:
            raise gdb.GdbError("kt back: %d events lie before this one" % len(before))
        return self.go_to(before[-steps])

    def last_write(self, point, count):
        """To the stop of a watchpoint before this one: a replay counts its stops from the first event on."""
        stops = [self.run.counts[0]]
        with Aside(other for other in gdb.breakpoints() if other != point):
            self.replay.go_to(stops[0])
            while 0 <= stops[-1] < count:
                self.replay.run_to(count)
                stops.append(self.replay.count())
            if len(stops) < 3:
                raise gdb.GdbError("kt back: nothing before this, from event %d on, changed %s" % (
                    self.run.numbers[0], point.expression))
            self.replay.go_to(stops[-3])
            gdb.execute("continue")     # for GDB itself to say the value before and after
        self.show()


class Walk(gdb.Command):
    """One `kt NAME` command; a row of commands()."""

    def __init__(self, name, doc, act):
        self.__doc__, self.act = doc, act
        super().__init__("kt " + name, gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        try:
            self.act(argument.strip())
        except ValueError as error:
            raise gdb.GdbError("kt: %s" % error) from error


def number(text, name):
    if not text.isdecimal() or not int(text):
        raise gdb.GdbError("kt %s: '%s' is no number of an event, such as 88" % (name, text))
    return int(text)


def commands(travel):
    walks = (
        ("event", "Which event of the run this is, and those around it.", lambda _: travel.show()),
        ("goto", "kt goto N: to event N, whether before or after this.", lambda text: travel.go_to(number(text, "goto"))),
        ("next", "kt next [EXPRESSION]: to the next event, for which an expression of ktreport's filters holds:\n"
                 "kt next tcp.tx and flags~S", travel.next),
        ("back", "kt back [N]: to the event before this, or N events back. Where a watchpoint stopped the guest: to its stop\n"
                 "before, which is the last write of what it watches.", lambda text: travel.back(number(text or "1", "back"))),
        ("find", "kt find EXPRESSION: the events for which an expression of ktreport's filters holds:\nkt find tcp.state and new=ESTABLISHED",
         lambda text: print("\n".join(travel.line(n, " ") for n in travel.chosen(text)) or "none")),
    )
    for name, doc, act in walks:
        Walk(name, doc, act)


class Stored:
    """A stored run, and the event to begin with."""

    def __init__(self, folder):
        self.folder, self.travel, self.first = folder, None, None

    def connect(self):
        """Takes the run and the kernel it ran with; the guest is there from begin() on. ValueError, OSError: it cannot be
        entered."""
        run, event = Run(self.folder), os.environ.get("EVENT")
        self.first = number(event, "goto") if event else run.numbers[0]
        run.count_of(self.first)
        gdb.execute("add-auto-load-safe-path " + run.settings["kernel_dir"])
        gdb.execute("file " + os.path.join(run.settings["kernel_dir"], "vmlinux"))
        self.travel = Travel(run, Replay(run, os.environ["KTLAB_RUN"]))
        atexit.register(self.travel.replay.end)
        commands(self.travel)

    def begin(self):
        """Stands GDB at the event."""
        print("kt event, next, back, goto and find walk the run (help kt); break, watch, next, finish and bt are GDB's")
        self.travel.go_to(self.first)
