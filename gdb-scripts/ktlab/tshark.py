# SPDX-License-Identifier: GPL-2.0-or-later
"""What tshark reads in a capture of QEMU's: its TCP, ARP and families' frames, field by field."""

import os
import struct
import subprocess

from . import kernel
from .decode import FRAMES

# pcap: the file's head; a frame's time (s, us), its captured length, its length
PCAP_HEAD = struct.Struct("24x")
PCAP_FRAME = struct.Struct("<4I")

ARP_FIELDS = {"op": "arp.opcode", "sha": "arp.src.hw_mac", "spa": "arp.src.proto_ipv4", "tha": "arp.dst.hw_mac",
              "tpa": "arp.dst.proto_ipv4", "eth_src": "eth.src", "eth_dst": "eth.dst"}
TCP_FIELDS = {"saddr": "ip.src", "daddr": "ip.dst", "sport": "tcp.srcport", "dport": "tcp.dstport", "seq": "tcp.seq",
              "ack": "tcp.ack", "flags": "tcp.flags", "win": "tcp.window_size_value", "payload_len": "tcp.len",
              "id": "ip.id", "ttl": "ip.ttl", "tot_len": "ip.len", "tos": "ip.dsfield", "ip_header_len": "ip.hdr_len",
              "header_len": "tcp.hdr_len", "urg": "tcp.urgent_pointer", "df": "ip.flags.df",
              "kinds": "tcp.option_kind", "mss": "tcp.options.mss_val",
              "wscale": "tcp.options.wscale.shift", "tsval": "tcp.options.timestamp.tsval",
              "tsecr": "tcp.options.timestamp.tsecr", "sack_le": "tcp.options.sack_le", "sack_re": "tcp.options.sack_re"}
# what is elsewhere, or is not, over IPv6
SIX_FIELDS = {"saddr": "ipv6.src", "daddr": "ipv6.dst", "ttl": "ipv6.hlim", "tos": "ipv6.tclass", "plen": "ipv6.plen",
              "flow_label": "ipv6.flow", "next": "ipv6.nxt"}
# of what a family's frames say of IP, by whether it is IPv6
OF_IP = ({name: TCP_FIELDS[name] for name in ("saddr", "daddr", "id", "ttl", "tos", "ip_header_len", "df")},
         {name: SIX_FIELDS[name] for name in ("saddr", "daddr", "ttl", "tos", "flow_label")})
IP6_HEADER_BYTES = 40
# parts of a packet stay parts: the header is in the first
TSHARK = ["tshark", "-n", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE",
          "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"]


SIX = {**{ours: theirs for ours, theirs in TCP_FIELDS.items() if theirs.startswith("tcp.")}, **SIX_FIELDS}


def number(text):
    """A number as tshark prints it, or the text itself."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def frames_count(path):
    """How many frames a capture of QEMU has, whoever reads it: a head, and before each frame its length."""
    with open(path, "rb") as file:
        file.seek(PCAP_HEAD.size)
        heads = iter(lambda: file.read(PCAP_FRAME.size), b"")
        return sum(1 for head in heads if file.seek(PCAP_FRAME.unpack(head)[2], os.SEEK_CUR))


def of_six(frame):
    """The lengths of the whole packet and of its headers of IP, as IPv4 has them; one too big for the field has 0."""
    plen, carried = frame.pop("plen"), frame.get("header_len", 0) + frame.get("payload_len", 0)
    extensions = plen - carried if frame.pop("next") != kernel.IPPROTO_TCP else 0
    return dict(frame, tot_len=plen + IP6_HEADER_BYTES if plen else 0, ip_header_len=IP6_HEADER_BYTES + extensions)


def kind_of(read):
    """Which kind of frame it is, and tshark's words for its fields; (None, {}) of what an ICMP error quotes, and of others."""
    six = bool(read["ipv6.src"])
    for kind, of in FRAMES.items():
        if of.is_one(read):
            return kind, {**OF_IP[six], **{ours: theirs[six] for ours, theirs in of.fields.items()}}
    protocols = read["frame.protocols"].split(":")
    if {"icmp", "icmpv6"}.isdisjoint(protocols) and "tcp" in protocols:
        return "tcp", SIX if six else TCP_FIELDS
    return ("arp", ARP_FIELDS) if "arp" in protocols else (None, {})


def frames_of(path):
    """tshark's reading of each TCP and ARP frame of a capture. Raises ValueError unless it has read each frame."""
    names = ["frame.number", "frame.protocols", "tcp.srcport", *ARP_FIELDS.values(), *TCP_FIELDS.values(), *SIX_FIELDS.values(),
             *(name for of in FRAMES.values() for both in of.fields.values() for name in both)]
    command = TSHARK + ["-r", path] + [word for name in names for word in ("-e", name)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if result.returncode:
        said = result.stderr.strip().splitlines() or ["it ended with status %d" % result.returncode]
        raise ValueError("tshark cannot read '%s': %s" % (path, said[-1]))
    lines = result.stdout.splitlines()
    if len(lines) != frames_count(path):
        raise ValueError("tshark has read %d of %d frames in '%s'" % (len(lines), frames_count(path), path))
    for line in lines:
        read = dict(zip(names, line.split("\t")))
        kind, fields = kind_of(read)
        if not kind:
            continue
        frame = {ours: number(read[theirs]) for ours, theirs in fields.items() if read[theirs] != ""}
        frame = of_six(frame) if fields is SIX else frame
        if kind in FRAMES:
            frame = FRAMES[kind].read(frame)
        yield dict(frame, kind=kind, number=int(read["frame.number"]), where="%s, frame %s" % (os.path.basename(path), read["frame.number"]),
                   eth_src=read["eth.src"], eth_dst=read["eth.dst"])
