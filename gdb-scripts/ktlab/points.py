# SPDX-License-Identifier: GPL-2.0-or-later
"""The points: every kernel function that a lab may watch, one row each; system calls are in points_syscalls.py,
datagrams and ICMP in points_datagrams.py.

A row names the function, what an engine takes at it, and the decoder that turns it into an event.
`takes` is a list of blocks `name:type=address`. A type is a struct of kernel.py, a number of bytes, or `mem`
(until the end of the page). An address is a sum of
  sk, skb …      an argument of the function by its name; DWARF tells where it is. At a return as it was at the entry
  arg->member    what a member of the struct holds that an argument points to; `&arg->member`: where it is
  rax            at a return: what the function returned
  block.field    a field of a block taken before (`block.ptr` for a block of 8 bytes)
  block.field:N*M, rax*M  the first N bytes of one, or a register, times M: a place in an array; a field times 0 must be there
  @symbol        the address of a variable of the kernel
  -type:field    minus the offset of a field, from a pointer to the member to its struct
  a number
  @percpu        nothing, and in a kernel for several processors where the first one's variables are
and may end in &~N to clear bits, with +N behind it to go on from there; and in !symbol: a member of a list, absent where
the list comes round to its head, that variable. A block whose address is no kernel or user address is absent, and so is
what depends on it. A word `name` or `name=argument` asks for the value of an argument.
Where releases name an argument differently, `a|b` are its names, the newest first; `?` behind them: a function without
it is watched without what depends on it. Any other that this kernel's function lacks is an error.
What every hit takes (stack, task, clock) stands in blocks.py, what many points take in takes.py.
"""

from .points_datagrams import DATAGRAMS, DISCOVERY, ERRORS
from .points_syscalls import SYSCALLS
from .rows import SAME, call, point
from .takes import (CALLER, INCOMING, NETDEV, NOW, OUTGOING, SLEEPER, any_sock, buffer, came, cut, dev, neigh, packet, route, route6,
                    skb, sock, timewait, woken)

# What the rows of the path show: of a sending socket, of one of its own timers, of a listener, of a socket's own end, of a neighbour.
SENDER = "state=sk.state:state ca_state=sk.ca_state:ca cwnd=sk.snd_cwnd ssthresh=sk.snd_ssthresh " \
         "in_flight=sk.packets_out:in_flight sacked=sk.sacked_out lost=sk.lost_out retrans=sk.retrans_out"
TIMER = "retransmits=sk.retransmits backoff=sk.backoff rto_ms=sk.rto:ms"
LISTENER = "syn_qlen=sk.syn_qlen accept_qlen=sk.ack_backlog accept_max=sk.max_ack_backlog"
LOCAL = "state=sk.state:state saddr=sk.rcv_saddr:own sport=sk.num"
NEIGHBOUR = "ip=neigh.primary_key:neighbour nud=neigh.nud_state:nud"
WOKEN = "pid=woken.pid comm=woken.comm:text"

