# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers as they are on the wire: IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293), ARP (RFC 826) from bytes."""

import socket
import struct

from . import kernel
from .facts import TCP_FLAGS

TCP_HEADER_BYTES = 20
IP6_HEADER_BYTES = 40
# headers that may stand between that of IPv6 and what it carries (RFC 8200 4), by the words of their RFC
EXTENSIONS = {0: "hop-by-hop", 43: "routing", 44: "fragment", 60: "destination"}
FRAGMENT = 44
# what an address of IPv4 begins with in IPv6 (RFC 4291 2.5.5.2)
MAPPED = bytes(10) + b"\xff\xff"
# The flags' bits, and each with its letter, in tcpdump's order.
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << bit for bit in range(len(TCP_FLAGS)))
FLAGS = tuple((1 << bit, letter) for bit, letter in enumerate(TCP_FLAGS))
ALL_FLAGS = (1 << len(FLAGS)) - 1


def ip4(value):
    """An address as the kernel stores it (network order in memory, read as little-endian), or None."""
    return None if value is None else ".".join(str(value >> shift & 255) for shift in (0, 8, 16, 24))


def ip4_bytes(data):
    return ".".join(str(byte) for byte in data[:4])


def ip6(data):
    """An address of IPv6 from its 16 bytes; one that stands for an address of IPv4 is that."""
    return ip4_bytes(data[12:]) if data[:12] == MAPPED else socket.inet_ntop(socket.AF_INET6, data[:16])


def mac(data):
    return None if data is None else ":".join("%02x" % byte for byte in data[:6])


def parse_ip(data):
    """The fields of an IP header of either family, or None."""
    if data and data[0] >> 4 == 6:
        return parse_ip6(data)
    if not data or len(data) < 20 or data[0] >> 4 != 4 or data[0] & 15 < 5:
        return None
    _, tos, tot_len, ident, frag, ttl, proto, _, saddr, daddr = struct.unpack(">BBHHHBBH4s4s", data[:20])
    return {"saddr": ip4_bytes(saddr), "daddr": ip4_bytes(daddr), "id": ident, "ttl": ttl, "df": bool(frag & 0x4000),
            "tot_len": tot_len, "tos": tos, "header_len": (data[0] & 15) * 4, "proto": proto,
            "fragment": (frag & 0x1fff) * 8, "more": bool(frag & 0x2000)}


def parse_ip6(data):
    """The same of an IPv6 header with those behind it: it has no id and no DF, a part of a packet has a header of its own.
    Where the bytes at hand end before what it carries, `proto` is that of the next header."""
    if len(data) < IP6_HEADER_BYTES:
        return None
    head, payload, proto, ttl = struct.unpack(">IHBB", data[:8])
    found = {"saddr": socket.inet_ntop(socket.AF_INET6, data[8:24]), "daddr": socket.inet_ntop(socket.AF_INET6, data[24:40]),
             "id": None, "ttl": ttl, "df": None, "tot_len": payload + IP6_HEADER_BYTES if payload else 0, "tos": head >> 20 & 0xff,
             "header_len": IP6_HEADER_BYTES, "proto": proto, "fragment": 0, "more": False, "flow_label": head & 0xfffff}
    return extended(found, data)


def extended(ip, data):
    """The same with what the extension headers say, one after the other; `extensions` names them, if there are any."""
    names = []
    while ip["proto"] in EXTENSIONS and len(data) >= ip["header_len"] + 8:
        header = data[ip["header_len"]:][:8]
        if ip["proto"] == FRAGMENT:
            word, ip["id"] = struct.unpack(">2xHI", header)
            ip.update(fragment=word & 0xfff8, more=bool(word & 1))
        names.append(EXTENSIONS[ip["proto"]])
        ip["header_len"] += 8 if ip["proto"] == FRAGMENT else (header[1] + 1) * 8
        ip["proto"] = header[0]
    return dict(ip, extensions=",".join(names)) if names else ip


