# SPDX-License-Identifier: GPL-2.0-or-later
"""ARP: its functions, and each of its frames."""

from .. import kernel
from ..headers import ip4, mac, parse_arp
from ..packets import at_hand
from .words import decided, word

# Functions that carry a frame down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"arp_xmit", "arp_xmit_finish", "arp_send_dst", "NF_HOOK", "nf_hook"}


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
        fields["by"] = decided(hit, CARRIERS) if type_ == "arp.tx" else hit.fn
        return type_, dict(fields, _pkt=numbers[0])
    return decode


DECODERS = {"arp_solicit": solicit, "arp_send": arp_send, "arp_tx": arp("arp.tx"), "arp_rx": arp("arp.rx")}
