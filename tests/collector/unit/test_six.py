# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6 with the headers behind it, datagrams over it, and echoes of both families."""

import re
import socket
import struct

from frames import Told
from harness import it, same
from ktlab import headers
from ktlab.decode import drop, echo, icmp, nd, udp
from ktlab.model import Model
from ktlab.points import POINTS
from ktlab.without import OF_SIX, without_six

ONE, TWO = (socket.inet_pton(socket.AF_INET6, "fd00::%d" % number) for number in (1, 2))
UDP = struct.pack(">4H", 5000, 6000, 12, 0xabcd) + b"data"
HOP_BY_HOP, DESTINATION = b"\x3c\1" + bytes(14), b"\x11\0" + bytes(6)


def six(carried, proto, source=ONE, target=TWO):
    return struct.pack(">IHBB", 0x60012345, len(carried), proto, 64) + source + target + carried


def four(carried, proto, source=1, target=2):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(carried), 7, 0, 64, proto, 0, bytes((10, 0, 0, source)), bytes((10, 0, 0, target))) + carried


def message(type_, ident=9, seq=1, data=b"x" * 56):
    return struct.pack(">BBHHH", type_, 0, 0x1234, ident, seq) + data


def hit(packet, t_ns=0, functions=("f",), node=1, **fields):
    return Told(fields={"net.inum": node, "skb.users": 1, **fields}, frame=bytes(14) + packet, functions=functions, t_ns=t_ns)


@it("finds what IPv6 carries behind its other headers, and names these")
def _():
    got = headers.parse_ip(six(HOP_BY_HOP + DESTINATION + UDP, 0))
    same([got["proto"], got["header_len"], got["extensions"], got["fragment"], got["id"]], [17, 64, "hop-by-hop,destination", 0, None])
    assert "extensions" not in headers.parse_ip(six(UDP, 17))


@it("reads the header of a part, and ends where the bytes do")
def _():
    got = headers.parse_ip(six(struct.pack(">BxHI", 17, 1448 | 1, 0xdeadbeef) + b"data", 44))
    same([got[name] for name in ("proto", "fragment", "more", "id", "header_len")], [17, 1448, True, 0xdeadbeef, 48])
    same(headers.parse_ip(six(HOP_BY_HOP[:4], 0))["proto"], 0)


@it("reads a datagram of IPv6, also behind other headers")
def _():
    for packet, length in ((six(UDP, 17), 40), (six(HOP_BY_HOP + DESTINATION + UDP, 0), 64)):
        got = udp.datagram(hit(packet))
        same([got["saddr"], got["sport"], got["daddr"], got["dport"], got["payload_len"], got["ip"]["header_len"], got["ip"]["flow_label"]],
             ["fd00::1", 5000, "fd00::2", 6000, 4, length, 0x12345])


@it("says how long ago the request of a reply went the other way, of both families")
def _():
    for way_of, kinds, proto, ends in ((four, (8, 0), 1, ((1, 2), (2, 1))), (six, (128, 129), 58, ((ONE, TWO), (TWO, ONE)))):
        model = Model()
        asked, answered = (way_of(message(kind), proto, *end) for kind, end in zip(kinds, ends))
        for node, decode, packet, t_ns, op, since in ((1, echo.local_out, asked, 100, "request", None), (2, echo.rcv, asked, 300, "request", None),
                                                      (2, echo.local_out, answered, 350, "reply", 50), (1, echo.rcv, answered, 900, "reply", 800)):
            _, got = decode(hit(packet, t_ns, node=node), model)
            same([got["op"], got["id"], got["seq"], got["payload_len"], got["since_request_ns"]], [op, 9, 1, 56, since])


@it("knows no request of a reply with another number, or from elsewhere")
def _():
    model = Model()
    echo.local_out(hit(four(message(8), 1), 100), model)
    same([echo.rcv(hit(four(message(0, seq=2), 1, 2, 1), 200), model)[1]["since_request_ns"],
          echo.rcv(hit(four(message(0), 1, 3, 1), 200), model)[1]["since_request_ns"]], [None, None])


