# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the frames at a card are its node's: it sent them, or they were for it."""

from .decode import FRAMES

LOOPBACK = "lo"
ADDRESS = "addr.state"


def addresses_of(meta, events):
    """{node: its addresses}, and the nodes of which there may be more: no event tells what a program gives them."""
    own = {nic["node"]: set() for nic in meta["nodes"]}
    unknown = set(own)
    for nic in meta["nodes"]:
        own[nic["node"]].update(nic[name].partition("/")[0] for name in ("address", "address6") if name in nic)
    for event in events:
        if event["type"] == ADDRESS:
            unknown.discard(event["netns"])
            if "tentative" not in event["flags"]["new"]:
                own[event["netns"]].add(event["addr"])
    return own, unknown


def is_group(mac):
    """A broadcast or multicast address."""
    return int(mac[:2], 16) & 1


def is_of_link(frame):
    """Whether its protocol is one that no router sends on: the node may have any address."""
    return frame["kind"] in FRAMES and FRAMES[frame["kind"]].of_link


def is_own(address, addresses, others):
    """Whether it is one of a node's addresses; of IPv6 a program may have given it one that is not known, nor of the OTHERS,
    where no event would tell of it (None: one would)."""
    return address in addresses or others is not None and ":" in address and address not in others


def goes(frame, way, nic, addresses, others):
    """Whether a frame at a card was sent by it (tx), or was for it and its node (rx)."""
    if nic["nic"] == LOOPBACK:
        return True
    of_link = is_of_link(frame)
    if way == "tx" and of_link:
        return frame["eth_src"] == nic["mac"]
    if way == "tx":
        # a datagram has its event where it is made, and none at a router
        return frame["eth_src"] == nic["mac"] and (frame["kind"] not in FRAMES or is_own(frame["saddr"], addresses, others))
    if frame["eth_src"] == nic["mac"]:
        return False
    if frame["kind"] != "tcp" and is_group(frame["eth_dst"]):
        return True
    # what a router sends on has no event of a receiver
    return frame["eth_dst"] == nic["mac"] and (frame["kind"] == "arp" or of_link or is_own(frame["daddr"], addresses, others))
