# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP: segments sent and received, and every change of a state."""

from .. import kernel
from ..headers import ACK, SYN
from ..packets import segment
from .words import decided, ends, quad, word

# Functions that carry a segment down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"ip_output", "ip_mc_output", "dst_output", "ip_local_out", "__ip_local_out", "__ip_queue_xmit",
            "ip_queue_xmit", "__tcp_transmit_skb", "tcp_transmit_skb", "ip_build_and_send_pkt", "nf_hook",
            "NF_HOOK_COND", "NF_HOOK", "ip_send_unicast_reply", "ip_push_pending_frames", "ip_send_skb",
            "__tcp_push_pending_frames", "tcp_write_xmit", "__tcp_send_ack", "tcp_push",
            "ip6_output", "ip6_xmit", "inet6_csk_xmit", "tcp_v6_send_response"}
# what an event says of the IP header; the last two are of IPv6 alone
IP_SHOWN = ("id", "ttl", "df", "tot_len", "tos", "header_len", "flow_label", "extensions")
RETRANSMITS = ("__tcp_retransmit_skb", "tcp_rtx_synack", "inet_rtx_syn_ack")


def conn_of(hit, model, tcp):
    """The connection of a segment at hand: the one that it was sent in, else that of its ends."""
    return model.packets.conn(model.packets.number(hit)) or model.sockets.conn(hit, tcp["source"], tcp["target"])


def syn(hit, model, tcp):
    return model.sockets.syn(hit, tcp["source"], tcp["target"], tcp["seq"], bool(tcp["bits"] & ACK))


def conn_of_sent(hit, model, tcp, sock):
    """The connection of a segment on its way down. TCP itself chooses the number of a SYN in two places. A socket may be left
    of a connection whose peer has begun another with the same ends."""
    if not tcp["bits"] & SYN:
        return sock and sock.conn or conn_of(hit, model, tcp)
    if sock and hit.has("tcp_connect"):
        return model.sockets.connects(hit, sock, tcp["source"], tcp["target"], tcp["seq"])
    conn = syn(hit, model, tcp)
    if hit.has("tcp_v4_send_synack", "tcp_v6_send_synack"):
        conn.choose(tcp["source"], tcp["seq"])
    return conn


def segment_fields(hit, ip, tcp, conn):
    isn, peer_isn = conn.isn.get(tcp["source"]), conn.isn.get(tcp["target"])
    has_ack = tcp["bits"] & ACK
    shift = window_shift(conn, tcp)
    return {
        "saddr": ip["saddr"], "daddr": ip["daddr"], "sport": tcp["sport"], "dport": tcp["dport"],
        "seq": tcp["seq"], "end_seq": tcp["end_seq"], "ack": tcp["ack"],
        "rel_seq": None if isn is None else (tcp["seq"] - isn) & 0xffffffff,
        "rel_ack": None if peer_isn is None or not has_ack else (tcp["ack"] - peer_isn) & 0xffffffff,
        "flags": tcp["flags"], "win": tcp["win"], "win_scaled": None if shift is None else tcp["win"] << shift,
        "urg": tcp["urg"], "opts": tcp["opts"], "payload_len": tcp["payload_len"],
        "header_len": tcp["header_len"], "reserved": tcp["reserved"], "damage": tcp["damage"],
        "ip": {key: ip[key] for key in IP_SHOWN if key in ip},
        "skb_len": hit["skb.len"], "data_len": hit["skb.data_len"], "cloned": bool(hit["skb.cloned"]),
    }


def window_shift(conn, tcp):
    """The sender's window scale (RFC 7323 2.3): none on a SYN, none unless both SYNs offered it."""
    if tcp["bits"] & SYN:
        if conn.isn[tcp["source"]] == tcp["seq"]:
            shift = next((opt["shift"] for opt in tcp["opts"] if opt["name"] == "wscale"), None)
            conn.wscale[tcp["source"]] = shift
        return 0
    if tcp["source"] not in conn.wscale or tcp["target"] not in conn.wscale:
        return None
    shifts = conn.wscale[tcp["source"]], conn.wscale[tcp["target"]]
    return 0 if None in shifts else shifts[0]


def numbered(numbers):
    """The packet of an event, and those that were joined to it (GRO)."""
    return {"joined": list(numbers[1:]), "_pkt": numbers[0]}


def tx(hit, model):
    found = segment(hit)
    if not found:
        return None
    ip, tcp = found
    # a RST is sent by a socket of the kernel's own, a SYN-ACK with a cookie by the listener: they are no end of it
    sock = model.sockets.of(hit)
    end = sock if ends(hit, "sk")[1] == tcp["target"] else None
    conn = conn_of_sent(hit, model, tcp, end)
    if end:
        model.sockets.join(sock, conn)
        # no longer the port of what it was before
        sock.local = sock.local and tcp["source"]
    fields = segment_fields(hit, ip, tcp, conn)
    fields["retrans"] = hit.has(*RETRANSMITS)
    fields["by"] = decided(hit, CARRIERS)
    if hit.has("tcp_check_req"):
        # a SYN that came again is answered
        model.packets.use(hit)
    came = model.packets.received(hit, hit["net.inum"]) if hit.has("ip_forward", "ip6_forward") else None
    numbers = model.packets.sent(hit, came)
    model.packets.belongs(numbers, conn)
    return "tcp.tx", dict(fields, _sock=sock, _conn=conn, **numbered(numbers))


