# SPDX-License-Identifier: GPL-2.0-or-later
"""The gdb engine: breakpoints over the gdbstub that execute the plan and append captures.

Theory of operation. Two breakpoints' worth of life: comm_write (the guest's markers) is armed from the first
instruction; every other site from the marker `ktlab start` to the marker `ktlab end`, so that boot runs at
full speed, unless the plan says `"arm": "boot"`: then they are armed from the first instruction, too. A site's stop() takes what the plan says with plain memory reads, writes one record, and returns
False, so GDB goes on. GDB needs no symbols for any of this.

A return is watched at the function's own return instructions: there rsp is what it was at the entry, which pairs
it with its entry also when several tasks sleep inside the function.

Every breakpoint is a hardware one, of which QEMU has as many as wanted. A software one is believed to be an instruction
that traps (int3), behind which the CPU stands: where another ends at the byte before, as a watched `ret` before the
function that follows it, GDB sets the guest back by that byte, and the function never runs.
"""

import hashlib
import json
import os
import re
import struct
import sys
import time

import gdb

from . import capture
from .marker import marker
from .ram import Memory

ICOUNT = re.compile(r"instruction count = (\d+)")


class Tracer:
    """Takes captures for the sites of a plan; one per run."""

    def __init__(self, plan_path, run):
        with open(plan_path, "rb") as file:
            text = file.read()
        self.plan = json.loads(text)
        numbers(self.plan["takes"])
        self.readable = Readable(self.plan["facts"])
        self.returning = {site["fn"] for site in self.plan["sites"] if site["at"] == "return"}
        self.out = os.open(os.path.join(run, "captures.bin"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.write(self.out, capture.MAGIC + hashlib.sha256(text).digest())
        self.records = 0
        self.interrupted = Interrupted()
        self.entered = {}       # (fn, rsp) -> (number of the entry's record, its registers)
        self.memory = None
        self.clock_address = None
        self.replaying = False  # QEMU replays a recording: it knows how many instructions were executed
        self.marker = None      # the marker that stopped the guest last
        self.broken = None      # what a stop() could not go on after
        self.armed = []
        self.told = 0.0

    def connect(self, socket):
        """Connects to the gdbstub there."""
        for setting in ("pagination off", "confirm off", "architecture i386:x86-64", "breakpoint always-inserted on",
                        "remotetimeout 30", "stack-cache off", "code-cache off"):
            gdb.execute("set " + setting, to_string=True)
        gdb.execute("target remote " + socket, to_string=True)
        self.memory = Memory(socket)
        self.replaying = "Replaying" in gdb.execute("monitor info replay", to_string=True)

    def arm(self, markers):
        """Inserts the marker's breakpoint, or all the others."""
        for number, site in enumerate(self.plan["sites"]):
            if (site["point"] == "comm_write") == markers:
                self.armed.append(Site(self, number, site))

    def disarm(self):
        for site in self.armed:
            site.delete()
        self.armed = []

    def hit(self, number, site):
        """One stop: executes the plan of the site and appends the record. Gives its blocks, or None for one that was there."""
        self.memory.stopped()
        regs = registers(self.plan["facts"]["registers"])
        if self.interrupted.again(number, regs, self.memory.read):
            return None
        clock_ns = self.clock(regs)
        entry, at_entry = capture.NONE, regs
        if site["at"] == "return":
            entry, at_entry = self.entered.pop((site["fn"], regs["rsp"]), (capture.NONE, regs))
        elif site["fn"] in self.returning:
            self.entered[site["fn"], regs["rsp"]] = (self.records, regs)
        # entered before the points were armed, or reported twice: nothing is known of its arguments
        lone = site["at"] == "return" and entry == capture.NONE
        blocks = [] if lone else take(self.memory, self.readable, self.plan["takes"][site["takes"]], regs, at_entry)
        write_all(self.out, capture.pack(number, entry, clock_ns, self.icount(), regs.values(), blocks))
        self.records += 1
        if time.monotonic() - self.told > 0.2:
            self.tell("hits %d" % self.records)
            self.told = time.monotonic()
        return blocks

    def clock(self, regs):
        """The guest's virtual time in ns; 0 until the kernel has mapped the HPET."""
        clock, read = self.plan["clock"], gdb.selected_inferior().read_memory
        if not self.clock_address:
            pointer = int(clock["pointer"], 16)
            base = int.from_bytes(read(pointer, 8), "little")
            if not base:
                return 0
            self.clock_address = base + clock["add"]
            self.memory.check(pointer, regs["rsp"])
        return int.from_bytes(read(self.clock_address, 8), "little") * clock["ns"]

    def icount(self):
        """Instructions since power-on, of a replay."""
        found = ICOUNT.search(gdb.execute("monitor info replay", to_string=True)) if self.replaying else None
        return int(found.group(1)) if found else capture.UNKNOWN

    @staticmethod
    def tell(text):
        """A line for the supervisor."""
        os.write(1, (text + "\n").encode())


def numbers(takes):
    """Makes numbers of the addresses of a plan's blocks."""
    for block in (block for blocks in takes for block in blocks):
        block.update((key, int(block[key], 16)) for key in ("add", "end") if key in block)


def write_all(fd, data):
    """All of it: of a disk that is nearly full, write() may take a part."""
    while data:
        data = data[os.write(fd, data):]


class Interrupted:
    """
    Stops at one and the same instruction: an interrupt that comes while GDB stands at a breakpoint is taken before the
    instruction is executed, and behind it GDB stops there once more. Then the registers are as they were, and what the CPU
    pushed lies right below the stack: SS, RSP, RFLAGS, CS and RIP at a multiple of 16 (Intel SDM 3A, 6.14.2).
    """

    FRAME = struct.Struct("<QQQQQ")

    def __init__(self):
        self.last = {}          # number of a site -> the registers of its last stop

    def again(self, number, regs, read):
        """Whether this stop is the last one of that site, behind an interrupt; `read` is of memory."""
        before, self.last[number] = self.last.get(number), regs
        if before != regs:
            return False
        frame = read((regs["rsp"] & ~15) - self.FRAME.size, self.FRAME.size)
        if not frame:
            return False
        rip, _, _, rsp, _ = self.FRAME.unpack(frame)
        return (rip, rsp) == (regs["rip"], regs["rsp"])


class Readable:
    """Which addresses may be read without touching a device, as a plan's facts say."""

    def __init__(self, planned):
        self.memory, self.devices = ([range(*(int(end, 16) for end in span)) for span in planned[name]]
                                     for name in ("memory", "devices"))
        self.near_bytes = planned["near_bytes"]

    def may_read(self, address, rsp):
        """A stack may lie among the devices: what is near RSP is one."""
        if any(address in span for span in self.devices):
            return address // self.near_bytes == rsp // self.near_bytes
        return any(address in span for span in self.memory)


def take(memory, readable, wanted, regs, at_entry):
    """The blocks of a plan's list, each (address, bytes or None)."""
    taken = []
    for block in wanted:
        address = address_of(block, taken, regs, at_entry)
        if address and readable.may_read(address, address if block.get("stack") else regs["rsp"]):
            taken.append((address, memory.read(address, block.get("len") or block["top"] - address % block["top"])))
        else:
            taken.append((0, None))
    return taken


def address_of(block, taken, regs, at_entry):
    """Where a block lies, or None when what leads there is absent, or where a list comes round to its head."""
    total = 0
    for term in block["terms"]:
        if term[0] == "reg":
            total += regs[term[1]] * (term[2:] or (1,))[0]
        elif term[0] == "in":
            total += at_entry[term[1]]
        else:
            data = taken[term[1]][1]
            value = int.from_bytes(data[term[2]:term[2] + term[3]], "little") if data else 0
            if not data or not value and term[0] == "field":
                return None
            total += value * (term[4:] or (1,))[0]
    total = ((total & ~block["mask"]) + block["add"]) & capture.UNKNOWN
    return None if total == block.get("end") else total


class Breakpoint(gdb.Breakpoint):
    """A hardware breakpoint at an address."""

    def __init__(self, address, internal=True):
        super().__init__("*" + address, hardware(), internal=internal)
        self.silent = True


def hardware():
    """GDB's number of that kind, which GDB has for Python since 11."""
    kind = getattr(gdb, "BP_HARDWARE_BREAKPOINT", None)
    if kind is None:
        raise gdb.GdbError("GDB %s cannot make hardware breakpoints from Python, and others could change what the guest "
                           "executes\nGDB 11 can; ENGINE=plugin needs none" % gdb.VERSION)
    return kind


class Site(Breakpoint):
    """One address of the plan."""

    def __init__(self, tracer, index, site):
        super().__init__(site["addr"])
        self.tracer, self.index, self.site = tracer, index, site

    def stop(self):
        try:
            return self.taken()
        except BaseException as error:     # GDB would print it and lose the hit; run() ends the trace with it
            self.tracer.broken = error
            return True

    def taken(self):
        """Takes the hit; whether the guest is to stay stopped."""
        blocks = self.tracer.hit(self.index, self.site)
        if self.site["point"] != "comm_write" or blocks is None:
            return False
        self.tracer.marker = marker(self.tracer.plan, self.site, blocks)
        return self.tracer.marker is not None and self.tracer.marker[0] in ("start", "end")


def registers(names):
    """By expressions: gdb.selected_frame() would unwind a frame, which reads memory, to know whether it is the last."""
    return {name: int(gdb.parse_and_eval("$" + name)) & capture.UNKNOWN for name in names}


def run(plan_path, socket, folder):
    """Traces the guest behind the gdbstub at `socket` from its first instruction; returns whether the lab ended."""
    tracer = Tracer(plan_path, folder)
    tracer.connect(socket)
    tracer.arm(markers=True)
    if tracer.plan["arm"] == "boot":
        tracer.arm(markers=False)
    tracer.tell("phase boot")
    ended = False
    try:
        while True:
            said = gdb.execute("continue", to_string=True)
            if tracer.broken:
                raise tracer.broken
            if not tracer.marker:
                if not ended:
                    print("gdb stopped without a marker: " + said.strip(), file=sys.stderr)
                break
            name, tracer.marker = tracer.marker[0], None
            if name == "start":
                if tracer.plan["arm"] == "lab":
                    tracer.arm(markers=False)
                tracer.tell("phase lab")
            elif name == "end":
                ended = True
                tracer.disarm()
                tracer.tell("hits %d" % tracer.records)
                tracer.tell("phase end")
    except gdb.error as error:
        # QEMU closes the connection when it ends
        if not ended:
            print("gdb: %s" % error, file=sys.stderr)
    return ended
