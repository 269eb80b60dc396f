# SPDX-License-Identifier: GPL-2.0-or-later
"""From captures.bin to events.jsonl: one pass over the captures, then one over the events, whose connections and owners
may have become known later. Neither the captures nor the events are kept in memory."""

import hashlib
import json
import os
import tempfile

from . import balance, capture, event
from .decode import DECODERS
from .decode.frame import made_by_program
from .hit import Hit
from .loops import Loops
from .model import Model
from .orc import Orc
from .points import ENDS, LEAVES
from .symbols import Symbols

FORMAT = 1


class Decoder:
    """Turns captures into events, in order; keeps what an event's meaning needs of those before."""

    def __init__(self, plan, symbols, folder=None):
        """`folder`: on whose disk the events wait until finished()."""
        self.plan, self.symbols = plan, symbols
        self.model = Model()
        self.waiting = tempfile.TemporaryFile("w+", dir=folder, encoding="utf-8", errors="surrogateescape", newline="\n")
        self.loops = Loops(folder, plan["facts"]["power_on_ns"])
        self.refs = []          # of each event: (its Sock, the Use of it, its Conn), or None
        self.hits = 0
        self.stops = Stops(plan["facts"]["beat_ns"])
        self.entries = {}       # number of an entry's capture -> its Hit, until it returns
        self.returning = {site["point"] for site in plan["sites"] if site["at"] == "return"}
        self.unseen = {about["name"] for about in plan["points"] if about["always"] and about["name"] != "comm_write"}
        self.counts = {about["name"]: {"hits": 0, "entered": 0, "events": 0, "duplicates": 0} for about in plan["points"]}
        self.balance = balance.Balance()
        # two points may watch one function: the first of them is judged; without frame pointers a call may end as a jump
        self.judged = set() if plan.get("orc") else set(
            {(site["addr"], site["at"]): number for number, site in reversed(list(enumerate(plan["sites"])))}.values())
        self.last = None
        self.ended = False
        self.armed_pid = None   # of the task that said `start`

    def _was_there(self, hit):
        """Whether the task was there when the points were armed: those made since have greater numbers (alloc_pid() in
        kernel/pid.c goes on from the last, and after the greatest from 300)."""
        pid = hit["task.pid"]
        return None in (pid, self.armed_pid) or pid <= self.armed_pid

    def feed(self, cap):
        hit = Hit(self.plan, cap, self.symbols, self.entries.pop(cap.entry, None) if cap.entry is not None else None)
        count = self.counts[hit.site["point"]]
        count["hits"] += 1
        self.hits += 1
        self.stops.add(cap.clock_ns)
        if self._again(cap):
            count["duplicates"] += 1
            # its return names the last stop as its entry
            self.entries[cap.number] = self.entries.pop(cap.number - 1, None)
            return
        count["entered"] += hit.at == "enter"
        if cap.site in self.judged:
            self.balance.add(hit.site["point"], hit.at, cap.regs["rsp"], hit["current"], hit.site["point"] in self.returning,
                             hit.word, self._was_there(hit))
        if hit.at == "return" and hit.entry is None:
            return
        if hit.site["fn"] in LEAVES and hit.at == "enter":
            self.model.packets.left(hit)
            self.loops.left(hit, self.model.nodes)
        self.model.sockets.own(hit, self.model.sockets.of(hit))
        made, node = DECODERS[hit.site["decode"]](hit, self.model), None
        if hit.site["point"] in self.unseen:
            made = None
        made = made if isinstance(made, list) else [made] if made else []
        if hit.site["fn"] in LEAVES and hit.at == "enter":
            made += made_by_program(hit)
        for type_, fields in made:
            node = self.emit(hit, type_, fields)
            count["events"] += 1
        if hit.site["fn"] in ENDS:
            self.model.free(hit.regs["rdi"])
        if hit.at == "return":
            self.model.calls.leave(hit)
        if hit.at == "enter" and hit.site["point"] in self.returning:
            self.entries[cap.number] = hit
            self.model.enter(hit, len(self.refs) if made else None, node)
        if hit.site["decode"] == "marker" and hit.text("text").startswith("ktlab start"):
            self.armed_pid = hit["task.pid"]
        self.ended = self.ended or (hit.site["decode"] == "marker" and hit.text("text").startswith("ktlab end"))

    def _again(self, cap):
        """Whether a stop was reported twice: nothing can be at the same place again without time passing."""
        place = cap.site, cap.clock_ns, cap.icount, cap.regs["rsp"]
        again, self.last = place == self.last, place
        return again

    def emit(self, hit, type_, fields):
        """Adds an event; returns its node."""
        call = self.model.calls.parent(hit)
        sock, conn = fields.pop("_sock", None), fields.pop("_conn", None)
        record = dict.fromkeys(event.ENVELOPE)
        record.update(
            n=len(self.refs) + 1, type=type_, t_ns=hit.t_ns, icount=hit.capture.icount, ctx=hit.ctx,
            pid=hit["task.pid"], comm=hit.text("task.comm"), netns=self.model.node(hit, sock, call), point=hit.site["point"], fn=hit.fn,
            at=hit.at, file=hit.site["file"], line=hit.site["line"], ret=returned(hit),
            sk=event.pointer(sock.address) if sock else None, skb=event.pointer(hit.pointer("skb")),
            pkt=fields.pop("_pkt", None), dev=hit.text("dev.name"), step=self.model.step, parent=call.n if call else None)
        record.update(fields, owner=event.LATER, conn=event.LATER, stack=hit.frames)
        self.waiting.write(event.line(record))
        self.refs.append((sock, sock and sock.use, conn) if sock or conn else None)
        return record["netns"]

    def finished(self):
        """The lines of the events, with connections and owners as they are known at the end."""
        self.waiting.seek(0)
        for text, (sock, use, conn) in zip(self.waiting, (refs or (None,) * 3 for refs in self.refs)):
            conn = conn or (use.conn if use else None)
            yield event.fill(text, owner=sock.owner if sock else None, conn=conn.number if conn else None)


