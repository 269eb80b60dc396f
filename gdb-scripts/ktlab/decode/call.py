# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of the path whose event is a `call`: what is shown of them stands in their row of points.py.

A word `name=path[:how]` of a row shows an argument (`size`), a field (`sk.state`) or a whole block, in the way that
HOW names; without one it is a number, or what the type of the argument says. `@text` is the text itself.
"""

from .. import kernel
from ..headers import ip4, mac
from ..hit import signed
from ..points import POINTS
from .words import neighbour_address, own_address


def of(names):
    """A number of 32 bits at most by its name in a table of kernel.py."""
    return lambda hit, value, block: names.get(value & 0xffffffff, str(value))


def in_flight(hit, value, block):
    """tcp_packets_in_flight(): include/net/tcp.h"""
    return (hit[block + ".packets_out"] - hit[block + ".sacked_out"] - hit[block + ".lost_out"]
            + hit[block + ".retrans_out"])


def unread(hit, value, block):
    """The bytes in the receive queue that nobody has read, as get_tcp4_sock() in net/ipv4/tcp_ipv4.c counts them: none
    where a FIN was read, which is counted on one side."""
    return max(signed((hit[block + ".rcv_nxt"] - hit[block + ".copied_seq"]) & 0xffffffff, 32), 0)


def unacked(hit, value, block):
    """The bytes that were written and are not acknowledged, sent or not, as get_tcp4_sock() counts them."""
    return (value - hit[block + ".snd_una"]) & 0xffffffff


def layer(hit, value, block):
    """Which header skb->data points at; `payload` before the first is pushed and after the last is pulled."""
    at = hit[block + ".data"] - hit[block + ".head"]
    for name, header in (("ethernet", "mac_header"), ("ip", "network_header"), ("tcp", "transport_header")):
        if at == hit["%s.%s" % (block, header)]:
            return name
    return "payload"


def delay(hit, value, block):
    """From now on to a time in jiffies."""
    return signed((value - hit["jiffies"]) & 0xffffffffffffffff, 64)


def waiter(hit, value, block):
    """The first task that waits for a socket; an empty list leads to itself."""
    if hit[block + ".first"] == hit.pointer(block) + hit.plan["structs"][block]["start"]:
        return None
    return {"pid": hit["woken.pid"], "comm": hit.text("woken.comm")}


def code(hit, value, block):
    return hit.symbols.name(value) if value else None


HOW = {
    "ip": lambda hit, value, block: ip4(value & 0xffffffff),
    # an address that may be none
    "ip0": lambda hit, value, block: ip4(value) if value else None,
    # srtt_us is eight times the time (include/linux/tcp.h)
    "srtt": lambda hit, value, block: value >> 3,
    "ms": lambda hit, value, block: value * 1000 // hit.plan["hz"],
    "state": of(kernel.TCP_STATES), "nud": of(kernel.NUD_STATES), "table": of(kernel.ROUTE_TABLES),
    "route": of(kernel.ROUTE_TYPES), "scope": of(kernel.ROUTE_SCOPES), "proto": of(kernel.ROUTE_PROTOCOLS),
    "family": of(kernel.FAMILIES), "type": of(kernel.SOCKET_TYPES), "protocol": of(kernel.PROTOCOLS),
    "ethertype": of(kernel.ETHERTYPES), "hex16": lambda hit, value, block: "0x%04x" % value,
    "ca": of(kernel.CA_STATES), "rtm": of(kernel.ROUTE_MESSAGES),
    "delay": delay, "delay_ms": lambda hit, value, block: delay(hit, value, block) * 1000 // hit.plan["hz"],
    "late": lambda hit, value, block: -delay(hit, value, block),
    "in_flight": in_flight, "unread": unread, "unacked": unacked, "layer": layer, "code": code, "waiter": waiter,
}


# the same of what is no number of 64 bits
OF_PATH = {
    "text": lambda hit, path: hit.text(path), "mac": lambda hit, path: mac(hit.bytes(path)),
    # the address of a socket, or of a neighbour, of either family
    "own": lambda hit, path: own_address(hit, *path.split(".")), "neighbour": lambda hit, path: neighbour_address(hit),
}


def value(hit, name, path, how):
    if path.startswith("@"):
        return path[1:]
    block = path.partition(".")[0]
    if how in OF_PATH:
        return OF_PATH[how](hit, path)
    raw = hit[path] if block in hit.names else hit.argument(name)
    if raw is None or not how:
        return raw
    return HOW[how](hit, raw, block)


def shown(hit, text):
    """{name: value} of a row's text."""
    found = {}
    for word in text.split():
        name, _, path = word.partition("=")
        path, _, how = path.partition(":")
        found[name] = value(hit, name, path, how)
    return found


def call(hit, model):
    if (hit.entry or hit)["sk.family"] not in (None,) + kernel.INET:
        # a socket of another family
        return None
    row = POINTS[hit.site["point"]]
    fields = {"args": shown(hit.entry or hit, row.args), "result": None}
    if hit.at == "return":
        fields["result"] = shown(hit, row.result) if row.result else None
    return "call", dict(fields, _sock=model.sockets.of(hit.entry or hit), _pkt=model.packets.number(hit))


DECODERS = {"call": call}
