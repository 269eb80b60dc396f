# SPDX-License-Identifier: GPL-2.0-or-later
"""The router's part: packets forwarded, and the errors that ICMP carries back; and packets that were cut and are made whole."""

from .. import kernel
from ..headers import parse_ip
from ..packets import ETH_BYTES, at_hand
from .route import gateway
from .words import word


def words(type_, code):
    """Type and code of a message as include/uapi/linux/icmp.h names them."""
    name = kernel.ICMP_TYPES.get(type_, str(type_))
    return {"type": name, "code": kernel.ICMP_UNREACH_CODES.get(code, str(code)) if type_ == kernel.ICMP_DEST_UNREACH else str(code)}


def about(data):
    """The packet that an error is about: addresses, and the ports that follow the IP header."""
    ip = parse_ip(data)
    if not ip:
        return {}
    fields = {"saddr": ip["saddr"], "daddr": ip["daddr"], "protocol": word(kernel.PROTOCOLS, ip["proto"])}
    ports = data[ip["header_len"]:ip["header_len"] + 4]
    if len(ports) == 4:
        fields.update(sport=int.from_bytes(ports[:2], "big"), dport=int.from_bytes(ports[2:], "big"))
    return fields


def sent(hit, model):
    """icmp_send(skb_in, type, code, info): net/ipv4/icmp.c; the error is about the packet skb_in."""
    args = dict(words(hit.argument("type"), hit.argument("code")), **about(at_hand(hit)[0][ETH_BYTES:]))
    return "call", {"args": args, "result": None, "_pkt": model.packets.arriving(hit, hit["net.inum"])}


def received(hit, model):
    """icmp_unreach(skb), tcp_v4_err(skb, info): skb->data is the header of the packet that the error is about."""
    header = hit.bytes("icmph") or b"\0\0"
    args = dict(words(header[0], header[1]), **about(hit.bytes("iph")))
    return "call", {"args": args, "result": None}


def defrag(hit, model):
    """ip_defrag(net, skb, user): takes a part of a datagram; 0 when it has made it whole (net/ipv4/ip_fragment.c)."""
    if hit.at == "return":
        return ("call", {"args": hit.entry.told, "result": {"whole": hit.ret32 == 0}}) if hit.entry.told else None
    ip = parse_ip(at_hand(hit)[0][ETH_BYTES:])
    if not ip:
        return None
    hit.told = {"saddr": ip["saddr"], "daddr": ip["daddr"], "protocol": word(kernel.PROTOCOLS, ip["proto"]), "id": ip["id"],
                "offset": ip["fragment"], "more": ip["more"], "len": ip["tot_len"] - ip["header_len"]}
    return "call", {"args": hit.told, "result": None}


def forward(hit, model):
    """ip_forward(skb): net/ipv4/ip_forward.c"""
    ip = parse_ip(at_hand(hit)[0][ETH_BYTES:])
    if not ip:
        return None
    args = {"saddr": ip["saddr"], "daddr": ip["daddr"], "ttl": ip["ttl"], "out_dev": hit.text("out.name"),
            "via": gateway(hit)}
    return "call", {"args": args, "result": None, "_pkt": model.packets.arriving(hit, hit["net.inum"])}


DECODERS = {"icmp_send": sent, "icmp_rx": received, "forward": forward, "defrag": defrag}
