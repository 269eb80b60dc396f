# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel may be built without, and what is said of its functions then."""

import re

# The names of IPv6's functions: ip6_output, udpv6_rcv, tcp_v6_rcv, fib6_table_lookup, __udp6_lib_lookup.
OF_SIX = r"v6|6_|[a-z]6$(?<!select6)|ndisc|addrconf"


def without_six(name, places):
    """Why a kernel that was built without IPv6 lacks a function of it; None of another, and in a kernel with it."""
    if not re.search(OF_SIX, name) or "ipv6_rcv" in places:
        return None
    return "'%s' is of IPv6, which this kernel was built without (CONFIG_IPV6)" % name
