# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of objects whose every store the plugin engine records, and where they begin and end to live.

A kind begins where a function returns it, or gets it as an argument: where the kernel has made it, so that what is written
before is in it when it is told of. It ends where a function gets it; one whose end nobody tells of ends when the kernel uses
its memory for another one. Of the functions those are taken that this kernel has; a kind that none of them begins is left out.
"""

from collections import namedtuple

import gdb

from .fields import fields, words
from .functions import Function
from .layout import walk

# ctype: the C struct; born, dies: FUNCTION:return or FUNCTION:ARGUMENT; dies "": with the function that it is born in;
# sign: of which kind an address is, MEMBER=SYMBOL…: what a pointer in it leads to; short: how the kernel's macros call the
# members of what it begins with (include/net/sock.h, inet_timewait_sock.h)
# behind: what lies behind the struct, as a field of four bytes
Kind = namedtuple("Kind", "name ctype born dies sign short behind", defaults=("", {}, ""))

SOCKET = "inet_conn.icsk_inet.sk.__sk_common.skc_prot="

# sources: net/core/sock.c, net/core/skbuff.c, net/core/neighbour.c, net/ipv4/{inet_connection_sock,inet_timewait_sock,
# tcp_input,tcp_ipv4,route,fib_trie,arp}.c of 5.4, 6.1, 6.12
KINDS = [
    Kind("sock", "tcp_sock", "sk_alloc:return sk_clone_lock:return", "inet_sock_destruct:sk", SOCKET + "tcp_prot|tcpv6_prot",
         {"skc_": "sk_"}),
    Kind("request", "tcp_request_sock", "inet_reqsk_alloc:return", "tcp_v4_reqsk_destructor:req tcp_v6_reqsk_destructor:req"),
    Kind("timewait", "tcp_timewait_sock", "inet_twsk_alloc:return", "tcp_twsk_destructor:sk", "", {"skc_": "tw_"}),
    Kind("skb", "sk_buff", """__alloc_skb:return __build_skb:return build_skb:return napi_build_skb:return slab_build_skb:return
        __napi_alloc_skb:return napi_alloc_skb:return __netdev_alloc_skb:return skb_clone:return skb_copy:return
        __pskb_copy_fclone:return skb_copy_expand:return skb_morph:return""",
         "kfree_skbmem:skb skb_release_head_state:skb skb_release_all:skb napi_skb_cache_put:skb kfree_skb_partial:skb"),
    Kind("neighbour", "neighbour", "arp_constructor:neigh ndisc_constructor:neigh", "neigh_destroy:neigh",
         behind="primary_key"),
    Kind("route", "rtable", "rt_dst_alloc:return rt_dst_clone:return", "ipv4_dst_destroy:dst"),
    Kind("result", "fib_result", "fib_table_lookup:res", "fib_table_lookup:return"),
]
# What a packet points to: its buffer, from head up to end, and behind that what says how it is to be cut.
DATA, PACKET, BEHIND = "data", "skb", "skb_shared_info"
# What lies in a packet's data and in its control block, and which files write it there.
HEADERS = ["ethhdr", "iphdr", "ipv6hdr", "tcphdr", "udphdr", "icmphdr", "arphdr", "skb_shared_info"]
CONTROL = {"napi_gro_cb": "net/core/dev.c net/core/gro.c net/core/skbuff.c net/ipv4/tcp_offload net/ipv4/af_inet",
           "tcp_skb_cb": "net/ipv4/tcp include/net/tcp", "inet_skb_parm": "net/ipv4/ip_"}
# behind struct arphdr, of Ethernet and IPv4: RFC 826, include/uapi/linux/if_arp.h has it in a comment
ARP = [["ar_sha", 64, 48, "bytes", 1], ["ar_sip", 112, 32, "ip", 4], ["ar_tha", 144, 48, "bytes", 1], ["ar_tip", 192, 32, "ip", 4]]


def writes(symbols):
    """{"kinds": [{"name", "ctype", "bytes", "is", "data", "fields", "words"}], "lives": [[address, kind, "born" or "dies",
    register]], "headers": {ctype: fields}, "control": {ctype: [what the files' paths begin with, fields]}}"""
    known = [kind for kind in KINDS if any(sites(symbols, word) for word in kind.born.split())]
    kinds = [about(symbols, kind, len(known)) for kind in known] + [{"name": DATA, "ctype": "", "bytes": 0, "fields": []}]
    headers = {ctype: fields(ctype) + (ARP if ctype == "arphdr" else []) for ctype in HEADERS}
    return {"kinds": kinds, "headers": headers, "control": {ctype: [files, fields(ctype)] for ctype, files in CONTROL.items()},
            "lives": [life for number, kind in enumerate(known) for life in lives(symbols, number, kind)]}


def about(symbols, kind, data):
    ctype = gdb.lookup_type("struct " + kind.ctype)
    listed = fields(kind.ctype, kind.short) + [[kind.behind, ctype.sizeof * 8, 32, "ip", 4]] * bool(kind.behind)
    row = {"name": kind.name, "ctype": kind.ctype, "bytes": ctype.sizeof + 4 * bool(kind.behind), "fields": listed,
           "words": words(listed)}
    if kind.sign:
        member, _, names = kind.sign.partition("=")
        row["is"] = {"offset": place(ctype, member), "values": [hex(symbols.places[name][0][0]) for name in names.split("|")
                                                               if name in symbols.places]}
    if kind.name == PACKET:
        row["data"] = {"kind": data, "head": place(ctype, "head"), "end": place(ctype, "end"),
                       "behind": gdb.lookup_type("struct " + BEHIND).sizeof}
    return row


def place(ctype, member):
    """Of a member, in bytes."""
    found = walk(ctype, member.split("."))
    if not found:
        raise gdb.GdbError("%s of this kernel has no member %s" % (ctype, member))
    return found[0] // 8


def lives(symbols, number, kind):
    """Where one is born, and where it dies."""
    for word in kind.born.split():
        for address, register in sites(symbols, word):
            yield [hex(address), number, "born", register]
    for word in kind.dies.split():
        for address, register in sites(symbols, word):
            yield [hex(address), number, "dies", None if word.endswith(":return") else register]


def sites(symbols, word):
    """[(address, register)] of each place that a word names, in which the register has the object."""
    name, _, argument = word.partition(":")
    if name not in symbols.places:
        return []
    function = Function(name, symbols)
    if argument == "return":
        return [(address, "rax") for address, _ in function.returns()]
    where = {each.name: each.where for each in function.arguments}
    if argument not in where:
        raise gdb.GdbError("objects.py: %s of this kernel has no argument %s" % (name, argument))
    return [(function.entry, where[argument])]
