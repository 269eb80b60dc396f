# SPDX-License-Identifier: GPL-2.0-or-later
"""Unit tests of the collector's parts that need no guest; prints TAP."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import traceback
import types
from collections import Counter

import decode
from ktlab import balance, capture, decode_syscall, event, headers, hit, orc, packets
from ktlab.model import FORGET_NS, Model
from ktlab.packets import Packets

class FakeBreakpoint:
    """GDB's, which notes what was asked for."""

    def __init__(self, *asked, **_):
        self.asked = asked


# the parts of GDB that read memory and make breakpoints
gdb = sys.modules["gdb"] = types.SimpleNamespace(
    MemoryError=MemoryError, error=RuntimeError, GdbError=RuntimeError, Breakpoint=FakeBreakpoint, VERSION="10.1")
from ktlab import bench, engine, kernel, points, ram, source  # noqa: E402

TESTS = []


def it(name):
    def add(function):
        TESTS.append((name, function))
        return function
    return add


def same(got, wanted):
    assert got == wanted, "wanted %r, got %r" % (wanted, got)


def segment_of(seq=1, payload=0, flags=0x10, opts=b"", ip_opts=b"", ident=1, dst=b"\x02" * 6, low=0, offset=None, **ip):
    """A frame from 10.0.0.1:1000 to 10.0.0.2:80."""
    offset = 5 + len(opts) // 4 if offset is None else offset
    tcp = struct.pack(">HHIIBBHHH", 1000, 80, seq & 0xffffffff, 2, offset << 4 | low, flags, 5, 0, 0) + opts
    tot_len = 20 + len(ip_opts) + len(tcp) + payload
    head = struct.pack(">BBHHHBBH4s4s", 0x45 + len(ip_opts) // 4, 0, ip.get("tot_len", tot_len), ident, ip.get("frag", 0),
                       ip.get("ttl", 64), 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    return dst + b"\x01" * 6 + b"\x08\0" + head + ip_opts + tcp + bytes(payload)


def read(**of):
    """The TCP header of such a frame as a decoder sees it."""
    frame = segment_of(**of)
    return headers.parse_segment(frame[14:], len(frame) - 14)[1]


@it("reads the nine flags in tcpdump's order, and none")
def _():
    same([read(flags=bits & 255, low=bits >> 8)["flags"] for bits in (0x12, 0xc2, 0x52, 0x1ff, 0)],
         ["S.", "SEW", "S.E", "FSRP.UEWe", "none"])
    same([read(low=14)["reserved"], read(low=14)["bits"]], [7, 0x10])


@it("finds the TCP header behind the IP header's options")
def _():
    got = read(ip_opts=b"\x94\4\0\0", opts=b"\2\4\5\xb4", payload=7)
    same([got["sport"], got["dport"], got["payload_len"], got["opts"]], [1000, 80, 7, [{"name": "mss", "mss": 1460}]])


@it("says of a header that cannot be as long as it says so, and knows nothing behind it")
def _():
    for offset in (0, 4, 6, 15):
        got = read(offset=offset)
        same([got["damage"], got["payload_len"], got["opts"], got["header_len"]], ["header_len", 0, [], offset * 4])
    same(read(offset=6, payload=4)["damage"], None)


@it("takes the length of a GSO packet that is too big for its field from the buffer")
def _():
    same(read(tot_len=0, payload=90)["payload_len"], 90)


@it("reads every option that a SYN has, and SACK blocks")
def _():
    opts = bytes.fromhex("020405b4 0402 080a 00000001 00000002 01 030307") + b"\5\x0a" + struct.pack(">II", 7, 9)
    same(list(headers.options(opts)),
         [{"name": "mss", "mss": 1460}, {"name": "sack_ok"}, {"name": "ts", "val": 1, "ecr": 2}, {"name": "nop"},
          {"name": "wscale", "shift": 7}, {"name": "sack", "blocks": [[7, 9]]}])
    same(list(headers.options(bytes.fromhex("2202 2204abcd 1e04ffff 00 02"))),
         [{"name": "tfo", "cookie": None}, {"name": "tfo", "cookie": "abcd"}, {"name": "kind30"}, {"name": "eol"}])


@it("names an option malformed whose length is not its kind's, and ends where it leads nowhere")
def _():
    def bad(kind, length, name="truncated"):
        return {"name": name, "kind": kind, "length": length}
    for data, wanted in ((b"\2", [bad(2, 0)]), (b"\2\0", [bad(2, 0)]), (b"\2\1\0\0", [bad(2, 1)]),
                         (b"\x08\x0a\0", [bad(8, 10)]), (b"\2\3\0\1", [bad(2, 3, "malformed"), {"name": "nop"}]),
                         (b"\5\2\1", [bad(5, 2, "malformed"), {"name": "nop"}])):
        same(list(headers.options(data)), wanted)


@it("takes no header from bytes that are too few or of another kind")
def _():
    same([headers.parse_ip(b"\x45" * 19), headers.parse_ip(b"\x65" * 20), headers.parse_tcp(b"\0" * 19, 20), headers.parse_ip(b"\x44" * 20),
          headers.parse_arp(b"\0" * 42), headers.parse_ip(None)], [None] * 6)


@it("reads signed, big-endian and bit fields")
def _():
    same([hit.read_field(b"\xff\xff\xff\xff", [0, 4, True, False, 0, 0]), hit.read_field(b"\0\x50", [0, 2, False, True, 0, 0]),
          hit.read_field(b"\xfa", [0, 4, False, False, 1, 7])], [-1, 80, 125])


@it("names errors as errno does, and the kernel's restart codes")
def _():
    same([decode_syscall.errno_name(value) for value in (-111, -512, 0, 3, None)],
         ["ECONNREFUSED", "ERESTARTSYS", None, None, None])


class Buffer:
    """A hit at which a frame is at hand, in a buffer at HEAD."""

    entry = None

    def __init__(self, frame, head):
        self.frame = frame[:134]
        self.capture = types.SimpleNamespace(number=0)
        self.fields = {"skb.head": head, "skb.network_header": 64, "skb.data": head + 50, "skb.len": len(frame), "skb.data_len": 0}

    def bytes(self, block):
        return {"frame": self.frame, "skb": b""}[block]

    def __getitem__(self, name):
        return self.fields[name]


class Way:
    """Sends frames and tells which packets come."""

    def __init__(self):
        self.packets, self.head = Packets(), 0

    def buffer(self, frame, head=None):
        self.head += 4096
        return Buffer(frame, head or self.head)

    def send(self, frame, copies=1, head=None):
        buffer = self.buffer(frame, head)
        number = self.packets.sent(buffer)[0]
        for _ in range(copies):
            self.packets.left(buffer)
        return number

    def come(self, frame, node="server", head=None):
        return list(self.packets.received(self.buffer(frame, head), node))


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


class At(dict):
    """A hit of which the model reads no more than time, and fields by name."""

    def __init__(self, t_ns=0, **fields):
        super().__init__(fields)
        self.t_ns = t_ns

    def __missing__(self, name):
        return None


@it("takes a place in an array, which may be the first, and nothing where a guard is zero")
def _():
    taken = [(0x1000, struct.pack("<QII", 0xffff888000001000, 2, 0)), (0, None)]

    def at(*terms):
        return engine.address_of({"terms": terms, "mask": 0, "add": 0}, taken, {"rax": 3}, {})
    array = ["field", 0, 0, 8]
    same([at(array, ["index", 0, 8, 4, 8]), at(array, ["index", 0, 12, 4, 8]), at(array, ["reg", "rax", 8])],
         [0xffff888000001010, 0xffff888000001000, 0xffff888000001018])
    same([at(array, ["field", 0, 8, 4, 0]), at(array, ["field", 0, 12, 4, 0]), at(array, ["index", 1, 0, 4, 8])],
         [0xffff888000001000, None, None])


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
        return decode_syscall.errno_name(decode_syscall.what_program_gets(at, ret))
    alarm, child, handler, restart = 1 << 13, 1 << 16, 0x401000, 0x10000000
    same([gets(-512, alarm, s14=(handler, 0)), gets(-512, 0, alarm, s14=(handler, restart)), gets(-514, alarm, s14=(handler, restart)),
          gets(-513, alarm, s14=(handler, 0))], ["EINTR", "ERESTARTSYS", "EINTR", "ERESTARTNOINTR"])
    # ended by default, nobody's business, blocked, nothing there; two: the one that is taken first
    same([gets(-512, alarm), gets(-512, child), gets(-512, alarm, blocked=alarm, s14=(handler, 0)), gets(-512, 0)], ["ERESTARTSYS"] * 4)
    same(gets(-512, alarm | child, s14=(handler, restart), s17=(handler, 0)), "ERESTARTSYS")


ONE, TWO = ("10.0.0.1", 1000), ("10.0.0.2", 80)


def connected(model, address=0x1000, seq=7, at=At()):
    """A sock of ONE that connects to TWO, and its connection."""
    sock = model.sock(address)
    model.again(sock)
    return sock, model.connects(at, sock, ONE, TWO, seq)


@it("gives both ends of a connection one id, and the next connect() with the same ports another")
def _():
    model = Model()
    sock, first = connected(model)
    assert model.conn(At(), TWO, ONE) is first and model.syn(At(), ONE, TWO, 7, False) is first
    assert model.connects(At(), sock, ONE, TWO, 7) is first, "a SYN that is sent again"
    model.closed(sock)
    assert connected(model, seq=8)[1] is not first
    same(model.conn(At(), ONE, ("10.0.0.2", 0)), None)


@it("keeps a SYN that is nobody's in the connection that it falls into, and its numbers as they were")
def _():
    model = Model()
    sock, conn = connected(model)
    assert model.syn(At(), ONE, TWO, 777777, False) is conn
    same(conn.isn[ONE], 7)
    model.free(sock.address)
    assert model.syn(At(), ONE, TWO, 888888, False) is not conn


@it("has one connection for two that connect to each other at once, and for a request that came again")
def _():
    model = Model()
    _, conn = connected(model)
    assert model.connects(At(), model.sock(0x2000), TWO, ONE, 99) is conn
    same(conn.isn, {ONE: 7, TWO: 99})
    model = Model()
    _, conn = connected(model)
    for isn in (50, 60):
        assert model.syn(At(), TWO, ONE, isn, True) is conn
        conn.choose(TWO, isn)
    same(conn.isn, {ONE: 7, TWO: 60})


@it("does not take a refused SYN of the other end for one that crosses")
def _():
    model = Model()
    sock, refused = connected(model)
    model.closed(sock)
    assert model.connects(At(), model.sock(0x2000), TWO, ONE, 99) is not refused


@it("tells an object from the one that had its address before, and a second connect() of a socket from its first")
def _():
    model = Model()
    sock, first = connected(model)
    sock.owner = {"pid": 1}
    use = sock.use
    again, second = connected(model, seq=8)
    assert again is sock and use.conn is first and sock.conn is second
    model.free(0x1000)
    assert model.sock(0x1000) is not sock and model.sock(0x1000).owner is None
    model.neighs[0x3000] = "REACHABLE"
    model.free(0x3000)
    same(model.neighs, {})


@it("has a loopback for each node")
def _():
    model, here, there = Model(), ("127.0.0.1", 1000), ("127.0.0.1", 80)
    one, two = (model.conn(At(**{"net.inum": node}), here, there) for node in (1, 2))
    assert one is not two


@it("forgets connections that no sock holds when no segment of theirs can come any more, and nothing else")
def _():
    model, later = Model(), At(FORGET_NS + 1)
    sock, held = connected(model)
    for port in range(100):
        model.conn(At(), ("10.0.0.3", port + 1), TWO)
    model.conn(later, ("10.0.0.4", 1), TWO)
    same(len(model.conns), 2)
    assert model.conn(later, ONE, TWO) is held


@it("reads a capture file that was cut anywhere up to its last whole record")
def _():
    record = capture.pack(0, capture.NONE, 1, capture.UNKNOWN, range(17), [(0x1000, b"ab"), (0, None)])
    whole = capture.MAGIC + b"\0" * 32 + record + record
    for end in range(len(capture.MAGIC) + 32, len(whole) + 1):
        got = decode.captures(whole[:end])
        same(len(got), (end - len(capture.MAGIC) - 32) // len(record))
    same([got[1].blocks, got[1].entry, got[1].icount], [[(0x1000, b"ab"), (0, None)], None, None])


@it("refuses a capture file of another kind")
def _():
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"not captures")
        file.flush()
        try:
            list(capture.read(file.name))
        except ValueError as error:
            assert "not a capture file" in str(error)
        else:
            raise AssertionError("it was read")


@it("drops a stop that is reported twice, counts it, and still pairs the return with its entry")
def _():
    plan, data, frames = decode.load(os.path.join(decode.HERE, "handshake"))
    wanted = decode.events(plan, data, frames)[0]
    doubled, numbers = data[:44], {}
    for record in decode.captures(data):
        entry = capture.NONE if record.entry is None else numbers[record.entry]
        numbers[record.number] = 2 * record.number + 1
        packed = capture.pack(record.site, entry, record.clock_ns, capture.UNKNOWN, record.regs.values(), record.blocks)
        doubled += packed + packed
    got, decoder = decode.events(plan, doubled, frames)
    same([decode.shown(event) for event in got], [decode.shown(event) for event in wanted])
    same(sum(count["duplicates"] for count in decoder.counts.values()), len(numbers))


@it("bounds by how far stops moved the clock: by the time between them, and by the beat")
def _():
    def at(*clocks_ns):
        stops = decode.decode.Stops()
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


@it("reads what QEMU shares of the guest's memory where the kernel's linear maps hold, all else by the stub")
def _():
    direct, image, line = 0xffff888000000000, 0xffffffff80000000, 256
    shared = bytearray(os.urandom(2 << 20))
    shared[-line:] = bytes(line)
    at = ram.FIRST + 4096
    asked = []

    def stub(holds):
        def read_memory(address, length):
            asked.append(address)
            if address < 4096:
                raise gdb.MemoryError
            own = next((address - first for first in holds if address >= first), None)
            return bytes(length) if own is None else bytes(shared[own:own + length])
        return types.SimpleNamespace(read_memory=read_memory)

    def memory(holds, checked, there=shared):
        gdb.selected_inferior = lambda: stub(holds)
        made = ram.Memory()
        made.ram = there
        made.check(*checked)
        made.stopped()
        asked.clear()
        return made

    def stub_is_asked(made, address, length=8):
        asked.clear()
        got = made.read(address, length)
        return bool(asked), got == bytes(shared[address % (1 << 30):][:length])

    both = memory((image, direct), (direct + at, image + at))
    same([stub_is_asked(both, address) for address in (direct + at, image + at)], [(False, True)] * 2)
    # a hole of the PC, beyond the end, user memory; and what is not there
    same([stub_is_asked(both, address)[0] for address in (direct + 0xb8000, direct + len(shared) - 4, 0x400000)], [True] * 3)
    same(both.read(8, 8), None)
    # a map that is elsewhere, one that was not looked at, one that only zeros speak for; and no shared memory
    for made in (memory((image,), (direct + at, image + at)), memory((image, direct), (image + at,)),
                 memory((image, direct), (direct + len(shared) - 1, image + at)), memory((image, direct), (direct + at,), None)):
        same(stub_is_asked(made, direct + at)[0], True)
    # one answer of the stub serves until the guest has run
    same([(stub_is_asked(both, address)[0]) for address in (0x400000, 0x400010, 0x4000f8)], [False] * 3)
    both.stopped()
    same(stub_is_asked(both, 0x400010)[0], True)


@it("makes hardware breakpoints only, and refuses a GDB that has none")
def _():
    site = {"addr": "0xffffffff81000001", "point": "tcp_ack"}
    makes = (lambda: engine.Site(None, 0, site), lambda: bench.Empty(None, site))
    for make in makes:
        try:
            make()
        except gdb.GdbError as error:
            assert "GDB 10.1 cannot make hardware breakpoints" in str(error)
        else:
            raise AssertionError("it made another one")
    gdb.BP_HARDWARE_BREAKPOINT = 2
    same([make().asked for make in makes], [("*0xffffffff81000001", 2)] * 2)


def balanced(*hits):
    """What the hits (point, at, rsp) of one task say of each point."""
    found = balance.Balance()
    for point, at, rsp in hits:
        found.add(point, at, rsp, 1, True)
    return found.shown()


def calls(**numbers):
    return dict(balance.NONE, **numbers)


@it("tells calls that returned from those that are under way, or were when the points were armed")
def _():
    same(balanced(("a", "return", 0x7f00), ("a", "enter", 0x7e00), ("b", "enter", 0x7d00), ("b", "return", 0x7d00),
                  ("b", "enter", 0x7d00)),
         {"a": calls(inside=1, before=1), "b": calls(returned=1, inside=1)})


@it("finds a call that is over without a return, as the stack shows, and a return that nobody entered")
def _():
    # as GDB makes it with a software breakpoint: the return before the function is hit in its stead
    same(balanced(("a", "enter", 0x7e00), ("a", "return", 0x7e00), ("b", "return", 0x7e00))["b"], calls(unentered=1))
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0x7f00))["a"], calls(lost=1))
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0x7e00))["a"], calls(lost=1))
    # not so on another stack, nor when another task has it
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0xbf00))["a"], calls(inside=1))
    found = balance.Balance()
    found.add("a", "enter", 0x7e00, 1, True)
    found.add("b", "enter", 0x7f00, 2, True)
    same(found.shown()["a"], calls(inside=1))


