# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP (RFC 768): datagrams sent and received, whose they are, and the queue in which they wait for a program."""

import struct

from ..event import pointer
from ..headers import ip6, parse_ip
from ..packets import ETH_BYTES
from . import Datagrams, of_ip
from .words import decided, ends, own_address, quad

IPPROTO_UDP = 17
HEADER = struct.Struct(">4H")
# Functions that carry a datagram down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"__ip_local_out", "ip_local_out", "ip_send_skb", "ip_push_pending_frames", "udp_send_skb",
            "__ip6_local_out", "ip6_local_out", "ip6_send_skb", "ip6_push_pending_frames", "udp_v6_send_skb",
            "rawv6_push_pending_frames", "ip_output", "ip6_output", "dst_output", "NF_HOOK", "nf_hook"}
RAW = ("raw_sendmsg", "rawv6_sendmsg")
# an address that is none
ANY = ("0.0.0.0", "::")
# what an event says of the IP header; the last two are of IPv6 alone
IP_SHOWN = ("id", "ttl", "df", "tos", "header_len", "flow_label", "extensions")
# include/linux/socket.h
MSG_PEEK = 0x2


def datagram(hit):
    """The fields of the IP and UDP header of the buffer at hand, or None. At ip_send_skb() tot_len is not yet written
    (net/ipv4/ip_output.c: __ip_local_out(); __ip6_local_out() is the same), so that it is no field here."""
    data = (hit.bytes("frame") or b"")[ETH_BYTES:]
    ip = parse_ip(data)
    if not ip or ip["proto"] != IPPROTO_UDP or ip["fragment"]:
        return None
    header = data[ip["header_len"]:][:HEADER.size]
    if len(header) < HEADER.size:
        return None
    sport, dport, length, check = HEADER.unpack(header)
    return {"saddr": ip["saddr"], "daddr": ip["daddr"], "sport": sport, "dport": dport, "payload_len": length - HEADER.size,
            "check": check, "ip": {key: ip[key] for key in IP_SHOWN if key in ip},
            "skb_len": hit["skb.len"], "data_len": hit["skb.data_len"]}


def sent(hit, model):
    fields = datagram(hit)
    return fields and ("udp.tx", dict(fields, by=decided(hit, CARRIERS), _sock=model.sockets.of(hit)))


def tx(hit, model):
    """ip_send_skb(net, skb), ip6_send_skb(skb): IP sends what udp_send_skb() and others have made. Of a raw socket's it sends
    some, the others where it is inlined; all of them come to raw()."""
    return None if hit.has(*RAW) else sent(hit, model)


def raw(hit, model):
    """A datagram that a raw socket has made, of all that a node itself sends (echo.py: local_out())."""
    return sent(hit, model) if hit.has(*RAW) else None


def rx(hit, model):
    """udp_queue_rcv_one_skb(sk, skb), udpv6_queue_rcv_one_skb(): the socket that gets it."""
    fields = datagram(hit)
    return fields and ("udp.rx", dict(fields, by=hit.fn, _sock=model.sockets.of(hit)))


def bound(hit, block):
    """How tightly a socket is bound, which decides who of several gets a datagram (net/ipv4/udp.c: compute_score())."""
    if own_address(hit, block, "daddr") not in ANY:
        return "connected"
    return "wildcard" if own_address(hit, block, "rcv_saddr") in ANY else "address"


def found(hit, model, asked, early):
    """The event of a search for the socket of a datagram, `found` its block or absent."""
    sock = model.sockets.of(hit, "found")
    there = sock is not None
    return "udp.lookup", dict(asked, found=pointer(sock.address) if there else None, match=bound(hit, "found") if there else "none",
                              reuseport=bool(hit["found.reuseport"]) if there else None, early=early, _sock=sock)


def lookup(hit, model):
    """__udp4_lib_lookup(net, saddr, sport, daddr, dport, …): of a datagram that came, or of one that an ICMP error is about.
    __udp6_lib_lookup() has its addresses elsewhere."""
    if hit.at == "enter":
        return None
    asked = {name: hit.argument(name) for name in ("saddr", "daddr", "sport", "dport")}
    if hit.entry.bytes("source"):
        asked.update(saddr=ip6(hit.entry.bytes("source")), daddr=ip6(hit.entry.bytes("target")))
    return found(hit, model, asked, False)


def early(hit, model):
    """udp_v4_early_demux(skb), udp_v6_early_demux(): before the route of a datagram is looked up, its connected socket, which has a route."""
    if hit.at == "enter" or hit.bytes("found") is None:
        return None
    asked = datagram(hit) or {}
    return found(hit, model, {name: asked.get(name) for name in ("saddr", "daddr", "sport", "dport")}, True)


def lengths(hit, block="sk"):
    """Datagrams that wait: those that came, and those that the reader has moved to its own list."""
    return hit[block + ".came"] + hit[block + ".reading"]


def queue(hit, model, op, length, now):
    """The event of a change of a receive queue, whose length changes by NOW - LENGTH."""
    fields = dict(quad(*ends(hit, "sk")), op=op, payload_len=hit["skb.len"], qlen={"old": length, "new": now},
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
    frame.update(of_ip(event["ip"]), length=event["payload_len"] + HEADER.size)
    return dict(frame, check=event["check"]) if event["type"] == "udp.rx" else frame


FIELDS = {name: (word, word) for name, word in (
    ("sport", "udp.srcport"), ("dport", "udp.dstport"), ("length", "udp.length"), ("check", "udp.checksum"))}

DECODERS = {"udp_tx": tx, "udp_rx": rx, "udp_lookup": lookup, "udp_early": early, "udp_enqueue": enqueue, "udp_dequeue": dequeue}
POINTS = {"tx": ("ip_send_skb", "ip6_send_skb"), "rx": ("udp_queue_rcv_one_skb", "udpv6_queue_rcv_one_skb")}
DATAGRAMS = {"udp": Datagrams(POINTS, FIELDS, lambda read: read["udp.srcport"] and "icmp" not in read["frame.protocols"], said)}
