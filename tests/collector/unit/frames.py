# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of one segment, and buffers of the kernel's that hold them."""

import struct
import types

from ktlab import headers
from ktlab.packets import Packets


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


class Buffer:
    """A hit at which a frame is at hand, in a buffer at HEAD."""

    entry = None

    def __init__(self, frame, head):
        self.frame = frame[:134]
        self.capture = types.SimpleNamespace(number=0)
        self.fields = {"skb.head": head, "skb.network_header": 64, "skb.data": head + 50, "skb.len": len(frame), "skb.data_len": 0}

    def bytes(self, block):
        return {"frame": self.frame, "skb": b""}.get(block)

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


class Told(Buffer):
    """A hit of which a decoder reads what is given here: fields by path, arguments, texts, the functions of its stack."""

    def __init__(self, fields=(), frame=b"", args=(), functions=("f",), texts=(), fn="f", at="enter", entry=None, **attributes):
        super().__init__(frame, 4096)
        self.fields.update(fields)
        self.args, self.texts, self.functions, self.fn, self.at, self.entry = dict(args), dict(texts), functions, fn, at, entry
        self.frames = [{"fn": name, "file": name + ".c", "line": 1} for name in functions]
        self.plan = {"hz": 250, "enums": {}, "structs": {}}
        self.__dict__.update({"t_ns": 0, "opened": (None, None), "stack_base": 0, "regs": {"rsp": 0}, "ret32": 0, "ret": 0}, **attributes)

    def __getitem__(self, name):
        return self.fields.get(name)

    def argument(self, name):
        return self.args.get(name)

    def text(self, path):
        return self.texts.get(path)

    def raw(self, path, size):
        return self.fields[path][:size] if path in self.fields else None

    def has(self, *names):
        return any(name in names for name in self.functions)

    def pointer(self, block):
        return self.fields.get(block)

    def bytes(self, block):
        return self.fields.get(block) if block in self.fields else super().bytes(block)
