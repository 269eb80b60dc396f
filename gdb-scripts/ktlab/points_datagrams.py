# SPDX-License-Identifier: GPL-2.0-or-later
"""The points of datagrams and of ICMP, of both families side by side, and of neighbour discovery; points.py says what a row is."""

from .rows import SAME, call, point
from .takes import INCOMING, OUTGOING, any_sock, buffer, dev, icmp_error, ifaddr, neigh, packet, route, route6, skb, udp

SENDS = "len=len saddr=sk.rcv_saddr:own daddr=sk.daddr:own dport=sk.dport"

DATAGRAMS = [
    # UDP, in one piece
    call("udp_sendmsg", (any_sock(), "net:net=sk.net"), SENDS, ""),
    call("udpv6_sendmsg", (any_sock(), "net:net=sk.net"), SENDS, ""),
    call("udp_rcv", packet(), INCOMING),
    call("udpv6_rcv", packet(), INCOMING),
    # datagrams: down, with the UDP header complete; up, when they have found their socket. Where the first are inlined, in
    # ip_push_pending_frames() and its like, UDP does not come by, but what a raw socket makes, which is seen at those below
    point("ip_send_skb", "udp_tx", (skb(), any_sock("skb.sk"), route("skb.refdst&~7")), inlined=False),
    point("ip6_send_skb", "udp_tx", (skb(), any_sock("skb.sk"), route6("skb.refdst&~7")), inlined=False),
    point("__ip_local_out", "local_out", (skb(), any_sock(), route("skb.refdst&~7"))),
    point("__ip6_local_out", "local_out", (skb(), any_sock(), route6("skb.refdst&~7"))),
    point("udp_queue_rcv_one_skb", "udp_rx", (any_sock(), buffer())),
    point("udpv6_queue_rcv_one_skb", "udp_rx", (any_sock(), buffer())),
    # whose a datagram is, and the queue in which it waits
    point("__udp4_lib_lookup", "udp_lookup", "net:net=net saddr sport daddr dport", "net:net=net found:udp=rax"),
    point("__udp6_lib_lookup", "udp_lookup", "net:net=net source:16=saddr target:16=daddr sport dport", "net:net=net found:udp=rax"),
    point("udp_v4_early_demux", "udp_early", buffer(), (buffer(), "found:udp=skb.sk")),
    point("udp_v6_early_demux", "udp_early", buffer(), (buffer(), "found:udp=skb.sk")),
    point("__udp_enqueue_schedule_skb", "udp_enqueue", (udp(), "skb:skb=skb"), SAME),
    point("__skb_recv_udp", "udp_dequeue", (udp(), "flags"), (udp(), "skb:skb=rax")),
    # what IP cuts for a wire, and makes whole again; when they return, the packet may be another
    point("ip_do_fragment", "call", packet(), "net:net=net", args=OUTGOING),
    point("ip6_fragment", "call", packet(), "net:net=net", args=OUTGOING),
    point("ip_defrag", "defrag", buffer(), "net:net=net"),
    point("ipv6_frag_rcv", "defrag", buffer(), buffer()),
]

# ICMP: what comes; errors, sent and received, and what they are about. Echoes are sent at __ip_local_out() and its like
ERRORS = [
    point("icmp_rcv", "icmp_rcv", buffer()),
    point("icmpv6_rcv", "icmp_rcv", buffer()),
    point("icmp_send", "icmp_send", (buffer("skb_in"), "type code"),
          fn="__icmp_send|icmp_send", note="a wrapper, inline since 5.0 (9ef6b42ad6fd)"),
    point("icmp6_send", "icmp_send", (buffer(), "type code info")),
    point("icmp_unreach", "icmp_rx", icmp_error()),
    point("udp_err", "icmp_rx", icmp_error()),
    point("udpv6_err", "icmp_rx", icmp_error()),
    # 5.4 calls it icmp_skb
    point("tcp_v4_err", "icmp_rx", icmp_error("skb|icmp_skb")),
    point("tcp_v6_err", "icmp_rx", icmp_error()),
]

# Neighbour discovery (RFC 4861): what comes; what is sent has its event at ip6_output(). The life of an address (RFC 4862):
# each function that changes one
DISCOVERY = [
    point("ndisc_rcv", "nd_rx", buffer()),
    point("ndisc_solicit", "nd_solicit", neigh()),
    call("ndisc_error_report", neigh(), "ip=neigh.primary_key:neighbour nud=neigh.nud_state:nud queue_len=neigh.queue_len"),
    call("ndisc_router_discovery", buffer(), "", ""),
    # the option of a prefix as it came
    point("addrconf_prefix_rcv", "nd_prefix", "opt:prefix_info=opt dev:dev=dev net:net=dev.net", "dev:dev=dev net:net=dev.net"),
    point("rt6_add_dflt_router", "nd_router", "gateway:16=gwaddr dev:dev=dev net:net=dev.net", "dev:dev=dev net:net=dev.net"),
    # what it returns may be an error, which is no address
    point("ipv6_add_addr", "addr_change", "idev:idev=idev " + dev("idev"), ifaddr("rax")),
    point("addrconf_dad_work", "addr_change", ifaddr("w+-ifaddr:dad_work"), SAME),
    point("addrconf_dad_completed", "addr_change", ifaddr(), SAME),
    point("addrconf_dad_failure", "addr_change", (ifaddr(), "skb:skb=skb"), (ifaddr(), "skb:skb=skb")),
    point("addrconf_dad_stop", "addr_change", ifaddr(), SAME),
    # its end: what comes next at this place is another
    point("inet6_ifa_finish_destroy", "addr_end", ifaddr()),
]
