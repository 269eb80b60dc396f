# SPDX-License-Identifier: GPL-2.0-or-later
"""Routing of IPv6, as the events of routing over IPv4: what was searched, and what the whole lookup gave."""

from .. import kernel
from ..headers import ip6, parse_ip
from ..packets import ETH_BYTES, at_hand
from .words import errno_name, word

NOT_SET = bytes(16)
# the one route of a table that has none (net/ipv6/route.c): fib6_rule_action() takes it for this
NO_ROUTE = -11
FLOW_LABEL = 0xfffff


def given(data):
    """An address, or None where none is set."""
    return None if data in (None, NOT_SET) else ip6(data)


def purpose(hit, saddr):
    """One lookup of connect() is for both: without a source address it is to tell the device that has one."""
    if hit.has("ip6_route_input"):
        return "input"
    if not hit.has("ip6_route_output_flags"):
        return "other"
    return "route" if given(saddr) or not hit.has("ip6_dst_lookup_tail") else "choose_saddr"


def flow(hit, block="flow"):
    """The key of a lookup, struct flowi6: the traffic class stands in the flow label's word (include/net/ipv6.h)."""
    key = {name: ip6(hit.raw("%s.%s" % (block, name), 16)) for name in ("daddr", "saddr")}
    label = hit[block + ".flowlabel"]
    key.update(oif=hit[block + ".oif"], iif=hit[block + ".iif"], tos=label >> 20 & 0xff, mark=hit[block + ".mark"],
               scope=None, proto=word(kernel.PROTOCOLS, hit[block + ".proto"]), sport=hit[block + ".sport"],
               dport=hit[block + ".dport"], flow_label=label & FLOW_LABEL)
    return key


def fib6_lookup(hit, model):
    """fib6_table_lookup(net, table, oif, fl6, res, strict): net/ipv6/route.c. It returns 0; a table without a match gives the
    null entry, which belongs to no table."""
    if hit.at == "enter":
        return None
    kind, table = hit["result.fib6_type"], hit["table.tb6_id"]
    err = kernel.ROUTE_ERRORS.get(kind) if hit["of.tb6_id"] else NO_ROUTE
    out = None
    if not err:
        out = {"prefix": ip6(hit.raw("route.dst", 16)), "prefixlen": hit["route.dst_len"], "table": hit["of.tb6_id"],
               "table_name": word(kernel.ROUTE_TABLES, hit["of.tb6_id"]), "type": word(kernel.ROUTE_TYPES, kind),
               "scope": None, "protocol": word(kernel.ROUTE_PROTOCOLS, hit["route.fib6_protocol"]),
               "metric": hit["route.fib6_metric"], "prefsrc": given(hit.raw("route.prefsrc", 16)),
               "via": given(hit.raw("nhc.gw6", 16)) if hit["nhc.nhc_gw_family"] == kernel.AF_INET6 else None,
               "dev": hit.text("dev.name"), "pref": preference(hit["result.fib6_flags"])}
    return "fib.lookup", {"in": flow(hit.entry), "table": table, "table_name": word(kernel.ROUTE_TABLES, table),
                          "purpose": purpose(hit, hit.entry.raw("flow.saddr", 16)), "err": errno_name(err), "out": out}


def preference(flags):
    """IPV6_EXTRACT_PREF() in include/uapi/linux/icmpv6.h"""
    return word(kernel.ROUTE_PREFERENCES, flags >> kernel.ROUTE_PREFERENCE_SHIFT & 3)


def gateway6(hit):
    """The next hop of a route (struct rt6_info)."""
    return given(hit.raw("rt.rt6i_gateway", 16)) if (hit["rt.rt6i_flags"] or 0) & kernel.RTF_GATEWAY else None


def found(hit):
    """What both ways of a lookup tell of the route (struct rt6_info), which may be a copy of one of the table."""
    return {"route_type": word(kernel.ROUTE_TYPES, hit["route.fib6_type"]), "via": gateway6(hit),
            "out_dev": hit.text("dev.name"), "error": errno_name(hit["rt.error"])}


def route6_output(hit, model):
    """ip6_route_output_flags(net, sk, fl6, flags): returns a route, an error in it."""
    if hit.at == "enter":
        return None
    asked = hit.entry.raw("flow.saddr", 16)
    return "route.result", dict({"dir": "output", "dst": ip6(hit.raw("flow.daddr", 16)), "src": given(asked)}, **found(hit),
                                saddr=given(hit.raw("flow.saddr", 16)), purpose=purpose(hit, asked))


def route6_input(hit, model):
    """ip6_route_input(skb): hangs the route on the packet."""
    if hit.at == "enter":
        return None
    header = parse_ip(at_hand(hit)[0][ETH_BYTES:]) or {}
    pkt = model.packets.number(hit) or model.packets.arriving(hit, hit["net.inum"])
    return "route.result", dict({"dir": "input", "dst": header.get("daddr"), "src": header.get("saddr")}, **found(hit),
                                saddr=header.get("saddr"), purpose="input", _pkt=pkt)


def choose_saddr(hit, model):
    """ipv6_dev_get_saddr(net, dst_dev, daddr, prefs, saddr): which of the addresses is the source; net/ipv6/addrconf.c"""
    args = {"daddr": ip6((hit.entry or hit).bytes("to")), "dev": (hit.entry or hit).text("dst_dev.name")}
    if hit.at == "enter":
        return "call", {"args": args, "result": None}
    return "call", {"args": args, "result": {"saddr": given(hit.bytes("chosen")) if hit.ret32 == 0 else None,
                                             "err": errno_name(hit.ret32)}}


DECODERS = {"fib6_lookup": fib6_lookup, "route6_output": route6_output, "route6_input": route6_input,
            "choose_saddr": choose_saddr}
