# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbours: each that is looked for, and every change of a state."""

from .. import kernel
from ..headers import mac
from .words import neighbour_address, word


def lladdr(hit, block="neigh"):
    """The MAC of a neighbour while its state says that it has one, as neigh_fill_info() in net/core/neighbour.c tells
    `ip neigh`."""
    return mac(hit.raw(block + ".ha", 6)) if (hit[block + ".nud_state"] or 0) & kernel.NUD_VALID else None


# What __neigh_event_send() makes of a neighbour (net/core/neighbour.c). Any other state that is found behind it was made
# meanwhile: it lets the lock go, and softirqs run.
MADE_BY_SENDING = ("INCOMPLETE", "DELAY", "FAILED")


def why(hit, nud, sending):
    """Who made the change to a state: who returns now; what is found when a function begins was made before, by one that
    sends still, or by one that no point watches."""
    if hit.fn == "__neigh_event_send" or (hit.at == "enter" and sending):
        return "event_send" if nud in MADE_BY_SENDING else "other"
    if hit.at == "enter":
        return "other"
    if hit.fn == "neigh_timer_handler":
        return "timer"
    if hit.has("arp_rcv", "arp_process"):
        return "arp_rx"
    if hit.has("ndisc_rcv"):
        return "nd_rx"
    return "netlink" if hit.has("neigh_add", "rtnetlink_rcv_msg") else "other"


def state(hit):
    """What an event says of a neighbour: state, MAC, packets that wait."""
    return word(kernel.NUD_STATES, hit["neigh.nud_state"]), lladdr(hit), hit["neigh.queue_len"]


def changed(hit, was, now, reason):
    return "neigh.state", {
        "ip": neighbour_address(hit), "lladdr": {"old": was[1], "new": now[1]},
        "nud": {"old": was[0], "new": now[0]}, "why": reason, "probes": hit["neigh.probes"],
        "queue_len": hit["neigh.queue_len"], "queue_bytes": hit["neigh.queue_bytes"]}


def change(hit, model):
    """The event of a neighbour that is not as it was when it was last seen; none if nothing changed. A reply may come
    while __neigh_event_send() still sends the request: then what that did is seen when the reply begins to work."""
    address = hit.pointer("neigh")
    if address is None:
        return None
    now = state(hit)
    was = model.neighbours.see(address, now)
    sending = model.neighbours.is_sending(address)
    if hit.fn == "__neigh_event_send":
        model.neighbours.send(address, hit.at == "enter")
    if was == now:
        return None
    return changed(hit, was, now, why(hit, now[0], sending))


def create(hit, model):
    """__neigh_create(tbl, pkey, dev, want_ref): there was no entry for this address, now there is one."""
    if hit.at == "enter" or hit.pointer("neigh") is None:
        return None
    model.neighbours.see(hit.pointer("neigh"), state(hit))
    return "neigh.lookup", {"ip": neighbour_address(hit), "lladdr": lladdr(hit),
                            "nud": word(kernel.NUD_STATES, hit["neigh.nud_state"]), "found": False}


DECODERS = {"neigh_create": create, "neigh_event_send": change, "neigh_update": change, "neigh_timer": change}
