# SPDX-License-Identifier: GPL-2.0-or-later
"""What ktlab knows of the kernel: the struct fields it reads, by the kernel's own names, and its constants.

Where releases differ, the paths stand beside each other, newest last, with the change that made the
difference. The first path that the kernel's DWARF has is taken, so no release number is ever tested.
"""

# Our name of a struct -> (C type, fields). A field is `name=path`, or just the path if the last part of it is
# the name. `a|b`: the first path that exists. `:be` after it: stored in network order. `?`: may be missing.
# One read takes the bytes from the first to the last field named here, so keep lists to what decoders use.
STRUCTS = {
    "regs": ("pt_regs", "ax di si dx r10 r8 r9 orig_ax"),
    "task": ("task_struct", "pid tgid comm files nsproxy"),
    "thread": ("task_struct", "stack"),
    # which signals wait for a task, and what it does about each
    "flags": ("task_struct", "flags=thread_info.flags"),
    "signals": ("task_struct", "signal sighand blocked=blocked.sig pending=pending.signal.sig"),
    "shared": ("signal_struct", "pending=shared_pending.signal.sig"),
    "sighand": ("sighand_struct", "action"),
    # from a descriptor to its socket: fs/file.c fcheck_files(), net/socket.c sock_from_file()
    "files": ("files_struct", "fdt"),
    "fdt": ("fdtable", "max_fds fd"),
    "nsproxy": ("nsproxy", "net_ns"),
    "net": ("net", "inum=ns.inum"),
    "dev": ("net_device", "name ifindex net=nd_net.net"),
    "netdev": ("net_device", "name netdev_ops net=nd_net.net"),
    "sockaddr": ("sockaddr", "sa_family sa_data=sa_data_min|sa_data"),
    "file": ("file", "private_data f_count=f_count.counter?"),
    "socket": ("socket", "sk type state ops file"),
    "iocb": ("kiocb", "ki_filp"),
    "iter": ("iov_iter", "count"),
    # struct sock begins with sock_common, as request_sock and inet_timewait_sock do: this prefix reads them all
    "common": ("sock", """daddr=__sk_common.skc_daddr rcv_saddr=__sk_common.skc_rcv_saddr
        dport=__sk_common.skc_dport:be num=__sk_common.skc_num family=__sk_common.skc_family
        state=__sk_common.skc_state net=__sk_common.skc_net.net prot=__sk_common.skc_prot
        v6_daddr=__sk_common.skc_v6_daddr? v6_rcv_saddr=__sk_common.skc_v6_rcv_saddr?"""),
    "sock": ("tcp_sock", """daddr=S.__sk_common.skc_daddr rcv_saddr=S.__sk_common.skc_rcv_saddr
        dport=S.__sk_common.skc_dport:be num=S.__sk_common.skc_num family=S.__sk_common.skc_family
        state=S.__sk_common.skc_state net=S.__sk_common.skc_net.net prot=S.__sk_common.skc_prot
        v6_daddr=S.__sk_common.skc_v6_daddr? v6_rcv_saddr=S.__sk_common.skc_v6_rcv_saddr?
        sk_protocol=S.sk_protocol sk_type=S.sk_type sk_err=S.sk_err sk_socket=S.sk_socket sk_wq=S.sk_wq
        ack_backlog=S.sk_ack_backlog max_ack_backlog=S.sk_max_ack_backlog
        syn_qlen=C.icsk_accept_queue.qlen.counter rto=C.icsk_rto retransmits=C.icsk_retransmits timeout=C.icsk_timeout
        mss_cache srtt_us snd_una snd_nxt rcv_nxt snd_wnd rcv_wnd snd_cwnd snd_ssthresh packets_out
        sacked_out lost_out retrans_out write_seq copied_seq ca_state=C.icsk_ca_state backoff=C.icsk_backoff
        snd_wscale=rx_opt.snd_wscale rcv_wscale=rx_opt.rcv_wscale"""),
    # sk_rmem_alloc is a member of sk_backlog; the second queue is the reader's own (2276f58ac589)
    "udp": ("udp_sock", """daddr=U.__sk_common.skc_daddr rcv_saddr=U.__sk_common.skc_rcv_saddr
        dport=U.__sk_common.skc_dport:be num=U.__sk_common.skc_num family=U.__sk_common.skc_family
        v6_daddr=U.__sk_common.skc_v6_daddr? v6_rcv_saddr=U.__sk_common.skc_v6_rcv_saddr? reuseport=U.__sk_common.skc_reuseport net=U.__sk_common.skc_net.net came=U.sk_receive_queue.qlen
        reading=reader_queue.qlen rmem=U.sk_backlog.rmem_alloc.counter rcvbuf=U.sk_rcvbuf drops=U.sk_drops.counter"""),
    "req": ("tcp_request_sock", """daddr=R.__req_common.skc_daddr rcv_saddr=R.__req_common.skc_rcv_saddr
        dport=R.__req_common.skc_dport:be num=R.__req_common.skc_num family=R.__req_common.skc_family
        v6_daddr=R.__req_common.skc_v6_daddr? v6_rcv_saddr=R.__req_common.skc_v6_rcv_saddr? state=R.__req_common.skc_state
        net=R.__req_common.skc_net.net listener=R.__req_common.skc_listener mss=R.mss num_timeout=R.num_timeout
        num_retrans=R.num_retrans timer=R.rsk_timer sk=R.sk snt_isn rcv_isn rcv_nxt"""),
    "tw": ("tcp_timewait_sock", """daddr=tw_sk.__tw_common.skc_daddr rcv_saddr=tw_sk.__tw_common.skc_rcv_saddr
        dport=tw_sk.__tw_common.skc_dport:be num=tw_sk.__tw_common.skc_num family=tw_sk.__tw_common.skc_family
        v6_daddr=tw_sk.__tw_common.skc_v6_daddr? v6_rcv_saddr=tw_sk.__tw_common.skc_v6_rcv_saddr? state=tw_sk.__tw_common.skc_state
        net=tw_sk.__tw_common.skc_net.net substate=tw_sk.tw_substate tw_timer=tw_sk.tw_timer
        rcv_nxt=tw_sk.__tw_common.skc_tw_rcv_nxt snd_nxt=tw_sk.__tw_common.skc_tw_snd_nxt"""),
    # the part of a packet that says how the device is to cut it
    "shinfo": ("skb_shared_info", "nr_frags gso_size gso_segs"),
    "skb": ("sk_buff", """dev sk iif=skb_iif refdst=_skb_refdst len data_len cloned pkt_type protocol:be transport_header
        network_header mac_header end head data users=users.refs.counter csum_complete_sw csum_valid"""),
    # tb_id was in fib_table before aliases shared a trie; fib_result.table says 254 for local routes too
    "table": ("fib_table", "tb_id"),
    "flow": ("flowi4", """oif=__fl_common.flowic_oif iif=__fl_common.flowic_iif mark=__fl_common.flowic_mark
        tos=__fl_common.flowic_tos scope=__fl_common.flowic_scope proto=__fl_common.flowic_proto
        saddr daddr sport=uli.ports.sport:be dport=uli.ports.dport:be"""),
    "result": ("fib_result", "prefix prefixlen type scope nhc fi table fa_head"),
    "fi": ("fib_info", "protocol=fib_protocol prefsrc=fib_prefsrc priority=fib_priority"),
    "nhc": ("fib_nh_common", "nhc_dev nhc_oif nhc_gw_family gw4=nhc_gw.ipv4"),
    "alias": ("fib_alias", "next=fa_list.next fa_info fa_type tb_id"),
    # the same of IPv6 (include/net/ip6_fib.h); a next hop begins with what it has in common with one of IPv4
    "fib6_table": ("fib6_table", "tb6_id"),
    "flow6": ("flowi6", """oif=__fl_common.flowic_oif iif=__fl_common.flowic_iif mark=__fl_common.flowic_mark
        proto=__fl_common.flowic_proto saddr daddr flowlabel:be sport=uli.ports.sport:be dport=uli.ports.dport:be"""),
    "fib6_result": ("fib6_result", "nh f6i fib6_flags fib6_type"),
    "fib6_info": ("fib6_info", """fib6_table dst=fib6_dst.addr dst_len=fib6_dst.plen fib6_flags prefsrc=fib6_prefsrc.addr
        fib6_metric fib6_protocol fib6_type"""),
    "nhc6": ("fib_nh_common", "nhc_dev nhc_gw_family gw6=nhc_gw.ipv6"),
    "rt6": ("rt6_info", "dev=dst.dev error=dst.error from rt6i_gateway rt6i_flags"),
    "rt": ("rtable", "dev=dst.dev error=dst.error rt_type rt_is_input rt_uses_gateway rt_gw_family rt_gw4"),
    "neigh": ("neighbour", """tbl queue_bytes=arp_queue_len_bytes queue_len=arp_queue.qlen timer
        probes=probes.counter nud_state ha dev primary_key"""),
    # an address of IPv6 (include/net/if_inet6.h), and the device's part that has it; a prefix that a router announces
    "ifaddr": ("inet6_ifaddr", "addr prefix_len valid_lft prefered_lft state flags dad_probes dad_work idev"),
    "idev": ("inet6_dev", "dev"),
    "prefix_info": ("prefix_info", "prefix_len flags valid:be prefered:be prefix"),
    # routes and rules as `ip route add` and `ip rule add` bring them
    "fib_config": ("fib_config", """fc_dst_len fc_protocol fc_scope fc_type fc_gw_family fc_table fc_dst fc_gw4 fc_oif
        fc_priority fc_prefsrc"""),
    "rule": ("fib_rule", "pref table action fr_net"),
    # what is registered when the kernel starts
    "proto": ("proto", "name obj_size"),
    "protosw": ("inet_protosw", "type protocol prot ops"),
    "net_protocol": ("net_protocol", "handler err_handler"),
    "packet_type": ("packet_type", "type:be func list_func"),
    "family": ("net_proto_family", "family create"),
    "neigh_table": ("neigh_table", "family key_len constructor id"),
    "ops": ("net_device_ops", "ndo_start_xmit"),
    # timers, and tasks that wait for an event
    "timer": ("timer_list", "expires function"),
    "napi": ("napi_struct", "dev weight poll"),
    "waiter": ("wait_queue_entry", "private entry"),
    "wq": ("socket_wq", "first=wait.head.next"),
    # a namespace in the list of all, with its counters; those of one processor (include/net/netns/mib.h)
    "counted": ("net", """next=list.next inum=ns.inum tcp=mib.tcp_statistics ext=mib.net_statistics ip=mib.ip_statistics
        six=mib.ipv6_statistics? icmp=mib.icmp_statistics types=mib.icmpmsg_statistics"""),
    "tcp_mib": ("tcp_mib", "mibs"),
    "linux_mib": ("linux_mib", "mibs"),
    "ipstats_mib": ("ipstats_mib", "mibs"),
    "icmp_mib": ("icmp_mib", "mibs"),
    "counted_neighs": ("neigh_table", "stats"),
    "neigh_statistics": ("neigh_statistics", "allocs destroys res_failed unres_discards"),
}

