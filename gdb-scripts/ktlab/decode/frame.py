# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame that a program has made and sent by AF_PACKET: it comes by no function of IP or ARP, only by that of the device."""

from .. import kernel
from ..headers import mac

AF_PACKET = next(number for number, name in kernel.FAMILIES.items() if name == "PACKET")


def made_by_program(hit):
    """[event] where the driver is given a frame of such a socket (net/packet/af_packet.c), else []."""
    link = hit.bytes("link")
    if hit["sender.family"] != AF_PACKET or not link:
        return []
    return [("frame.tx", {"eth_src": mac(link[6:12]), "eth_dst": mac(link[:6]), "ethertype": "0x%s" % link[12:14].hex(),
                          "frame_len": hit["skb.len"]})]
