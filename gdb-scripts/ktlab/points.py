# SPDX-License-Identifier: GPL-2.0-or-later
"""The points: every kernel function that a lab may watch, one row each.

A row names the function, what an engine takes at it, and the decoder that turns it into an event.
`takes` is a list of blocks `name:type=address`. A type is a struct of kernel.py, a number of bytes, or `mem`
(until the end of the page). An address is a sum of
  sk, skb …      an argument of the function by its name; DWARF tells where it is. At a return as it was at the entry
  arg->member    what a member of the struct holds that an argument points to; `&arg->member`: where it is
  rax            at a return: what the function returned
  block.field    a field of a block taken before (`block.ptr` for a block of 8 bytes)
  block.field:N*M, rax*M  the first N bytes of one, or a register, times M: a place in an array; a field times 0 adds
                 nothing, but without it there is no address
  @symbol        the address of a variable of the kernel
  -type:field    minus the offset of a field, from a pointer to the member to its struct
  a number
and may end in &~N to clear bits, with +N behind it to go on from there. A block whose address is no kernel or user address is absent, and so is what
depends on it. A word `name` or `name=argument` asks for the value of an argument.
Where releases name an argument differently, `a|b` are its names, the newest first; `?` behind them: a function without
it is watched without what depends on it. Any other that this kernel's function lacks is an error.
What every hit takes (stack, task, clock) stands in blocks.py.
"""

import re
from collections import namedtuple

SAME = True


class Point(namedtuple("Point", "name decode takes returns fn note args result also inlined")):
    @property
    def values(self):
        """The arguments of the function that `args` shows: those of its words that are no text, block or field."""
        words = (word.partition(":")[0] for word in self.args.split())
        blocks = [word.partition(":")[0] for word in self.takes.split()]
        return " ".join(word for word in words if not re.search(r"=@|\.", word) and word.partition("=")[2] not in blocks)


# Blocks that many points take.
SK = "sk:sock=sk net:net=sk.net"
# a packet: from its Ethernet header on, an IP and a TCP header of the greatest length
SKB = "skb:skb={0} frame:134=skb.head+skb.network_header+-14"
ARP = SKB.format("skb") + " dev:dev=skb.dev net:net=dev.net"
NEIGH = "neigh:neigh={0} dev:dev=neigh.dev net:net=dev.net"
CALLER = "nsproxy:nsproxy=task.nsproxy net:net=nsproxy.net_ns"
# the argument of every `__x64_sys_` (arch/x86/include/asm/syscall_wrapper.h); DWARF has no name for that of some
SYSCALL = "regs:regs=regs|__unused " + CALLER
SYSCALL_OF = SYSCALL + " target:common=opened_socket.sk"
# when one ends: the signals that wait for the task, if any do; of one that makes a descriptor, what it leads to
SIGNALS = "flags:flags=current.ptr signals:signals=current.ptr shared:shared=signals.signal " \
          "sighand:sighand=signals.sighand+flags.flags*0"
ENDED = CALLER + " " + SIGNALS
MADE = ENDED + " made_slot:8=fdt.fd+rax*8 made:file=made_slot.ptr made_socket:socket=made.private_data"
SOCKET_OF_FILE = "file:file={0} socket:socket=file.private_data sk:common=socket.sk net:net=sk.net"
ROUTE = "rt:rt={0} dev:dev=rt.dev net:net=dev.net"


def point(name, decode, takes, returns=None, fn=None, note=None, args="", result="", also=None, inlined=True):
    """One row: `returns` is what to take when the function returns (None: the return is not watched; SAME: the same);
    `fn` the function that is watched instead (`a|b`: the first that the kernel has), if `name` has no code of its
    own everywhere, and `note` why; `args` and `result` what decode_call.py shows of what was taken; `also` the point that is
    watched with it; `inlined` whether it is watched where it is inlined, too."""
    return Point(name, decode, takes, returns, fn or name, note, args, result, also, inlined)


def call(name, takes, args="", result=None, fn=None, note=None):
    """A row whose event is a `call`; with a `result` (which may be empty) its return is watched, too."""
    return point(name, "call", takes, None if result is None else SAME, fn, note, args, result)


