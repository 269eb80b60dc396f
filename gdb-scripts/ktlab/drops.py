# SPDX-License-Identifier: GPL-2.0-or-later
"""Why what was sent has no frame: the kernel dropped it, or it waits for its neighbour. And why a frame has no event of TCP or
ARP: a program made it."""

from .headers import end_seq
from .packets import MASK

DROP = "skb.drop"
PROGRAM = "frame.tx"
# what a frame is called whose packet has another name
KINDS = {"ICMP": "echo", "ICMPV6": "echo"}
ETH_BYTES, ARP_BYTES, UDP_BYTES = 14, 28, 8
NEIGHBOUR, ROUTE = "neigh.state", "route.result"


def flow(frame):
    """What frames have in common that keep their order."""
    names = ("saddr", "sport", "daddr", "dport") if frame["kind"] != "arp" else ("op", "spa", "tpa")
    return tuple(frame.get(name, 0) for name in names)


def end_of(frame):
    return end_seq(frame["seq"], frame["payload_len"], frame["flags"])


def same_packet(drop, frame):
    """A segment that the kernel joined (GRO) before it dropped it came in several frames."""
    if "end_seq" in drop:
        return (frame["seq"] - drop["seq"]) & MASK <= (end_of(frame) - drop["seq"]) & MASK <= \
            (drop["end_seq"] - drop["seq"]) & MASK
    if "seq" in drop:
        return drop["seq"] == frame["seq"]
    if drop["ip"]["id"] is not None:
        return drop["ip"]["id"] == frame["id"]
    return frame.get("check") in (None, drop["check"]) and frame["length"] == drop["payload_len"] + UDP_BYTES


class Drops:
    """The segments and datagrams that the kernel dropped at a node, or kept."""

    def __init__(self, events, watched, came):
        self.left = [event for event in events if event["type"] == DROP and event.get("saddr") is not None]
        self.arp = {event["pkt"] for event in events if event["type"] == DROP and event["proto"] == "ARP"}
        self.known = "kfree_skb" in watched
        self.events = events
        self.came = came
        self.made = [event for event in events if event["type"] == PROGRAM]

    def knows(self, said):
        """Whether a request or an answer of ARP was dropped when it was sent."""
        return said["kind"] == "arp" and said["sent"] and said["pkt"] in self.arp

    def is_made(self, frame):
        """Whether a program made this frame and sent it by AF_PACKET, as an event says, which tells of one frame only."""
        of = frame["eth_src"], frame["eth_dst"], ETH_BYTES + frame.get("tot_len", ARP_BYTES)
        for event in self.made:
            if of == (event["eth_src"], event["eth_dst"], event["frame_len"]):
                self.made.remove(event)
                return True
        return False

    def waits(self, frame):
        """Whether the segment lies in the queue of a neighbour whose MAC has not come when the run ends."""
        hop = frame["daddr"]
        states = []
        for event in self.events:
            if event["n"] < frame["n"] and event["type"] == ROUTE and event["dst"] == frame["daddr"] and event["via"]:
                hop = event["via"]
            elif event["n"] > frame["n"] and event["type"] == NEIGHBOUR and event["ip"] == hop:
                states.append(event)
        return any(event["queue_len"] for event in states) and all(event["nud"]["new"] == "INCOMPLETE" for event in states)

    def lacks(self, said):
        """Whether a segment that was sent may have no frame: it was dropped, it waits, or what would tell of a drop is
        not watched, and it came nowhere."""
        if said["kind"] == "arp":
            return self.knows(said)
        return self.take(said) or said["sent"] and said["pkt"] not in self.came and (not self.known or self.waits(said))

    def take(self, frame):
        """Whether a drop explains that this frame has no counterpart; it explains one only."""
        for drop in self.left:
            kind = KINDS.get(drop["proto"], drop["proto"].lower())
            if kind == frame["kind"] and flow(dict(drop, kind=kind)) == flow(frame) and same_packet(drop, frame):
                if "end_seq" not in drop or end_of(frame) == drop["end_seq"]:
                    self.left.remove(drop)
                return True
        return False