@it("finds a call whose return address is gone from the stack, and a return in a task that came after its entry was watched")
def _():
    found = balance.Balance()
    found.add("a", "enter", 0x7e00, 1, True, {0x7e00: 5}.get)
    found.add("b", "enter", 0x7d00, 1, True, {0x7e00: 5, 0x7d00: 6}.get)
    same(found.shown(), {"a": calls(inside=1), "b": calls(inside=1)})
    found.add("c", "enter", 0x7c00, 1, True, {0x7e00: 7, 0x7d00: 6}.get)
    same(found.shown()["a"], calls(lost=1))
    found.add("a", "return", 0x17e00, 2, True, old=True)
    same(found.shown()["a"], calls(lost=1, before=1))
    found.add("a", "return", 0x27e00, 3, True, old=False)
    same(found.shown()["a"], calls(lost=1, before=1, unentered=1))


@it("finds nearly every entry and return that is taken out of a real run, and nothing in the run itself")
def _():
    plan, data, frames = decode.load(os.path.join(decode.HERE, "handshake"))

    decoder = decode.decode.Decoder(plan, None)
    read = [hit.Hit(plan, record, None) for record in decode.captures(data)]
    start = next(one["task.pid"] for one in read if one.site["decode"] == "marker" and one.text("text").startswith("ktlab start"))
    hits = [(one.site["point"], one.at, one.regs["rsp"], one["current"], one.site["point"] in decoder.returning, one.word,
             one["task.pid"] <= start) for one in read if one.capture.site in decoder.judged]

    def wrong(leave_out):
        found, entered = balance.Balance(), Counter()
        for number, one in enumerate(hits):
            if number != leave_out:
                found.add(*one)
                entered[one[0]] += one[1] == "enter"
        return [name for name, numbers in found.shown().items() if balance.sentence(name, entered[name], numbers)]

    same(wrong(None), [])
    some = [number for number, one in enumerate(hits) if one[4]]
    unseen = [hits[number][:2] for number in some if not wrong(number)]
    # the last returns on their stacks: what is left of it is in no hit
    same((len(some), unseen), (272, [("ip_route_input_slow", "return"), ("sock_close", "return")]))


