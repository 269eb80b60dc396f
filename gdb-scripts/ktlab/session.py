# SPDX-License-Identifier: GPL-2.0-or-later
"""A person's GDB session, as attach.gdb goes through it: in a guest that runs, or in a stored run."""

import os
import sys
import warnings

import gdb

from . import commands, dump, plan, travel
from .replay import Quiet

RUN = os.environ.get("KTLAB_FROM")      # the stored run that is entered; none: the guest behind KTLAB_GDB
HZ = 250        # a clock tick is no matter here

# the commands of older kernels were written for an older Python
warnings.filterwarnings("ignore", category=SyntaxWarning)


def or_end(act):
    """What must be done for the session to be of use; if it cannot be, the session ends with the sentence that says why."""
    try:
        act()
    except (OSError, ValueError, gdb.GdbError) as error:
        print("debug: %s" % error, file=sys.stderr)
        gdb.execute("quit 2")


class Refused(gdb.Command):
    """A command of GDB that would run the kernel as a program of this machine."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        raise gdb.GdbError("a kernel cannot be run as a program; %s" % (
            "kt goto N enters the run again" if RUN else "quit, and make debug, begin again"))


for command in ("run", "start", "starti"):
    Refused(command)
dump.Dump()


class Guest:
    """A lab's guest, and the places of the lab's points in it."""

    def __init__(self):
        self.lab = os.environ.get("KTLAB_LABDIR", "labs/handshake")
        self.places = []        # where a point begins, each once
        self.at_boot = os.environ.get("AT") == "boot"
        self.asked = os.environ.get("POINTS", "").split()

    def wants(self, row):
        """Whether a point of the plan is to be a breakpoint: those that the lab names, and the user."""
        return not row["always"]

    def connect(self):
        """Resolves the points, while GDB reads the kernel from its file, and connects."""
        made = plan.make(self.lab, HZ, self.asked)
        named = {row["name"] for row in made["points"] if self.wants(row)}
        self.places = list(dict.fromkeys(
            site["addr"] for site in made["sites"] if site["at"] != "return" and site["point"] in named))
        self.at_boot = self.at_boot or made["arm"] == "boot"
        self.attach()

    @staticmethod
    def attach():
        gdb.execute("target remote " + os.environ.get("KTLAB_GDB", "localhost:1234"), to_string=True)

    def begin(self):
        """Runs the guest to where the lab begins, unless it is to be watched from boot on; its points become breakpoints."""
        if not self.at_boot:
            marker = Start("*comm_write", internal=True)
            with Quiet():
                gdb.execute("continue")
            if not marker.seen:
                raise gdb.GdbError("the guest stopped before %s began\nsee its console, %s/console.log" % (
                    self.lab, os.environ.get("KTLAB_RUN", ".")))
            marker.delete()
        with Quiet():
            for address in self.places:     # at its first instruction the arguments are in rdi, rsi, rdx, rcx, r8, r9
                gdb.Breakpoint("*" + address)
        print("The guest stands %s. The %d points of %s are breakpoints: `info breakpoints`." % (
            "before its first instruction" if self.at_boot else "where the lab begins", len(self.places), self.lab))
        print("`continue` runs to the next; `kt sock $rdi`, `kt skb $rsi` and `help kt` show what is there; `bt` how it came.")


class Beside(Guest):
    """A guest in which a person has a shell already, in another window: GDB comes and goes, and the guest stays."""

    def wants(self, row):
        return row["name"] in [word.partition(":")[0] for word in self.asked]

    def connect(self):
        if self.asked:
            super().connect()
        else:
            self.attach()
        define_leaving()

    def begin(self):
        with Quiet():
            for address in self.places:
                gdb.Breakpoint("*" + address)
        print("The guest stands; it goes on with `continue`, and when you quit. Its shell is in the other window.")
        print("`break tcp_v4_connect`, `continue`, and there ./client; then `kt sock $rdi`, `bt`; `help kt` lists the rest.")


def define_leaving():
    """A GDB that quits would end QEMU, and with it the shell in the other window: it lets the guest go first."""
    gdb.execute("define hook-quit\npython gdb.selected_inferior().pid and gdb.execute('detach', to_string=True)\nend")


class Start(gdb.Breakpoint):
    """Stops at the marker `ktlab start`."""

    seen = False

    def stop(self):
        hit = commands.hit_of(commands.Snapshot("text:mem=rsi", 0))
        self.seen = (hit.text("text") or "").startswith("ktlab start")
        return self.seen


def load_kernel_commands():
    """The kernel's lx- commands, if its build made them (make scripts_gdb) and GDB has not loaded them already."""
    beside = os.path.join(os.path.dirname(gdb.current_progspace().filename), "vmlinux-gdb.py")
    try:
        gdb.execute("help lx-version", to_string=True)
    except gdb.error:
        if os.path.exists(beside):
            gdb.execute("source " + beside)


def session():
    if RUN:
        return travel.Stored(RUN)
    return Beside() if os.environ.get("KTLAB_BESIDE") else Guest()


SESSION = session()


def connect():
    or_end(SESSION.connect)


def begin():
    or_end(SESSION.begin)
