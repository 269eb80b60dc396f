# SPDX-License-Identifier: GPL-2.0-or-later
"""A stored run, and QEMU with a replay of it, which GDB moves to any instruction.

Theory of operation. A replay executes what the recorded run did, instruction by instruction, and its monitor command
`replay_break` stops it before the one with that number. It goes forward only (QEMU's reverse execution hangs in such a
machine), so what lies before is reached by another replay from power-on, which takes as long as the guest boots.
"""

import bisect
import hashlib
import json
import os
import re
import signal
import subprocess
import time

import gdb

from . import capture

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXECUTED = re.compile(r"instruction count = (\d+)")
START_SECONDS = 20      # how long QEMU may take to open its socket, on a busy machine


def tables(run, *question):
    """{name: rows} of the tables that `ktreport show` makes of a run."""
    told = subprocess.run([os.path.join(ROOT, "build", "ktreport"), "show", *question, run, "--json"],
                          check=True, stdout=subprocess.PIPE)
    return {table["name"]: table["rows"] for table in json.loads(told.stdout.decode())["tables"]}


class Run:
    """What is stored of a run: its inputs, its recording if there is one, its events. ValueError: it cannot be entered."""

    def __init__(self, folder):
        self.folder = folder
        record = self._json("run.json")
        self.settings, self.sums = record["settings"], record["sha256"]
        self.lab = self.settings["lab"]
        self.again = "run the lab again, with what there is now: make lab LAB=%s EXACT=1" % self.lab
        self.numbers, self.counts = [], []      # of the events in their order: n, and instructions before it
        with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as file:
            for line in file:
                event = json.loads(line)
                if event.get("icount") is not None:
                    self.numbers.append(event["n"])
                    self.counts.append(event["icount"])
        if not self.counts:
            raise ValueError("'%s' does not say at which instructions its events were, as exact runs and those of the plugin "
                             "engine do\n%s" % (folder, self.again))
        self.initrd = next((name for name in self.sums if name.endswith("initramfs.cpio")), "build/initramfs.cpio")
        for name in (os.path.join(self.settings["kernel_dir"], "bzImage"), self.initrd):
            self._same(name, name)
        recording = os.path.join(folder, "untraced", "recording.bin")
        self.recording = recording if os.path.exists(recording) else None
        if self.recording:
            self._same(recording, "recording.bin")
        self.stood = {taken.icount: taken.regs["rip"] for taken in self._captures()}

    def _json(self, name):
        try:
            with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                return json.load(file)
        except OSError as error:
            raise ValueError("'%s' is no run: %s has no %s\nname a run's folder: FROM=out/handshake" % (
                self.folder, self.folder, name)) from error

    def _same(self, path, name):
        """That a file has the bytes that the run was made with."""
        with open(os.path.join(ROOT, path) if not os.path.exists(path) else path, "rb") as file:
            if self.sums.get(name, "") not in ("", hashlib.sha256(file.read()).hexdigest()):
                raise ValueError("'%s' was made with another '%s'\n%s" % (self.folder, path, self.again))

    def _captures(self):
        captures = capture.read(os.path.join(self.folder, "captures.bin"))
        next(captures)
        return captures

    def count_of(self, number):
        """Instructions before the event of that number."""
        place = bisect.bisect_left(self.numbers, number)
        if place == len(self.numbers) or self.numbers[place] != number:
            raise ValueError("no event %d in '%s', which has %d to %d" % (
                number, self.folder, self.numbers[0], self.numbers[-1]))
        return self.counts[place]

    def near(self, count):
        """Numbers of the events just before an instruction, at it, and just after it."""
        first, behind = bisect.bisect_left(self.counts, count), bisect.bisect_right(self.counts, count)
        return self.numbers[:first], self.numbers[first:behind], self.numbers[behind:]