def syscall(name, more="", takes=SYSCALL_OF, returns=ENDED):
    return point("__x64_sys_" + name, "syscall", takes + " " + more, returns)


# Packets on their way: what the path's functions show of one.
CUT = SKB + " shinfo:shinfo=skb.head+skb.end"
PACKET = CUT + " dev:dev=skb.dev net:net=dev.net"
OUTGOING = "len=skb.len data_at=skb.data:layer segments=shinfo.gso_segs segment_size=shinfo.gso_size"
INCOMING = "len=skb.len data_at=skb.data:layer"
SENDER = "state=sk.state:state ca_state=sk.ca_state:ca cwnd=sk.snd_cwnd ssthresh=sk.snd_ssthresh " \
         "in_flight=sk.packets_out:in_flight sacked=sk.sacked_out lost=sk.lost_out retrans=sk.retrans_out"
TIMER = "retransmits=sk.retransmits backoff=sk.backoff rto_ms=sk.rto:ms"
LISTENER = "syn_qlen=sk.syn_qlen accept_qlen=sk.ack_backlog accept_max=sk.max_ack_backlog"
NETDEV = "netdev:netdev=dev ops:ops=netdev.netdev_ops net:net=netdev.net"
SLEEPER = SK + " wq:wq=sk.sk_wq waiter:waiter=wq.first+-waiter:entry woken:task=waiter.private"
LOCAL = "state=sk.state:state saddr=sk.rcv_saddr:ip sport=sk.num"

