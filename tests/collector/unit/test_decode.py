# SPDX-License-Identifier: GPL-2.0-or-later
"""Decoders of what the stored handshake does not have: drops, ICMP, init calls, the ways to show a value."""

import types

from frames import Told, segment_of
from harness import it, same
from ktlab import kernel
from ktlab.decode import any as any_call, call, drop, icmp, init, queue, route, syscall, tcp, words
from ktlab.model import Model


def frame(**of):
    """What a hit has of a packet: 0x0800 in the buffer's protocol."""
    return {"frame": segment_of(**of), "fields": {"skb.users": 1, "skb.protocol": 0x0800}}


def dropped(functions, model=None, **changes):
    hit = Told(functions=functions, **frame())
    hit.fields.update(changes)
    return drop.drop(hit, model or Model())


@it("finds who dropped a packet behind those who hand it on, and the packet's own numbers")
def _():
    type_, fields = dropped(("kfree_skb", "__dev_kfree_skb_any", "netem_enqueue", "dev_queue_xmit"))
    same([type_] + [fields[name] for name in ("by_fn", "by_file", "proto", "saddr", "sport", "daddr", "dport", "seq", "flags", "reason")],
         ["skb.drop", "netem_enqueue", "netem_enqueue.c", "TCP", "10.0.0.1", 1000, "10.0.0.2", 80, 1, ".", None])


@it("takes for no loss what others have, too, what the card has sent, what is of no protocol here")
def _():
    assert dropped(("kfree_skb", "tcp_drop"))
    same([dropped(("kfree_skb", "tcp_drop"), **{"skb.users": 2}), dropped(("kfree_skb", "tcp_drop"), **{"skb.protocol": 0x88cc}),
          dropped(("kfree_skb", "e1000_unmap_and_free_tx_resource")), dropped(("kfree_skb", "skb_release_data"))], [None] * 4)


@it("takes for no loss what TCP has made use of, once, and a socket's last segment without data")
def _():
    model = Model()
    model.packets.use(Told())
    same(dropped(("kfree_skb", "tcp_v4_rcv"), model), None)
    assert dropped(("kfree_skb", "tcp_v4_rcv"), model)
    same(dropped(("kfree_skb", "sk_stream_kill_queues")), None)


@it("says the kernel's own reason for a drop, without the prefix")
def _():
    hit = Told(args={"reason": 3}, **frame())
    hit.plan["enums"] = {"skb_drop_reason": {"3": "SKB_DROP_REASON_NO_SOCKET"}}
    same([drop.reason(hit), drop.reason(Told(args={"reason": 3}))], ["NO_SOCKET", None])


@it("names type and code of an ICMP error, and the packet that it is about")
def _():
    quoted = segment_of()[14:42]
    hit = Told(fields={"icmph": b"\3\1", "iph": quoted})
    same(icmp.received(hit, Model())[1]["args"], {"type": "dest_unreach", "code": "host_unreach", "saddr": "10.0.0.1",
                                                  "daddr": "10.0.0.2", "protocol": "TCP", "sport": 1000, "dport": 80})
    same([icmp.words(11, 0), icmp.words(3, 99)], [{"type": "time_exceeded", "code": "0"}, {"type": "dest_unreach", "code": "99"}])
    same(icmp.about(quoted[:22]).get("sport"), None)


@it("knows the level of an init call by its symbol, as 5.4 and as 6.1 name it")
def _():
    names = {1: ["__initcall_inet_init5"], 2: ["__initcall__kmod_af_inet__709_2066_ipv4_offload_init5"], 3: ["inet_init"],
             4: ["__initcall_net_ns_init1s"], 5: ["__initcall_spawn_ksoftirqdearly"]}
    same(init.levels(types.SimpleNamespace(names=lambda: names)),
         {"inet_init": "5", "ipv4_offload_init": "5", "net_ns_init": "1s", "spawn_ksoftirqd": "early"})


@it("shows values in every way that rows ask for")
def _():
    sk = {"sk.packets_out": 5, "sk.sacked_out": 2, "sk.lost_out": 1, "sk.retrans_out": 1, "sk.rcv_nxt": 1100, "sk.copied_seq": 1000,
          "sk.snd_una": 0xfffffff0, "skb.data": 4096 + 20, "skb.head": 4096, "skb.mac_header": 6, "skb.network_header": 20, "jiffies": 1000}
    hit = Told(fields=sk, symbols=types.SimpleNamespace(name={1: "dev_hard_start_xmit"}.get))

    def shown(how, value, block="sk"):
        return call.HOW[how](hit, value, block)
    same([shown("in_flight", 5), shown("unread", 0), shown("unacked", 16), shown("srtt", 80), shown("ms", 50)], [3, 100, 32, 10, 200])
    same([shown("delay", 1250), shown("delay_ms", 1250), shown("late", 900), shown("hex16", 0x86dd)], [250, 1000, 100, "0x86dd"])
    same([shown("layer", 0, "skb"), shown("code", 1), shown("code", 0), shown("ip", 0x0100000a), shown("ip0", 0)],
         ["ip", "dev_hard_start_xmit", None, "10.0.0.1", None])
    same([shown("state", 10), shown("state", 99), shown("nud", 2), shown("table", 254), shown("route", 7), shown("ca", 4)],
         ["LISTEN", "99", "REACHABLE", "main", "unreachable", "Loss"])
    hit.fields["sk.copied_seq"] = 1101
    same(shown("unread", 0), 0)


