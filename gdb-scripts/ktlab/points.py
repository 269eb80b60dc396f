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
and may end in &~N to clear bits. A block whose address is no kernel or user address is absent, and so is what
depends on it. What every hit takes (stack, task, clock) stands in plan.py.
"""

from collections import namedtuple

Point = namedtuple("Point", "name decode takes returns fn note")

# Blocks that many points take.
SK = "sk:sock=rdi net:net=sk.net"
SK_AGAIN = "sk:sock=in.rdi net:net=sk.net"
SKB = "skb:skb={0} iph:20=skb.head+skb.network_header tcph:60=skb.head+skb.transport_header"
ARP = "skb:skb=rdi arp:42=skb.head+skb.network_header+-14 dev:dev=skb.dev net:net=dev.net"
NEIGH = "neigh:neigh={0} dev:dev=neigh.dev net:net=dev.net"
CALLER = "nsproxy:nsproxy=task.nsproxy net:net=nsproxy.net_ns"
SYSCALL = "regs:regs=rdi " + CALLER
SYSCALL_AGAIN = "regs:regs=in.rdi " + CALLER
SOCKET_OF_FILE = "file:file={0} socket:socket=file.private_data sk:common=socket.sk net:net=sk.net"
ROUTE = "rt:rt={0} dev:dev=rt.dev net:net=dev.net"


def point(name, decode, takes, returns=None, fn=None, note=None):
    """One row: `returns` is what to take when the function returns (None: the return is not watched);
    `fn` the function that is watched instead (`a|b`: the first that the kernel has), if `name` has no code of its
    own everywhere, and `note` why."""
    return Point(name, decode, takes, returns, fn or name, note)


def syscall(name, more=""):
    return point("__x64_sys_" + name, "syscall", SYSCALL + " " + more, SYSCALL_AGAIN + " " + more)


TABLE = [
    # where the lab is: guest programs write markers into /proc/self/comm
    point("comm_write", "marker", "text:mem=rsi"),

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
          "req:req=in.rdi+-req:timer sk:sock=req.listener net:net=sk.net"),
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
    point("ip_route_output_key_hash_rcu", "route_output", "flow:flow=rsi",
          "flow:flow=in.rsi " + ROUTE.format("rax")),
    point("ip_route_input_slow", "route_input", "skb:skb=rdi iph:20=skb.head+skb.network_header",
          "skb:skb=in.rdi iph:20=skb.head+skb.network_header " + ROUTE.format("skb.refdst&~7")),

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
]

POINTS = {row.name: row for row in TABLE}
