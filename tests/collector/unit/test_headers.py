# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers and fields from bytes."""

import struct

from frames import read
from harness import it, same
from ktlab import headers, hit
from ktlab.decode.words import errno_name


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
    same([errno_name(value) for value in (-111, -512, 0, 3, None)],
         ["ECONNREFUSED", "ERESTARTSYS", None, None, None])
