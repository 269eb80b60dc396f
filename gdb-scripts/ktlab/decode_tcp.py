# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP: states, queues, segments, and the functions of the handshake."""

from . import kernel
from .decode_call import call
from .decode_syscall import address, errno_name
from .event import pointer
from .headers import ACK, SYN, ip4
from .hit import signed
from .packets import segment
from .points import POINTS

# Functions that carry a segment down; the first other one on the stack is the one that decided to send it.
CARRIERS = {"ip_output", "ip_mc_output", "dst_output", "ip_local_out", "__ip_local_out", "__ip_queue_xmit",
            "ip_queue_xmit", "__tcp_transmit_skb", "tcp_transmit_skb", "ip_build_and_send_pkt", "nf_hook",
            "NF_HOOK_COND", "NF_HOOK", "ip_send_unicast_reply", "ip_push_pending_frames", "ip_send_skb",
            "__tcp_push_pending_frames", "tcp_write_xmit", "__tcp_send_ack", "tcp_push"}
# Functions that change a listener's queues.
QUEUES = {"inet_csk_reqsk_queue_hash_add", "inet_csk_complete_hashdance", "inet_csk_reqsk_queue_add", "reqsk_timer_handler"}
RETRANSMITS = ("__tcp_retransmit_skb", "tcp_rtx_synack", "inet_rtx_syn_ack")
# include/net/tcp.h: enum tcp_tw_status; SUCCESS and ACK: the wait has taken the segment
TCP_TW_USED = (0, 2)
SYN_SENT, SYN_RECV = 2, 3


def state_name(value):
    return kernel.TCP_STATES.get(value, str(value))


def ends(hit, block):
    """(local, remote) as (addr, port) of a sock or what begins like one."""
    return ((ip4(hit[block + ".rcv_saddr"]), hit[block + ".num"] or 0),
            (ip4(hit[block + ".daddr"]), hit[block + ".dport"] or 0))


def quad(local, remote):
    return {"saddr": local[0], "daddr": remote[0], "sport": local[1], "dport": remote[1]}


def conn_of(hit, model, tcp):
    return model.conn(hit, tcp["source"], tcp["target"])


def syn(hit, model, tcp):
    return model.syn(hit, tcp["source"], tcp["target"], tcp["seq"], bool(tcp["bits"] & ACK))


def conn_of_sent(hit, model, tcp, sock):
    """The connection of a segment on its way down. TCP itself chooses the number of a SYN in two places."""
    if not tcp["bits"] & SYN:
        return conn_of(hit, model, tcp)
    if sock and hit.has("tcp_connect"):
        return model.connects(hit, sock, tcp["source"], tcp["target"], tcp["seq"])
    conn = syn(hit, model, tcp)
    if hit.has("tcp_v4_send_synack"):
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
        "ip": {key: ip[key] for key in ("id", "ttl", "df", "tot_len", "tos", "header_len")},
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


def decided(hit, carriers):
    """The function that decided to send: the first on the stack that does not merely carry."""
    return next((fn for fn in hit.functions if fn not in carriers), hit.fn)


def tx(hit, model):
    found = segment(hit)
    if not found:
        return None
    ip, tcp = found
    # a RST is sent by a socket of the kernel's own, a SYN-ACK with a cookie by the listener: they are no end of it
    sock = model.sock_of(hit)
    end = sock if ends(hit, "sk")[1] == tcp["target"] else None
    conn = conn_of_sent(hit, model, tcp, end)
    if end:
        model.join(sock, conn)
    fields = segment_fields(hit, ip, tcp, conn)
    fields["retrans"] = hit.has(*RETRANSMITS)
    fields["by"] = decided(hit, CARRIERS)
    if hit.has("tcp_check_req"):
        # a SYN that came again is answered
        model.packets.use(hit)
    came = model.packets.received(hit, hit["net.inum"]) if hit.has("ip_forward") else None
    return "tcp.tx", dict(fields, _sock=sock, _conn=conn, **numbered(model.packets.sent(hit, came)))