def parse_tcp(data, length):
    """The fields of a TCP header with its options, or None. `length` is that of the segment, header and payload; of a
    segment whose header cannot be as long as it says, `damage` names the field, and nothing is known behind it."""
    if not data or min(len(data), length) < TCP_HEADER_BYTES:
        return None
    sport, dport, seq, ack, word, win, _, urg = struct.unpack(">HHIIHHHH", data[:TCP_HEADER_BYTES])
    header_len = (word >> 12) * 4
    whole = TCP_HEADER_BYTES <= header_len <= length
    return {"sport": sport, "dport": dport, "seq": seq, "ack": ack, "flags": letters(word), "win": win, "urg": urg,
            "bits": word & ALL_FLAGS, "reserved": word >> len(FLAGS) & 7, "header_len": header_len,
            "damage": None if whole else "header_len", "payload_len": length - header_len if whole else 0,
            "opts": list(options(data[TCP_HEADER_BYTES:header_len])) if whole else []}


def letters(word):
    return "".join(letter for bit, letter in FLAGS if word & bit) or "none"


def end_seq(seq, length, bits):
    """The number behind a segment: SYN and FIN count, too (RFC 9293 3.4); modulo 2^32, as all numbers of segments."""
    return (seq + length + bool(bits & SYN) + bool(bits & FIN)) & 0xffffffff


def parse_segment(data, length):
    """(IP header, TCP header) of a packet of `length` bytes, of which the first are at hand; None if it is no segment.
    A GSO packet too big for the 16-bit field has the length 0 there."""
    ip = parse_ip(data)
    if not ip or ip["proto"] != kernel.IPPROTO_TCP or ip["fragment"]:
        return None
    tcp = parse_tcp(data[ip["header_len"]:], (ip["tot_len"] or length) - ip["header_len"])
    if not tcp:
        return None
    tcp["end_seq"] = end_seq(tcp["seq"], tcp["payload_len"], tcp["bits"])
    tcp["source"], tcp["target"] = (ip["saddr"], tcp["sport"]), (ip["daddr"], tcp["dport"])
    return ip, tcp


def options(data):
    """TCP options in their order (RFC 9293 3.1). One whose length is not that of its kind is `malformed`; the list ends at
    one that is `truncated`: its length leads back, or out of the header."""
    while data:
        kind = data[0]
        if kind in SINGLE:
            yield {"name": SINGLE[kind]}
            data = data[1:] if kind else b""
            continue
        length = data[1] if len(data) > 1 else 0
        if not 2 <= length <= len(data):
            yield {"name": "truncated", "kind": kind, "length": length}
            return
        yield option(kind, data[2:length]) or {"name": "malformed", "kind": kind, "length": length}
        data = data[length:]


def option(kind, body):
    """An option by its table, None if its length is not that of its kind."""
    return OPTIONS[kind](body) if kind in OPTIONS else {"name": "kind%d" % kind}


def number(body):
    return int.from_bytes(body, "big")


def sack(body):
    edges = [number(body[at:at + 4]) for at in range(0, len(body), 4)]
    return {"name": "sack", "blocks": [list(pair) for pair in zip(edges[::2], edges[1::2])]}


def exactly(size, read):
    return lambda body: read(body) if len(body) == size else None


SINGLE = {0: "eol", 1: "nop"}
# How the others are read: RFC 9293 3.2, RFC 7323, RFC 2018, RFC 7413.
OPTIONS = {
    2: exactly(2, lambda body: {"name": "mss", "mss": number(body)}),
    3: exactly(1, lambda body: {"name": "wscale", "shift": body[0]}),
    4: exactly(0, lambda body: {"name": "sack_ok"}),
    5: lambda body: sack(body) if body and len(body) % 8 == 0 else None,
    8: exactly(8, lambda body: {"name": "ts", "val": number(body[:4]), "ecr": number(body[4:])}),
    34: lambda body: {"name": "tfo", "cookie": body.hex() or None},
}


def parse_arp(data):
    """Ethernet and ARP header for IPv4, or None. `data` begins 14 bytes before the ARP header."""
    if not data or len(data) < 42 or data[14:20] != b"\x00\x01\x08\x00\x06\x04":
        return None
    return {"eth_dst": mac(data), "eth_src": mac(data[6:]), "op": int.from_bytes(data[20:22], "big"),
            "sha": mac(data[22:]), "spa": ip4_bytes(data[28:]), "tha": mac(data[32:]), "tpa": ip4_bytes(data[38:])}