def small_tree(folder):
    """A source that has what the points name, and no more; its text."""
    functions = {row.fn.split("|")[-1].partition(".")[0] for row in points.TABLE}
    text = "".join("SYSCALL_DEFINE3(%s, int, a)\n" % name[10:] if name.startswith("__x64_sys_") else "static int %s(int a)\n{\n}\n" % name
                   for name in sorted(functions))
    text += "".join("DEFINE_PER_CPU(int, %s) ____cacheline_aligned;\n" % name for name in kernel.PER_CPU)
    for ctype, fields in sorted(kernel.STRUCTS.values()):
        members = {word.split("=")[-1].split(":")[0].split("|")[-1].split(".")[0] for word in fields.split()}
        text += "struct %s {\n%s};\n" % (ctype, "".join("\tint %s;\n" % name for name in sorted(members)))
    os.makedirs(os.path.join(folder, "net/ipv4"))
    return text


@it("knows from a source which names it lacks, before anything is compiled")
def _():
    with tempfile.TemporaryDirectory() as folder:
        text = small_tree(folder)

        def lacks(old="", new=""):
            with open(os.path.join(folder, "net/ipv4/all.c"), "w", encoding="ascii") as file:
                assert old in text
                file.write(text.replace(old, new))
            return list(source.Source(folder).lacks())

        same(lacks(), [])
        same(lacks("fib_table_lookup(", "fib_lookup_by_table("),
             [("it has no function fib_table_lookup, by which 'fib_lookup' is watched", False)])
        # not the call of a function in another one
        same(lacks("static int comm_write(", "\tcomm_write("), [("it has no function comm_write, by which 'comm_write' is watched", True)])
        same(lacks("SYSCALL_DEFINE3(bind,", "SYSCALL_DEFINE3(bound,"),
             [("it has no function __x64_sys_bind, by which '__x64_sys_bind' is watched", False)])
        same(lacks("\tint nd_net;\n"), [("its struct net_device has no nd_net", False)] * 2)
        same(lacks("\tint orig_ax;\n"), [("its struct pt_regs has no orig_ax", True)])
        same(lacks("int, current_task)", "int, running_task)"),
             [("it has no variable current_task or pcpu_hot.current_task of each processor", True)])
        same(lacks("DEFINE_PER_CPU(int, current_task) ____cacheline_aligned;",
                   "struct pcpu_hot {\n\tint current_task;\n};\nDEFINE_PER_CPU_ALIGNED(struct pcpu_hot, pcpu_hot);"), [])


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


