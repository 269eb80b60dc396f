# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that end before they came where they were to go. Not all that kfree_skb() frees is one."""

from .. import kernel
from ..headers import parse_ip
from ..packets import ETH_BYTES, at_hand, segment
from .echo import echo
from .tcp import conn_of
from .udp import IP_SHOWN, datagram
from .words import quad, word

# Functions that hand on what is to be freed; the first other one on the stack is the one that dropped it.
FREES = ("kfree_skb", "kfree_skb_reason", "kfree_skb_list", "kfree_skb_list_reason", "__kfree_skb_reason",
         "sk_skb_reason_drop", "__sk_skb_reason_drop",
         "__dev_kfree_skb_any", "dev_kfree_skb_any", "rtnl_kfree_skbs", "qdisc_drop", "__qdisc_drop",
         "__skb_queue_purge", "skb_queue_purge", "skb_rbtree_purge", "skb_queue_purge_reason")
# What frees by kfree_skb() and loses nothing, in 5.4 to 6.12:
NO_DROP = {
    # drivers/net/ethernet/intel/e1000/e1000_main.c: the card has sent it
    "e1000_unmap_and_free_tx_resource",
    # net/core/skbuff.c: a piece of another one that ends: data that GRO joined and recv() has read, fragments made whole
    "skb_release_data",
    # net/packet/af_packet.c, net/ipv4/raw.c, net/ipv6/raw.c: the copy of a socket that looks on
    "packet_rcv", "tpacket_rcv", "packet_release", "raw_rcv", "rawv6_rcv",
    # net/ipv4/ping.c: an echo reply that no socket of ICMP waits for; one of a raw socket has its own copy
    "ping_rcv",
    # net/ipv4/udp.c, net/ipv6/udp.c: what is for a group was given to each socket that wants it, as a copy
    "__udp4_lib_mcast_deliver", "__udp6_lib_mcast_deliver",
}
# What has got a datagram, or an echo.
HAVE = ("udp_queue_rcv_one_skb", "udpv6_queue_rcv_one_skb", "icmp_rcv", "icmpv6_rcv")
SHOWN = ("saddr", "daddr", "sport", "dport", "op", "id", "seq", "payload_len", "check", "ip")
# net/ipv6/icmp.c: icmpv6_rcv() frees so whatever it has read but an echo
READ = "icmpv6_rcv"
# What a socket still has when it ends (net/core/stream.c, net/ipv4/af_inet.c): a FIN that was taken, or data that nobody
# has read. Only these are lost.
ENDS = ("sk_stream_kill_queues", "inet_sock_destruct")


def drop(hit, model):
    """kfree_skb(skb), kfree_skb_reason(skb, reason): net/core/skbuff.c. While others have it, too, it does not end."""
    if hit["skb.users"] != 1:
        return None
    pkt = model.packets.freed(hit, hit["net.inum"] if hit.has("net_rx_action") else None)
    by = next((frame for frame in hit.frames if frame["fn"] not in FREES), hit.frames[0])
    protocol = kernel.ETHERTYPES.get(hit["skb.protocol"])
    ip = parse_ip(at_hand(hit)[0][ETH_BYTES:]) if protocol in ("IP", "IPV6") else None
    found = segment(hit)
    used = by["fn"] in ("tcp_v4_rcv", "tcp_v6_rcv") and model.packets.was_used(hit) \
        or by["fn"] in ENDS and found and not found[1]["payload_len"]
    taken = (by["fn"] == READ or is_taken(hit, by)) and not is_damaged(hit)
    if used or taken or hit.has(*NO_DROP) or not ip and protocol != "ARP":
        return None
    fields = {"by_fn": by["fn"], "by_file": by["file"], "by_line": by["line"],
              "proto": word(kernel.PROTOCOLS, ip["proto"]) if ip else "ARP",
              "reason": reason(hit), "_pkt": pkt}
    if found:
        tcp = found[1]
        fields.update(quad(tcp["source"], tcp["target"]), flags=tcp["flags"], seq=tcp["seq"], end_seq=tcp["end_seq"],
                      ack=tcp["ack"], _conn=conn_of(hit, model, tcp))
    else:
        fields.update(of_part(hit, ip) or of_datagram(hit))
    return "skb.drop", fields


def is_taken(hit, by):
    """An echo reply that no socket of ICMP waits for; one of a raw socket has got a copy (net/ipv4/icmp.c: icmp_rcv(), 5.4)."""
    return by["fn"] == "icmp_rcv" and (echo(hit) or {}).get("op") == "reply"


def is_damaged(hit):
    """What the kernel found so when it added its bytes up (net/core/skbuff.c: __skb_checksum_complete(), 5.4 to 6.12)."""
    return hit["skb.csum_complete_sw"] and not hit["skb.csum_valid"]


def of_datagram(hit):
    """What tells which one it was, by its header, and how far it was on its WAY; nothing, if it is no datagram or echo."""
    of = datagram(hit) or echo(hit) or {}
    return dict({name: of[name] for name in SHOWN if name in of}, way=way(hit)) if of else {}


def of_part(hit, ip):
    """The same of a part of a packet that IP cut: a later one has no header of the datagram's, and of what came a first one
    is not the datagram, either."""
    if not ip or not (ip["fragment"] or ip["more"] and way(hit) == "in"):
        return {}
    return {"saddr": ip["saddr"], "daddr": ip["daddr"], "ip": {key: ip[key] for key in IP_SHOWN if key in ip}, "way": way(hit)}


def way(hit):
    """out: it did not leave; in: it came, and to no socket; socket: one had got it. What came has the number of its device."""
    if not hit["skb.iif"]:
        return "out"
    return "in" if hit.has("net_rx_action") and not hit.has(*HAVE) else "socket"


def reason(hit):
    """The kernel's own (since 5.17), or None."""
    name = hit.plan["enums"].get("skb_drop_reason", {}).get(str(hit.argument("reason")))
    return name and name.rpartition("DROP_REASON_")[2]


DECODERS = {"drop": drop}
