# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on the wire: what the events of a run say of each frame is what tshark reads in the captures.

Each card's capture holds the frames that it sent (tx) and those for it (rx), that of a loopback device (lo) both at once.
An event takes the first frame of its flow that is a part of it; a qdisc may send them in another order. It may take
several: the card cuts what the kernel sent as one segment (TSO), and the kernel joins what came as several (GRO). A frame
that is the same as one before, field by field, is a copy that netem made behind the point where the event was."""

import json
import os

from . import headers, kernel
from .decode import FRAMES
from .drops import DROP, NEIGHBOUR, PROGRAM, ROUTE, Drops, flow
from .tshark import ARP_FIELDS, frames_of, number

LOOPBACK = "lo"
ADDRESS = "addr.state"
SEQ_MASK = (1 << 32) - 1
# how many frames of one flow a qdisc may send before their turn
AHEAD = 1000
# the bits in the TCP header that a cut segment keeps in its last frame only: FIN, PSH (RFC 9293 3.1)
LAST_ONLY = headers.FIN | headers.PSH
FLAGS = {letter: bit for bit, letter in headers.FLAGS}
# tshark's tcp.flags has the three reserved bits, too
RESERVED_SHIFT = len(headers.FLAGS)
OPERATIONS = {name: number_ for number_, name in kernel.ARP_OPS.items()}

# which point makes the events of a direction; where a lab does not watch it, there is nothing to compare
POINTS = {("tcp", "tx"): "ip_output", ("tcp", "rx"): "tcp_v4_rcv", ("arp", "tx"): "arp_xmit", ("arp", "rx"): "arp_rcv"}
# what makes the same events over IPv6
POINTS_OF_SIX = {"ip_output": "ip6_output", "tcp_v4_rcv": "tcp_v6_rcv"}
for kind_, of_ in FRAMES.items():
    POINTS.update(((kind_, way_), four) for way_, (four, _) in of_.points.items())
    POINTS_OF_SIX.update(of_.points.values())
# fields of an event's that say the same under the same name
SAME = ("saddr", "daddr", "sport", "dport", "seq", "ack", "win", "urg", "payload_len", "header_len")
IP_SAME = {"id": "id", "ttl": "ttl", "tot_len": "tot_len", "tos": "tos", "header_len": "ip_header_len", "df": "df", "flow_label": "flow_label"}
# kinds of the options that have a name of their own
KINDS = {"eol": 0, "nop": 1, "mss": 2, "wscale": 3, "sack_ok": 4, "sack": 5, "ts": 8, "tfo": 34}
# what lines are worth reading, as they begin after the event's number
TYPES = tuple('"type":"%s"' % kind for kind in ["meta", DROP, NEIGHBOUR, ROUTE, PROGRAM, ADDRESS, *(".".join(way) for way in POINTS)])


def frame_of(event):
    """What an event says of its frame, in the same words."""
    kind = event["type"].partition(".")[0]
    frame = {"kind": kind, "where": "event %d" % event["n"], "n": event["n"], "pkt": event["pkt"], "sent": event["type"].endswith(".tx")}
    if kind == "arp":
        frame.update({name: event[name] for name in ARP_FIELDS}, op=OPERATIONS.get(event["op"], event["op"]))
        return frame
    if kind in FRAMES:
        return dict(frame, **FRAMES[kind].said(event))
    frame.update({name: event[name] for name in SAME if name in event})
    frame.update({theirs: int(event["ip"][ours]) for ours, theirs in IP_SAME.items() if event["ip"].get(ours) is not None})
    frame["flags"] = sum(FLAGS.get(letter, 0) for letter in event["flags"] if event["flags"] != "none")
    frame["flags"] |= event.get("reserved", 0) << RESERVED_SHIFT
    frame["damaged"] = event.get("damage") is not None
    frame["malformed"] = any(option["name"] == "malformed" for option in event["opts"])
    frame.update(options_of(event["opts"]))
    return frame


def options_of(opts):
    """The options of an event as tshark lists them: those of one kind behind each other, and all kinds."""
    found = {"kinds": [], "mss": [], "wscale": [], "tsval": [], "tsecr": [], "sack_le": [], "sack_re": []}
    for option in opts:
        name = option["name"]
        if name == "truncated":
            continue
        found["kinds"].append(KINDS.get(name, option.get("kind", name[len("kind"):])))
        if name in ("mss", "wscale"):
            found[name].append(option["mss" if name == "mss" else "shift"])
        elif name == "ts":
            found["tsval"].append(option["val"])
            found["tsecr"].append(option["ecr"])
        elif name == "sack":
            found["sack_le"] += [left for left, _ in option["blocks"]]
            found["sack_re"] += [right for _, right in option["blocks"]]
    return {name: number(",".join(map(str, values))) for name, values in found.items() if values}


def belongs(frame, said, taken):
    """Whether a frame is a part of the segment that an event tells of, after `taken` frames of it."""
    if said["kind"] == "arp":
        return True
    if said["kind"] in FRAMES:
        # IPv6 has no numbers
        names = ("id",) if "id" in said else ("op", "ident", "seq", "length", "check")
        return not taken and all(frame.get(name) == said[name] for name in names if name in said)
    first = (frame["seq"] - said["seq"]) & SEQ_MASK
    # a card that cuts numbers its packets one by one; IPv6 has no numbers
    part = (frame["id"] - said["id"]) & 0xffff if "id" in said and "id" in frame else None
    if said["damaged"]:
        # where such a header ends, and what lies behind it, is nobody's word
        return not first and not part and not taken
    if not taken and said["payload_len"] and not frame.get("payload_len"):
        return False
    return (first + frame.get("payload_len", 0) <= said["payload_len"] and frame["ack"] == said["ack"]
            and part in (None, taken))


def ends(said, taken):
    """Whether all bytes of the segment were seen. Of one cut into equal parts QEMU's e1000 sends one part too many,
    without data (hw/net/e1000.c: xmit_seg() runs again at the end of the packet with nothing left)."""
    last = taken[-1]
    if said.get("damaged"):
        return True
    if said["kind"] == "tcp" and (last["seq"] - said["seq"] + last.get("payload_len", 0)) & SEQ_MASK != said["payload_len"]:
        return False
    equal = len(taken) > 1 and len(taken) * last.get("payload_len", 0) == said["payload_len"]
    return not (said["sent"] and equal)


def unpadded(kinds):
    """The kinds of options up to the one that ends the list: tshark reads each byte of padding behind it as one more."""
    words = str(kinds).split(",")
    while words[-2:] == ["0", "0"]:
        words.pop()
    return number(",".join(words)) if kinds is not None else None


def differences(frame, said, whole):
    """The fields in which a frame and its event differ; of a cut segment only what every part keeps."""
    names = (set(frame) | set(said)) - {"where", "n", "pkt", "number", "sent", "damaged", "malformed", "eth_src", "eth_dst"}
    if said.get("damaged"):
        # behind such a header tshark reads nothing more
        names &= set(frame) & set(said) - {"payload_len"}
    for name in sorted(names - UNSAID.difference(said)):
        ours, theirs = said.get(name), frame.get(name)
        if name == "kinds":
            theirs = unpadded(theirs)
        if name == "kinds" and said["malformed"] and str(ours).startswith(str(theirs)):
            # tshark may not read on behind an option of a wrong length
            continue
        if name == "flags" and not whole:
            ours, theirs = ours & ~LAST_ONLY, theirs & ~LAST_ONLY
        elif name in ("seq", "payload_len", "id", "tot_len") and not whole:
            continue
        if ours != theirs:
            yield "%s: %s is %s; %s says %s" % (frame["where"], name, theirs, said["where"], ours)


# what events of older releases do not say
UNSAID = {"urg", "tos", "ip_header_len", "header_len", "df", "kinds", "check"}


def parts(frames, event):
    """Takes the frames of the segment that an event tells of out of the list."""
    taken = []
    while not taken or not ends(event, taken):
        place = next((place for place, frame in enumerate(frames[:AHEAD]) if belongs(frame, event, len(taken))), None)
        if place is None:
            break
        taken.append(frames.pop(place))
    return taken


def claimed(left, said):
    """Takes the frames that are wholly what an event tells out of the list; gives each event's, or None. Of segments alike
    but for a few fields, such as SYN-ACKs with one id and other timestamps, a qdisc may have lost the first."""
    for event in said:
        place = next((place for place, frame in enumerate(left[:AHEAD])
                      if belongs(frame, event, 0) and not any(differences(frame, event, True))), None)
        yield None if place is None else left.pop(place)


def content(frame):
    return {name: value for name, value in frame.items() if name not in ("where", "number")}


def walk(frames, said, drops, left_over):
    """Goes along the frames and the events of one flow; gives each disagreement as a sentence. Frames without an event
    are left over."""
    before, left = list(frames), list(frames)
    for event, whole in list(zip(said, claimed(left, said))):
        taken = [whole] if whole else parts(left, event)
        for frame in taken:
            yield from differences(frame, event, len(taken) == 1)
        if not taken and not drops.lacks(event):
            yield "%s tells of a frame that is not there: %s" % (event["where"], event)
    for frame in left:
        copied = any(content(frame) == content(other) for other in before if other is not frame)
        if not copied and not drops.take(frame):
            left_over.append(frame)


def by_flow(frames):
    flows = {}
    for frame in frames:
        flows.setdefault(flow(frame), []).append(frame)
    return flows


def is_group(mac):
    """A broadcast or multicast address."""
    return int(mac[:2], 16) & 1


def is_of_link(kind):
    """Whether the protocol is one that no router sends on: the node may have any address."""
    return kind in FRAMES and FRAMES[kind].of_link


def goes(frame, way, nic, addresses):
    """Whether a frame at a card was sent by it (tx), or was for it and its node (rx)."""
    if nic["nic"] == LOOPBACK:
        return True
    of_link = is_of_link(frame["kind"])
    if way == "tx" and of_link:
        return frame["eth_src"] == nic["mac"]
    if way == "tx":
        # a datagram has its event where it is made, and none at a router
        return frame["eth_src"] == nic["mac"] and (frame["kind"] not in FRAMES or frame["saddr"] in addresses)
    if frame["eth_src"] == nic["mac"]:
        return False
    if frame["kind"] != "tcp" and is_group(frame["eth_dst"]):
        return True
    # what a router sends on has no event of a receiver
    return frame["eth_dst"] == nic["mac"] and (frame["kind"] == "arp" or of_link or frame["daddr"] in addresses)


def once(events, addresses):
    """The events without those that tell of a frame again: a datagram to a group comes to each socket that wants it, also at
    its sender, whose own frame comes by no card."""
    last = None
    for event in events:
        kind, _, way = event["type"].partition(".")
        if way != "rx" or kind not in FRAMES or is_of_link(kind):
            yield event
            continue
        copy = last and event["daddr"] not in addresses and event["sk"] != last["sk"] \
            and all(event[name] == last[name] for name in ("saddr", "daddr", "sport", "dport", "ip", "check", "payload_len"))
        if not copy:
            last = event
            if event["daddr"] in addresses or event["saddr"] not in addresses:
                yield event


def card(nic, folder, watched, events, addresses, came):
    """Compares a card's capture with its node's events: the number of frames, and the disagreements."""
    here = [event for event in events if event["netns"] == nic["node"]]
    drops = Drops(here, watched, came)
    captured = list(frames_of(os.path.join(folder, "wire-%s-%s.pcap" % (nic["node"], nic["nic"]))))
    count, said, received, left_over = 0, [], set(), []
    for (kind, way), point in POINTS.items():
        six = POINTS_OF_SIX.get(point)
        if not {point, six} & watched:
            continue
        frames = [frame for frame in captured if frame["kind"] == kind and goes(frame, way, nic, addresses)
                  and (six if ":" in str(frame.get("saddr")) else point) in watched]
        told = [frame_of(event) for event in once(here, addresses)
                if event["type"] == "%s.%s" % (kind, way) and event["dev"] == nic["nic"]]
        frames, told = by_flow(frames), by_flow(told)
        for key in sorted(set(frames) | set(told)):
            count += len(frames.get(key, []))
            without = []
            said += walk(frames.get(key, []), told.get(key, []), drops, without)
            left_over += [(way, frame) for frame in without if way == "rx" or not drops.is_made(frame)]
            if way == "rx":
                received.update(frame["number"] for frame in frames.get(key, []) if frame not in without)
    last = max(received, default=0)
    first = {frame.get("daddr"): frame["number"] for frame in reversed(captured) if frame["number"] in received}
    # behind the last frame that came to the node's kernel, its card took none; before the first one to a group, it had not
    # joined that, which is of an address that it got later (RFC 4291 2.7.1)
    said += ["%s has no event: %s" % (frame["where"], frame) for way, frame in left_over
             if way == "tx" or frame["number"] < last
             and not (is_of_link(frame["kind"]) and is_group(frame["eth_dst"]) and frame["number"] < first.get(frame["daddr"], last))]
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
    came = {event["pkt"] for event in events if event["type"].endswith(".rx") and event["pkt"]}
    loops = [{"node": node, "nic": LOOPBACK} for node in sorted({nic["node"] for nic in meta["nodes"]})
             if os.path.exists(os.path.join(folder, "wire-%s-%s.pcap" % (node, LOOPBACK)))]
    for nic in meta["nodes"] + loops:
        addresses = {other[name].partition("/")[0] for other in meta["nodes"] if other["node"] == nic["node"]
                     for name in ("address", "address6") if name in other}
        addresses |= {event["addr"] for event in events if event["type"] == ADDRESS and event["netns"] == nic["node"]
                      and "tentative" not in event["flags"]["new"]}
        more, sentences = card(nic, folder, watched, events, addresses, came)
        count += more
        said += sentences
    return count, said
