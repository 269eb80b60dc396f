# SPDX-License-Identifier: GPL-2.0-or-later
"""The points: every kernel function that a lab may watch, one row each.

A row names the function, what an engine takes at it, and the decoder that turns it into an event.
`takes` is a list of blocks `name:type=address`. A type is a struct of kernel.py, a number of bytes, or `mem`
(until the end of the page). An address is a sum of
  rdi, rsi …     a register; at a return `in.rdi` is the register as it was at the entry
  block.field    a field of a block taken before (`block.ptr` for a block of 8 bytes)
  @symbol        the address of a variable of the kernel
  -type:field    minus the offset of a field, from a pointer to the member to its struct
  a number
and may end in &~N to clear bits, with +N behind it to go on from there. A block whose address is no kernel or user address is absent, and so is what
depends on it. What every hit takes (stack, task, clock) stands in plan.py.
"""

import re
from collections import namedtuple

Point = namedtuple("Point", "name decode takes returns fn note args result")

# Blocks that many points take.
SK = "sk:sock=rdi net:net=sk.net"
SK_AGAIN = "sk:sock=in.rdi net:net=sk.net"
# a packet: from its Ethernet header on, an IP and a TCP header of the greatest length
SKB = "skb:skb={0} frame:134=skb.head+skb.network_header+-14"
ARP = SKB.format("rdi") + " dev:dev=skb.dev net:net=dev.net"
NEIGH = "neigh:neigh={0} dev:dev=neigh.dev net:net=dev.net"
CALLER = "nsproxy:nsproxy=task.nsproxy net:net=nsproxy.net_ns"
SYSCALL = "regs:regs=rdi " + CALLER
SYSCALL_AGAIN = "regs:regs=in.rdi " + CALLER
SOCKET_OF_FILE = "file:file={0} socket:socket=file.private_data sk:common=socket.sk net:net=sk.net"
ROUTE = "rt:rt={0} dev:dev=rt.dev net:net=dev.net"


def point(name, decode, takes, returns=None, fn=None, note=None, args="", result=""):
    """One row: `returns` is what to take when the function returns (None: the return is not watched);
    `fn` the function that is watched instead (`a|b`: the first that the kernel has), if `name` has no code of its
    own everywhere, and `note` why; `args` and `result` what decode_call.py shows of what was taken."""
    return Point(name, decode, takes, returns, fn or name, note, args, result)


def call(name, takes, args="", result=None, fn=None, note=None):
    """A row whose event is a `call`; with a `result` (which may be empty) its return is watched, too."""
    return point(name, "call", takes, None if result is None else again(takes), fn, note, args, result)


def again(takes):
    """The same blocks when the function returns, from the registers as they were when it was entered."""
    return re.sub(r"(?<=[=+])(r[a-z0-9]+)(?!\.|\w)", r"in.\1", takes)


def syscall(name, more=""):
    return point("__x64_sys_" + name, "syscall", SYSCALL + " " + more, SYSCALL_AGAIN + " " + more)


# Packets on their way: what the path's functions show of one.
CUT = SKB + " shinfo:shinfo=skb.head+skb.end"
PACKET = CUT + " dev:dev=skb.dev net:net=dev.net"
OUTGOING = "len=skb.len data_at=skb.data:layer segments=shinfo.gso_segs segment_size=shinfo.gso_size"
INCOMING = "len=skb.len data_at=skb.data:layer"
SENDER = "state=sk.state:state ca_state=sk.ca_state:ca cwnd=sk.snd_cwnd ssthresh=sk.snd_ssthresh " \
         "in_flight=sk.packets_out:in_flight sacked=sk.sacked_out lost=sk.lost_out retrans=sk.retrans_out"
TIMER = "retransmits=sk.retransmits backoff=sk.backoff rto_ms=sk.rto:ms"
LISTENER = "syn_qlen=sk.syn_qlen accept_qlen=sk.ack_backlog accept_max=sk.max_ack_backlog"
NETDEV = "netdev:netdev=rdi ops:ops=netdev.netdev_ops net:net=netdev.net"
SLEEPER = SK + " wq:wq=sk.sk_wq waiter:waiter=wq.first+-waiter:entry woken:task=waiter.private"
LOCAL = "state=sk.state:state saddr=sk.rcv_saddr:ip sport=sk.num"

