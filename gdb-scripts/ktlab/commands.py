# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands for a person's GDB: `kt sock $rdi` and others show what the decoders of the reports would say."""

import gdb

from . import engine, kernel, takes
from .blocks import Blocks
from .decode.neigh import lladdr
from .decode.route import flow, gateway
from .decode.words import address as sockaddr, ends as ends_of, word
from .facts import REGISTERS, planned
from .functions import Symbols
from .headers import ip4, parse_arp, parse_ip
from .hit import Hit
from .layout import Layout
from .packets import ETH_BYTES, at_hand, segment
from .ram import Memory


class Snapshot:
    """Blocks read from the stopped guest, which decoders read like those of a stored capture."""

    def __init__(self, takes, at):
        symbols = Symbols(gdb.current_progspace().filename)
        blocks = Blocks(Layout(), symbols)
        number = blocks.number(takes.replace("AT", hex(at)))
        for block in blocks.lists[number]:
            block["add"] = int(block["add"], 16)
        self.regs = engine.registers(REGISTERS)
        self.blocks = engine.take(Memory(), engine.Readable(planned()), blocks.lists[number], self.regs, self.regs)
        self.plan = {"takes": blocks.lists, "structs": blocks.layout.structs,
                     "sites": [{"fn": "", "at": "line", "takes": number, "args": []}]}
        self.site, self.entry, self.clock_ns = 0, None, 0


def hit_of(snapshot):
    return Hit(snapshot.plan, snapshot, None)


class Kt(gdb.Command):
    """ktlab: show the kernel's network objects in plain words. Each takes an expression for the object's address,
as in `kt sock $rdi`."""

    def __init__(self):
        super().__init__("kt", gdb.COMMAND_DATA, prefix=True)


class Show(gdb.Command):
    """One `kt NAME ADDRESS` command; a row of SHOWS."""

    def __init__(self, name, takes, text, doc):
        self.__doc__ = doc
        self.name, self.takes, self.text = name, takes, text
        super().__init__("kt " + name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("kt %s: which address? For example: kt %s $rdi" % (self.name, self.name))
        at = int(gdb.parse_and_eval("(unsigned long)(%s)" % argument))
        hit = hit_of(Snapshot(self.takes, at))
        block = self.takes.split(":")[0]
        if hit.bytes(block) is None:
            raise gdb.GdbError("kt %s: cannot read memory at %#x" % (self.name, at))
        if block == "sk" and hit["sk.family"] not in kernel.INET:
            raise gdb.GdbError("kt %s: no socket of TCP or UDP at %#x" % (self.name, at))
        print(self.text(hit))


def ends(hit, block):
    local, remote = ends_of(hit, block)
    return "%s:%d -> %s:%d %s" % (local + remote + (word(kernel.TCP_STATES, hit[block + ".state"]),))


def sock(hit):
    text = ends(hit, "sk")
    if hit["sk.state"] == kernel.TCP_LISTEN:
        return "%s\n  SYN queue %d, accept queue %d of %d" % (
            text, hit["sk.syn_qlen"], hit["sk.ack_backlog"], hit["sk.max_ack_backlog"])
    return text + "\n  snd_una %d snd_nxt %d rcv_nxt %d snd_wnd %d rcv_wnd %d\n  mss %d cwnd %d ssthresh %d in flight %d" \
        " retransmits %d" % tuple(hit["sk." + name] for name in (
            "snd_una", "snd_nxt", "rcv_nxt", "snd_wnd", "rcv_wnd", "mss_cache", "snd_cwnd", "snd_ssthresh",
            "packets_out", "retransmits"))


def req(hit):
    return ends(hit, "req") + "\n  snt_isn %d rcv_isn %d SYN-ACKs sent again %d" % (
        hit["req.snt_isn"], hit["req.rcv_isn"], hit["req.num_retrans"])


def skb(hit):
    text = "len %d data_len %d dev %s protocol %#06x" % (
        hit["skb.len"], hit["skb.data_len"], hit.text("dev.name"), hit["skb.protocol"])
    frame = at_hand(hit)[0]
    ip, arp = parse_ip(frame[ETH_BYTES:]), parse_arp(frame)
    if arp:
        return text + "\n  ARP %s: %s is at %s, asks %s" % (
            word(kernel.ARP_OPS, arp["op"]), arp["spa"], arp["sha"], arp["tpa"])
    if not ip:
        return text + "\n  no IPv4 header yet"
    text += "\n  %s -> %s %s id %d ttl %d length %d" % (
        ip["saddr"], ip["daddr"], word(kernel.PROTOCOLS, ip["proto"]), ip["id"], ip["ttl"], ip["tot_len"])
    found = segment(hit)
    if found:
        tcp = found[1]
        text += "\n  %d -> %d [%s] seq %d ack %d win %d %s" % (
            tcp["sport"], tcp["dport"], tcp["flags"], tcp["seq"], tcp["ack"], tcp["win"],
            " ".join(opt["name"] for opt in tcp["opts"]))
    return text


def result(hit):
    return "%s/%d %s scope %s dev %s via %s prefsrc %s metric %d" % (
        ip4(hit["result.prefix"]), hit["result.prefixlen"], word(kernel.ROUTE_TYPES, hit["result.type"]),
        word(kernel.ROUTE_SCOPES, hit["result.scope"]), hit.text("dev.name"), ip4(hit["nhc.gw4"] or 0),
        ip4(hit["fi.prefsrc"] or 0), hit["fi.priority"] or 0)


def route(hit):
    return "%s dev %s via %s" % (word(kernel.ROUTE_TYPES, hit["rt.rt_type"]), hit.text("dev.name"),
                                 gateway(hit) or "none (on this link)")


def key(hit):
    return " ".join("%s %s" % pair for pair in flow(hit).items())


def neigh(hit):
    return "%s dev %s lladdr %s %s probes %d, %d packets wait" % (
        ip4(hit["neigh.primary_key"]), hit.text("dev.name"), lladdr(hit) or "none",
        kernel.NUD_STATES.get(hit["neigh.nud_state"], hit["neigh.nud_state"]), hit["neigh.probes"],
        hit["neigh.queue_len"])


def addr(hit):
    return " ".join("%s %s" % pair for pair in sockaddr(hit).items())


SHOWS = (
    ("sock", "sk:sock=AT", sock, "Show a struct sock: addresses, state, sequence numbers, queues of a listener."),
    ("req", "req:req=AT", req, "Show a request sock, a half-open connection."),
    ("skb", takes.skb("AT") + " dev:dev=skb.dev", skb,
     "Show a packet, struct sk_buff, with its headers."),
    ("route", takes.route("AT"), route, "Show the result of a route lookup, struct rtable."),
    ("result", "result:result=AT fi:fi=result.fi nhc:nhc=result.nhc dev:dev=nhc.nhc_dev", result,
     "Show what one table said, struct fib_result."),
    ("flow", "flow:flow=AT", key, "Show the key of a route lookup, struct flowi4."),
    ("neigh", takes.neigh("AT"), neigh, "Show a neighbour and its state."),
    ("addr", "addr:16=AT addr6:28=AT", addr, "Show a struct sockaddr_in or sockaddr_in6."),
)

Kt()
for row in SHOWS:
    Show(*row)
