# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses of IPv6: every change of one, from the function that adds it on (RFC 4862)."""

from .. import kernel
from ..headers import ip6
from .words import word


def flags(value):
    """In the words of `ip -6 addr`."""
    return ",".join(name for bit, name in kernel.ADDRESS_FLAGS if value & bit) or "none"


def seconds(value):
    """None for ever."""
    return None if value == kernel.LIFE_FOREVER else value


def state(hit):
    return word(kernel.ADDRESS_STATES, hit["ifp.state"]), flags(hit["ifp.flags"])


def change(hit, model):
    """The event of an address that is not as it was when it was last seen; one that ipv6_add_addr() returns is new."""
    address = hit.pointer("ifp")
    if address is None or hit["ifp.flags"] is None:
        return None
    now = state(hit)
    was = model.addresses.see(address, now)
    if hit.fn == "ipv6_add_addr":
        was = None, None
    if was == now:
        return None
    return "addr.state", {"addr": ip6(hit.raw("ifp.addr", 16)), "prefix_len": hit["ifp.prefix_len"],
                          "state": {"old": was[0], "new": now[0]}, "flags": {"old": was[1], "new": now[1]},
                          "valid_s": seconds(hit["ifp.valid_lft"]), "preferred_s": seconds(hit["ifp.prefered_lft"]),
                          "dad_probes": hit["ifp.dad_probes"]}


def end(hit, model):
    """inet6_ifa_finish_destroy(ifp): nobody has it any more."""
    made = change(hit, model)
    model.addresses.free(hit.pointer("ifp"))
    return made


DECODERS = {"addr_change": change, "addr_end": end}
