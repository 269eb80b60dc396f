# SPDX-License-Identifier: GPL-2.0-or-later
"""What a node sends, where IP hands it to the neighbour: TCP's segments, and what has passed no function before that tells more."""

from . import echo, nd, tcp

# net/ipv4/raw.c, net/ipv6/raw.c: of a socket that makes IP's header, too (IP_HDRINCL), which is not given to __ip_local_out()
INCLUDED = ("raw_send_hdrinc", "rawv6_send_hdrinc")


def tx(hit, model):
    """ip_output(net, sk, skb)"""
    return tcp.tx(hit, model) or (echo.local_out(hit, model) if hit.has(*INCLUDED) else None)


def tx6(hit, model):
    """ip6_output(net, sk, skb)"""
    return nd.tx(hit) or tx(hit, model)


DECODERS = {"tx": tx, "tx6": tx6}
