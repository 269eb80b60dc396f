# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers as they are on the wire: IPv4 (RFC 791), TCP (RFC 9293), ARP (RFC 826) from bytes."""

import struct

# tcpdump's order of flag letters, with the bit in the 14th byte (RFC 9293 3.1)
FLAGS = ((0x02, "S"), (0x01, "F"), (0x04, "R"), (0x08, "P"), (0x20, "U"), (0x40, "E"), (0x80, "W"), (0x10, "."))


def ip4(value):
    """An address as the kernel stores it (network order in memory, read as little-endian), or None."""
    return None if value is None else ".".join(str(value >> shift & 255) for shift in (0, 8, 16, 24))


def ip4_bytes(data):
    return ".".join(str(byte) for byte in data[:4])


def mac(data):
    return None if data is None else ":".join("%02x" % byte for byte in data[:6])


def parse_ip(data):
    """The fields of an IPv4 header, or None."""
    if not data or len(data) < 20 or data[0] >> 4 != 4:
        return None
    _, _, tot_len, ident, frag, ttl, proto, _, saddr, daddr = struct.unpack(">BBHHHBBH4s4s", data[:20])
    return {"saddr": ip4_bytes(saddr), "daddr": ip4_bytes(daddr), "id": ident, "ttl": ttl, "df": bool(frag & 0x4000),
            "tot_len": tot_len, "proto": proto, "header_len": (data[0] & 15) * 4}


def parse_tcp(data):
    """The fields of a TCP header with its options, or None."""
    if not data or len(data) < 20 or (data[12] >> 4) * 4 < 20:
        return None
    sport, dport, seq, ack, offset, bits, win = struct.unpack(">HHIIBBH", data[:16])
    header_len = (offset >> 4) * 4
    flags = "".join(letter for bit, letter in FLAGS if bits & bit)
    return {"sport": sport, "dport": dport, "seq": seq, "ack": ack, "flags": flags or "none", "win": win,
            "bits": bits, "header_len": header_len, "opts": list(options(data[20:header_len]))}


def options(data):
    """TCP options in their order (RFC 9293 3.2, RFC 7323, RFC 2018)."""
    while data:
        kind = data[0]
        if kind == 0:
            yield {"name": "eol"}
            return
        if kind == 1:
            yield {"name": "nop"}
            data = data[1:]
            continue
        if len(data) < 2 or data[1] < 2 or data[1] > len(data):
            return
        yield option(kind, data[2:data[1]])
        data = data[data[1]:]


def option(kind, body):
    if kind == 2 and len(body) == 2:
        return {"name": "mss", "mss": int.from_bytes(body, "big")}
    if kind == 3 and len(body) == 1:
        return {"name": "wscale", "shift": body[0]}
    if kind == 4:
        return {"name": "sack_ok"}
    if kind == 5 and len(body) % 8 == 0:
        edges = [int.from_bytes(body[at:at + 4], "big") for at in range(0, len(body), 4)]
        return {"name": "sack", "blocks": [list(pair) for pair in zip(edges[::2], edges[1::2])]}
    if kind == 8 and len(body) == 8:
        return {"name": "ts", "val": int.from_bytes(body[:4], "big"), "ecr": int.from_bytes(body[4:], "big")}
    return {"name": "kind%d" % kind}


def parse_arp(data):
    """Ethernet and ARP header for IPv4, or None. `data` begins 14 bytes before the ARP header."""
    if not data or len(data) < 42 or data[14:20] != b"\x00\x01\x08\x00\x06\x04":
        return None
    return {"eth_dst": mac(data), "eth_src": mac(data[6:]), "op": int.from_bytes(data[20:22], "big"),
            "sha": mac(data[22:]), "spa": ip4_bytes(data[28:]), "tha": mac(data[32:]), "tpa": ip4_bytes(data[38:])}