class Replay:
    """QEMU with a run in it, behind GDB's connection."""

    def __init__(self, run, folder):
        self.run, self.qemu = run, None
        self.socket, self.log = os.environ["KTLAB_GDB"], os.path.join(folder, "qemu.log")
        topology = os.path.join(ROOT, "labs", run.lab, "topology")
        self.env = dict(
            os.environ, KTLAB_LAB=run.lab, KTLAB_EXERCISE=run.settings["exercise"], KTLAB_RUN=folder,
            KTLAB_KERNEL=os.path.join(run.settings["kernel_dir"], "bzImage"), KTLAB_INITRD=run.initrd,
            QEMU=run.settings.get("qemu_program", os.environ.get("QEMU", "")),
            KTLAB_RECORDING=run.recording or os.path.join(folder, "recording.bin"))
        if os.path.exists(topology):
            with open(topology, encoding="utf-8") as file:
                self.env["KTLAB_TOPOLOGY"] = file.read().strip()
        if not run.recording:
            print("'%s' has no recording; its guest runs once more for that …" % run.folder, flush=True)
            self._qemu("record", KTLAB_GDB="").wait()

    def _qemu(self, mode, **settings):
        with open(self.log, "wb") as log:
            qemu = subprocess.Popen(        # a session of its own, so that Ctrl-C in GDB does not end it
                [os.path.join(ROOT, "run-qemu.sh")], env=dict(self.env, KTLAB_MODE=mode, **settings),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        # for debug.sh, which ends it should GDB be killed
        with open(self.socket + ".pid", "w", encoding="ascii") as file:
            file.write(str(qemu.pid))
        return qemu

    def end(self):
        """Ends QEMU, if it runs."""
        if self.connected():
            gdb.execute("disconnect", to_string=True)
        if self.qemu:
            self.qemu.send_signal(signal.SIGTERM)
            self.qemu.wait()
        self.qemu = None

    def begin(self):
        """A replay from power-on; whatever ran before is ended."""
        self.end()
        if os.path.exists(self.socket):
            os.remove(self.socket)
        self.qemu = self._qemu("replay")
        until = time.monotonic() + START_SECONDS
        while not os.path.exists(self.socket):
            if self.qemu.poll() is not None or time.monotonic() > until:
                with open(self.log, encoding="utf-8", errors="replace") as log:
                    raise gdb.GdbError("QEMU did not start: %s" % log.read().strip())
            time.sleep(0.02)
        self.connect(until)

    def connect(self, until):
        """Between QEMU's bind(), which makes the socket, and its listen() nobody is let in."""
        while True:
            try:
                with Quiet():
                    gdb.execute("target remote " + self.socket)
                return
            except gdb.error as error:
                if "refused" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    @staticmethod
    def connected():
        return gdb.selected_inferior().pid != 0

    def count(self):
        """Instructions that the guest has executed; -1 once it has ended."""
        found = EXECUTED.search(gdb.execute("monitor info replay", to_string=True)) if self.connected() else None
        return int(found.group(1)) if found else -1

    def run_to(self, count):
        """Lets the guest run until an enabled breakpoint, or to where it has executed so many instructions."""
        gdb.execute("monitor replay_break %d" % count, to_string=True)
        with Quiet():
            gdb.execute("continue")
        if self.connected():
            gdb.execute("monitor replay_delete_break", to_string=True)

    def go_to(self, count):
        """Moves the guest to where it has executed so many instructions. The user's breakpoints stop nothing on the way."""
        here = self.count()
        if not 0 <= here <= count:
            self.begin()
        with Aside(gdb.breakpoints()):
            if here != count:
                self.run_to(count)
        here = self.count()
        if here != count:
            raise gdb.GdbError("on the way to instruction %d the guest stopped at %d" % (count, here))
        stood = self.run.stood.get(count)
        stands = int(gdb.parse_and_eval("$pc")) & capture.UNKNOWN
        if stood not in (None, stands):
            raise gdb.GdbError("at instruction %d the run stood at %#x, and this replay stands at %#x: it is another run\n%s" % (
                count, stood, stands, self.run.again))


class Quiet:
    """Without what GDB says at a stop, which to_string does not take."""

    def __enter__(self):
        gdb.flush()
        self.stdout, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)

    def __exit__(self, *_):
        gdb.flush()
        os.dup2(self.stdout, 1)
        os.close(self.stdout)


class Aside:
    """With these breakpoints disabled."""

    def __init__(self, points):
        self.points = [point for point in points if point.enabled]

    def __enter__(self):
        for point in self.points:
            point.enabled = False

    def __exit__(self, *_):
        for point in self.points:
            if point.is_valid():
                point.enabled = True
