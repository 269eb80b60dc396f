# SPDX-License-Identifier: GPL-2.0-or-later
"""ICMP echo of both families (RFC 792, RFC 4443 4): requests and replies, sent and received, and which reply is to which request."""

import struct

from .. import kernel
from ..headers import parse_ip
from ..packets import ETH_BYTES, at_hand
from . import Datagrams, icmp, of_ip, udp
from .words import decided

# type, code, checksum, and what names an echo
HEADER = struct.Struct(">BBHHH")
# the number of the protocol, and which of its messages are echoes
OF_PROTOCOL = {number: kernel.ICMPV6_ECHOES if kernel.PROTOCOLS[number] == "ICMPV6" else kernel.ICMP_ECHOES for number in icmp.ECHOES}
# Functions that carry a message down; the first other one on the stack is the one that decided to send it.
CARRIERS = udp.CARRIERS | {"raw_push_pending_frames", "icmp_push_reply", "icmpv6_push_pending_frames",
                           "ping_v4_push_pending_frames", "ping_v6_push_pending_frames"}


def echo(hit):
    """The fields of the echo in the buffer at hand, or None."""
    frame, length = at_hand(hit)
    data = frame[ETH_BYTES:]
    ip = parse_ip(data)
    header = data[ip["header_len"]:][:HEADER.size] if ip and not ip["fragment"] else b""
    if len(header) < HEADER.size or ip["proto"] not in OF_PROTOCOL:
        return None
    type_, _, check, ident, seq = HEADER.unpack(header)
    op = OF_PROTOCOL[ip["proto"]].get(type_)
    return op and {"saddr": ip["saddr"], "daddr": ip["daddr"], "op": op, "id": ident, "seq": seq,
                   "payload_len": length - ETH_BYTES - ip["header_len"] - HEADER.size, "check": check,
                   "ip": {key: ip[key] for key in udp.IP_SHOWN if key in ip},
                   "skb_len": hit["skb.len"], "data_len": hit["skb.data_len"]}


def event(hit, model, way, fields, by):
    """Of a reply, how long ago its request went the other way at this node."""
    since = model.echoes.since(hit, way, fields)
    return "echo." + way, dict(fields, by=by, since_request_ns=since, _sock=model.sockets.of(hit) if way == "tx" else None)


def local_out(hit, model):
    """__ip_local_out(net, sk, skb), __ip6_local_out(): all that a node itself sends comes by; of this the echoes, whoever
    makes them (raw_sendmsg(), ping_v4_sendmsg(), icmp_reply(), icmpv6_echo_reply()), and a raw socket's datagrams."""
    fields = echo(hit)
    return event(hit, model, "tx", fields, decided(hit, CARRIERS)) if fields else udp.raw(hit, model)


def rcv(hit, model):
    """icmp_rcv(skb), icmpv6_rcv(skb): a message has come; skb->data is at its header. Of what is no echo, what it is."""
    fields = echo(hit)
    return event(hit, model, "rx", fields, hit.fn) if fields else icmp.message(hit)


def said(event_):
    """What an event says of its frame. The kernel has made the whole message, also its checksum."""
    names = ("saddr", "daddr", "op", "seq", "check")
    return dict({name: event_[name] for name in names}, **of_ip(event_["ip"]), ident=event_["id"])


def is_one(read):
    """Of a message that quotes another one, tshark tells both types."""
    return read["icmp.type"] in ("0", "8") or read["icmpv6.type"] in ("128", "129")


def read(frame):
    """Its op by the number of its type."""
    return dict(frame, op=kernel.ICMP_ECHOES.get(frame["op"]) or kernel.ICMPV6_ECHOES.get(frame["op"]))


# tshark's words; those of ICMPv6 behind those of ICMP
FIELDS = {"op": ("icmp.type", "icmpv6.type"), "ident": ("icmp.ident", "icmpv6.echo.identifier"),
          "seq": ("icmp.seq", "icmpv6.echo.sequence_number"), "check": ("icmp.checksum", "icmpv6.checksum")}
POINTS = {"tx": ("__ip_local_out", "__ip6_local_out"), "rx": ("icmp_rcv", "icmpv6_rcv")}

DECODERS = {"local_out": local_out, "icmp_rcv": rcv}
DATAGRAMS = {"echo": Datagrams(POINTS, FIELDS, is_one, said, read)}
