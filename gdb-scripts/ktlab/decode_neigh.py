# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbours and ARP."""

from . import kernel
from .decode_route import word
from .decode_tcp import decided
from .headers import ip4, mac, parse_arp
from .packets import at_hand

ARP_CARRIERS = {"arp_xmit", "arp_xmit_finish", "arp_send_dst", "NF_HOOK", "nf_hook"}


def nud(value):
    return kernel.NUD_STATES.get(value, str(value))


def lladdr(hit, block="neigh"):
    """The MAC of a neighbour while its state says that it has one, as neigh_fill_info() in net/core/neighbour.c tells
    `ip neigh`."""
    return mac(hit.raw(block + ".ha", 6)) if (hit[block + ".nud_state"] or 0) & kernel.NUD_VALID else None


def why(hit):
    if hit.fn == "__neigh_event_send":
        return "event_send"
    if hit.fn == "neigh_timer_handler":
        return "timer"
    if hit.has("arp_rcv", "arp_process"):
        return "arp_rx"
    return "netlink" if hit.has("neigh_add", "rtnetlink_rcv_msg") else "other"


def state(hit):
    """What an event says of a neighbour: state, MAC, packets that wait."""
    return nud(hit["neigh.nud_state"]), lladdr(hit), hit["neigh.queue_len"]


def changed(hit, was, now, reason):
    return "neigh.state", {
        "ip": ip4(hit["neigh.primary_key"]), "lladdr": {"old": was[1], "new": now[1]},
        "nud": {"old": was[0], "new": now[0]}, "why": reason, "probes": hit["neigh.probes"],
        "queue_len": hit["neigh.queue_len"], "queue_bytes": hit["neigh.queue_bytes"]}


def change(hit, model):
    """The event of a neighbour that is not as it was when it was last seen; none if nothing changed. A reply may come
    while __neigh_event_send() still sends the request: then what that did is seen when the reply begins to work."""
    address = hit.pointer("neigh")
    if address is None:
        return None
    now = state(hit)
    was, model.neighs[address] = model.neighs.get(address, now), now
    if was == now:
        return None
    return changed(hit, was, now, why(hit) if hit.at == "return" else "event_send")


def create(hit, model):
    """__neigh_create(tbl, pkey, dev, want_ref): there was no entry for this address, now there is one."""
    if hit.at == "enter" or hit.pointer("neigh") is None:
        return None
    model.neighs[hit.pointer("neigh")] = state(hit)
    return "neigh.lookup", {"ip": ip4(hit["neigh.primary_key"]), "lladdr": lladdr(hit),
                            "nud": nud(hit["neigh.nud_state"]), "found": False}


def solicit(hit, model):
    """arp_solicit(neigh, skb): asks who has the address."""
    return "call", {"args": {"ip": ip4(hit["neigh.primary_key"]), "dev": hit.text("dev.name"),
                             "probes": hit["neigh.probes"]}, "result": None}


def arp_send(hit, model):
    """arp_send(type, ptype, dest_ip, dev, src_ip, dest_hw, src_hw, target_hw): net/ipv4/arp.c"""
    return "call", {"args": {
        "op": word(kernel.ARP_OPS, hit.argument("op")), "ptype": word(kernel.ETHERTYPES, hit.argument("ptype")),
        "dest_ip": hit.argument("dest_ip"), "src_ip": hit.argument("src_ip"),
        "dest_hw": mac(hit.bytes("dest_hw")), "src_hw": mac(hit.bytes("src_hw")),
        "target_hw": mac(hit.bytes("target_hw"))}, "result": None}


def arp(type_):
    def decode(hit, model):
        frame = parse_arp(at_hand(hit)[0])
        if not frame:
            return None
        numbers = model.packets.sent(hit) if type_ == "arp.tx" else model.packets.received(hit, hit["net.inum"])
        fields = {"op": kernel.ARP_OPS.get(frame["op"], str(frame["op"]))}
        fields.update((name, frame[name]) for name in ("sha", "spa", "tha", "tpa", "eth_src", "eth_dst"))
        fields["gratuitous"] = frame["spa"] == frame["tpa"]
        fields["by"] = decided(hit, ARP_CARRIERS) if type_ == "arp.tx" else hit.fn
        return type_, dict(fields, _pkt=numbers[0])
    return decode


DECODERS = {"neigh_create": create, "neigh_event_send": change, "neigh_update": change, "neigh_timer": change,
            "arp_solicit": solicit, "arp_send": arp_send, "arp_tx": arp("arp.tx"), "arp_rx": arp("arp.rx")}
