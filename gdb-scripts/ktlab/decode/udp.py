# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP (RFC 768): datagrams sent and received."""

import struct

from ..headers import parse_ip
from ..packets import ETH_BYTES
from . import Datagrams
from .words import decided

IPPROTO_UDP = 17
HEADER = struct.Struct(">4H")
# Functions that carry a datagram down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"ip_send_skb", "udp_send_skb"}


def datagram(hit):
    """The fields of the IPv4 and UDP header of the buffer at hand, or None. At ip_send_skb() tot_len is not yet written
    (net/ipv4/ip_output.c: __ip_local_out()), so that it is no field here."""
    data = (hit.bytes("frame") or b"")[ETH_BYTES:]
    ip = parse_ip(data)
    if not ip or ip["proto"] != IPPROTO_UDP or ip["fragment"]:
        return None
    header = data[ip["header_len"]:][:HEADER.size]
    if len(header) < HEADER.size:
        return None
    sport, dport, length, check = HEADER.unpack(header)
    return {"saddr": ip["saddr"], "daddr": ip["daddr"], "sport": sport, "dport": dport, "payload_len": length - HEADER.size,
            "check": check, "ip": {key: ip[key] for key in ("id", "ttl", "df", "tos", "header_len")},
            "skb_len": hit["skb.len"], "data_len": hit["skb.data_len"]}


def tx(hit, model):
    """ip_send_skb(net, skb): IP sends what udp_send_skb() and others have made."""
    fields = datagram(hit)
    return fields and ("udp.tx", dict(fields, by=decided(hit, CARRIERS), _sock=model.sockets.of(hit)))


def rx(hit, model):
    """udp_queue_rcv_one_skb(sk, skb): the socket that gets it."""
    fields = datagram(hit)
    return fields and ("udp.rx", dict(fields, by=hit.fn, _sock=model.sockets.of(hit)))


def said(event):
    """What an event says of its frame. The card completes the checksum of what is sent."""
    frame = {name: event[name] for name in ("saddr", "daddr", "sport", "dport")}
    frame.update(length=event["payload_len"] + HEADER.size, id=event["ip"]["id"], ttl=event["ip"]["ttl"],
                 df=int(event["ip"]["df"]), tos=event["ip"]["tos"], ip_header_len=event["ip"]["header_len"])
    return dict(frame, check=event["check"]) if event["type"] == "udp.rx" else frame


FIELDS = {"saddr": "ip.src", "daddr": "ip.dst", "sport": "udp.srcport", "dport": "udp.dstport", "length": "udp.length",
          "check": "udp.checksum", "id": "ip.id", "ttl": "ip.ttl", "df": "ip.flags.df", "tos": "ip.dsfield",
          "ip_header_len": "ip.hdr_len"}

DECODERS = {"udp_tx": tx, "udp_rx": rx}
DATAGRAMS = {"udp": Datagrams({"tx": "ip_send_skb", "rx": "udp_queue_rcv_one_skb"}, FIELDS, "udp.srcport", said)}
