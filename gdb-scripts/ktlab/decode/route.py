# SPDX-License-Identifier: GPL-2.0-or-later
"""Routing: one event for each table that was searched, one for what the whole lookup gave."""

from .. import kernel
from ..headers import ip4, parse_ip
from ..packets import ETH_BYTES, at_hand
from .words import address_or_none, errno_name, word

# The purpose of a lookup: the first row whose function is on the stack. With `ip_route_connect` the first of
# its two lookups has no source address yet.
PURPOSES = (
    ("ip_route_newports", "newports"),
    ("fib_validate_source", "src_validate"),
    ("__fib_validate_source", "src_validate"),
    ("ip_route_input_slow", "input"),
    ("inet_addr_type", "addr_type"),
    ("__inet_dev_addr_type", "addr_type"),
    ("ip_route_output_key_hash_rcu", "route"),
)


def purpose(hit, saddr):
    found = next((name for fn, name in PURPOSES if hit.has(fn)), "other")
    if found == "route" and hit.has("ip_route_connect") and not saddr:
        return "choose_saddr"
    return found


def flow(hit, block="flow"):
    """The key of a lookup, struct flowi4."""
    key = {name: ip4(hit["%s.%s" % (block, name)]) for name in ("daddr", "saddr")}
    key.update((name, hit["%s.%s" % (block, name)]) for name in ("oif", "iif", "tos", "mark"))
    key["scope"] = word(kernel.ROUTE_SCOPES, hit[block + ".scope"])
    key["proto"] = word(kernel.PROTOCOLS, hit[block + ".proto"])
    key.update((name, hit["%s.%s" % (block, name)]) for name in ("sport", "dport"))
    return key


def true_table(hit):
    """The table of the route found: fib_alias.tb_id, as without custom rules local routes stand in main's trie
    (net/ipv4/fib_frontend.c, fib_unmerge undoes it)."""
    for block in ("alias0", "alias1", "alias2", "alias3"):
        if hit[block + ".fa_info"] and hit[block + ".fa_info"] == hit["result.fi"]:
            return hit[block + ".tb_id"]
    return hit["table.tb_id"]


def fib_lookup(hit, model):
    """fib_table_lookup(tb, flp, res, fib_flags): net/ipv4/fib_trie.c. -EAGAIN: no match in this table."""
    if hit.at == "enter":
        return None
    found = hit.ret32 == 0
    out = None
    if found:
        table = true_table(hit)
        out = {"prefix": ip4(hit["result.prefix"]), "prefixlen": hit["result.prefixlen"], "table": table,
               "table_name": word(kernel.ROUTE_TABLES, table), "type": word(kernel.ROUTE_TYPES, hit["result.type"]),
               "scope": word(kernel.ROUTE_SCOPES, hit["result.scope"]),
               "protocol": word(kernel.ROUTE_PROTOCOLS, hit["fi.protocol"]), "metric": hit["fi.priority"],
               "prefsrc": address_or_none(hit["fi.prefsrc"]),
               "via": address_or_none(hit["nhc.gw4"]) if hit["nhc.nhc_gw_family"] == kernel.AF_INET else None,
               "dev": hit.text("dev.name")}
    saddr = hit.entry["flow.saddr"]
    table = hit["table.tb_id"]
    return "fib.lookup", {"in": flow(hit.entry), "table": table, "table_name": word(kernel.ROUTE_TABLES, table),
                          "purpose": purpose(hit, saddr), "err": errno_name(hit.ret32), "out": out}


def gateway(hit):
    """The next hop of a route (struct rtable), as rt_fill_info() in net/ipv4/route.c tells `ip route get`: one that uses
    no gateway may have its own destination there."""
    return ip4(hit["rt.rt_gw4"]) if hit["rt.rt_uses_gateway"] and hit["rt.rt_gw_family"] == kernel.AF_INET else None


def route_output(hit, model):
    """ip_route_output_key_hash_rcu(net, fl4, res, skb): returns a route, or an error as a pointer."""
    if hit.at == "enter":
        return None
    return "route.result", {
        "dir": "output", "dst": ip4(hit["flow.daddr"]), "src": address_or_none(hit.entry["flow.saddr"]),
        "route_type": word(kernel.ROUTE_TYPES, hit["rt.rt_type"]),
        "via": gateway(hit),
        "out_dev": hit.text("dev.name"), "saddr": ip4(hit["flow.saddr"]),
        "error": errno_name(hit.ret), "purpose": purpose(hit, hit.entry["flow.saddr"])}


def route_input(hit, model):
    """ip_route_input_slow(skb, daddr, saddr, tos, dev, res): hangs the route on the packet."""
    if hit.at == "enter":
        return None
    header = parse_ip(at_hand(hit)[0][ETH_BYTES:]) or {}
    # an ARP packet has been seen already; a segment is only on its way to tcp_v4_rcv
    pkt = model.packets.number(hit) or model.packets.arriving(hit, hit["net.inum"])
    return "route.result", {
        "dir": "input", "dst": hit.argument("daddr"), "src": hit.argument("saddr"),
        "route_type": word(kernel.ROUTE_TYPES, hit["rt.rt_type"]),
        "via": gateway(hit),
        "out_dev": hit.text("dev.name"), "saddr": header.get("saddr"),
        "error": errno_name(hit.ret32), "purpose": "input", "_pkt": pkt}


DECODERS = {"fib_lookup": fib_lookup, "route_output": route_output, "route_input": route_input}
