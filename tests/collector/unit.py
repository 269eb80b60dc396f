# SPDX-License-Identifier: GPL-2.0-or-later
"""Unit tests of the collector's parts that need no guest; prints TAP."""

import json
import os
import struct
import sys
import tempfile
import traceback
import types

import decode
from ktlab import capture, decode_syscall, event, headers, hit
from ktlab.model import Model

class FakeBreakpoint:
    """GDB's, which notes what was asked for."""

    def __init__(self, *asked, **_):
        self.asked = asked


# the parts of GDB that read memory and make breakpoints
gdb = sys.modules["gdb"] = types.SimpleNamespace(
    MemoryError=MemoryError, error=RuntimeError, GdbError=RuntimeError, Breakpoint=FakeBreakpoint, VERSION="10.1")
from ktlab import bench, engine, ram  # noqa: E402

TESTS = []


def it(name):
    def add(function):
        TESTS.append((name, function))
        return function
    return add


def same(got, wanted):
    assert got == wanted, "wanted %r, got %r" % (wanted, got)


@it("reads flags in tcpdump's order")
def _():
    head = struct.pack(">HHIIBBH", 1, 2, 3, 4, 0x50, 0x12, 5) + b"\0\0\0\0"
    same(headers.parse_tcp(head)["flags"], "S.")


@it("reads every option that a SYN has, and SACK blocks")
def _():
    opts = bytes.fromhex("020405b4 0402 080a 00000001 00000002 01 030307") + b"\5\x0a" + struct.pack(">II", 7, 9)
    same(list(headers.options(opts)),
         [{"name": "mss", "mss": 1460}, {"name": "sack_ok"}, {"name": "ts", "val": 1, "ecr": 2}, {"name": "nop"},
          {"name": "wscale", "shift": 7}, {"name": "sack", "blocks": [[7, 9]]}])


@it("ends at an option whose length makes no sense")
def _():
    for bad in (b"\2", b"\2\0", b"\2\1\0\0", b"\x08\x0a\0"):
        same(list(headers.options(bad)), [])


@it("takes no header from bytes that are too few or of another kind")
def _():
    same([headers.parse_ip(b"\x45" * 19), headers.parse_ip(b"\x65" * 20), headers.parse_tcp(b"\0" * 20),
          headers.parse_arp(b"\0" * 42), headers.parse_ip(None)], [None] * 5)


@it("reads signed, big-endian and bit fields")
def _():
    same([hit.read_field(b"\xff\xff\xff\xff", [0, 4, True, False, 0, 0]), hit.read_field(b"\0\x50", [0, 2, False, True, 0, 0]),
          hit.read_field(b"\xfa", [0, 4, False, False, 1, 7])], [-1, 80, 125])


@it("names errors as errno does, and the kernel's restart codes")
def _():
    same([decode_syscall.errno_name(value) for value in (-111, -512, 0, 3, None)],
         ["ECONNREFUSED", "ERESTARTSYS", None, None, None])


@it("gives a packet one id on its way over two nodes, and a new one when the same is sent again")
def _():
    model = Model()
    sent = model.sent("a", 1)
    same([model.received("a", 2, "router"), model.sent("a", 2, forwarded=True), model.received("a", 3, "server")], [sent] * 3)
    again = model.sent("a", 1)
    assert again != sent
    same(model.received("a", 4, "server"), again)


@it("gives both ends of a connection one id, and a later one with the same ports another")
def _():
    model = Model()
    one, two = ("10.0.0.1", 1000), ("10.0.0.2", 80)
    first = model.conn(one, two, one, 7)
    assert model.conn(two, one) is first and model.conn(one, two, one, 7) is first
    assert model.conn(one, two, one, 8) is not first
    same(model.conn(one, ("10.0.0.2", 0)), None)


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
