# SPDX-License-Identifier: GPL-2.0-or-later
"""Why what was sent has no frame: the kernel dropped it, or it waits for its neighbour."""

DROP = "skb.drop"
NEIGHBOUR, ROUTE = "neigh.state", "route.result"


def flow(frame):
    """What frames have in common that keep their order."""
    names = ("saddr", "sport", "daddr", "dport") if frame["kind"] != "arp" else ("op", "spa", "tpa")
    return tuple(frame[name] for name in names)


def same_packet(drop, frame):
    return drop["seq"] == frame["seq"] if "seq" in drop else drop["ip"]["id"] == frame["id"]


class Drops:
    """The segments and datagrams that the kernel dropped at a node, or kept."""

    def __init__(self, events, watched, came):
        self.left = [event for event in events if event["type"] == DROP and event.get("sport") is not None]
        self.known = "kfree_skb" in watched
        self.events = events
        self.came = came

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
        return self.take(said) or said["kind"] != "arp" and said["sent"] and said["pkt"] not in self.came and (
            not self.known or self.waits(said))

    def take(self, frame):
        """Whether a drop explains that this frame has no counterpart; it explains one only."""
        for drop in self.left:
            kind = drop["proto"].lower()
            if kind == frame["kind"] and flow(dict(drop, kind=kind)) == flow(frame) and same_packet(drop, frame):
                self.left.remove(drop)
                return True
        return False