TABLE = [
    # where the lab is: guest programs write markers into /proc/self/comm; a line may reach into the next page
    point("comm_write", "marker", "text:mem=buf more:256=buf&~4095+4096"),

    # system calls on sockets; the argument registers are in pt_regs
    syscall("socket", takes=SYSCALL, returns=MADE),
    syscall("bind", "addr:16=regs.si"),
    syscall("listen"),
    syscall("accept", returns=MADE),
    syscall("accept4", returns=MADE),
    syscall("connect", "addr:16=regs.si"),
    syscall("sendto"),
    syscall("recvfrom"),
    syscall("shutdown"),
    syscall("sendmsg"),
    syscall("recvmsg"),
    syscall("sendmmsg"),
    syscall("recvmmsg"),
    # its descriptor is epoll's own
    syscall("epoll_wait"),
    point("sock_read_iter", "file_read", "iocb:iocb=iocb iter:iter=to " + SOCKET_OF_FILE.format("iocb.ki_filp"),
          "iocb:iocb=iocb " + SOCKET_OF_FILE.format("iocb.ki_filp") + " " + SIGNALS),
    point("sock_write_iter", "file_write", "iocb:iocb=iocb iter:iter=from " + SOCKET_OF_FILE.format("iocb.ki_filp"),
          "iocb:iocb=iocb " + SOCKET_OF_FILE.format("iocb.ki_filp") + " " + SIGNALS),
    point("sock_close", "file_close", SOCKET_OF_FILE.format("filp"), CALLER),

    # the functions of the handshake
    point("tcp_v4_connect", "connect", SK + " addr:16=uaddr", SAME),
    point("tcp_rcv_state_process", "process", SK + " " + SKB.format("skb"), SK),
    point("tcp_conn_request", "request", SK + " " + SKB.format("skb"), SK),
    # since 6.10 flags and err are in a struct (92ef0fd55ac8)
    point("inet_csk_accept", "accept", SK + " flags=arg->flags|flags", SK + " child:sock=rax err:4=&arg->err|err"),

    # every change of a TCP state
    point("inet_sk_set_state", "set_state", SK + " new=state"),
    point("inet_sk_state_store", "set_state", SK + " new=newstate"),
    point("inet_reqsk_alloc", "reqsk_alloc", "listener:sock=sk_listener net:net=listener.net",
          "listener:sock=sk_listener net:net=listener.net req:req=rax"),
    point("inet_twsk_alloc", "twsk_alloc", SK, SK + " tw:tw=rax"),
    point("tcp_timewait_state_process", "twsk_process", "tw:tw=tw net:net=tw.net", SAME),
    point("tw_timer_handler", "twsk_timer", "tw:tw=t+-tw:tw_timer net:net=tw.net"),

    # SYN queue and accept queue of the listener
    point("inet_csk_reqsk_queue_hash_add", "syn_add", SK + " req:req=req", SAME),
    # inet_csk_reqsk_queue_drop() itself is inlined into its callers on 6.1
    point("reqsk_timer_handler", "syn_drop", "req:req=t+-req:timer sk:sock=req.listener net:net=sk.net", SAME,
          args="saddr=req.rcv_saddr:ip daddr=req.daddr:ip dport=req.dport timeouts=req.num_timeout"),
    # the accept queue grows in inet_csk_reqsk_queue_add(), which is inlined here on 6.1; cookies and Fast Open call it
    point("inet_csk_complete_hashdance", "accept_add", SK + " req:req=req child:sock=child", SAME,
          also="inet_csk_reqsk_queue_add"),
    point("inet_csk_reqsk_queue_add", "accept_add", SK + " req:req=req child:sock=child", SAME,
          also="inet_csk_complete_hashdance", inlined=False, note="where it is inlined, its caller is watched"),

    # what lives at an address ends, and the address is used again
    call("inet_sock_destruct", SK, LOCAL),
    call("tcp_v4_reqsk_destructor", "req:req=req net:net=req.net"),
    call("tcp_twsk_destructor", "tw:tw=sk net:net=tw.net"),
    call("neigh_destroy", NEIGH.format("neigh"), "ip=neigh.primary_key:ip nud=neigh.nud_state:nud"),

    # segments: down, with the IP and TCP headers complete; up, when TCP gets them
    point("ip_output", "tx", "sk:common=sk " + SKB.format("skb") + " rt:rt=skb.refdst&~7 dev:dev=rt.dev net:net=dev.net"),
    point("tcp_v4_rcv", "rx", SKB.format("skb") + " dev:dev=skb.dev net:net=dev.net"),

    # routing
    point("fib_lookup", "fib_lookup", "table:table=tb flow:flow=flp",
          """table:table=tb flow:flow=flp result:result=res fi:fi=result.fi nhc:nhc=result.nhc
          dev:dev=nhc.nhc_dev net:net=dev.net first:8=result.fa_head alias0:alias=first.ptr
          alias1:alias=alias0.next alias2:alias=alias1.next alias3:alias=alias2.next""",
          fn="fib_table_lookup",
          note="static inline in include/net/ip_fib.h, most arguments are optimised out where it is inlined"),
    point("ip_route_output_key_hash_rcu", "route_output", "flow:flow=fl4 net:net=net",
          "flow:flow=fl4 rt:rt=rax dev:dev=rt.dev net:net=net"),
    point("ip_route_input_slow", "route_input", SKB.format("skb") + " daddr saddr",
          SKB.format("skb") + " " + ROUTE.format("skb.refdst&~7")),

    # neighbours
    point("__neigh_create", "neigh_create", "dev:dev=dev key:4=pkey net:net=dev.net", NEIGH.format("rax"),
          fn="___neigh_create|__neigh_create", note="a wrapper that is inlined into its callers in net/core/neighbour.c"),
    point("__neigh_event_send", "neigh_event_send", NEIGH.format("neigh"), SAME),
    point("__neigh_update", "neigh_update", NEIGH.format("neigh"), SAME),
    point("neigh_timer_handler", "neigh_timer", NEIGH.format("t+-neigh:timer"), SAME),

    # ARP
    point("arp_send", "arp_send", "dev:dev=dev net:net=dev.net op=type ptype dest_ip src_ip "
          "dest_hw:8=dest_hw src_hw:8=src_hw target_hw:8=target_hw"),
    point("arp_solicit", "arp_solicit", NEIGH.format("neigh")),
    point("arp_xmit", "arp_tx", ARP),
    point("arp_rcv", "arp_rx", ARP),

    # the way down: application, socket, TCP, IP, neighbour, device
    call("tcp_sendmsg_locked", SK, "len=size " + LOCAL, ""),
    call("tcp_write_xmit", SK, "mss=mss_now " + SENDER, SENDER),
    call("__tcp_transmit_skb", SK + " " + CUT.format("skb"), OUTGOING + " " + SENDER),
    call("__ip_queue_xmit", SK + " " + CUT.format("skb"), OUTGOING),
    call("ip_finish_output2", PACKET.format("skb"), OUTGOING),
    call("neigh_resolve_output", NEIGH.format("neigh") + " " + CUT.format("skb"),
         "ip=neigh.primary_key:ip nud=neigh.nud_state:nud " + OUTGOING),
    call("neigh_connected_output", NEIGH.format("neigh") + " " + CUT.format("skb"),
         "ip=neigh.primary_key:ip nud=neigh.nud_state:nud " + OUTGOING),
    call("dev_queue_xmit", PACKET.format("skb"), OUTGOING, fn="__dev_queue_xmit",
         note="a wrapper, inline since 5.18 (c526fd8f9f4f)"),
    call("dev_hard_start_xmit", PACKET.format("first") + " eth_dst:6=skb.data netdev:netdev=skb.dev ops:ops=netdev.netdev_ops",
         OUTGOING + " eth_dst=eth_dst:mac ndo_start_xmit=ops.ndo_start_xmit:code"),
    call("e1000_xmit_frame", PACKET.format("skb"), OUTGOING),
    call("loopback_xmit", PACKET.format("skb"), OUTGOING),

    # the same for UDP, in one piece
    call("udp_sendmsg", "sk:common=sk net:net=sk.net", "len=len saddr=sk.rcv_saddr:ip daddr=sk.daddr:ip dport=sk.dport", ""),
    call("udp_rcv", PACKET.format("skb"), INCOMING),

    # the way up: interrupt, NAPI, device, IP, TCP, socket, application
    call("e1000_clean", "napi:napi=napi dev:dev=napi.dev net:net=dev.net", "budget=budget poll=napi.poll:code"),
    call("napi_gro_receive", PACKET.format("skb"), INCOMING),
    call("netif_receive_skb", "first:8=pskb " + PACKET.format("first.ptr"), INCOMING,
         fn="__netif_receive_skb_core|__netif_receive_skb_core.constprop.0",
         note="NAPI hands over lists of packets, which do not pass through netif_receive_skb() itself"),
    call("ip_rcv", PACKET.format("skb"), INCOMING),
    call("ip_list_rcv", "dev:dev=orig_dev net:net=dev.net"),
    call("ip_local_deliver", PACKET.format("skb"), INCOMING),
    call("tcp_rcv_established", SK + " " + SKB.format("skb"), INCOMING + " rcv_nxt=sk.rcv_nxt"),
    call("tcp_queue_rcv", SK + " " + SKB.format("skb"), INCOMING + " rcv_nxt=sk.rcv_nxt", "rcv_nxt=sk.rcv_nxt"),
    call("sock_def_readable", SLEEPER, LOCAL + " waiter=wq:waiter"),
    call("sock_def_wakeup", SLEEPER, LOCAL + " waiter=wq:waiter"),
    call("tcp_recvmsg", SK, "len=len unread=sk.rcv_nxt:unread " + LOCAL, ""),
    call("sk_wait_data", SK, LOCAL, ""),
    # both return 1 if the task slept
    call("woken_wake_function", "waiter:waiter=wq_entry woken:task=waiter.private", "pid=woken.pid comm=woken.comm:text", ""),
    call("autoremove_wake_function", "waiter:waiter=wq_entry woken:task=waiter.private", "pid=woken.pid comm=woken.comm:text", ""),

    # bind and listen
    call("__inet_bind", SK, LOCAL, LOCAL),
    call("inet_csk_get_port", SK, "wanted=snum " + LOCAL, LOCAL),
    call("inet_csk_listen_start", SK, LOCAL + " " + LISTENER, LOCAL + " " + LISTENER),

    call("inet_listen", "socket:socket=sock sk:sock=socket.sk net:net=sk.net", "backlog=backlog " + LOCAL + " " + LISTENER,
         LOCAL + " " + LISTENER),

    # refused: a reset is made, and comes
    point("tcp_v4_send_reset", "send_reset", "sk:common=sk " + SKB.format("skb") + " dev:dev=skb.dev net:net=dev.net"),
    call("tcp_reset", SK, LOCAL + " sk_err=sk.sk_err", "state=sk.state:state sk_err=sk.sk_err"),

    # what `ss -i` and getsockopt(TCP_INFO) ask of a socket
    call("tcp_get_info", SK, LOCAL + " daddr=sk.daddr:ip dport=sk.dport mss=sk.mss_cache srtt_us=sk.srtt_us:srtt "
         "packets_out=sk.packets_out unread=sk.rcv_nxt:unread unacked=sk.write_seq:unacked " + LISTENER + " " + TIMER + " " + SENDER),

    # timers of a connection
    call("sk_reset_timer", SK + " timer:timer=timer jiffies:8=@jiffies_64",
         "timer=timer.function:code delay_jiffies=expires:delay delay_ms=expires:delay_ms " + LOCAL),
    call("tcp_retransmit_timer", SK + " jiffies:8=@jiffies_64", "late_jiffies=sk.timeout:late " + TIMER + " " + SENDER,
         TIMER + " " + SENDER),
    call("__tcp_retransmit_skb", SK + " " + SKB.format("skb"), "len=skb.len " + TIMER + " " + SENDER),
    call("tcp_send_loss_probe", SK, TIMER + " " + SENDER),
    call("tcp_enter_loss", SK, SENDER, SENDER),
    call("tcp_enter_recovery", SK, SENDER, SENDER),
    call("tcp_fastretrans_alert", SK, "dup_acks=num_dupack " + SENDER, SENDER),
    call("tcp_fin", SK, LOCAL, LOCAL),
    call("tcp_time_wait", SK, "substate=state:state timeout_ms=timeo:ms " + LOCAL),

    # a queue that is full
    point("tcp_v4_syn_recv_sock", "syn_recv_sock", SK + " req:req=req", SAME),

    # a packet that is thrown away, wherever it was
    point("kfree_skb", "drop", SKB.format("skb") + " dev:dev=skb.dev net:net=dev.net reason=reason?",
          fn="sk_skb_reason_drop|kfree_skb_reason|kfree_skb",
          note="since 5.17 a wrapper of kfree_skb_reason() (c504e5c2f964), since 6.11 of sk_skb_reason_drop() "
               "(ba8de796baf4)"),

    # errors that ICMP brings, and the router
    point("icmp_send", "icmp_send", SKB.format("skb_in") + " dev:dev=skb.dev net:net=dev.net type code",
          fn="__icmp_send|icmp_send", note="a wrapper, inline since 5.0 (9ef6b42ad6fd)"),
    point("icmp_unreach", "icmp_rx", "skb:skb=skb icmph:8=skb.head+skb.transport_header iph:64=skb.data "
          "dev:dev=skb.dev net:net=dev.net"),
    # 5.4 calls it icmp_skb
    point("tcp_v4_err", "icmp_rx", "skb:skb=skb|icmp_skb icmph:8=skb.head+skb.transport_header iph:64=skb.data "
          "dev:dev=skb.dev net:net=dev.net"),
    point("ip_forward", "forward", SKB.format("skb") + " rt:rt=skb.refdst&~7 out:dev=rt.dev "
          "dev:dev=skb.dev net:net=dev.net"),
    call("arp_error_report", NEIGH.format("neigh"), "ip=neigh.primary_key:ip nud=neigh.nud_state:nud "
         "queue_len=neigh.queue_len"),
    call("ipv4_link_failure", SKB.format("skb") + " dev:dev=skb.dev net:net=dev.net"),

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
ENDS = ("inet_sock_destruct", "tcp_v4_reqsk_destructor", "tcp_twsk_destructor", "neigh_destroy")
ALWAYS = [POINTS["comm_write"], POINTS["tcp_timewait_state_process"]] \
    + [POINTS[name]._replace(decode="unseen") for name in LEAVES + ENDS]
