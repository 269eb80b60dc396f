# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws TCP/IP headers and compares what headers.py reads in them with tshark's reading: headers.py SEED FRAMES PCAP.
Without PCAP: whether any bytes at all can be read."""

import os
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "gdb-scripts"))
sys.dont_write_bytecode = True

from ktlab import headers  # noqa: E402

PCAP = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 1 << 16, 1)
IP_FIELDS = {"saddr": "ip.src", "daddr": "ip.dst", "id": "ip.id", "ttl": "ip.ttl", "df": "ip.flags.df", "tot_len": "ip.len",
             "tos": "ip.dsfield", "header_len": "ip.hdr_len"}
IP6_FIELDS = {"saddr": "ipv6.src", "daddr": "ipv6.dst", "ttl": "ipv6.hlim", "tos": "ipv6.tclass", "flow_label": "ipv6.flow"}
TCP_FIELDS = {"sport": "tcp.srcport", "dport": "tcp.dstport", "seq": "tcp.seq", "ack": "tcp.ack", "bits": "tcp.flags",
              "win": "tcp.window_size_value", "urg": "tcp.urgent_pointer", "header_len": "tcp.hdr_len", "payload_len": "tcp.len"}
OPTION_FIELDS = {"kinds": "tcp.option_kind", "mss": "tcp.options.mss_val", "shift": "tcp.options.wscale.shift",
                 "val": "tcp.options.timestamp.tsval", "ecr": "tcp.options.timestamp.tsecr",
                 "left": "tcp.options.sack_le", "right": "tcp.options.sack_re"}
# of a damaged header tshark shows these only
DAMAGED = ("sport", "dport", "header_len")
KINDS = {"eol": 0, "nop": 1, "mss": 2, "wscale": 3, "sack_ok": 4, "sack": 5, "ts": 8, "tfo": 34}
LENGTHS = {2: 4, 3: 3, 4: 2, 5: 10, 8: 10, 34: 10}
# of nobody: tshark looks into the others
UNKNOWN = (33, 40, 99, 200)


def some(draw, count):
    return bytes(draw.randrange(256) for _ in range(count))


def option(draw):
    kind = draw.choice((1, 1, 2, 3, 4, 5, 8, 34, *UNKNOWN))
    if kind == 1:
        return b"\1"
    length = LENGTHS.get(kind, draw.randrange(2, 9)) + (8 * draw.randrange(3) if kind == 5 else 0)
    # of a SACK block that is cut, tshark reads a part
    wrong, said = 0 if kind == 5 else draw.random(), length
    if wrong > 0.9:
        length = said = draw.randrange(2, 12)
    elif wrong > 0.85:
        said = draw.randrange(256)
    return bytes((kind, said)) + some(draw, length - 2)


def options(draw, most):
    data = b"".join(option(draw) for _ in range(draw.randrange(8)))[:most]
    return data + draw.choice((b"\0", b"\1")) * (-len(data) % 4)


def frame(draw):
    ip_options = draw.choice((b"", b"", b"\1" * 4 * draw.randrange(11)))
    opts, payload = options(draw, 40), some(draw, draw.choice((0, 0, draw.randrange(60))))
    offset = 5 + len(opts) // 4 if draw.random() < 0.9 else draw.randrange(16)
    tcp = struct.pack(">HHIIHHHH", draw.randrange(1, 1 << 16), draw.randrange(1, 1 << 16), draw.getrandbits(32),
                      draw.getrandbits(32), offset << 12 | draw.getrandbits(12), draw.getrandbits(16), 0,
                      draw.getrandbits(16)) + opts + payload
    if draw.random() < 0.3:
        ip = struct.pack(">IHBB", 6 << 28 | draw.getrandbits(28), len(tcp), 6, draw.randrange(1, 256)) + some(draw, 32)
        return bytes(12) + b"\x86\xdd" + ip + tcp
    frag = draw.choice((0, 0x4000))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45 + len(ip_options) // 4, draw.getrandbits(8), 20 + len(ip_options) + len(tcp),
                     draw.getrandbits(16), frag, draw.randrange(1, 256), 6, 0, some(draw, 4), some(draw, 4)) + ip_options
    # a card pads what is shorter than 60 bytes
    return (bytes(12) + b"\x08\0" + ip + tcp).ljust(draw.choice((0, 60)), b"\0")


def read(data):
    """What headers.py reads in a frame, under the names of tshark's fields."""
    ip, tcp = headers.parse_segment(data[14:], len(data) - 14)
    of = IP6_FIELDS if "flow_label" in ip else IP_FIELDS
    said = {theirs: ip[ours] for ours, theirs in of.items()}
    tcp["bits"] |= tcp["reserved"] << 9
    said.update({theirs: tcp[ours] for ours, theirs in TCP_FIELDS.items() if not tcp["damage"] or ours in DAMAGED})
    found = {name: [] for name in OPTION_FIELDS}
    for opt in tcp["opts"]:
        name = opt["name"]
        if name != "truncated":
            found["kinds"].append(KINDS[name] if name in KINDS else opt["kind"] if "kind" in opt else int(name[len("kind"):]))
        for key in set(opt) & set(found):
            found[key].append(opt[key])
        for left, right in opt.get("blocks", ()):
            found["left"].append(left)
            found["right"].append(right)
    said.update({theirs: ",".join(map(str, found[ours])) for ours, theirs in OPTION_FIELDS.items()})
    return said, tcp["damage"]


