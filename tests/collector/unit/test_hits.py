# SPDX-License-Identifier: GPL-2.0-or-later
"""A hit: what its stack and its system call say, and the loop that makes events."""

import json
import struct
import types

from harness import STORED, it, same, stored
from ktlab import capture, decoder, event, facts, hit
from ktlab.decode import syscall
from ktlab.decode.words import errno_name
from test_sockets import At


@it("knows what a system call's descriptor leads to: a socket, another file, nothing")
def _():
    def opened(number, fd, file=0x10, its=0x10, sk=0x20, ctx=0, table=8):
        fields = {"asked.orig_ax": number, "asked.di": fd, "fdt.max_fds": table, "slot": file, "preempt": ctx,
                  "opened_socket.file": its, "opened_socket.sk": sk}

        class Taken(hit.Hit):
            def __init__(self):
                pass

            def __getitem__(self, name):
                return fields[name]

            def pointer(self, block):
                return file or None
            bytes = pointer
        return Taken().opened
    same(opened(42, 7), (0x10, 0x20))
    # a file that is no socket; nothing there; no descriptor; a call without one; none at all; a softirq that came
    same(opened(0, 0, its=0x30), (0x10, None))
    for args in ((42, 7, 0), (42, 8), (42, 0xffffffff), (41, 2), ((1 << 64) - 1, 7)):
        same(opened(*args), (None, None))
    same(opened(42, 7, ctx=0x100), (None, None))


@it("tells what a program gets of a call that a signal has ended, as the kernel decides it")
def _():
    def gets(ret, pending, shared=0, blocked=0, **actions):
        table = bytearray(64 * 32)
        for number, (handler, flags) in actions.items():
            struct.pack_into("<QQ", table, (int(number[1:]) - 1) * 32, handler, flags)
        at = At(**{"signals.pending": pending, "shared.pending": shared, "signals.blocked": blocked})
        at.bytes = lambda block: table if pending or shared else None
        return errno_name(syscall.what_program_gets(at, ret))
    alarm, child, handler, restart = 1 << 13, 1 << 16, 0x401000, 0x10000000
    same([gets(-512, alarm, s14=(handler, 0)), gets(-512, 0, alarm, s14=(handler, restart)), gets(-514, alarm, s14=(handler, restart)),
          gets(-513, alarm, s14=(handler, 0))], ["EINTR", "ERESTARTSYS", "EINTR", "ERESTARTNOINTR"])
    # ended by default, nobody's business, blocked, nothing there; two: the one that is taken first
    same([gets(-512, alarm), gets(-512, child), gets(-512, alarm, blocked=alarm, s14=(handler, 0)), gets(-512, 0)], ["ERESTARTSYS"] * 4)
    same(gets(-512, alarm | child, s14=(handler, restart), s17=(handler, 0)), "ERESTARTSYS")


@it("drops a stop that is reported twice, counts it, and still pairs the return with its entry")
def _():
    plan, data, frames = STORED
    wanted = stored.events(plan, data, frames)[0]
    doubled, numbers = data[:44], {}
    for record in stored.captures(data):
        entry = capture.NONE if record.entry is None else numbers[record.entry]
        numbers[record.number] = 2 * record.number + 1
        packed = capture.pack(record.site, entry, record.clock_ns, capture.UNKNOWN, record.regs.values(), record.blocks)
        doubled += packed + packed
    got, made = stored.events(plan, doubled, frames)
    same([stored.shown(event) for event in got], [stored.shown(event) for event in wanted])
    same(sum(count["duplicates"] for count in made.counts.values()), len(numbers))


@it("bounds by how far stops moved the clock: by the time between them, and by the beat")
def _():
    def at(*clocks_ns):
        stops = decoder.Stops(facts.BEAT_NS)
        for clock_ns in clocks_ns:
            stops.add(clock_ns)
        return stops.shown()
    same(at(0, 0, 300_000_000, 300_000_400, 300_000_400, 301_500_000),
         {"count": 6, "moved_ns": 2_000_400, "most_ns": 1_000_000})
    same(at(200, 500), {"count": 2, "moved_ns": 500, "most_ns": 300})
    same(at(), {"count": 0, "moved_ns": 0, "most_ns": 0})


@it("fills in what became known later, whatever the names in an event look like")
def _():
    evil = '","owner":"\\u0000","conn":"\\u0000'
    record = {"comm": evil, "owner": event.LATER, "conn": event.LATER, "stack": [{"fn": evil}]}
    owner = {"pid": 1, "comm": evil, "fd": 3}
    same(json.loads(event.fill(event.line(record), owner=owner, conn=7)), dict(record, owner=owner, conn=7))
    same(json.loads(event.fill(event.line(record), owner=None, conn=None)), dict(record, owner=None, conn=None))


@it("follows an interrupt stack to the one before; of a mapped one, only where the hit is on it")
def _():
    def outer(rsp, **blocks):
        made = hit.Hit.__new__(hit.Hit)
        made.regs, made.names, made.capture = {"rsp": rsp}, {name: n for n, name in enumerate(blocks)}, types.SimpleNamespace(
            blocks=[(1, value.to_bytes(8, "little")) for value in blocks.values()])
        return made.outer_rsp

    same(outer(0x8000, top=0x5000), 0x5000)
    same(outer(0x8000), 0)
    same(outer(0x9ff0, top=0x5000, ends=0xa000), 0x5000)
    same(outer(0x6000, top=0x5000, ends=0xa000), 0x5000)
    same([outer(rsp, top=0x5000, ends=0xa000) for rsp in (0x5ff8, 0xa000)], [0, 0])


@it("does not take for entered what is inlined at the first instruction of a function, be that inlined itself")
def _():
    frames = [{"fn": "skb_dst", "inlined": True}, {"fn": "skb_rtable", "inlined": True}, {"fn": "ip_output", "inlined": False},
              {"fn": "dst_output", "inlined": True}]

    def functions(at, fn=None):
        made = hit.Hit.__new__(hit.Hit)
        made.at, made.fn, made._frames, made.capture = at, fn, None, types.SimpleNamespace(blocks=[])
        made.symbols = types.SimpleNamespace(stack=lambda pcs: frames)
        return made.functions

    same(functions("enter"), ["ip_output", "dst_output"])
    same(functions("line", "skb_dst"), ["skb_dst", "skb_rtable", "ip_output", "dst_output"])
    same(functions("line", "skb_rtable"), ["skb_rtable", "ip_output", "dst_output"])
    # a call is watched instead, which is its own function's
    same(functions("line", "arp_xmit"), ["skb_dst", "skb_rtable", "ip_output", "dst_output"])
