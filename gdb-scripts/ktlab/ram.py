# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's memory at a stop: from the RAM that QEMU shares with us, else from the gdbstub.

Theory of operation. run-qemu.sh gives a guest that waits for GDB its RAM in a memfd. We map that, find a kernel address
in it by the kernel's two linear maps, and so read without a word to the stub, whose every answer costs some 60 us.
What lies elsewhere (user memory, devices, vmalloc) and all of a QEMU that shares nothing is read by the stub.
"""

import mmap
import os
import socket
import stat
import struct

import gdb

READ_ERRORS = (gdb.MemoryError, gdb.error)
# where the kernel maps physical address 0: all of RAM, and its own image (Documentation/x86/x86_64/mm.rst, nokaslr)
LINEAR_MAPS = (0xffff888000000000, 0xffffffff80000000)
# below lie a PC's holes, which are no RAM
FIRST = 1 << 20


def is_socket(fd):
    """Of a descriptor, which may be gone: the one of /proc/self/fd itself is."""
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def peer(path):
    """The process at the other end of GDB's connection to a unix socket; None if there is none."""
    for fd in filter(is_socket, map(int, os.listdir("/proc/self/fd"))):
        try:
            with socket.socket(fileno=os.dup(fd)) as end:
                if end.getpeername() == path:
                    return struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        except OSError:
            pass
    return None


def shared(path):
    """The RAM of the QEMU behind a socket, mapped; None where it shares none."""
    folder = "/proc/%s/fd" % peer(path)
    try:
        for fd in os.listdir(folder):
            if os.readlink(os.path.join(folder, fd)).startswith("/memfd:memory-backend-memfd"):
                with open(os.path.join(folder, fd), "rb") as file:
                    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        pass
    return None


class Memory:
    """Reads the guest's memory. What costs at the stub is the number of reads, not their size: a small one brings the
    line that it lies in, and what was read since the guest stopped is not asked for again."""

    LINE_BYTES = 256

    def __init__(self, path=None):
        """`path`: the gdbstub's unix socket; without it, everything is asked of the stub."""
        self.ram = shared(path) if path else None
        self.maps = []      # those of LINEAR_MAPS that are known to hold
        self.known = []     # what the stub said since the guest stopped: (first address, one past the last, bytes)
        self.inferior = gdb.selected_inferior()

    def check(self, *addresses):
        """Finds which of LINEAR_MAPS hold: those by which the RAM has what the stub reads at one of these addresses."""
        for address in addresses if self.ram else ():
            line = address & -self.LINE_BYTES, self.LINE_BYTES
            data = self.stub(*line)
            self.maps += [first for first in LINEAR_MAPS if data and any(data) and self.mapped(first, *line) == data]

    def mapped(self, first, address, length):
        """The bytes in the RAM, by the linear map that begins at `first`; None if they are not all in it."""
        at = address - first
        return self.ram[at:at + length] if FIRST <= at <= len(self.ram) - length else None

    def stopped(self):
        """The guest has run: what the stub said may not be so any more."""
        self.known = []

    def read(self, address, length):
        """`length` bytes, or None if they are not all there."""
        for first in self.maps:
            data = self.mapped(first, address, length)
            if data:
                return data
        return self.stub(address, length)

    def stub(self, address, length):
        """The same, from the stub."""
        end = address + length
        for first, last, data in self.known:
            if first <= address and end <= last:
                return data[address - first:end - first]
        first, last = address, end
        if length < self.LINE_BYTES:
            first -= address % self.LINE_BYTES
            last += -end % self.LINE_BYTES
        try:
            data = bytes(self.inferior.read_memory(first, last - first))
        except READ_ERRORS:
            return None
        self.known.append((first, last, data))
        return data[address - first:end - first]