def rx(hit, model):
    found = segment(hit)
    if not found:
        return None
    ip, tcp = found
    conn = syn(hit, model, tcp) if tcp["bits"] & SYN else conn_of(hit, model, tcp)
    numbers = model.packets.received(hit, hit["net.inum"])
    model.receive(hit, tcp)
    fields = segment_fields(hit, ip, tcp, conn)
    return "tcp.rx", dict(fields, retrans=None, by=hit.fn, _conn=conn, **numbered(numbers))


def tcp_state(hit, model, block, obj, old, new, local, remote):
    """The event of a change of state; `old` or `new` None: the object begins or ends."""
    address_ = hit.pointer(block)
    sock = model.renew(address_) if old is None else model.sock(address_)
    since_ns, sock.since_ns = sock.since_ns, hit.t_ns
    if local[1]:
        sock.local = local
    elif sock.local:
        # tcp_set_state gives the port back before it stores CLOSE
        local = sock.local
    full = block in ("sk", "child")
    if new == SYN_SENT:
        # which connection it will be an end of, its SYN says
        model.again(sock)
    elif full:
        model.join(sock, sock.conn or model.conn(hit, local, remote))
    else:
        sock.conn = model.conn(hit, local, remote)
    if new == kernel.TCP_CLOSE:
        model.closed(sock)
    fields = dict(quad(local, remote), obj=obj)
    fields = {key: fields[key] for key in ("obj", "saddr", "daddr", "sport", "dport")}
    fields.update(old=None if old is None else state_name(old), new=None if new is None else state_name(new),
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
    if hit["sk.sk_protocol"] != 6:
        return None
    old, new = hit["sk.state"], hit.argument("new")
    local, remote = ends(hit, "sk")
    now = model.receiving(hit)[0]
    if not remote[1] and new == SYN_RECV and now:
        # inet_csk_clone_lock sets the state before it copies the ports: they are those of the ACK being received
        local, remote = now["target"], now["source"]
        model.renew(hit.pointer("sk"))
    return tcp_state(hit, model, "sk", "sock", old, new, local, remote)


def reqsk_alloc(hit, model):
    """inet_reqsk_alloc(ops, sk_listener, attach_listener): the request sock is born in NEW_SYN_RECV."""
    if hit.at == "enter" or hit.pointer("req") is None:
        return None
    now = model.receiving(hit)[0]
    local, remote = (now["target"], now["source"]) if now else ends(hit, "req")
    return tcp_state(hit, model, "req", "request_sock", None, hit["req.state"], local, remote)


def twsk_alloc(hit, model):
    """inet_twsk_alloc(sk, dr, state): a timewait sock takes the place of the sock."""
    if hit.at == "enter" or hit.pointer("tw") is None:
        return None
    return tcp_state(hit, model, "tw", "timewait_sock", None, hit["tw.substate"], *ends(hit, "tw"))


def twsk_process(hit, model):
    """tcp_timewait_state_process(tw, skb, th): FIN_WAIT2 becomes TIME_WAIT when the other end's FIN comes."""
    if hit.at == "return" and hit.ret32 in TCP_TW_USED:
        model.packets.use(hit)
    if hit.at == "enter" or hit.entry["tw.substate"] == hit["tw.substate"]:
        return None
    return tcp_state(hit, model, "tw", "timewait_sock", hit.entry["tw.substate"], hit["tw.substate"], *ends(hit, "tw"))


def twsk_timer(hit, model):
    """tw_timer_handler(timer): the wait is over."""
    return tcp_state(hit, model, "tw", "timewait_sock", hit["tw.substate"], kernel.TCP_CLOSE, *ends(hit, "tw"))


def queue(op):
    """The decoder of a function that changes the listener's queues: the event is written when it returns and they are
    not as they were when they were last seen, since one such function may call another. One whose row has `args` is an
    event when it is entered, too."""
    def decode(hit, model):
        listener, now = model.sock_of(hit), (hit["sk.syn_qlen"], hit["sk.ack_backlog"])
        if hit.at == "enter":
            if listener and not hit.has(*QUEUES - {hit.fn}):
                listener.queues = now
            return call(hit, model) if POINTS[hit.site["point"]].args else None
        was, listener.queues = listener.queues or now, now
        return None if was == now else changed(hit, model, op, listener, was, now)
    return decode


def changed(hit, model, op, listener, was, now):
    local, remote = ends(hit, "req")
    conn = model.conn(hit, local, remote)
    child, req = hit.pointer("child"), hit.pointer("req")
    if child:
        model.join(model.sock(child), conn)
    fields = {"op": op, "listener": pointer(listener.address), "req": pointer(req), "child": pointer(child)}
    fields.update(quad(local, remote))
    fields["syn_qlen"] = {"old": was[0], "new": now[0]}
    fields["accept_qlen"] = {"old": was[1], "new": now[1]}
    fields["accept_max"] = hit["sk.max_ack_backlog"]
    fields["synack_retrans"] = hit["req.num_retrans"]
    return "conn.queue", dict(fields, _sock=listener, _conn=conn)


def overflow(hit, model, req):
    """The event of a listener that has no room in its accept queue for what came."""
    at_entry = hit.entry or hit
    tcp = model.receiving(hit)[0]
    local, remote = (tcp["target"], tcp["source"]) if tcp else ((None, None), (None, None))
    fields = {"op": "overflow", "listener": pointer(hit.pointer("sk")), "req": pointer(req), "child": None}
    fields.update(quad(local, remote))
    for key, field in (("syn_qlen", "sk.syn_qlen"), ("accept_qlen", "sk.ack_backlog")):
        fields[key] = {"old": at_entry[field], "new": hit[field]}
    fields["accept_max"] = hit["sk.max_ack_backlog"]
    fields["synack_retrans"] = hit["req.num_retrans"]
    return "conn.queue", dict(fields, _sock=model.sock(hit.pointer("sk")), _conn=conn_of(hit, model, tcp) if tcp else None)


def syn_recv_sock(hit, model):
    """tcp_v4_syn_recv_sock(sk, skb, req, …): makes the child when the handshake's last ACK comes. Without room in the
    accept queue it gives none (sk_acceptq_is_full() in include/net/sock.h)."""
    if hit.at == "enter" or hit.ret != 0 or hit.entry["sk.ack_backlog"] <= hit.entry["sk.max_ack_backlog"]:
        return None
    return overflow(hit, model, hit.pointer("req"))


def send_reset(hit, model):
    """tcp_v4_send_reset(sk, skb): answers a segment that no socket wants; net/ipv4/tcp_ipv4.c"""
    found = segment(hit)
    args = dict(segment_args(found[1]) if found else {}, sock=pointer(hit.pointer("sk")))
    return "call", {"args": args, "result": None, "_conn": conn_of(hit, model, found[1]) if found else None,
                    "_pkt": model.packets.number(hit)}


def accept(hit, model):
    """inet_csk_accept(sk, flags, err, kern): takes the first child from the accept queue, or sleeps until one comes."""
    sock = model.sock(hit.pointer("sk"))
    if hit.at == "enter":
        args = {"flags": hit.argument("flags"), "accept_qlen": hit["sk.ack_backlog"], "accept_max": hit["sk.max_ack_backlog"]}
        return "call", {"args": args, "result": None, "_sock": sock}
    child = model.sock(hit.pointer("child"))
    local, remote = ends(hit, "child") if child else ((None, None), (None, None))
    args = {"flags": hit.argument("flags"), "accept_qlen": hit.entry["sk.ack_backlog"],
            "accept_max": hit.entry["sk.max_ack_backlog"]}
    result = dict({"child": pointer(hit.pointer("child"))}, **quad(local, remote))
    result["state"] = state_name(hit["child.state"]) if child else None
    result["err"] = None if child else errno_name(signed(hit["err"] or 0, 32))
    events = [("call", {"args": args, "result": result, "_sock": sock})]
    if child:
        conn = model.join(child, model.conn(hit, local, remote))
        left = hit["sk.ack_backlog"]
        # the lock is held from taking the child to here, so one place became free
        fields = {"op": "accept_remove", "listener": pointer(hit.pointer("sk")), "req": None,
                  "child": pointer(hit.pointer("child"))}
        fields.update(quad(local, remote))
        fields.update(syn_qlen={"old": hit["sk.syn_qlen"], "new": hit["sk.syn_qlen"]},
                      accept_qlen={"old": left + 1, "new": left}, accept_max=hit["sk.max_ack_backlog"],
                      synack_retrans=None)
        events.append(("conn.queue", dict(fields, _sock=sock, _conn=conn)))
    return events


def connect(hit, model):
    """tcp_v4_connect(sk, uaddr, addr_len): net/ipv4/tcp_ipv4.c"""
    sock = model.sock(hit.pointer("sk"))
    asked = address(hit.bytes("addr"))
    args = {"daddr": asked.get("addr"), "dport": asked.get("port")}
    if hit.at == "enter":
        model.again(sock)
        return "call", {"args": args, "result": None, "_sock": sock}
    local, remote = ends(hit, "sk")
    result = dict(quad(local, remote), state=state_name(hit["sk.state"]), err=errno_name(hit.ret32))
    return "call", {"args": args, "result": result, "_sock": sock}


def segment_args(tcp):
    return {"saddr": tcp["source"][0], "daddr": tcp["target"][0], "sport": tcp["sport"], "dport": tcp["dport"],
            "flags": tcp["flags"], "seq": tcp["seq"], "ack": tcp["ack"], "payload_len": tcp["payload_len"]}


def process(hit, model):
    """tcp_rcv_state_process(sk, skb): every segment of a socket that is not ESTABLISHED."""
    sock = model.sock(hit.pointer("sk"))
    at_entry = hit.entry or hit
    found = segment(at_entry)
    tcp = found[1] if found else None
    args = dict(segment_args(tcp) if tcp else {}, state=state_name(at_entry["sk.state"]))
    conn = conn_of(hit, model, tcp) if tcp else None
    pkt = model.packets.number(at_entry)
    result = None
    if hit.at == "return":
        result = {"state": {"old": args["state"], "new": state_name(hit["sk.state"])}}
    return "call", {"args": args, "result": result, "_sock": sock, "_conn": conn, "_pkt": pkt}


def request(hit, model):
    """tcp_conn_request(rsk_ops, af_ops, sk, skb): what a listener does with a SYN."""
    at_entry = hit.entry or hit
    found = segment(at_entry)
    tcp = found[1] if found else None
    args = dict(segment_args(tcp) if tcp else {}, listener=pointer(hit.pointer("sk")),
                syn_qlen=at_entry["sk.syn_qlen"], accept_qlen=at_entry["sk.ack_backlog"],
                accept_max=at_entry["sk.max_ack_backlog"])
    result = None
    if hit.at == "return":
        result = {"syn_qlen": hit["sk.syn_qlen"], "accept_qlen": hit["sk.ack_backlog"]}
    fields = {"args": args, "result": result, "_sock": model.sock(hit.pointer("sk")),
              "_conn": conn_of(hit, model, tcp) if tcp else None, "_pkt": model.packets.number(at_entry)}
    if hit.at == "return" and args["accept_qlen"] > args["accept_max"]:
        # the accept queue is full (sk_acceptq_is_full() in include/net/sock.h): the SYN was dropped
        return [overflow(hit, model, None), ("call", fields)]
    return "call", fields


DECODERS = {"set_state": set_state, "reqsk_alloc": reqsk_alloc, "twsk_alloc": twsk_alloc, "twsk_timer": twsk_timer,
            "twsk_process": twsk_process, "syn_add": queue("syn_add"), "syn_drop": queue("syn_drop"),
            "accept_add": queue("accept_add"), "accept": accept, "connect": connect, "process": process,
            "request": request, "tx": tx, "rx": rx, "syn_recv_sock": syn_recv_sock, "send_reset": send_reset}