def tshark(path):
    names = [*IP_FIELDS.values(), *IP6_FIELDS.values(), *TCP_FIELDS.values(), *OPTION_FIELDS.values()]
    command = ["tshark", "-n", "-r", path, "-o", "tcp.relative_sequence_numbers:FALSE", "-o",
               "tcp.analyze_sequence_numbers:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.defragment:FALSE",
               "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"]
    for name in names:
        command += ["-e", name]
    shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
    rows = [dict(zip(names, line.split("\t"))) for line in shown.stdout.splitlines()]
    for row in rows:
        # the zeros behind the end of the list
        row["tcp.option_kind"] = re.sub(r"\b0(,0)+$", "0", row["tcp.option_kind"])
    return rows


def plain(value):
    """A value as text, numbers as such."""
    try:
        return str(int(value, 0) if isinstance(value, str) else int(value))
    except ValueError:
        return str(value)


def compare(draw, count, path):
    frames = [frame(draw) for _ in range(count)]
    with open(path, "wb") as file:
        file.write(PCAP)
        for number, data in enumerate(frames):
            file.write(struct.pack("<IIII", number, 0, len(data), len(data)) + data)
    differ = 0
    for number, (data, theirs) in enumerate(zip(frames, tshark(path)), 1):
        ours, damage = read(data)
        for name, value in ours.items():
            if damage and name not in [TCP_FIELDS[one] for one in DAMAGED] and name.startswith("tcp"):
                continue
            if plain(value) != plain(theirs[name]):
                differ += 1
                print("frame %d: %s is %s; tshark says %s: %s" % (number, name, value, theirs[name], data.hex()))
    return differ


def survive(draw, count):
    for _ in range(count):
        data = some(draw, draw.randrange(140))
        if draw.random() < 0.8:
            # what looks like a segment
            six = draw.random() < 0.3
            data = bytes((0x60 if six else 0x40 | draw.randrange(16),)) + data[1:9] + b"\6" + data[10:]
            data = data[:6] + b"\6" + data[7:] if six else data
        found = headers.parse_segment(data, draw.randrange(1 << 16))
        assert not found or (found[1]["payload_len"] >= 0 and found[1]["flags"]), data.hex()
        list(headers.options(data))
        headers.parse_arp(data)


SEED, FRAMES = int(sys.argv[1]), int(sys.argv[2])
if len(sys.argv) > 3:
    sys.exit(1 if compare(random.Random(SEED), FRAMES, sys.argv[3]) else 0)
survive(random.Random(SEED), FRAMES)