@it("does not take for entered what is inlined at a function's first instruction")
def _():
    frames = [{"fn": "skb_dst", "inlined": True}, {"fn": "ip_output", "inlined": False}, {"fn": "dst_output", "inlined": True}]

    def functions(at):
        made = hit.Hit.__new__(hit.Hit)
        made.at, made._frames, made.capture = at, None, types.SimpleNamespace(blocks=[])
        made.symbols = types.SimpleNamespace(stack=lambda pcs: frames)
        return made.functions

    same(functions("enter"), ["ip_output", "dst_output"])
    same(functions("line"), ["skb_dst", "ip_output", "dst_output"])


# a function that moves rsp by 16, pushes rbp, and calls; the code of an interrupt's entry; and one of which nothing is known
ORC_SOURCE = """
.text
.globl _start
_start: .fill 16, 1, 0x90
inner: .fill 16, 1, 0x90
entry: .fill 16, 1, 0x90
switched: .fill 16, 1, 0x90
.section .orc_unwind_ip, "a"
.long switched - .
.long inner - .
.long inner + 8 - .
.long _start - .
.long _start - .
.long entry - .
.section .orc_unwind, "a"
{0}
"""


def orc_of(folder, entries, about):
    """The table of a program with these entries: (sp_offset, bp_offset, sp_reg, bp_reg, type)."""
    bits = "".join(".short %d, %d, %d\n" % (sp, bp, sp_reg | bp_reg << 4 | type_ << 8) for sp, bp, sp_reg, bp_reg, type_ in entries)
    path = os.path.join(folder, "vmlinux")
    with open(path + ".s", "w", encoding="ascii") as file:
        file.write(ORC_SOURCE.format(bits))
    subprocess.run(["gcc", "-nostdlib", "-static", "-Wl,-Ttext=0x81000000", "-o", path, path + ".s"], check=True)
    return orc.Orc(dict(about, sp_reg=[0, 4], bp_reg=[4, 4]), path)


