# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: the raw bytes of hits, as an engine appends them to captures.bin and as decoders read them.

The file begins with MAGIC and the sha256 of the plan (32 bytes). A record is little-endian:
  u32 bytes of the record after this field
  u16 site   u16 blocks   u32 number of the entry's record, from 0, NONE if this is no return
  u64 clock_ns   u64 instructions, UNKNOWN if not counted   a u64 for each of REGISTERS
  a block each: u64 address   u32 length (0: absent)   bytes
A file that ends in the middle of a record is read up to the record before.
"""

import struct

from .facts import REGISTERS

MAGIC = b"ktlabcap\1\0\0\0"
NONE = 0xffffffff
UNKNOWN = 0xffffffffffffffff

HEAD = struct.Struct("<HHIQQ%dQ" % len(REGISTERS))
BLOCK = struct.Struct("<QI")
SIZE = struct.Struct("<I")


def pack(site, entry, clock_ns, icount, registers, blocks):
    """One record; blocks are (address, bytes or None)."""
    parts = [HEAD.pack(site, len(blocks), entry, clock_ns, icount, *registers)]
    for address, data in blocks:
        data = data or b""
        parts.append(BLOCK.pack(address, len(data)))
        parts.append(data)
    body = b"".join(parts)
    return SIZE.pack(len(body)) + body


class Capture:
    """One record: site, entry, clock_ns, icount, regs (name -> value), blocks [(address, bytes or None)]."""

    __slots__ = ("number", "site", "entry", "clock_ns", "icount", "regs", "blocks")

    def __init__(self, number, body):
        head = HEAD.unpack_from(body)
        self.number = number
        self.site, count, entry, self.clock_ns, icount = head[:5]
        self.entry = None if entry == NONE else entry
        self.icount = None if icount == UNKNOWN else icount
        self.regs = dict(zip(REGISTERS, head[5:]))
        self.blocks, at = [], HEAD.size
        for _ in range(count):
            address, length = BLOCK.unpack_from(body, at)
            at += BLOCK.size
            self.blocks.append((address, body[at:at + length] if length else None))
            at += length


def read(path):
    """Yields the plan's sha256 first, then each whole Capture. Raises ValueError for a file of another kind."""
    with open(path, "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("%s: not a capture file of this version" % path)
        yield file.read(32)
        number = 0
        while True:
            size = file.read(SIZE.size)
            body = file.read(SIZE.unpack(size)[0]) if len(size) == SIZE.size else b""
            if len(body) < HEAD.size or len(body) < SIZE.unpack(size)[0]:
                return
            yield Capture(number, body)
            number += 1
