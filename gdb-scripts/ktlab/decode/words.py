# SPDX-License-Identifier: GPL-2.0-or-later
"""Words for what the kernel has as numbers, shared by the families of events."""

import errno
import socket

from .. import kernel
from ..headers import ip4, ip6


# numbers that have two names, and which is the kernel's: include/uapi/asm-generic/errno.h
KERNEL_NAMES = {errno.EOPNOTSUPP: "EOPNOTSUPP", errno.EDEADLK: "EDEADLK"}


def word(names, value):
    return None if value is None else names.get(value, str(value))


def address_or_none(value):
    return ip4(value) if value else None


def errno_name(value):
    """ECONNREFUSED for -111."""
    if value is None or not -4096 < value < 0:
        return None
    return KERNEL_NAMES.get(-value) or errno.errorcode.get(-value) or kernel.RESTARTS.get(value) or str(-value)


def address(hit):
    """family, addr and port of a sockaddr_in or sockaddr_in6; only the family of another kind."""
    data, longer = hit.bytes("addr"), hit.bytes("addr6")
    if not data:
        return {}
    family, port = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "big")
    if family == kernel.AF_INET:
        return {"family": "INET", "addr": ip4(int.from_bytes(data[4:8], "little")), "port": port}
    if family == kernel.AF_INET6 and longer:
        return {"family": "INET6", "addr": socket.inet_ntop(socket.AF_INET6, longer[8:24]), "port": port}
    return {"family": kernel.FAMILIES.get(family, str(family))}


def own_address(hit, block, field):
    """`rcv_saddr` or `daddr` of a sock or what begins like one: a socket of IPv6 has both there, also those of IPv4."""
    six = hit.raw("%s.v6_%s" % (block, field), 16)
    return ip6(six) if six and hit[block + ".family"] == kernel.AF_INET6 else ip4(hit["%s.%s" % (block, field)])


def neighbour_address(hit):
    """Of a neighbour; those of IPv6 are in a table of their own."""
    six = hit.plan.get("nd_tbl") and hit["neigh.tbl"] == int(hit.plan["nd_tbl"], 16)
    return ip6(hit.raw("neigh.primary_key", 16)) if six else ip4(hit["neigh.primary_key"])


def ends(hit, block):
    """(local, remote) as (addr, port) of a sock or what begins like one."""
    return ((own_address(hit, block, "rcv_saddr"), hit[block + ".num"] or 0),
            (own_address(hit, block, "daddr"), hit[block + ".dport"] or 0))


def quad(local, remote):
    return {"saddr": local[0], "daddr": remote[0], "sport": local[1], "dport": remote[1]}


def decided(hit, carriers):
    """The function that decided to send: the first on the stack that does not merely carry."""
    return next((fn for fn in hit.functions if fn not in carriers), hit.fn)