@it("reads a stack by the kernel's table, as 5.4 and as 6.4 write it")
def _():
    text = 0x81000000
    for call, type_bits, regs in ((0, [8, 2], 1), (2, [8, 3], 3)):
        # of the stack on which `switched` runs, the word on top leads to the one before
        of_switched, of_inner, of_pushed = (8, 0, 9, 0, call), (8, 0, 5, 0, call), (24, -16, 4, 1, call)
        entries = of_switched, of_inner, of_pushed, (0, 0, 0, 0, 0), (32, -24, 5, 1, call), (0, 0, 5, 0, regs)
        with tempfile.TemporaryDirectory() as folder:
            table = orc_of(folder, entries, {"type": type_bits, "call": call})
        memory = {0x1000: text + 5, 0x1010: 0x7777, 0x1020: text + 37, 0x2018: 0x3000, 0x3000: text + 3, 0x5000: 0x1000}
        callers = lambda rip, **regs: list(table.callers(dict(dict.fromkeys(capture.REGISTERS, 0), rip=text + rip, **regs), memory.get))
        # in `inner` before anything is pushed, then by rbp; in _start by rsp, to the entry, which no function has called
        same(callers(16, rsp=0x1000), [text + 5, text + 37])
        same(callers(24, rbp=0x0ff0), [text + 5, text + 37])
        # over to another stack
        same(callers(48, rsp=0x5000), [text + 5, text + 37])
        # of what no memory was taken
        same(callers(24, rbp=0x9000), [])


print("1..%d" % len(TESTS))
failed = 0
for number, (title, test) in enumerate(TESTS, 1):
    try:
        test()
        print("ok %d - %s" % (number, title))
    except Exception:
        failed = 1
        print("not ok %d - %s" % (number, title))
        print("# " + traceback.format_exc().replace("\n", "\n# "))
sys.exit(failed)