def rx(hit, model):
    found = segment(hit)
    if not found:
        return None
    ip, tcp = found
    numbers = model.packets.received(hit, hit["net.inum"])
    conn = syn(hit, model, tcp) if tcp["bits"] & SYN else conn_of(hit, model, tcp)
    model.calls.receive(hit, tcp, model.nodes.get(hit["net.inum"]))
    fields = segment_fields(hit, ip, tcp, conn)
    return "tcp.rx", dict(fields, retrans=None, by=hit.fn, _conn=conn, **numbered(numbers))


def tcp_state(hit, model, block, obj, old, new, local, remote):
    """The event of a change of state; `old` or `new` None: the object begins or ends."""
    address_ = hit.pointer(block)
    sock = model.sockets.renew(address_) if old is None else model.sockets.at(address_)
    since_ns, sock.since_ns = sock.since_ns, hit.t_ns
    if local[1]:
        sock.local = local
    elif sock.local:
        # tcp_set_state gives the port back before it stores CLOSE
        local = sock.local
    full = block in ("sk", "child")
    if new == kernel.TCP_SYN_SENT:
        # which connection it will be an end of, its SYN says
        model.sockets.again(sock)
    elif full:
        model.sockets.join(sock, sock.conn or model.sockets.free_end(hit, sock, local, remote))
    else:
        sock.conn = model.sockets.conn(hit, local, remote)
    if new == kernel.TCP_CLOSE:
        model.sockets.closed(sock)
    fields = dict(quad(local, remote), obj=obj)
    fields = {key: fields[key] for key in ("obj", "saddr", "daddr", "sport", "dport")}
    fields.update(old=None if old is None else word(kernel.TCP_STATES, old), new=None if new is None else word(kernel.TCP_STATES, new),
                  old_raw=old, new_raw=new, in_old_ns=None if since_ns is None else hit.t_ns - since_ns)
    for key in ("snd_una", "snd_nxt", "rcv_nxt", "snd_wnd", "rcv_wnd"):
        fields[key] = hit["%s.%s" % (block, key)] if full else None
    fields["mss"] = hit[block + ".mss_cache"] if full else None
    fields["srtt_us"] = hit[block + ".srtt_us"] >> 3 if full else None
    fields["rto_ms"] = hit[block + ".rto"] * 1000 // hit.plan["hz"] if full else None
    fields["retransmits"] = hit[block + ".retransmits"] if full else None
    fields["sk_err"] = hit[block + ".sk_err"] if full else None
    fields["_sock"] = sock
    return "tcp.state", fields


def set_state(hit, model):
    """inet_sk_set_state(sk, state), inet_sk_state_store(sk, newstate): net/ipv4/af_inet.c"""
    if hit["sk.sk_protocol"] != kernel.IPPROTO_TCP:
        return None
    old, new = hit["sk.state"], hit.argument("new")
    local, remote = ends(hit, "sk")
    now = model.calls.receiving(hit)[0]
    if not remote[1] and new == kernel.TCP_SYN_RECV and now:
        # inet_csk_clone_lock sets the state before it copies the ports: they are those of the ACK being received
        local, remote = now["target"], now["source"]
        model.sockets.renew(hit.pointer("sk"))
    return tcp_state(hit, model, "sk", "sock", old, new, local, remote)


def reqsk_alloc(hit, model):
    """inet_reqsk_alloc(ops, sk_listener, attach_listener): the request sock is born in NEW_SYN_RECV."""
    if hit.at == "enter" or hit.pointer("req") is None:
        return None
    now = model.calls.receiving(hit)[0]
    local, remote = (now["target"], now["source"]) if now else ends(hit, "req")
    return tcp_state(hit, model, "req", "request_sock", None, hit["req.state"], local, remote)


def twsk_alloc(hit, model):
    """inet_twsk_alloc(sk, dr, state): a timewait sock takes the place of the sock, whose addresses of
    IPv6 it gets only later (tcp_time_wait())."""
    if hit.at == "enter" or hit.pointer("tw") is None:
        return None
    return tcp_state(hit, model, "tw", "timewait_sock", None, hit["tw.substate"], *ends(hit, "sk"))


def twsk_process(hit, model):
    """tcp_timewait_state_process(tw, skb, th): FIN_WAIT2 becomes TIME_WAIT when the other end's FIN comes."""
    if hit.at == "return" and hit.ret32 in kernel.TCP_TW_USED:
        model.packets.use(hit)
    if hit.at == "enter" or hit.entry["tw.substate"] == hit["tw.substate"]:
        return None
    return tcp_state(hit, model, "tw", "timewait_sock", hit.entry["tw.substate"], hit["tw.substate"], *ends(hit, "tw"))


def twsk_timer(hit, model):
    """tw_timer_handler(timer): the wait is over."""
    return tcp_state(hit, model, "tw", "timewait_sock", hit["tw.substate"], kernel.TCP_CLOSE, *ends(hit, "tw"))


DECODERS = {"set_state": set_state, "reqsk_alloc": reqsk_alloc, "twsk_alloc": twsk_alloc, "twsk_timer": twsk_timer,
            "twsk_process": twsk_process, "rx": rx}