def returned(hit):
    """The return value as the envelope has it: a number, an errno also from a pointer, or a pointer."""
    kind = hit.site["ret"]
    if hit.at != "return" or kind == "void":
        return None
    if kind == "pointer":
        return hit.ret if -4096 < hit.ret <= 0 else event.pointer(hit.regs["rax"])
    return hit.ret32


def why_never(about):
    if about["as"] == "left_out":
        return "left out: %s" % about["note"]
    if about["as"] == "substituted":
        return "%s was not called while the lab ran" % about["fn"]
    return "not called while the lab ran"


class Stops:
    """
    How far the gdb engine's stops moved virtual time, at most. QEMU lets it run to the next timer when the guest has
    stopped, before GDB reads it: a move is part of the time since the stop before, and ends at the beat.
    """

    def __init__(self, beat_ns):
        self.beat_ns = beat_ns
        self.count = self.moved_ns = self.most_ns = self.last_ns = 0

    def add(self, clock_ns):
        move_ns = min(clock_ns - self.last_ns, self.beat_ns)
        self.count += 1
        self.moved_ns += move_ns
        self.most_ns = max(self.most_ns, move_ns)
        self.last_ns = clock_ns

    def shown(self):
        return {"count": self.count, "moved_ns": self.moved_ns, "most_ns": self.most_ns}


def decode(plan_path, run, vmlinux):
    """Reads RUN/captures.bin and RUN/settings.json, writes RUN/events.jsonl; returns how many hits. Raises ValueError for bad
    input."""
    with open(plan_path, "rb") as file:
        text = file.read()
    plan = json.loads(text)
    settings_path = os.path.join(run, "settings.json")
    with open(settings_path, encoding="utf-8") as file:
        settings = json.load(file)
    captures = capture.read(os.path.join(run, "captures.bin"))
    if next(captures) != hashlib.sha256(text).digest():
        raise ValueError("%s: taken with another plan than %s" % (os.path.join(run, "captures.bin"), plan_path))
    orc = Orc(plan["orc"], vmlinux) if plan.get("orc") else None
    with Symbols(vmlinux, plan["root"], plan["text"], orc=orc) as symbols:
        decoder = Decoder(plan, symbols, run)
        for cap in captures:
            decoder.feed(cap)
    decoder.loops.close()
    event.write(os.path.join(run, "events.jsonl"), meta(plan, settings, decoder.model.nodes), decoder.finished(),
                end(plan, decoder, settings))
    return decoder.hits


def meta(plan, settings, nodes):
    inums = {node: inum for inum, node in nodes.items()}
    return {"type": "meta", "format": FORMAT,
            "kernel": {key: settings.get(key) for key in ("release", "build_id", "config_sha256", "note")},
            "lab": settings.get("lab"), "engine": settings.get("engine"), "mode": settings.get("mode"),
            "exercise": settings.get("exercise"),
            "facts": {name: plan["facts"][name] for name in ("power_on_ns", "beat_ns", "tcp_flags")},
            "nodes": [dict(nic, netns=inums.get(nic["node"])) for nic in settings.get("topology", [])],
            "points": plan["points"],
            "host": {"qemu": settings.get("qemu_version"), "gdb": settings.get("gdb_version"),
                     "kernel_dir": settings.get("kernel_dir"), "source": settings.get("source")}}


def end(plan, decoder, settings):
    rows = []
    stopping = settings.get("engine") == "gdb" and settings.get("mode") == "live"
    judged = {plan["sites"][number]["point"] for number in decoder.judged} & decoder.returning
    calls = decoder.balance.shown()
    for about in plan["points"]:
        name, count = about["name"], decoder.counts[about["name"]]
        rows.append(dict({"name": name}, **count, calls=calls.get(name, balance.NONE) if name in judged else None,
                         why=None if count["hits"] else why_never(about)))
    return {"type": "end", "hits": decoder.hits, "events": len(decoder.refs), "complete": decoder.ended,
            "stops": decoder.stops.shown() if stopping else None, "points": rows}
