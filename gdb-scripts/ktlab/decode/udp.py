# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP (RFC 768): datagrams sent and received, whose they are, and the queue in which they wait for a program."""

import struct

from ..event import pointer
from ..headers import ip4, parse_ip
from ..packets import ETH_BYTES
from . import Datagrams
from .words import decided, quad

IPPROTO_UDP = 17
HEADER = struct.Struct(">4H")
# Functions that carry a datagram down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"__ip_local_out", "ip_local_out", "ip_send_skb", "ip_push_pending_frames", "udp_send_skb"}
# include/linux/socket.h
MSG_PEEK = 0x2


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


def raw_tx(hit, model):
    """__ip_local_out(net, sk, skb): all that a node itself sends comes by; of this what a raw socket has made."""
    return tx(hit, model) if hit.has("raw_sendmsg") else None


def rx(hit, model):
    """udp_queue_rcv_one_skb(sk, skb): the socket that gets it."""
    fields = datagram(hit)
    return fields and ("udp.rx", dict(fields, by=hit.fn, _sock=model.sockets.of(hit)))


def bound(hit, block):
    """How tightly a socket is bound, which decides who of several gets a datagram (net/ipv4/udp.c: compute_score())."""
    if hit[block + ".daddr"]:
        return "connected"
    return "address" if hit[block + ".rcv_saddr"] else "wildcard"


def found(hit, model, asked, early):
    """The event of a search for the socket of a datagram, `found` its block or absent."""
    sock = model.sockets.of(hit, "found")
    there = sock is not None
    return "udp.lookup", dict(asked, found=pointer(sock.address) if there else None, match=bound(hit, "found") if there else "none",
                              reuseport=bool(hit["found.reuseport"]) if there else None, early=early, _sock=sock)


def lookup(hit, model):
    """__udp4_lib_lookup(net, saddr, sport, daddr, dport, …): of a datagram that came, or of one that an ICMP error is about."""
    if hit.at == "enter":
        return None
    asked = {name: hit.argument(name) for name in ("saddr", "daddr", "sport", "dport")}
    return found(hit, model, asked, False)


def early(hit, model):
    """udp_v4_early_demux(skb): before the route of a datagram is looked up, its connected socket, which has a route."""
    if hit.at == "enter" or hit.bytes("found") is None:
        return None
    asked = datagram(hit) or {}
    return found(hit, model, {name: asked.get(name) for name in ("saddr", "daddr", "sport", "dport")}, True)


def lengths(hit, block="sk"):
    """Datagrams that wait: those that came, and those that the reader has moved to its own list."""
    return hit[block + ".came"] + hit[block + ".reading"]


def queue(hit, model, op, length, now):
    """The event of a change of a receive queue, whose length changes by NOW - LENGTH."""
    local, remote = (ip4(hit["sk.rcv_saddr"]), hit["sk.num"]), (ip4(hit["sk.daddr"]), hit["sk.dport"])
    fields = dict(quad(local, remote), op=op, payload_len=hit["skb.len"], qlen={"old": length, "new": now},
                  rmem_bytes=hit["sk.rmem"], limit_bytes=hit["sk.rcvbuf"], drops=hit["sk.drops"])
    return "udp.queue", dict(fields, _sock=model.sockets.of(hit))


def enqueue(hit, model):
    """__udp_enqueue_schedule_skb(sk, skb): an error if there is no room."""
    if hit.at == "enter":
        return None
    return queue(hit, model, "full" if hit.ret32 else "add", lengths(hit.entry), lengths(hit))


def dequeue(hit, model):
    """__skb_recv_udp(sk, flags, …): the datagram that a program gets, or NULL."""
    if hit.at == "enter" or hit["skb.len"] is None:
        return None
    peek = hit.argument("flags") & MSG_PEEK
    return queue(hit, model, "peek" if peek else "take", lengths(hit) + (not peek), lengths(hit))


def said(event):
    """What an event says of its frame. The card completes the checksum of what is sent."""
    frame = {name: event[name] for name in ("saddr", "daddr", "sport", "dport")}
    frame.update(length=event["payload_len"] + HEADER.size, id=event["ip"]["id"], ttl=event["ip"]["ttl"],
                 df=int(event["ip"]["df"]), tos=event["ip"]["tos"], ip_header_len=event["ip"]["header_len"])
    return dict(frame, check=event["check"]) if event["type"] == "udp.rx" else frame


FIELDS = {"saddr": "ip.src", "daddr": "ip.dst", "sport": "udp.srcport", "dport": "udp.dstport", "length": "udp.length",
          "check": "udp.checksum", "id": "ip.id", "ttl": "ip.ttl", "df": "ip.flags.df", "tos": "ip.dsfield",
          "ip_header_len": "ip.hdr_len"}

DECODERS = {"udp_tx": tx, "udp_rx": rx, "raw_tx": raw_tx, "udp_lookup": lookup, "udp_early": early, "udp_enqueue": enqueue, "udp_dequeue": dequeue}
DATAGRAMS = {"udp": Datagrams({"tx": "ip_send_skb", "rx": "udp_queue_rcv_one_skb"}, FIELDS, "udp.srcport", said)}
