# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbour discovery (RFC 4861): solicitations and advertisements of neighbours and of routers, sent and received."""

import socket
import struct

from .. import kernel
from ..headers import mac, parse_ip
from ..packets import ETH_BYTES, at_hand
from . import Datagrams, of_ip, udp
from .words import decided, neighbour_address

IPPROTO_ICMPV6 = next(number for number, name in kernel.PROTOCOLS.items() if name == "ICMPV6")
OPERATIONS = {kernel.ICMPV6_TYPES[number]: number for number in kernel.ND_MESSAGES}
# type, code, checksum, and four bytes that are the flags of a neighbour advertisement or belong to a router's
HEADER = struct.Struct(">BBHI")
# the rest of a router advertisement: the times in ms for which a neighbour is reachable, and between two questions
TIMES = struct.Struct(">II")
# an option for a prefix (RFC 4861 4.6.2), from its length in bits on
PREFIX = struct.Struct(">BBII4x16s")
ADDRESS_BYTES = 16
# numbers of options (RFC 4861 4.6, RFC 3971 5.3.2)
SOURCE, TARGET, PREFIX_OPTION, NONCE = 1, 2, 3, 14
# flags of a neighbour advertisement, and of a prefix
ROUTER, SOLICITED, OVERRIDE = 1 << 31, 1 << 30, 1 << 29
ON_LINK, AUTONOMOUS = 0x80, 0x40
# Functions that carry a message down; the first other one on the stack is the one that decided to send it.
CARRIERS = udp.CARRIERS | {"ndisc_send_skb", "ndisc_send_ns", "ndisc_send_na", "ndisc_send_rs"}


def address(data):
    """An address of IPv6, also one that stands for IPv4's, in the words of tshark."""
    return socket.inet_ntop(socket.AF_INET6, data)


def options(data):
    """(number, bytes behind its head) of each option; nothing behind one whose length is none."""
    while len(data) >= 8 and data[1]:
        yield data[0], data[2:data[1] * 8]
        data = data[data[1] * 8:]


def prefix(length, flags, valid, preferred, value):
    """What a router announces of one, in the order of the option."""
    return {"prefix": address(value), "prefix_len": length, "on_link": bool(flags & ON_LINK), "autonomous": bool(flags & AUTONOMOUS),
            "valid_s": valid, "preferred_s": preferred}


def router(word, data, prefixes):
    """What a router says of itself and of its link."""
    reachable, retrans = TIMES.unpack(data[:TIMES.size])
    return {"hop_limit": word >> 24, "managed": bool(word & 1 << 23), "other": bool(word & 1 << 22),
            "pref": kernel.ROUTE_PREFERENCES.get(word >> 19 & 3, "reserved"), "lifetime_s": word & 0xffff,
            "reachable_ms": reachable, "retrans_ms": retrans, "prefixes": prefixes}


def body(op, word, data):
    """The fields behind the header, and where the options begin."""
    fields = dict.fromkeys(("target", "router", "solicited", "override"))
    if op.startswith("neighbour_"):
        fields["target"] = address(data[:ADDRESS_BYTES])
    if op == "neighbour_advertisement":
        fields.update(router=bool(word & ROUTER), solicited=bool(word & SOLICITED), override=bool(word & OVERRIDE))
    return fields, {"neighbour_": ADDRESS_BYTES, "router_adv": TIMES.size}.get(op[:10], 0)


def parse(data):
    """The fields of a message from its header on, or None."""
    if len(data) < HEADER.size:
        return None
    type_, code, check, word = HEADER.unpack(data[:HEADER.size])
    op = kernel.ICMPV6_TYPES.get(type_) if type_ in kernel.ND_MESSAGES and not code else None
    data = data[HEADER.size:]
    if not op or len(data) < {"router_solicitation": 0, "router_advertisement": TIMES.size}.get(op, ADDRESS_BYTES):
        return None
    fields, begin = body(op, word, data)
    found = list(options(data[begin:]))
    of = dict(reversed(found))
    fields.update(slla=of.get(SOURCE) and mac(of[SOURCE]), tlla=of.get(TARGET) and mac(of[TARGET]),
                  nonce=of[NONCE].hex() if NONCE in of else None, ra=None, check=check)
    if op == "router_advertisement":
        fields["ra"] = router(word, data, [prefix(*PREFIX.unpack(body_)) for kind, body_ in found
                                           if kind == PREFIX_OPTION and len(body_) == PREFIX.size])
    return dict(fields, op=op)


def message(hit):
    """The fields of the message in the buffer at hand, or None."""
    data = at_hand(hit)[0][ETH_BYTES:]
    ip = parse_ip(data)
    if not ip or ip["proto"] != IPPROTO_ICMPV6 or ip["fragment"] or "flow_label" not in ip:
        return None
    fields = parse(data[ip["header_len"]:])
    return fields and dict(saddr=ip["saddr"], daddr=ip["daddr"], **{name: fields[name] for name in SHOWN},
                           ip={key: ip[key] for key in udp.IP_SHOWN if key in ip})


SHOWN = ("op", "target", "slla", "tlla", "router", "solicited", "override", "nonce", "ra", "check")