@it("names the first task that waits for a socket, and none of an empty list")
def _():
    hit = Told(fields={"wq": 0x1000, "wq.first": 0x2000, "woken.pid": 7}, texts={"woken.comm": "server"})
    hit.plan["structs"] = {"wq": {"start": 8}}
    same(call.waiter(hit, None, "wq"), {"pid": 7, "comm": "server"})
    hit.fields["wq.first"] = 0x1008
    same(call.waiter(hit, None, "wq"), None)


@it("knows a timewait socket's state by its substate, and shows a struct only where it was read")
def _():
    hit = Told(fields={"at_tw": 1, "at_tw.state": 6, "at_tw.substate": 5}, args={"tw": 0x1000, "dev": 0})
    same(any_call.value(hit, {"name": "tw", "struct": "tw", "how": "ptr"})["state"], "FIN_WAIT2")
    same([any_call.value(hit, {"name": "dev", "struct": "dev", "how": "ptr"}), any_call.value(hit, {"name": "x", "lost": "optimised out"})],
         [None, "optimised out"])


@it("takes the table of a route from the alias that was found, and no gateway where none is used")
def _():
    hit = Told(fields={"result.fi": 7, "alias0.fa_info": 5, "alias0.tb_id": 254, "alias1.fa_info": 7, "alias1.tb_id": 255, "table.tb_id": 100,
                       "rt.rt_gw4": 0x0100000a, "rt.rt_gw_family": kernel.AF_INET, "rt.rt_uses_gateway": 0})
    same([route.true_table(hit), route.gateway(hit)], [255, None])
    hit.fields.update({"result.fi": 9, "rt.rt_uses_gateway": 1})
    same([route.true_table(hit), route.gateway(hit)], [100, "10.0.0.1"])


@it("says why a route was looked up by the functions around, the first lookup of connect() apart")
def _():
    def purpose(saddr, *functions):
        return route.purpose(Told(functions=functions), saddr)
    inside = "ip_route_output_key_hash_rcu", "ip_route_connect"
    same([purpose(0, *inside), purpose(1, *inside), purpose(1, "ip_route_newports", *inside), purpose(0, "__fib_validate_source"), purpose(0)],
         ["choose_saddr", "route", "newports", "src_validate", "other"])


@it("tells of a listener without room: the SYN that is dropped, and the last ACK")
def _():
    full = {"sk": 0x1000, "sk.ack_backlog": 3, "sk.max_ack_backlog": 2, "sk.syn_qlen": 1, "req": 0x2000, "req.num_retrans": 0}
    made = queue.syn_recv_sock(Told(fields=full, at="return", entry=Told(fields=full)), Model())
    same([made[0], made[1]["op"], made[1]["accept_qlen"], made[1]["req"]],
         ["conn.queue", "overflow", {"old": 3, "new": 3}, "0x0000000000002000"])
    full["sk.ack_backlog"] = 2
    same(queue.syn_recv_sock(Told(fields=full, at="return", entry=Told(fields=full)), Model()), None)


@it("scales a window by what the sender's SYN offered, if both did")
def _():
    one, two = ("10.0.0.1", 1000), ("10.0.0.2", 80)
    conn = types.SimpleNamespace(isn={one: 1}, wscale={})
    offer = {"bits": 2, "seq": 1, "source": one, "target": two, "opts": [{"name": "wscale", "shift": 4}]}
    data = dict(offer, bits=0x10, seq=2)
    same([tcp.window_shift(conn, offer), tcp.window_shift(conn, data)], [0, None])
    conn.wscale[two] = 7
    same(tcp.window_shift(conn, data), 4)
    conn.wscale[two] = None
    same(tcp.window_shift(conn, data), 0)


@it("shows the words of a system call's arguments, and of an address of another family only that")
def _():
    hit = Told(fields={"regs.di": 2, "regs.si": 0o2000001, "regs.dx": 6, "addr": None})
    same(syscall.arguments("socket", hit), {"family": "INET", "type": "STREAM", "protocol": "TCP"})
    six = b"\x0a\0\0\x50" + bytes(4) + bytes(10) + b"\xff\xff\x0a\0\0\1" + bytes(4)
    same([words.address(Told(fields={"addr": data[:16] if data else None, "addr6": data}))
          for data in (b"\2\0\0\x50\x0a\0\0\1", six, b"\1\0/run", None)],
         [{"family": "INET", "addr": "10.0.0.1", "port": 80}, {"family": "INET6", "addr": "::ffff:10.0.0.1", "port": 80},
          {"family": "UNIX"}, {}])


@it("knows the number that a SYN-ACK's sender chose, and makes no event of queues that are as they were")
def _():
    model = Model()
    of = {"bits": 0x12, "seq": 9, "source": ("10.0.0.2", 80), "target": ("10.0.0.1", 1000)}
    same(tcp.conn_of_sent(Told(functions=("ip_output",)), model, of, None).chosen, set())
    same(tcp.conn_of_sent(Told(functions=("ip_output", "tcp_v4_send_synack")), model, of, None).chosen, {of["source"]})
    listener = {"sk": 0x1000, "sk.family": kernel.AF_INET, "sk.syn_qlen": 1, "sk.ack_backlog": 0}
    model.sockets.at(0x1000).queues = 1, 0
    decode = queue.queue("syn_add")
    same(decode(Told(fields=listener, at="return"), model), None)
    model.sockets.at(0x1000).queues = 0, 0
    assert decode(Told(fields=listener, at="return"), model)