@it("tells what other messages are about, and how much fits the way")
def _():
    quoted = six(message(128), 58)
    got = icmp.message(hit(six(struct.pack(">BBHI", 2, 0, 0, 1280) + quoted, 58)))[1]["args"]
    same(got, {"type": "packet_too_big", "code": "0", "mtu": 1280, "saddr": "fd00::1", "daddr": "fd00::2", "protocol": "ICMPV6", "id": 9, "seq": 1})
    got = icmp.message(hit(four(struct.pack(">BBHHH", 3, 4, 0, 0, 1400) + four(UDP, 17), 1)))[1]["args"]
    same([got["code"], got["mtu"], got["sport"]], ["frag_needed", 1400, 5000])
    same(icmp.message(hit(six(message(135), 58)))[1]["args"], {"type": "neighbour_solicitation", "code": "0"})


@it("takes a message that ICMPv6 has read for no loss, and tells of an echo that did not leave")
def _():
    def dropped(packet, *functions):
        return drop.drop(hit(packet, functions=functions, **{"skb.protocol": 0x86dd}), Model())
    same(dropped(six(message(1), 58), "kfree_skb", "icmpv6_rcv", "net_rx_action"), None)
    got = dropped(six(message(128), 58), "kfree_skb", "ip6_finish_output2")[1]
    same([got["proto"], got["op"], got["id"], got["seq"], got["way"], got["saddr"]], ["ICMPV6", "request", 9, 1, "out", "fd00::1"])


@it("says of a point of IPv6 that the kernel was built without it, of no other point, and of none in a kernel with it")
def _():
    same(without_six("tcp_v6_rcv", {"tcp_v4_rcv"}), "'tcp_v6_rcv' is of IPv6, which this kernel was built without (CONFIG_IPV6)")
    same([without_six("tcp_v6_rcv", {"ipv6_rcv"}), without_six("tcp_v4_rcv", {})], [None, None])
    same([name for name in POINTS if re.search(OF_SIX, name)],
         [name for name in POINTS if any(of in name for of in ("v6", "ip6", "fib6", "inet6", "udp6", "icmp6", "rt6", "ndisc", "addrconf"))])


@it("reads a neighbour advertisement: its flags, its target, the MAC in its option")
def _():
    of = nd.parse(struct.pack(">BBHI", 136, 0, 0x1234, 0x60000000) + TWO + b"\2\1\x52\x54\0\0\0\2")
    same([of[name] for name in ("op", "target", "router", "solicited", "override", "slla", "tlla", "ra")],
         ["neighbour_advertisement", "fd00::2", False, True, True, None, "52:54:00:00:00:02", None])


@it("reads a router advertisement: how long it is a router, and each prefix")
def _():
    option = struct.pack(">BBBBIII16s", 3, 4, 64, nd.ON_LINK, 900, 300, 0, ONE)
    of = nd.parse(struct.pack(">BBHIII", 134, 0, 1, 64 << 24 | 1800, 0, 0) + option + option)["ra"]
    same([of["hop_limit"], of["lifetime_s"], len(of["prefixes"])], [64, 1800, 2])
    same(of["prefixes"][0], {"prefix": "fd00::1", "prefix_len": 64, "on_link": True, "autonomous": False, "valid_s": 900, "preferred_s": 300})


@it("takes no message that is cut, none of another type, and reads no option behind one without a length")
def _():
    same([nd.parse(struct.pack(">BBHI", 135, 0, 1, 0) + TWO[:8]), nd.parse(struct.pack(">BBHI", 143, 0, 1, 0) + TWO)], [None, None])
    same(nd.parse(struct.pack(">BBHI", 135, 0, 1, 0) + TWO + bytes(8) + b"\1\1\x52\x54\0\0\0\2")["slla"], None)