def tx(hit):
    """A message that leaves by ip6_output(): it does not pass __ip6_local_out() (net/ipv6/ndisc.c: ndisc_send_skb())."""
    fields = message(hit)
    return fields and ("nd.tx", dict(fields, eth_src=None, eth_dst=None, by=decided(hit, CARRIERS)))


def rx(hit, model):
    """ndisc_rcv(skb): a message has come, and its checksum is right."""
    fields, frame = message(hit), at_hand(hit)[0]
    return fields and ("nd.rx", dict(fields, eth_src=mac(frame[6:12]), eth_dst=mac(frame[:6]), by=hit.fn))


def solicit(hit, model):
    """ndisc_solicit(neigh, skb): asks who has the address."""
    return "call", {"args": {"ip": neighbour_address(hit), "dev": hit.text("dev.name"), "probes": hit["neigh.probes"]}, "result": None}


def prefix_option(hit, model):
    """addrconf_prefix_rcv(dev, opt, len, sllao): makes an address of a prefix that a router announces (RFC 4862 5.5.3)."""
    if hit.at == "return":
        return "call", {"args": hit.entry.told, "result": None}
    hit.told = prefix(hit["opt.prefix_len"], hit["opt.flags"] or 0, hit["opt.valid"], hit["opt.prefered"],
                      hit.raw("opt.prefix", ADDRESS_BYTES))
    return "call", {"args": hit.told, "result": None}


def default_router(hit, model):
    """rt6_add_dflt_router(net, gwaddr, dev, pref): a default route by a router that has announced itself."""
    if hit.at == "return":
        return "call", {"args": hit.entry.told, "result": None}
    hit.told = {"via": address(hit.bytes("gateway")), "dev": hit.text("dev.name")}
    return "call", {"args": hit.told, "result": None}


# ---- what tshark says of a frame

def said(event):
    """What an event says of its frame, in the same words; of a router advertisement all that it announces."""
    ra = event["ra"] or {}
    frame = dict({name: event[name] for name in ("saddr", "daddr", "target", "check", "nonce", "router", "solicited", "override")},
                 op=OPERATIONS[event["op"]], linkaddr=event["slla"] or event["tlla"], **of_ip(event["ip"]))
    frame.update({"ra_" + name: value for name, value in ra.items() if name not in ("prefixes", "pref")})
    if ra:
        frame["ra_pref"] = next((number for number, word in kernel.ROUTE_PREFERENCES.items() if word == ra["pref"]), 2)
    for name in ra.get("prefixes") and ra["prefixes"][0] or ():
        frame["ra_" + name] = ",".join(str(int(one[name]) if isinstance(one[name], bool) else one[name]) for one in ra["prefixes"])
    return {name: plain(value) for name, value in frame.items() if value is not None}


def plain(value):
    """As tshark.number() has it: a truth is 0 or 1, what looks like a number is one."""
    if isinstance(value, str):
        try:
            return int(value, 0)
        except ValueError:
            return value
    return int(value)


def read(frame):
    """The target of whichever message it is; a nonce without what stands between its bytes."""
    frame = dict(frame, target=frame.pop("na_target", None) or frame.get("target"))
    if frame.get("nonce") is not None:
        frame["nonce"] = plain(str(frame["nonce"]).replace(":", ""))
    return {name: value for name, value in frame.items() if value is not None}


def is_one(read_):
    """Not of what an error quotes: that has two types."""
    return read_["icmpv6.type"].isdigit() and int(read_["icmpv6.type"]) in kernel.ND_MESSAGES


WORDS = {"op": "type", "check": "checksum", "target": "nd.ns.target_address", "na_target": "nd.na.target_address",
         "linkaddr": "opt.linkaddr", "nonce": "opt.nonce", "router": "nd.na.flag.r", "solicited": "nd.na.flag.s",
         "override": "nd.na.flag.o", "ra_hop_limit": "nd.ra.cur_hop_limit", "ra_managed": "nd.ra.flag.m", "ra_other": "nd.ra.flag.o",
         "ra_pref": "nd.ra.flag.prf", "ra_lifetime_s": "nd.ra.router_lifetime", "ra_reachable_ms": "nd.ra.reachable_time",
         "ra_retrans_ms": "nd.ra.retrans_timer", "ra_prefix": "opt.prefix", "ra_prefix_len": "opt.prefix.length",
         "ra_on_link": "opt.prefix.flag.l", "ra_autonomous": "opt.prefix.flag.a", "ra_valid_s": "opt.prefix.valid_lifetime",
         "ra_preferred_s": "opt.prefix.preferred_lifetime"}
FIELDS = {ours: ("icmpv6." + theirs,) * 2 for ours, theirs in WORDS.items()}
POINTS = {"tx": ("ip6_output",) * 2, "rx": ("ndisc_rcv",) * 2}

DECODERS = {"nd_rx": rx, "nd_solicit": solicit, "nd_prefix": prefix_option, "nd_router": default_router}
DATAGRAMS = {"nd": Datagrams(POINTS, FIELDS, is_one, said, read, True)}