TABLE = [
    # where the lab is: guest programs write markers into /proc/self/comm; a line may reach into the next page
    point("comm_write", "marker", "text:mem=rsi more:256=rsi&~4095+4096"),

    # system calls on sockets; the argument registers are in pt_regs
    syscall("socket"),
    syscall("bind", "addr:16=regs.si"),
    syscall("listen"),
    syscall("accept"),
    syscall("accept4"),
    syscall("connect", "addr:16=regs.si"),
    syscall("sendto"),
    syscall("recvfrom"),
    syscall("shutdown"),
    point("sock_read_iter", "file_read", "iocb:iocb=rdi iter:iter=rsi " + SOCKET_OF_FILE.format("iocb.ki_filp"),
          "iocb:iocb=in.rdi iter:iter=in.rsi " + SOCKET_OF_FILE.format("iocb.ki_filp")),
    point("sock_write_iter", "file_write", "iocb:iocb=rdi iter:iter=rsi " + SOCKET_OF_FILE.format("iocb.ki_filp"),
          "iocb:iocb=in.rdi iter:iter=in.rsi " + SOCKET_OF_FILE.format("iocb.ki_filp")),
    point("sock_close", "file_close", SOCKET_OF_FILE.format("rsi"), CALLER),

    # the functions of the handshake
    point("tcp_v4_connect", "connect", SK + " addr:16=rsi", SK_AGAIN + " addr:16=in.rsi"),
    point("tcp_rcv_state_process", "process", SK + " " + SKB.format("rsi"), SK_AGAIN),
    point("tcp_conn_request", "request", "sk:sock=rdx net:net=sk.net " + SKB.format("rcx"),
          "sk:sock=in.rdx net:net=sk.net"),
    point("inet_csk_accept", "accept", SK, SK_AGAIN + " child:sock=rax err:4=in.rdx"),

    # every change of a TCP state
    point("inet_sk_set_state", "set_state", SK),
    point("inet_sk_state_store", "set_state", SK),
    point("inet_reqsk_alloc", "reqsk_alloc", "listener:sock=rsi net:net=listener.net",
          "listener:sock=in.rsi net:net=listener.net req:req=rax"),
    point("inet_twsk_alloc", "twsk_alloc", SK, SK_AGAIN + " tw:tw=rax"),
    point("tcp_timewait_state_process", "twsk_process", "tw:tw=rdi net:net=tw.net", "tw:tw=in.rdi net:net=tw.net"),
    point("tw_timer_handler", "twsk_timer", "tw:tw=rdi+-tw:tw_timer net:net=tw.net"),

    # SYN queue and accept queue of the listener
    point("inet_csk_reqsk_queue_hash_add", "syn_add", SK + " req:req=rsi", SK_AGAIN + " req:req=in.rsi"),
    # inet_csk_reqsk_queue_drop() itself is inlined into its callers on 6.1
    point("reqsk_timer_handler", "syn_drop", "req:req=rdi+-req:timer sk:sock=req.listener net:net=sk.net",
          "req:req=in.rdi+-req:timer sk:sock=req.listener net:net=sk.net",
          args="saddr=req.rcv_saddr:ip daddr=req.daddr:ip dport=req.dport timeouts=req.num_timeout"),
    point("inet_csk_complete_hashdance", "accept_add", SK + " req:req=rdx child:sock=rsi",
          SK_AGAIN + " req:req=in.rdx child:sock=in.rsi"),

    # segments: down, with the IP and TCP headers complete; up, when TCP gets them
    point("ip_output", "tx", "sk:common=rsi " + SKB.format("rdx") + " rt:rt=skb.refdst&~7 dev:dev=rt.dev net:net=dev.net"),
    point("tcp_v4_rcv", "rx", SKB.format("rdi") + " dev:dev=skb.dev net:net=dev.net"),

    # routing
    point("fib_lookup", "fib_lookup", "table:table=rdi flow:flow=rsi",
          """table:table=in.rdi flow:flow=in.rsi result:result=in.rdx fi:fi=result.fi nhc:nhc=result.nhc
          dev:dev=nhc.nhc_dev net:net=dev.net first:8=result.fa_head alias0:alias=first.ptr
          alias1:alias=alias0.next alias2:alias=alias1.next alias3:alias=alias2.next""",
          fn="fib_table_lookup",
          note="static inline in include/net/ip_fib.h, most arguments are optimised out where it is inlined"),
    point("ip_route_output_key_hash_rcu", "route_output", "flow:flow=rsi net:net=rdi",
          "flow:flow=in.rsi rt:rt=rax dev:dev=rt.dev net:net=in.rdi"),
    point("ip_route_input_slow", "route_input", SKB.format("rdi"), SKB.format("in.rdi") + " " + ROUTE.format("skb.refdst&~7")),

    # neighbours
    point("__neigh_create", "neigh_create", "dev:dev=rdx key:4=rsi net:net=dev.net", NEIGH.format("rax"),
          fn="___neigh_create|__neigh_create", note="a wrapper that is inlined into its callers in net/core/neighbour.c"),
    point("__neigh_event_send", "neigh_event_send", NEIGH.format("rdi"), NEIGH.format("in.rdi")),
    point("__neigh_update", "neigh_update", NEIGH.format("rdi"), NEIGH.format("in.rdi")),
    point("neigh_timer_handler", "neigh_timer", NEIGH.format("rdi+-neigh:timer"),
          NEIGH.format("in.rdi+-neigh:timer")),

    # ARP
    point("arp_send", "arp_send", "dev:dev=rcx net:net=dev.net dest_hw:8=r9 p7:8=rsp+8 src_hw:8=p7.ptr p8:8=rsp+16 target_hw:8=p8.ptr"),
    point("arp_solicit", "arp_solicit", NEIGH.format("rdi")),
    point("arp_xmit", "arp_tx", ARP),
    point("arp_rcv", "arp_rx", ARP),

    # the way down: application, socket, TCP, IP, neighbour, device
    call("tcp_sendmsg_locked", SK, "len=rdx " + LOCAL, ""),
    call("tcp_write_xmit", SK, "mss=rsi:u32 " + SENDER, SENDER),
    call("__tcp_transmit_skb", SK + " " + CUT.format("rsi"), OUTGOING + " " + SENDER),
    call("__ip_queue_xmit", SK + " " + CUT.format("rsi"), OUTGOING),
    call("ip_finish_output2", PACKET.format("rdx"), OUTGOING),
    call("neigh_resolve_output", NEIGH.format("rdi") + " " + CUT.format("rsi"),
         "ip=neigh.primary_key:ip nud=neigh.nud_state:nud " + OUTGOING),
    call("neigh_connected_output", NEIGH.format("rdi") + " " + CUT.format("rsi"),
         "ip=neigh.primary_key:ip nud=neigh.nud_state:nud " + OUTGOING),
    call("dev_queue_xmit", PACKET.format("rdi"), OUTGOING, fn="__dev_queue_xmit",
         note="a wrapper, inline since 5.18 (c526fd8f9f4f)"),
    call("dev_hard_start_xmit", PACKET.format("rdi") + " eth_dst:6=skb.data netdev:netdev=skb.dev ops:ops=netdev.netdev_ops",
         OUTGOING + " eth_dst=eth_dst:mac ndo_start_xmit=ops.ndo_start_xmit:code"),
    call("e1000_xmit_frame", PACKET.format("rdi"), OUTGOING),
    call("loopback_xmit", PACKET.format("rdi"), OUTGOING),

    # the same for UDP, in one piece
    call("udp_sendmsg", "sk:common=rdi net:net=sk.net", "len=rdx saddr=sk.rcv_saddr:ip daddr=sk.daddr:ip dport=sk.dport", ""),
    call("udp_rcv", PACKET.format("rdi"), INCOMING),

    # the way up: interrupt, NAPI, device, IP, TCP, socket, application
    call("e1000_clean", "napi:napi=rdi dev:dev=napi.dev net:net=dev.net", "budget=rsi:u32 poll=napi.poll:code"),
    call("napi_gro_receive", PACKET.format("rsi"), INCOMING),
    call("netif_receive_skb", "first:8=rdi " + PACKET.format("first.ptr"), INCOMING,
         fn="__netif_receive_skb_core|__netif_receive_skb_core.constprop.0",
         note="NAPI hands over lists of packets, which do not pass through netif_receive_skb() itself"),
    call("ip_rcv", PACKET.format("rdi"), INCOMING),
    call("ip_list_rcv", "dev:dev=rdx net:net=dev.net"),
    call("ip_local_deliver", PACKET.format("rdi"), INCOMING),
    call("tcp_rcv_established", SK + " " + SKB.format("rsi"), INCOMING + " rcv_nxt=sk.rcv_nxt"),
    call("tcp_queue_rcv", SK + " " + SKB.format("rsi"), INCOMING + " rcv_nxt=sk.rcv_nxt", "rcv_nxt=sk.rcv_nxt"),
    call("sock_def_readable", SLEEPER, LOCAL + " waiter=wq:waiter"),
    call("sock_def_wakeup", SLEEPER, LOCAL + " waiter=wq:waiter"),
    call("tcp_recvmsg", SK, "len=rdx unread=sk.rcv_nxt:unread " + LOCAL, ""),
    call("sk_wait_data", SK, LOCAL, ""),
    # both return 1 if the task slept
    call("woken_wake_function", "waiter:waiter=rdi woken:task=waiter.private", "pid=woken.pid comm=woken.comm:text", ""),
    call("autoremove_wake_function", "waiter:waiter=rdi woken:task=waiter.private", "pid=woken.pid comm=woken.comm:text", ""),

    # bind and listen
    call("__inet_bind", SK, LOCAL, LOCAL),
    call("inet_csk_get_port", SK, "wanted=rsi:u16 " + LOCAL, LOCAL),
    call("inet_csk_listen_start", SK, LOCAL + " " + LISTENER, LOCAL + " " + LISTENER),

    call("inet_listen", "socket:socket=rdi sk:sock=socket.sk net:net=sk.net", "backlog=rsi:s32 " + LOCAL + " " + LISTENER,
         LOCAL + " " + LISTENER),

    # refused: a reset is made, and comes
    point("tcp_v4_send_reset", "send_reset", "sk:common=rdi " + SKB.format("rsi") + " dev:dev=skb.dev net:net=dev.net"),
    call("tcp_reset", SK, LOCAL + " sk_err=sk.sk_err", "state=sk.state:state sk_err=sk.sk_err"),

    # timers of a connection
    call("sk_reset_timer", SK + " timer:timer=rsi jiffies:8=@jiffies_64",
         "timer=timer.function:code delay_jiffies=rdx:delay delay_ms=rdx:delay_ms " + LOCAL),
    call("tcp_retransmit_timer", SK + " jiffies:8=@jiffies_64", "late_jiffies=sk.timeout:late " + TIMER + " " + SENDER,
         TIMER + " " + SENDER),
    call("__tcp_retransmit_skb", SK + " " + SKB.format("rsi"), "len=skb.len " + TIMER + " " + SENDER),
    call("tcp_send_loss_probe", SK, TIMER + " " + SENDER),
    call("tcp_enter_loss", SK, SENDER, SENDER),
    call("tcp_enter_recovery", SK, SENDER, SENDER),
    call("tcp_fastretrans_alert", SK, "dup_acks=rdx:s32 " + SENDER, SENDER),
    call("tcp_fin", SK, LOCAL, LOCAL),
    call("tcp_time_wait", SK, "substate=rsi:state timeout_ms=rdx:ms " + LOCAL),

    # a queue that is full
    point("tcp_v4_syn_recv_sock", "syn_recv_sock", SK + " req:req=rdx", SK_AGAIN + " req:req=in.rdx"),

    # a packet that is thrown away, wherever it was
    point("kfree_skb", "drop", SKB.format("rdi") + " dev:dev=skb.dev net:net=dev.net", fn="kfree_skb_reason|kfree_skb",
          note="since 5.17 a wrapper of kfree_skb_reason() (c504e5c2f964)"),

    # errors that ICMP brings, and the router
    point("icmp_send", "icmp_send", SKB.format("rdi") + " dev:dev=skb.dev net:net=dev.net",
          fn="__icmp_send|icmp_send", note="a wrapper, inline since 5.0 (9ef6b42ad6fd)"),
    point("icmp_unreach", "icmp_rx", "skb:skb=rdi icmph:8=skb.head+skb.transport_header iph:64=skb.data "
          "dev:dev=skb.dev net:net=dev.net"),
    point("tcp_v4_err", "icmp_rx", "skb:skb=rdi icmph:8=skb.head+skb.transport_header iph:64=skb.data "
          "dev:dev=skb.dev net:net=dev.net"),
    point("ip_forward", "forward", SKB.format("rdi") + " rt:rt=skb.refdst&~7 out:dev=rt.dev "
          "dev:dev=skb.dev net:net=dev.net"),
    call("arp_error_report", NEIGH.format("rdi"), "ip=neigh.primary_key:ip nud=neigh.nud_state:nud "
         "queue_len=neigh.queue_len"),
    call("ipv4_link_failure", SKB.format("rdi") + " dev:dev=skb.dev net:net=dev.net"),

    # routing tables and rules
    call("fib_table_insert", "table:table=rsi config:fib_config=rdx net:net=rdi",
         "dst=config.fc_dst:ip dst_len=config.fc_dst_len type=config.fc_type:route table=config.fc_table:table "
         "scope=config.fc_scope:scope protocol=config.fc_protocol:proto via=config.fc_gw4:ip "
         "prefsrc=config.fc_prefsrc:ip priority=config.fc_priority", ""),
    call("fib_magic", CALLER, "cmd=rdi:rtm type=rsi:route dst=rdx:ip dst_len=rcx:u32", "", fn="fib_magic|fib_magic.isra.0"),
    call("fib4_rule_action", "rule:rule=rdi flow:flow=rsi net:net=rule.fr_net",
         "pref=rule.pref table=rule.table:table action=rule.action daddr=flow.daddr:ip saddr=flow.saddr:ip", ""),

    # start-up: init calls, and what they make known
    point("do_one_initcall", "initcall", ""),
    point("sock_register", "register", "family:family=rdi",
          args="what=@family name=family.family:family key=family.family create=family.create:code"),
    point("proto_register", "register", "proto:proto=rdi",
          args="what=@proto name=proto.name:text key=rdi:code obj_size=proto.obj_size"),
    point("inet_register_protosw", "register", "protosw:protosw=rdi",
          args="what=@protosw name=protosw.protocol:protocol key=protosw.type:type prot=protosw.prot:code "
               "ops=protosw.ops:code"),
    point("inet_add_protocol", "register", "protocol:net_protocol=rdi",
          args="what=@net_protocol name=rsi:protocol8 key=rsi:u8 handler=protocol.handler:code "
               "err_handler=protocol.err_handler:code"),
    point("dev_add_pack", "register", "ptype:packet_type=rdi",
          args="what=@packet_type name=ptype.type:ethertype key=ptype.type:hex16 func=ptype.func:code "
               "list_func=ptype.list_func:code"),
    point("register_netdevice", "register", NETDEV, again(NETDEV),
          args="what=@netdevice name=netdev.name:text ops=netdev.netdev_ops:code "
               "ndo_start_xmit=ops.ndo_start_xmit:code"),
    point("neigh_table_init", "register", "table:neigh_table=rsi id:16=table.id",
          args="what=@neigh_table name=id:text key=rdi:u32 constructor=table.constructor:code"),
    call("unregister_netdevice_queue", "netdev:netdev=rdi net:net=netdev.net", "name=netdev.name:text"),
    call("inet_create", "socket:socket=rsi net:net=rdi sk:common=socket.sk", "protocol=rdx:protocol8 type=socket.type:type",
         "prot=sk.prot:code ops=socket.ops:code"),
]

POINTS = {row.name: row for row in TABLE}

# What is watched in every run. Where a lab does not list it, it makes no event: it tells the model what left a node.
LEAVES = ("e1000_xmit_frame", "loopback_xmit")
ALWAYS = [POINTS["comm_write"]] + [POINTS[name]._replace(decode="unseen") for name in LEAVES]