TABLE = [
    # where the lab is: guest programs write markers into /proc/self/comm; a line may reach into the next page
    point("comm_write", "marker", "text:mem=buf more:256=buf&~4095+4096"),

    *SYSCALLS,

    # the functions of the handshake
    point("tcp_v4_connect", "connect", (sock(), "addr:16=uaddr"), SAME),
    point("tcp_v6_connect", "connect", (sock(), "addr:16=uaddr addr6:28=uaddr"), SAME),
    point("tcp_rcv_state_process", "process", (sock(), skb()), sock()),
    point("tcp_conn_request", "request", (sock(), skb()), sock()),
    # since 6.10 flags and err are in a struct (92ef0fd55ac8)
    point("inet_csk_accept", "accept", (sock(), "flags=arg->flags|flags"), (sock(), "child:sock=rax err:4=&arg->err|err")),

    # every change of a TCP state
    point("inet_sk_set_state", "set_state", (sock(), "new=state")),
    point("inet_sk_state_store", "set_state", (sock(), "new=newstate")),
    point("inet_reqsk_alloc", "reqsk_alloc", sock("sk_listener", "listener"),
          (sock("sk_listener", "listener"), "req:req=rax")),
    point("inet_twsk_alloc", "twsk_alloc", sock(), (sock(), "tw:tw=rax")),
    point("tcp_timewait_state_process", "twsk_process", timewait(), SAME),
    point("tw_timer_handler", "twsk_timer", timewait("t+-tw:tw_timer")),

    # SYN queue and accept queue of the listener
    point("inet_csk_reqsk_queue_hash_add", "syn_add", (sock(), "req:req=req"), SAME),
    # inet_csk_reqsk_queue_drop() itself is inlined into its callers on 6.1
    point("reqsk_timer_handler", "syn_drop", ("req:req=t+-req:timer", sock("req.listener")), SAME,
          args="saddr=req.rcv_saddr:own daddr=req.daddr:own dport=req.dport timeouts=req.num_timeout"),
    # the accept queue grows in inet_csk_reqsk_queue_add(), which is inlined here on 6.1; cookies and Fast Open call it
    point("inet_csk_complete_hashdance", "accept_add", (sock(), "req:req=req child:sock=child"), SAME,
          also="inet_csk_reqsk_queue_add"),
    point("inet_csk_reqsk_queue_add", "accept_add", (sock(), "req:req=req child:sock=child"), SAME,
          also="inet_csk_complete_hashdance", inlined=False, note="where it is inlined, its caller is watched"),

    # what lives at an address ends, and the address is used again
    call("inet_sock_destruct", sock(), LOCAL),
    call("tcp_v4_reqsk_destructor", "req:req=req net:net=req.net"),
    call("tcp_v6_reqsk_destructor", "req:req=req net:net=req.net"),
    call("tcp_twsk_destructor", timewait("sk")),
    call("neigh_destroy", neigh(), NEIGHBOUR),

    # segments: down, with the IP and TCP headers complete; up, when TCP gets them
    point("ip_output", "tx", (any_sock(), skb(), route("skb.refdst&~7"))),
    point("tcp_v4_rcv", "rx", buffer()),
    point("ip6_output", "tx6", (any_sock(), skb(), route6("skb.refdst&~7"))),
    point("tcp_v6_rcv", "rx", buffer()),

    # routing
    point("fib_lookup", "fib_lookup", "table:table=tb flow:flow=flp",
          """table:table=tb flow:flow=flp result:result=res fi:fi=result.fi nhc:nhc=result.nhc
          dev:dev=nhc.nhc_dev net:net=dev.net first:8=result.fa_head alias0:alias=first.ptr
          alias1:alias=alias0.next alias2:alias=alias1.next alias3:alias=alias2.next""",
          fn="fib_table_lookup",
          note="static inline in include/net/ip_fib.h, most arguments are optimised out where it is inlined"),
    point("ip_route_output_key_hash_rcu", "route_output", "flow:flow=fl4 net:net=net",
          "flow:flow=fl4 rt:rt=rax dev:dev=rt.dev net:net=net"),
    point("ip_route_input_slow", "route_input", (skb(), came("skb"), "daddr saddr"),
          (skb(), came("skb"), "rt:rt=skb.refdst&~7 dev:dev=rt.dev")),

    # the same over IPv6: a table, local and then main, gives no error but its null entry
    point("fib6_table_lookup", "fib6_lookup", "table:fib6_table=table flow:flow6=fl6",
          """table:fib6_table=table flow:flow6=fl6 result:fib6_result=res route:fib6_info=result.f6i
          of:fib6_table=route.fib6_table nhc:nhc6=result.nh dev:dev=nhc.nhc_dev net:net=net"""),
    point("ip6_route_output_flags", "route6_output", "flow:flow6=fl6 net:net=net",
          "flow:flow6=fl6 rt:rt6=rax route:fib6_info=rt.from dev:dev=rt.dev net:net=net"),
    point("ip6_route_input", "route6_input", (skb(), came("skb")),
          (skb(), came("skb"), "rt:rt6=skb.refdst&~7 route:fib6_info=rt.from dev:dev=rt.dev")),
    # which of a device's addresses is the source (RFC 6724 5)
    point("ipv6_dev_get_saddr", "choose_saddr", "net:net=net dst_dev:dev=dst_dev to:16=daddr",
          "net:net=net dst_dev:dev=dst_dev to:16=daddr chosen:16=saddr"),

    # neighbours
    point("__neigh_create", "neigh_create", "dev:dev=dev key:4=pkey net:net=dev.net", neigh("rax"),
          fn="___neigh_create|__neigh_create", note="a wrapper that is inlined into its callers in net/core/neighbour.c"),
    point("__neigh_event_send", "neigh_event_send", neigh(), SAME),
    point("__neigh_update", "neigh_update", neigh(), SAME),
    point("neigh_timer_handler", "neigh_timer", neigh("t+-neigh:timer"), SAME),

    # ARP
    point("arp_send", "arp_send", "dev:dev=dev net:net=dev.net op=type ptype dest_ip src_ip "
          "dest_hw:8=dest_hw src_hw:8=src_hw target_hw:8=target_hw"),
    point("arp_solicit", "arp_solicit", neigh()),
    # all of it is inlined in its turn, and gcc 16 inlines it
    point("arp_xmit", "arp_tx", buffer(), calls="dev_queue_xmit|__dev_queue_xmit"),
    point("arp_rcv", "arp_rx", buffer()),

    # the way down: application, socket, TCP, IP, neighbour, device
    call("tcp_sendmsg_locked", sock(), "len=size " + LOCAL, ""),
    call("tcp_write_xmit", sock(), "mss=mss_now " + SENDER, SENDER),
    call("__tcp_transmit_skb", (sock(), cut()), OUTGOING + " " + SENDER),
    call("__ip_queue_xmit", (sock(), cut()), OUTGOING),
    call("inet6_csk_xmit", (sock(), cut()), OUTGOING),
    call("ip_finish_output2", packet(), OUTGOING),
    call("neigh_resolve_output", (neigh(), cut()),
         NEIGHBOUR + " " + OUTGOING),
    call("neigh_connected_output", (neigh(), cut()),
         NEIGHBOUR + " " + OUTGOING),
    call("dev_queue_xmit", packet(), OUTGOING, fn="__dev_queue_xmit",
         note="a wrapper, inline since 5.18 (c526fd8f9f4f)"),
    call("dev_hard_start_xmit", (packet("first"), "eth_dst:6=skb.data netdev:netdev=skb.dev ops:ops=netdev.netdev_ops"),
         OUTGOING + " eth_dst=eth_dst:mac ndo_start_xmit=ops.ndo_start_xmit:code"),
    call("e1000_xmit_frame", packet(), OUTGOING),
    call("loopback_xmit", packet(), OUTGOING),

    *DATAGRAMS,

    # the way up: interrupt, NAPI, device, IP, TCP, socket, application
    call("e1000_clean", "napi:napi=napi dev:dev=napi.dev net:net=dev.net", "budget=budget poll=napi.poll:code"),
    call("napi_gro_receive", packet(), INCOMING),
    call("netif_receive_skb", ("first:8=pskb", packet("first.ptr")), INCOMING,
         fn="__netif_receive_skb_core|__netif_receive_skb_core.constprop.0",
         note="NAPI hands over lists of packets, which do not pass through netif_receive_skb() itself"),
    call("ip_rcv", packet(), INCOMING),
    call("ip_list_rcv", "dev:dev=orig_dev net:net=dev.net"),
    call("ip_local_deliver", packet(), INCOMING),
    call("tcp_rcv_established", (sock(), skb()), INCOMING + " rcv_nxt=sk.rcv_nxt"),
    call("tcp_queue_rcv", (sock(), skb()), INCOMING + " rcv_nxt=sk.rcv_nxt", "rcv_nxt=sk.rcv_nxt"),
    call("sock_def_readable", (sock(), SLEEPER), LOCAL + " waiter=wq:waiter"),
    call("sock_def_wakeup", (sock(), SLEEPER), LOCAL + " waiter=wq:waiter"),
    call("tcp_recvmsg", sock(), "len=len unread=sk.rcv_nxt:unread " + LOCAL, ""),
    call("sk_wait_data", sock(), LOCAL, ""),
    # both return 1 if the task slept
    call("woken_wake_function", woken("wq_entry"), WOKEN, ""),
    call("autoremove_wake_function", woken("wq_entry"), WOKEN, ""),

    # bind and listen
    call("__inet_bind", sock(), LOCAL, LOCAL),
    call("inet_csk_get_port", sock(), "wanted=snum " + LOCAL, LOCAL),
    call("inet_csk_listen_start", sock(), LOCAL + " " + LISTENER, LOCAL + " " + LISTENER),

    call("inet_listen", ("socket:socket=sock", sock("socket.sk")), "backlog=backlog " + LOCAL + " " + LISTENER,
         LOCAL + " " + LISTENER),

    # refused: a reset is made, and comes
    point("tcp_v4_send_reset", "send_reset", (any_sock(), buffer())),
    point("tcp_v6_send_reset", "send_reset", (any_sock(), buffer())),
    call("tcp_reset", sock(), LOCAL + " sk_err=sk.sk_err", "state=sk.state:state sk_err=sk.sk_err"),

    # what `ss -i` and getsockopt(TCP_INFO) ask of a socket
    call("tcp_get_info", sock(), LOCAL + " daddr=sk.daddr:own dport=sk.dport mss=sk.mss_cache srtt_us=sk.srtt_us:srtt "
         "packets_out=sk.packets_out unread=sk.rcv_nxt:unread unacked=sk.write_seq:unacked " + LISTENER + " " + TIMER + " " + SENDER),

    # timers of a connection
    call("sk_reset_timer", (sock(), "timer:timer=timer", NOW),
         "timer=timer.function:code delay_jiffies=expires:delay delay_ms=expires:delay_ms " + LOCAL),
    call("tcp_retransmit_timer", (sock(), NOW), "late_jiffies=sk.timeout:late " + TIMER + " " + SENDER,
         TIMER + " " + SENDER),
    call("__tcp_retransmit_skb", (sock(), skb()), "len=skb.len " + TIMER + " " + SENDER),
    call("tcp_send_loss_probe", sock(), TIMER + " " + SENDER),
    call("tcp_enter_loss", sock(), SENDER, SENDER),
    call("tcp_enter_recovery", sock(), SENDER, SENDER),
    call("tcp_fastretrans_alert", sock(), "dup_acks=num_dupack " + SENDER, SENDER),
    call("tcp_fin", sock(), LOCAL, LOCAL),
    call("tcp_time_wait", sock(), "substate=state:state timeout_ms=timeo:ms " + LOCAL),

    # a queue that is full
    point("tcp_v4_syn_recv_sock", "syn_recv_sock", (sock(), "req:req=req"), SAME),
    point("tcp_v6_syn_recv_sock", "syn_recv_sock", (sock(), "req:req=req"), SAME),

    # a packet that is thrown away, wherever it was
    point("kfree_skb", "drop", (buffer(), "reason=reason?"),
          fn="__sk_skb_reason_drop|__kfree_skb_reason|kfree_skb_reason|kfree_skb",
          note="since 5.17 a wrapper of kfree_skb_reason() (c504e5c2f964); since 6.3 that and kfree_skb_list_reason() share a "
               "function that is inlined (a4650da2a2d6), since 6.11 __sk_skb_reason_drop() (ba8de796baf4)"),

    *ERRORS,
    *DISCOVERY,

    # what has no neighbour, and the router
    point("ip_forward", "forward", (skb(), "rt:rt=skb.refdst&~7 out:dev=rt.dev", dev("skb"))),
    point("ip6_forward", "forward", (skb(), "rt:rt6=skb.refdst&~7 out:dev=rt.dev", dev("skb"))),
    call("arp_error_report", neigh(), NEIGHBOUR + " queue_len=neigh.queue_len"),
    call("ipv4_link_failure", buffer()),

    # routing tables and rules
    call("fib_table_insert", "table:table=tb config:fib_config=cfg net:net=net",
         "dst=config.fc_dst:ip dst_len=config.fc_dst_len type=config.fc_type:route table=config.fc_table:table "
         "scope=config.fc_scope:scope protocol=config.fc_protocol:proto via=config.fc_gw4:ip0 "
         "prefsrc=config.fc_prefsrc:ip0 priority=config.fc_priority", ""),
    call("fib_magic", CALLER, "cmd=cmd:rtm type=type:route dst=dst dst_len=dst_len", "", fn="fib_magic|fib_magic.isra.0"),
    call("fib4_rule_action", "rule:rule=rule flow:flow=flp net:net=rule.fr_net",
         "pref=rule.pref table=rule.table:table action=rule.action daddr=flow.daddr:ip saddr=flow.saddr:ip", ""),

    # start-up: init calls, and what they make known
    point("do_one_initcall", "initcall", "fn"),
    point("sock_register", "register", "family:family=ops",
          args="what=@family name=family.family:family key=family.family create=family.create:code"),
    point("proto_register", "register", "proto:proto=prot",
          args="what=@proto name=proto.name:text key=prot:code obj_size=proto.obj_size"),
    point("inet_register_protosw", "register", "protosw:protosw=p",
          args="what=@protosw name=protosw.protocol:protocol key=protosw.type:type prot=protosw.prot:code "
               "ops=protosw.ops:code"),
    point("inet_add_protocol", "register", "handler:net_protocol=prot",
          args="what=@net_protocol name=protocol:protocol key=protocol handler=handler.handler:code "
               "err_handler=handler.err_handler:code"),
    point("dev_add_pack", "register", "ptype:packet_type=pt",
          args="what=@packet_type name=ptype.type:ethertype key=ptype.type:hex16 func=ptype.func:code "
               "list_func=ptype.list_func:code"),
    point("register_netdevice", "register", NETDEV, SAME,
          args="what=@netdevice name=netdev.name:text ops=netdev.netdev_ops:code "
               "ndo_start_xmit=ops.ndo_start_xmit:code"),
    point("neigh_table_init", "register", "table:neigh_table=tbl id:16=table.id",
          args="what=@neigh_table name=id:text key=index constructor=table.constructor:code"),
    call("unregister_netdevice_queue", "netdev:netdev=dev net:net=netdev.net", "name=netdev.name:text"),
    call("inet_create", "socket:socket=sock net:net=net sk:common=socket.sk", "protocol=protocol:protocol type=socket.type:type",
         "prot=sk.prot:code ops=socket.ops:code"),
]

POINTS = {row.name: row for row in TABLE}

# What is watched in every run. Where a lab does not list it, it makes no event (but a step): it tells the model what left a
# node, which objects are at their end (the kernel uses their address again), and what TCP has taken that is freed like what
# it drops.
LEAVES = ("e1000_xmit_frame", "loopback_xmit")
# and, whether a lab lists them or not, whose the frame is: a program may have made it (AF_PACKET)
LEAVES_TAKE = " sender:common=skb.sk link:14=skb.data"
ENDS = ("inet_sock_destruct", "tcp_v4_reqsk_destructor", "tcp_twsk_destructor", "neigh_destroy")
ALWAYS = [POINTS["comm_write"], POINTS["tcp_timewait_state_process"]] \
    + [POINTS[name]._replace(decode="unseen") for name in LEAVES + ENDS]
