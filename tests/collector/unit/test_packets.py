# SPDX-License-Identifier: GPL-2.0-or-later
"""Which packet is which."""

import struct

from frames import Buffer, Way, segment_of
from harness import it, same
from ktlab import packets


@it("gives a packet one id on its way over two nodes, and a new one when the same is sent again")
def _():
    way = Way()
    sent = way.send(segment_of(dst=b"\x03" * 6))
    same(way.packets.arriving(way.buffer(segment_of(dst=b"\x03" * 6), 9), "router"), sent)
    passed = Buffer(segment_of(ttl=63), 9)
    came = way.packets.received(passed, "router")
    same([came, way.packets.sent(passed, came)], [(sent,)] * 2)
    way.packets.left(passed)
    same(way.come(segment_of(ttl=63)), [sent])
    again = way.send(segment_of())
    assert again != sent
    same(way.come(segment_of()), [again])


@it("does not mix up a segment that was lost before it left with an equal one that was sent later")
def _():
    way = Way()
    lost, later = way.send(segment_of(), copies=0), way.send(segment_of())
    same([way.come(segment_of()), lost != later], [[later], True])


@it("gives a frame lost on the wire up when one behind it has come")
def _():
    way = Way()
    numbers = [way.send(segment_of(seq)) for seq in (1, 2, 1, 2)]
    same([way.come(segment_of(2)), way.come(segment_of(1)), way.come(segment_of(2))], [[number] for number in numbers[1:]])


@it("knows a packet that was copied on its way as one")
def _():
    way = Way()
    one, two = way.send(segment_of(), copies=2), way.send(segment_of())
    same([way.come(segment_of()) for _ in range(3)], [[one], [one], [two]])


@it("gives the parts that a card cuts the id of the whole, and the empty one behind them")
def _():
    way = Way()
    whole = way.send(segment_of(payload=200, flags=0x18, ident=7))
    next_ = way.send(segment_of(201, payload=10, ident=9))
    parts = [segment_of(payload=100, ident=7), segment_of(101, payload=100, flags=0x18, ident=8), segment_of(201, ident=9)]
    same([way.come(part) for part in parts], [[whole]] * 3)
    same(way.come(segment_of(201, payload=10, ident=9)), [next_])


@it("takes no segment for a part of one whose id is far from its own")
def _():
    way = Way()
    whole = way.send(segment_of(payload=200, ident=7))
    assert way.come(segment_of(payload=100, ident=7 + packets.PARTS + 1)) != [whole]
    same(way.come(segment_of(payload=100, ident=7 + packets.PARTS)), [whole])


@it("takes a frame that is wholly the same before one of which it could be a part")
def _():
    way = Way()
    whole, again = way.send(segment_of(payload=200, ident=7)), way.send(segment_of(payload=100, ident=8))
    same([way.come(segment_of(payload=100, ident=8)), whole != again], [[again], True])


@it("gives a segment that the kernel joined the ids of all that are in it")
def _():
    way = Way()
    numbers = [way.send(segment_of(1 + 100 * i, payload=100, ident=7 + i)) for i in range(4)]
    same([way.come(segment_of(payload=300, ident=7)), way.come(segment_of(301, payload=100, ident=10))],
         [numbers[:3], numbers[3:]])


@it("knows a packet again that a router cut into fragments and its receiver made whole")
def _():
    way = Way()
    sent = way.send(segment_of(payload=200), copies=0)
    way.packets.left(way.buffer(segment_of(payload=80, frag=0x2000)))
    same(way.come(segment_of(payload=200)), [sent])


@it("believes a buffer's memory only while the headers in it are the same")
def _():
    way = Way()
    one = way.send(segment_of(), head=9)
    same(way.packets.number(Buffer(segment_of(), 9)), one)
    same(way.packets.number(Buffer(segment_of(ident=2), 9)), None)
    same(way.packets.freed(Buffer(segment_of(), 9), None), one)
    same(way.packets.number(Buffer(segment_of(), 9)), None)
    two = way.send(segment_of(), head=9)
    same([way.come(segment_of(), head=17), way.come(segment_of(), head=17)], [[one], [two]])


@it("forgets what can no longer be on its way")
def _():
    way = Way()
    for number in range(3 * packets.ON_THE_WAY):
        way.send(segment_of(number, ident=number & 0xffff).replace(b"\3\xe8", struct.pack(">H", number % 50000 + 1)))
    assert max(map(len, (way.packets.heads, way.packets.links, way.packets.sent_last))) <= packets.ON_THE_WAY + 1
