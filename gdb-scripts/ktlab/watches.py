# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the stores that a run of the plugin engine has recorded against GDB's watchpoints on a replay of the run.

Theory of operation. The replay goes to where an object is born; from there on until its end a hardware watchpoint of GDB
lies on each of its chosen fields, for all objects that live at a time. GDB stops behind each store that has changed one, and
says what is in it then; the machine says how many instructions it has executed. The record must have the same changes of the
same fields at the same instructions, and no other ones. The functions that GDB unwinds there, by the call frame information,
must be in the record's chain, too, and none between them missing.
"""

import os

import gdb

from . import kernel
from .replay import Replay, Run, tables

# {field as the record has it: as GDB finds it in an object at an address}
FIELDS = {
    "sock.sk_state": "((struct sock *)%s)->__sk_common.skc_state",
    "sock.sk_ack_backlog": "((struct sock *)%s)->sk_ack_backlog",
    "sock.sk_wmem_queued": "((struct sock *)%s)->sk_wmem_queued",
    "sock.icsk_retransmits": "((struct inet_connection_sock *)%s)->icsk_retransmits",
    "sock.snd_nxt": "((struct tcp_sock *)%s)->snd_nxt",
    "sock.snd_una": "((struct tcp_sock *)%s)->snd_una",
    "sock.rcv_nxt": "((struct tcp_sock *)%s)->rcv_nxt",
    "sock.snd_cwnd": "((struct tcp_sock *)%s)->snd_cwnd",
    "request.num_retrans": "((struct request_sock *)%s)->num_retrans",
    "request.sk": "((struct request_sock *)%s)->sk",
    "skb.len": "((struct sk_buff *)%s)->len",
    "skb.data": "((struct sk_buff *)%s)->data",
    "skb.transport_header": "((struct sk_buff *)%s)->transport_header",
    "neighbour.nud_state": "((struct neighbour *)%s)->nud_state",
    "neighbour.output": "((struct neighbour *)%s)->output",
}
NAMES = {"sock.sk_state": kernel.TCP_STATES, "neighbour.nud_state": kernel.NUD_STATES}


# what is unwound of a stack: as many frames as a record may have, and one to see what lies behind
FRAMES = 6
# stands in a chain for a caller that the record does not know
UNKNOWN = "…"


def recorded(run, fields):
    """{(instructions before the store, field): (before, after, chain)} of the changes of these fields."""
    return {(row["icount"], row["field"]): (row["before"], row["after"], (row["by"] or "").split(" -> "))
            for field in fields for row in tables(run, "writes", field)["writes"] if row["before"] != row["after"]}


def unwound():
    """The functions on the stack that are not inlined, the innermost first."""
    names, frame = [], gdb.newest_frame()
    while frame and len(names) < FRAMES:
        if frame.type() == gdb.NORMAL_FRAME:
            names.append(frame.name())
        frame = frame.older()
    return names


def lost(names, chain):
    """The first of the functions on a stack that a record's chain leaves out without a word, though it has what lies behind it;
    or None."""
    left = chain[::-1]
    for name, behind in zip(names, names[1:]):
        if name in left:
            left = left[left.index(name) + 1:]
        elif UNKNOWN in left:
            left = left[left.index(UNKNOWN) + 1:]
        elif behind in left:
            return name
    return None


class Watch:
    """A watchpoint on a field of an object, from the object's birth to its end."""

    def __init__(self, field, address):
        place = gdb.parse_and_eval("&" + FIELDS[field] % address)
        self.field, self.names = field, NAMES.get(field, {})
        self.type, self.at = place.type.target(), int(place)
        self.value = self.read()
        self.point = gdb.Breakpoint("*(%s *) %#x" % ("unsigned char" if self.type.sizeof == 1 else self.type, self.at),
                                    type=gdb.BP_WATCHPOINT, wp_class=gdb.WP_WRITE, internal=True)
        self.point.silent = True

    def read(self):
        value = int(gdb.Value(self.at).cast(self.type.pointer()).dereference())
        if self.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
            return "NULL" if not value else "%#x" % (value & (1 << 64) - 1)
        return self.names.get(value, str(value))

    def changed(self):
        """(before, after) if it has changed since it was asked last."""
        before, self.value = self.value, self.read()
        return (before, self.value) if before != self.value else None


class Watching:
    """All that GDB has seen of the objects' fields."""

    def __init__(self, replay, fields):
        self.replay, self.fields, self.alive, self.seen = replay, fields, {}, {}

    def run_to(self, count):
        """Lets the guest run until it has executed so many instructions; each change on the way is noted."""
        while self.replay.count() < count:
            self.replay.run_to(count)
            here = self.replay.count()
            if here < 0:
                raise gdb.GdbError("the guest ended before instruction %d" % count)
            for watch in (watch for watches in self.alive.values() for watch in watches):
                change = watch.changed()
                if change:
                    self.seen[(here - 1, watch.field)] = (*change, unwound())

    def begins(self, thing):
        self.alive[thing["number"]] = [Watch(field, thing["address"]) for field in self.fields if kind_of(field) == thing["kind"]]

    def ends(self, thing):
        for watch in self.alive.pop(thing["number"]):
            watch.point.delete()


def moments(things):
    """[(instruction, ends, object)] of what happens to objects, in its order."""
    for thing in things:
        yield thing["born"], False, thing
        if thing["died"] is not None:
            yield thing["died"], True, thing


def run(folder, fields):
    """Watches these fields, or all that are known here, for a whole run; returns (objects, changes, sentences of what differs)."""
    fields = fields or list(FIELDS)
    stored, kinds = Run(folder), {kind_of(field) for field in fields}
    things = [thing for thing in tables(folder, "objects")["objects"] if thing["kind"] in kinds]
    mine = recorded(folder, fields)
    replay = Replay(stored, os.path.dirname(os.environ["KTLAB_GDB"]))
    watching = Watching(replay, fields)
    try:
        replay.go_to(min(thing["born"] for thing in things))
        for count, ends, thing in sorted(moments(things), key=lambda moment: (moment[0], not moment[1], moment[2]["number"])):
            watching.run_to(count)
            (watching.ends if ends else watching.begins)(thing)
        watching.run_to(max(count for count, _ in mine) + 1)
    finally:
        replay.end()
    theirs = watching.seen
    return len(things), len(theirs), list(differences(mine, theirs))


def differences(mine, theirs):
    """A sentence for each change that is not the same in both, or whose chain lacks a function."""
    for key in sorted(set(mine) | set(theirs)):
        one, other = mine.get(key), theirs.get(key)
        if (one and one[:2]) != (other and other[:2]):
            yield "instruction %d, %s: %s as recorded, %s as GDB saw it" % (*key, said(one), said(other))
        elif lost(other[2], one[2]):
            yield "instruction %d, %s: by %s as recorded, without %s, which GDB saw" % (*key, " -> ".join(one[2]), lost(other[2], one[2]))


def kind_of(field):
    return field.partition(".")[0]


def said(change):
    return "%s to %s" % change[:2] if change else "no change"
