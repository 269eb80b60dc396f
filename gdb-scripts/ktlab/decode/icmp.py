# SPDX-License-Identifier: GPL-2.0-or-later
"""The router's part: packets forwarded, and the errors that ICMP carries back; and packets that were cut and are made whole."""

import struct

from .. import kernel
from ..headers import parse_ip
from ..packets import ETH_BYTES, at_hand
from .route import gateway
from .route6 import gateway6
from .words import word

# messages of ICMP that quote a packet (RFC 792)
ERRORS = ("dest_unreach", "redirect", "time_exceeded")
# the protocols of which a message may be an echo
ECHOES = {number for number, name in kernel.PROTOCOLS.items() if name in ("ICMP", "ICMPV6")}


def is_six(ip):
    return bool(ip) and "flow_label" in ip


def words(type_, code, six=False):
    """Type and code of a message as include/uapi/linux/icmp.h and icmpv6.h name them."""
    types = kernel.ICMPV6_TYPES if six else kernel.ICMP_TYPES
    codes = kernel.ICMPV6_UNREACH_CODES if six else kernel.ICMP_UNREACH_CODES
    unreachable = type_ == (kernel.ICMPV6_DEST_UNREACH if six else kernel.ICMP_DEST_UNREACH)
    return {"type": types.get(type_, str(type_)), "code": codes.get(code, str(code)) if unreachable else str(code)}


def mtu(message, info):
    """That of the link that a packet is too big for, where the message has it (RFC 1191 4, RFC 4443 3.2)."""
    return {"mtu": info} if message["type"] == "packet_too_big" or message["code"] == "frag_needed" else {}


def read(header, six):
    """What the eight bytes of a message's header say."""
    message_ = words(header[0], header[1], six)
    return dict(message_, **mtu(message_, int.from_bytes(header[4 if six else 6:], "big")))


def about(data):
    """The packet that an error is about: addresses, and the ports that follow the IP header, or what names an echo."""
    ip = parse_ip(data)
    if not ip:
        return {}
    fields = {"saddr": ip["saddr"], "daddr": ip["daddr"], "protocol": word(kernel.PROTOCOLS, ip["proto"])}
    if ip["proto"] in ECHOES:
        ident = data[ip["header_len"] + 4:][:4]
        return dict(fields, **dict(zip(("id", "seq"), struct.unpack(">HH", ident)))) if len(ident) == 4 else fields
    ports = data[ip["header_len"]:ip["header_len"] + 4]
    if len(ports) == 4:
        fields.update(sport=int.from_bytes(ports[:2], "big"), dport=int.from_bytes(ports[2:], "big"))
    return fields


def sent(hit, model):
    """icmp_send(skb_in, type, code, info), icmp6_send(skb, …): net/ipv4/icmp.c, net/ipv6/icmp.c; the error is about that packet."""
    data = at_hand(hit)[0][ETH_BYTES:]
    ip = parse_ip(data)
    message = words(hit.argument("type"), hit.argument("code"), is_six(ip))
    args = dict(message, **mtu(message, hit.argument("info")), **about(data))
    return "call", {"args": args, "result": None, "_pkt": model.packets.arriving(hit, hit["net.inum"])}


def received(hit, model):
    """icmp_unreach(skb), tcp_v4_err(skb, info), tcp_v6_err(): skb->data is the header of the packet that the error is about."""
    data, header = hit.bytes("iph"), hit.bytes("icmph") or bytes(8)
    args = dict(read(header, is_six(parse_ip(data))), **about(data))
    return "call", {"args": args, "result": None}


def message(hit):
    """icmp_rcv(skb), icmpv6_rcv(skb): of an error what it is about; of another message its type alone."""
    data = at_hand(hit)[0][ETH_BYTES:]
    ip = parse_ip(data)
    header = data[ip["header_len"]:][:8] if ip else b""
    if len(header) < 8:
        return None
    args = read(header, is_six(ip))
    if header[0] < kernel.ICMPV6_INFORMATION if is_six(ip) else args["type"] in ERRORS:
        args.update(about(data[ip["header_len"] + 8:]))
    return "call", {"args": args, "result": None}


def defrag(hit, model):
    """ip_defrag(net, skb, user): takes a part of a datagram; 0 when it has made it whole (net/ipv4/ip_fragment.c).
    ipv6_frag_rcv(skb): then it returns 1, IP is to go on with it (net/ipv6/ip6_input.c: ip6_protocol_deliver_rcu())."""
    if hit.at == "return":
        whole = 1 if hit.fn == "ipv6_frag_rcv" else 0
        return ("call", {"args": hit.entry.told, "result": {"whole": hit.ret32 == whole}}) if hit.entry.told else None
    ip = parse_ip(at_hand(hit)[0][ETH_BYTES:])
    if not ip:
        return None
    hit.told = {"saddr": ip["saddr"], "daddr": ip["daddr"], "protocol": word(kernel.PROTOCOLS, ip["proto"]), "id": ip["id"],
                "offset": ip["fragment"], "more": ip["more"], "len": ip["tot_len"] - ip["header_len"]}
    return "call", {"args": hit.told, "result": None}


def forward(hit, model):
    """ip_forward(skb): net/ipv4/ip_forward.c; ip6_forward(skb): net/ipv6/ip6_output.c"""
    ip = parse_ip(at_hand(hit)[0][ETH_BYTES:])
    if not ip:
        return None
    args = {"saddr": ip["saddr"], "daddr": ip["daddr"], "ttl": ip["ttl"], "out_dev": hit.text("out.name"),
            "via": gateway6(hit) if is_six(ip) else gateway(hit)}
    return "call", {"args": args, "result": None, "_pkt": model.packets.arriving(hit, hit["net.inum"])}


DECODERS = {"icmp_send": sent, "icmp_rx": received, "forward": forward, "defrag": defrag}