# Shorthands for the embedded structs at the start of a path.
PREFIXES = {
    "S.": {"tcp_sock": "inet_conn.icsk_inet.sk."},
    "C.": {"tcp_sock": "inet_conn."},
    "R.": {"tcp_request_sock": "req.req."},
    "U.": {"udp_sock": "inet.sk."},
}

# include/net/tcp_states.h
TCP_SYN_SENT, TCP_SYN_RECV, TCP_CLOSE, TCP_LISTEN = 2, 3, 7, 10
TCP_STATES = {1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
              7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV"}
# include/net/tcp.h: enum tcp_tw_status; SUCCESS and ACK: the wait has taken the segment
TCP_TW_USED = (0, 2)
# include/uapi/linux/tcp.h: enum tcp_ca_state
CA_STATES = {0: "Open", 1: "Disorder", 2: "CWR", 3: "Recovery", 4: "Loss"}
# include/uapi/linux/neighbour.h
NUD_STATES = {0x00: "NONE", 0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE",
              0x20: "FAILED", 0x40: "NOARP", 0x80: "PERMANENT"}
# include/net/neighbour.h: the states in which a neighbour's MAC is one
NUD_VALID = 0xde
# include/uapi/linux/rtnetlink.h: RTN_, RT_TABLE_, RT_SCOPE_, RTM_, RTPROT_, in the words of `ip route`
ROUTE_TYPES = {0: "unspec", 1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole",
               7: "unreachable", 8: "prohibit", 9: "throw", 10: "nat"}
ROUTE_TABLES = {0: "unspec", 252: "compat", 253: "default", 254: "main", 255: "local"}
ROUTE_SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
ROUTE_MESSAGES = {24: "newroute", 25: "delroute"}
# include/net/ip6_fib.h, net/ipv6/route.c fib6_prop: what a route of IPv6 that is no way is, as an error
ROUTE_ERRORS = {6: -22, 7: -113, 8: -13, 9: -11}
# include/uapi/linux/icmpv6.h, ipv6_route.h: a router's preference (RFC 4191 2.1) in the flags of a route, in the words of `ip -6 route`
ROUTE_PREFERENCES = {0: "medium", 1: "high", 3: "low"}
ROUTE_PREFERENCE_SHIFT = 27
RTF_GATEWAY = 0x0002
ROUTE_PROTOCOLS = {0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 9: "ra"}
# include/linux/socket.h, include/linux/net.h, include/uapi/linux/in.h
AF_INET, AF_INET6 = 2, 10
# the families whose sockets IPv4 reaches: one of AF_INET6 by addresses ::ffff:a.b.c.d (RFC 4038 4.2)
INET = (AF_INET, AF_INET6)
FAMILIES = {0: "UNSPEC", 1: "UNIX", 2: "INET", 10: "INET6", 16: "NETLINK", 17: "PACKET"}
SOCK_TYPE_MASK = 0xf
SOCKET_TYPES = {1: "STREAM", 2: "DGRAM", 3: "RAW", 5: "SEQPACKET"}
IPPROTO_TCP = 6
PROTOCOLS = {0: "IP", 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 58: "ICMPV6", 136: "UDPLITE"}
# arch/x86/entry/syscalls/syscall_64.tbl: those whose first argument is a descriptor, and others that a socket meets
OF_FD = {"read", "write", "close", "pread64", "pwrite64", "readv", "writev", "connect", "accept", "sendto", "recvfrom",
         "sendmsg", "recvmsg", "shutdown", "bind", "listen", "getsockname", "getpeername", "setsockopt", "getsockopt",
         "accept4", "recvmmsg", "sendmmsg", "ioctl", "dup", "dup2", "dup3", "fcntl", "sendfile", "splice"}
SYSCALLS = {0: "read", 1: "write", 3: "close", 7: "poll", 16: "ioctl", 17: "pread64", 18: "pwrite64", 19: "readv", 20: "writev",
            23: "select", 32: "dup", 33: "dup2", 40: "sendfile", 41: "socket", 42: "connect", 43: "accept", 44: "sendto",
            45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 48: "shutdown", 49: "bind", 50: "listen", 51: "getsockname",
            52: "getpeername", 54: "setsockopt", 55: "getsockopt", 59: "execve", 60: "exit", 72: "fcntl", 231: "exit_group",
            232: "epoll_wait", 233: "epoll_ctl", 270: "pselect6", 271: "ppoll", 275: "splice", 281: "epoll_pwait", 288: "accept4",
            292: "dup3", 299: "recvmmsg", 307: "sendmmsg", 322: "execveat", 436: "close_range"}
# include/linux/errno.h: what a system call returns that a signal has ended
ERESTARTSYS, ERESTARTNOINTR = -512, -513
RESTARTS = {ERESTARTSYS: "ERESTARTSYS", ERESTARTNOINTR: "ERESTARTNOINTR", -514: "ERESTARTNOHAND", -516: "ERESTART_RESTARTBLOCK"}
# kernel/signal.c: the signals that are taken first, and those that by default end no task (sig_kernel_ignore(), _stop())
FIRST_SIGNALS = {4, 5, 7, 8, 11, 31}
HARMLESS_SIGNALS = {17, 18, 19, 20, 21, 22, 23, 28}
# include/uapi/asm-generic/signal-defs.h; struct k_sigaction as arch/x86 has it: handler, flags, restorer, mask
SIG_DFL, SIG_IGN, SA_RESTART = 0, 1, 0x10000000
SIGACTION_BYTES = 32
ARP_OPS = {1: "request", 2: "reply"}
# include/uapi/linux/if_ether.h
ETHERTYPES = {0x0800: "IP", 0x0806: "ARP", 0x8035: "RARP", 0x86dd: "IPV6"}
# include/uapi/linux/icmp.h
ICMP_DEST_UNREACH = 3
ICMP_TYPES = {0: "echo_reply", 3: "dest_unreach", 5: "redirect", 8: "echo", 11: "time_exceeded"}
ICMP_UNREACH_CODES = {0: "net_unreach", 1: "host_unreach", 3: "port_unreach", 4: "frag_needed", 13: "pkt_filtered"}
ICMP_ECHOES = {8: "request", 0: "reply"}
# include/uapi/linux/icmpv6.h, by the words of RFC 4443 and 4861; below 128 are errors
ICMPV6_DEST_UNREACH, ICMPV6_INFORMATION = 1, 128
ICMPV6_TYPES = {1: "dest_unreach", 2: "packet_too_big", 3: "time_exceeded", 4: "param_problem", 128: "echo", 129: "echo_reply",
                133: "router_solicitation", 134: "router_advertisement", 135: "neighbour_solicitation",
                136: "neighbour_advertisement", 137: "redirect"}
# those of neighbour discovery that are events (RFC 4861 4)
ND_MESSAGES = (133, 134, 135, 136)
ICMPV6_UNREACH_CODES = {0: "no_route", 1: "adm_prohibited", 2: "not_neighbour", 3: "addr_unreach", 4: "port_unreach"}
ICMPV6_ECHOES = {128: "request", 129: "reply"}
# include/net/if_inet6.h: enum after INET6_IFADDR_STATE_; include/uapi/linux/if_addr.h: IFA_F_, in the words of `ip addr`
ADDRESS_STATES = {0: "PREDAD", 1: "DAD", 2: "POSTDAD", 3: "ERRDAD", 4: "DEAD"}
ADDRESS_FLAGS = ((0x01, "temporary"), (0x02, "nodad"), (0x04, "optimistic"), (0x08, "dadfailed"), (0x10, "home"),
                 (0x20, "deprecated"), (0x40, "tentative"), (0x80, "permanent"), (0x100, "mngtmpaddr"), (0x200, "noprefixroute"),
                 (0x400, "autojoin"), (0x800, "stable-privacy"))
LIFE_FOREVER = 0xffffffff

# include/linux/init.h: the levels of init calls, in the order in which they run
INIT_LEVELS = {"early": "early", "0": "pure", "0s": "pure_sync", "1": "core", "1s": "core_sync", "2": "postcore",
               "2s": "postcore_sync", "3": "arch", "3s": "arch_sync", "4": "subsys", "4s": "subsys_sync", "5": "fs",
               "5s": "fs_sync", "rootfs": "rootfs", "6": "device", "6s": "device_sync", "7": "late", "7s": "late_sync"}

# include/linux/preempt.h: which bits of the preempt count say what the CPU is doing
HARDIRQ_MASK = 0x00ff0000
SOFTIRQ_OFFSET = 0x00000100

# kernel/softirq.c: what serves a softirq; by the second name in 6.1.192 and 6.12
SERVES_SOFTIRQ = ("__do_softirq", "handle_softirqs")

# arch/x86/include/asm/page_64_types.h: task and interrupt stacks are this large and aligned to it
STACK_BYTES = 16384
# arch/x86/include/asm/ptrace.h: what a system call's entry has pushed at the very top of the task's stack
PT_REGS_BYTES = 168

# include/asm-generic/sections.h: the kernel's code lies between these, that of its start apart
TEXT_RANGES = ("_stext", "_etext", "_sinittext", "_einittext")

# Where the kernel is when it was just interrupted, and the pointer to the end of its interrupt stack
# (arch/x86/kernel/vmlinux.lds.S; arch/x86/include/asm/processor.h).
ENTRY_RANGE = ("__entry_text_start", "__entry_text_end")
INTERRUPT_STACK = "hardirq_stack_ptr"

# Variables that each processor has (DEFINE_PER_CPU).
PER_CPU = ("__preempt_count", "current_task", INTERRUPT_STACK)

# Per-CPU variables that became members of one: since 6.2 (e57ef2ed97c1 and what follows it), until 6.15.
MOVED = {"current_task": ["pcpu_hot.current_task"], "__preempt_count": ["pcpu_hot.preempt_count"],
         "hardirq_stack_ptr": ["pcpu_hot.hardirq_stack_ptr"]}

# arch/x86/entry/entry_64.S: where the CPU goes when an instruction faults and is to be repeated; with the bits of
# the error code that say that it could not even be fetched. `asm_exc_` since 5.8 (91eeafea1e4b).
FAULTS = {"page_fault": 0x10, "general_protection": 0, "invalid_op": 0, "device_not_available": 0, "divide_error": 0}
