# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on the wire: what the events of a run say of each frame is what tshark reads in the captures.

Each card's capture holds the frames that it sent (tx) and those for it (rx). Frames and events of one flow come in the
same order, so both are walked side by side. An event may take several frames: the card cuts what the kernel sent as
one segment (TSO), and the kernel joins what came as several (GRO)."""

import json
import os
import subprocess

BROADCAST = "ff:ff:ff:ff:ff:ff"
SEQ_MASK = (1 << 32) - 1
# the bits in the TCP header that a cut segment keeps in its last frame only: FIN, PSH (RFC 9293 3.1)
LAST_ONLY = 0x01 | 0x08
FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, ".": 0x10, "U": 0x20, "E": 0x40, "W": 0x80}
OPERATIONS = {"request": 1, "reply": 2}

ARP_FIELDS = {"op": "arp.opcode", "sha": "arp.src.hw_mac", "spa": "arp.src.proto_ipv4", "tha": "arp.dst.hw_mac",
              "tpa": "arp.dst.proto_ipv4", "eth_src": "eth.src", "eth_dst": "eth.dst"}
TCP_FIELDS = {"saddr": "ip.src", "daddr": "ip.dst", "sport": "tcp.srcport", "dport": "tcp.dstport", "seq": "tcp.seq",
              "ack": "tcp.ack", "flags": "tcp.flags", "win": "tcp.window_size_value", "payload_len": "tcp.len",
              "id": "ip.id", "ttl": "ip.ttl", "tot_len": "ip.len", "mss": "tcp.options.mss_val",
              "wscale": "tcp.options.wscale.shift", "tsval": "tcp.options.timestamp.tsval",
              "tsecr": "tcp.options.timestamp.tsecr", "sack_le": "tcp.options.sack_le", "sack_re": "tcp.options.sack_re"}
TSHARK = ["tshark", "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE",
          "-Y", "(tcp or arp) and not icmp", "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"]
# which point makes the events of a direction; where a lab does not watch it, there is nothing to compare
POINTS = {("tcp", "tx"): "ip_output", ("tcp", "rx"): "tcp_v4_rcv", ("arp", "tx"): "arp_xmit", ("arp", "rx"): "arp_rcv"}
DROP = "skb.drop"
# what lines are worth reading, as they begin after the event's number
TYPES = tuple('"type":"%s"' % kind for kind in ["meta", DROP, *(".".join(way) for way in POINTS)])


def number(text):
    """A number as tshark prints it, or the text itself."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def frames_of(path):
    """tshark's reading of each TCP and ARP frame of a capture."""
    names = ["frame.number", "tcp.srcport", *ARP_FIELDS.values(), *TCP_FIELDS.values()]
    command = TSHARK + ["-r", path] + [word for name in names for word in ("-e", name)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if result.returncode:
        raise ValueError("tshark cannot read '%s': %s" % (path, result.stderr.strip().splitlines()[-1]))
    for line in result.stdout.splitlines():
        read = dict(zip(names, line.split("\t")))
        kind, fields = ("tcp", TCP_FIELDS) if read["tcp.srcport"] else ("arp", ARP_FIELDS)
        frame = {ours: number(read[theirs]) for ours, theirs in fields.items() if read[theirs] != ""}
        yield dict(frame, kind=kind, where="%s, frame %s" % (os.path.basename(path), read["frame.number"]),
                   eth_src=read["eth.src"], eth_dst=read["eth.dst"])


def frame_of(event):
    """What an event says of its frame, in the same words."""
    kind = event["type"].partition(".")[0]
    frame = {"kind": kind, "where": "event %d" % event["n"], "sent": event["type"].endswith(".tx")}
    if kind == "arp":
        frame.update({name: event[name] for name in ARP_FIELDS}, op=OPERATIONS.get(event["op"], event["op"]))
        return frame
    frame.update({name: event[name] for name in TCP_FIELDS if name in event})
    frame.update({name: event["ip"][name] for name in ("id", "ttl", "tot_len")})
    frame["flags"] = sum(FLAGS[letter] for letter in event["flags"])
    for option in event["opts"]:
        name = option["name"]
        if name == "mss":
            frame["mss"] = option["mss"]
        elif name == "wscale":
            frame["wscale"] = option["shift"]
        elif name == "ts":
            frame.update(tsval=option["val"], tsecr=option["ecr"])
        elif name == "sack":
            edges = [",".join(map(str, side)) for side in zip(*option["blocks"])]
            frame.update(sack_le=number(edges[0]), sack_re=number(edges[1]))
    return frame


def flow(frame):
    """What frames have in common that keep their order."""
    names = ("saddr", "sport", "daddr", "dport") if frame["kind"] == "tcp" else ("op", "spa", "tpa")
    return tuple(frame[name] for name in names)


def belongs(frame, said, taken):
    """Whether a frame is a part of the segment that an event tells of, after `taken` frames of it."""
    if said["kind"] == "arp":
        return True
    first = (frame["seq"] - said["seq"]) & SEQ_MASK
    # a card that cuts numbers its packets one by one
    part = (frame["id"] - said["id"]) & 0xffff
    return first + frame["payload_len"] <= said["payload_len"] and frame["ack"] == said["ack"] and part == taken


def ends(said, taken):
    """Whether all bytes of the segment were seen. Of one cut into equal parts QEMU's e1000 sends one part too many,
    without data (hw/net/e1000.c: xmit_seg() runs again at the end of the packet with nothing left)."""
    last = taken[-1]
    if said["kind"] == "tcp" and (last["seq"] - said["seq"] + last["payload_len"]) & SEQ_MASK != said["payload_len"]:
        return False
    equal = len(taken) > 1 and len(taken) * last["payload_len"] == said["payload_len"]
    return not (said["sent"] and equal)


def differences(frame, said, whole):
    """The fields in which a frame and its event differ; of a cut segment only what every part keeps."""
    for name in sorted((set(frame) | set(said)) - {"where", "sent", "eth_src", "eth_dst"}):
        ours, theirs = said.get(name), frame.get(name)
        if name == "flags" and not whole:
            ours, theirs = ours & ~LAST_ONLY, theirs & ~LAST_ONLY
        elif name in ("seq", "payload_len", "id", "tot_len") and not whole:
            continue
        if ours != theirs:
            yield "%s: %s is %s; %s says %s" % (frame["where"], name, theirs, said["where"], ours)


class Drops:
    """The segments that the kernel dropped at a node."""

    def __init__(self, events):
        self.left = [event for event in events if event["type"] == DROP and event["proto"] == "TCP"]

    def take(self, frame):
        """Whether a drop explains that this segment has no counterpart; it explains one only."""
        for drop in self.left:
            if frame["kind"] == "tcp" and flow(dict(drop, kind="tcp")) == flow(frame) and drop["seq"] == frame["seq"]:
                self.left.remove(drop)
                return True
        return False


def walk(frames, said, drops):
    """Goes along the frames and the events of one flow; gives each disagreement as a sentence."""
    place = 0
    for event in said:
        while place < len(frames) and not belongs(frames[place], event, 0) and drops.take(frames[place]):
            place += 1
        taken = []
        while place < len(frames) and belongs(frames[place], event, len(taken)):
            taken.append(frames[place])
            place += 1
            if ends(event, taken):
                break
        for frame in taken:
            yield from differences(frame, event, len(taken) == 1)
        if not taken and not drops.take(event):
            yield "%s tells of a frame that is not there: %s" % (event["where"], event)
    for frame in frames[place:]:
        if not drops.take(frame):
            yield "%s has no event: %s" % (frame["where"], frame)


def by_flow(frames):
    flows = {}
    for frame in frames:
        flows.setdefault(flow(frame), []).append(frame)
    return flows


def card(nic, folder, watched, events, addresses):
    """Compares a card's capture with its node's events: the number of frames, and the disagreements."""
    here = [event for event in events if event["netns"] == nic["node"]]
    drops = Drops(here)
    captured = list(frames_of(os.path.join(folder, "wire-%s-%s.pcap" % (nic["node"], nic["nic"]))))
    count, said = 0, []
    for (kind, way), point in POINTS.items():
        if point not in watched:
            continue
        macs = (nic["mac"],) if way == "tx" else (nic["mac"], BROADCAST)
        frames = [frame for frame in captured if frame["kind"] == kind
                  and frame["eth_src" if way == "tx" else "eth_dst"] in macs
                  # what a router sends on has no event of a receiver
                  and (kind == "arp" or way == "tx" or frame["daddr"] in addresses)
                  and (way == "tx" or frame["eth_src"] != nic["mac"])]
        told = [frame_of(event) for event in here
                if event["type"] == "%s.%s" % (kind, way) and event["dev"] == nic["nic"]]
        frames, told = by_flow(frames), by_flow(told)
        for key in sorted(set(frames) | set(told)):
            count += len(frames.get(key, []))
            said += walk(frames.get(key, []), told.get(key, []), drops)
    return count, said


def without_stack(event):
    event.pop("stack", None)
    return event


def read(path):
    """The meta line and the events that tell of frames and drops, without their stacks: a run may have a million others."""
    with open(path, encoding="utf-8") as file:
        found = [without_stack(json.loads(line)) for line in file if any(kind in line[:64] for kind in TYPES)]
    return found[0], found[1:]


def compare(folder):
    """Compares a run's captures with its events: the number of frames, and the disagreements."""
    meta, events = read(os.path.join(folder, "events.jsonl"))
    watched = {point["name"] for point in meta["points"]}
    count, said = 0, []
    for nic in meta["nodes"]:
        addresses = {other["address"].partition("/")[0] for other in meta["nodes"] if other["node"] == nic["node"]}
        more, sentences = card(nic, folder, watched, events, addresses)
        count += more
        said += sentences
    return count, said
