# SPDX-License-Identifier: GPL-2.0-or-later
"""Any function of the kernel, watched by its name alone: its arguments by their types."""

from .. import kernel
from ..event import pointer
from ..headers import ip4
from .neigh import lladdr
from .route import flow
from .words import address, own_address


def sock(hit, name):
    return {"saddr": own_address(hit, name, "rcv_saddr"), "sport": hit[name + ".num"],
            "daddr": own_address(hit, name, "daddr"), "dport": hit[name + ".dport"], "state": kernel.TCP_STATES.get(hit[name + ".state"])}


def tw(hit, name):
    """As get_timewait4_sock() in net/ipv4/tcp_ipv4.c has it: a socket may wait in FIN_WAIT2, too."""
    return dict(sock(hit, name), state=kernel.TCP_STATES.get(hit[name + ".substate"]))


def skb(hit, name):
    return {key: hit["%s.%s" % (name, key)] for key in ("len", "data_len", "cloned")}


def dev(hit, name):
    return {"name": hit.text(name + ".name"), "ifindex": hit[name + ".ifindex"]}


def neigh(hit, name):
    return {"ip": ip4(hit[name + ".primary_key"]), "lladdr": lladdr(hit, name),
            "nud": kernel.NUD_STATES.get(hit[name + ".nud_state"])}


def sockaddr(hit, name):
    return address(hit.bytes(name))


# struct of kernel.py -> how an event shows it; other structs are shown as pointers
SHOWN = {"common": sock, "sock": sock, "req": sock, "tw": tw, "skb": skb, "dev": dev, "neigh": neigh, "flow": flow,
         "sockaddr": sockaddr}


def value(hit, arg):
    if "lost" in arg:
        return arg["lost"]
    block = "at_" + arg["name"]
    if arg["struct"] in SHOWN and hit.bytes(block):
        return SHOWN[arg["struct"]](hit, block)
    value_ = hit.argument(arg["name"])
    return pointer(value_ or None) if arg["how"] == "ptr" else value_


def any_call(hit, model):
    args = {arg["name"]: value(hit, arg) for arg in hit.site["args"]}
    found = next((arg["name"] for arg in hit.site["args"] if arg.get("struct") in ("common", "sock")), None)
    return "call", {"args": args, "result": None, "_sock": model.sockets.of(hit, "at_" + found) if found else None}


DECODERS = {"any_call": any_call}
