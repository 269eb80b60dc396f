# SPDX-License-Identifier: GPL-2.0-or-later
"""The gdb engine: addresses, memory, breakpoints, captures."""

import os
import socket
import struct
import tempfile
import types

from harness import gdb, it, same, stored
from ktlab import bench, capture, engine, ram


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


@it("reads a capture file that was cut anywhere up to its last whole record")
def _():
    record = capture.pack(0, capture.NONE, 1, capture.UNKNOWN, range(17), [(0x1000, b"ab"), (0, None)])
    whole = capture.MAGIC + b"\0" * 32 + record + record
    for end in range(len(capture.MAGIC) + 32, len(whole) + 1):
        got = stored.captures(whole[:end])
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


@it("finds who is at the other end of a socket, and leaves no descriptor open, of no file either")
def _():
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, encoding="ascii"), socket.socket(socket.AF_UNIX) as listens, \
            socket.socket(socket.AF_UNIX) as asks, socket.socket(socket.AF_INET):
        path = os.path.join(folder, "gdb")
        listens.bind(path)
        listens.listen()
        asks.connect(path)
        before = os.listdir("/proc/self/fd")
        same([ram.peer(path), ram.peer("/nowhere")], [os.getpid(), None])
        same(len(os.listdir("/proc/self/fd")), len(before))


@it("takes nothing where a list comes round to its head")
def _():
    head = 0xffffffff82000040
    plan = [[{"terms": [["reg", "rax"]], "mask": 0, "add": "0xfffffffffffffff0", "end": hex(head - 16)}]]
    engine.numbers(plan)
    same([engine.address_of(plan[0][0], [], {"rax": at}, {}) for at in (head + 8, head)], [head - 8, None])


@it("takes a stop for the one before it where an interrupt came in between, and at no other sign")
def _():
    rsp, rip = 0xffffc900000bfe98, 0xffffffff81356b80
    regs = {"rax": 1, "rsp": rsp, "rip": rip}

    def second(pushed=(rip, 0x10, 0x246, rsp, 0x18), **changed):
        asked = []

        def read(address, length):
            asked.append((address, length))
            return struct.pack("<5Q", *pushed) if pushed else None
        stops = engine.Interrupted()
        same(stops.again(3, regs, read), False)
        same(asked, [])
        again = stops.again(changed.pop("site", 3), dict(regs, **changed), read)
        assert not asked or asked == [(0xffffc900000bfe90 - 40, 40)], asked
        return again
    same(second(), True)
    same([second(rax=2), second(site=4), second(pushed=None), second(pushed=(rip, 0x10, 0x246, rsp + 8, 0x18)),
          second(pushed=(rip + 1, 0x10, 0x246, rsp, 0x18))], [False] * 5)
