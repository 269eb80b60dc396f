# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions of the handshake, which are events of type `call`; what they do to a listener's queues is in queue.py."""

from .. import kernel
from ..event import pointer
from ..hit import signed
from ..packets import segment
from .queue import overflow, removed
from .tcp import conn_of
from .words import address, ends, errno_name, quad, word


def segment_args(tcp):
    return {"saddr": tcp["source"][0], "daddr": tcp["target"][0], "sport": tcp["sport"], "dport": tcp["dport"],
            "flags": tcp["flags"], "seq": tcp["seq"], "ack": tcp["ack"], "payload_len": tcp["payload_len"]}


def connect(hit, model):
    """tcp_v4_connect(sk, uaddr, addr_len): net/ipv4/tcp_ipv4.c"""
    sock = model.sockets.at(hit.pointer("sk"))
    asked = address(hit)
    args = {"daddr": asked.get("addr"), "dport": asked.get("port")}
    if hit.at == "enter":
        model.sockets.again(sock)
        return "call", {"args": args, "result": None, "_sock": sock}
    local, remote = ends(hit, "sk")
    sock.refused = hit.ret32 < 0
    result = dict(quad(local, remote), state=word(kernel.TCP_STATES, hit["sk.state"]), err=errno_name(hit.ret32))
    return "call", {"args": args, "result": result, "_sock": sock}


def process(hit, model):
    """tcp_rcv_state_process(sk, skb): every segment of a socket that is not ESTABLISHED."""
    sock = model.sockets.at(hit.pointer("sk"))
    at_entry = hit.entry or hit
    found = segment(at_entry)
    tcp = found[1] if found else None
    args = dict(segment_args(tcp) if tcp else {}, state=word(kernel.TCP_STATES, at_entry["sk.state"]))
    # a listener is of none itself; one whose SYN was not seen stays so
    conn = sock.conn or (conn_of(at_entry, model, tcp) if tcp and at_entry["sk.state"] == kernel.TCP_LISTEN else None)
    pkt = model.packets.number(at_entry)
    result = None
    if hit.at == "return":
        result = {"state": {"old": args["state"], "new": word(kernel.TCP_STATES, hit["sk.state"])}}
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
    fields = {"args": args, "result": result, "_sock": model.sockets.at(hit.pointer("sk")),
              "_conn": conn_of(hit, model, tcp) if tcp else None, "_pkt": model.packets.number(at_entry)}
    if hit.at == "return" and args["accept_qlen"] > args["accept_max"]:
        # the accept queue is full (sk_acceptq_is_full() in include/net/sock.h): the SYN was dropped
        return [overflow(hit, model, None), ("call", fields)]
    return "call", fields


def accept(hit, model):
    """inet_csk_accept(sk, flags, err, kern): takes the first child from the accept queue, or sleeps until one comes."""
    sock = model.sockets.at(hit.pointer("sk"))
    if hit.at == "enter":
        args = {"flags": hit.argument("flags"), "accept_qlen": hit["sk.ack_backlog"], "accept_max": hit["sk.max_ack_backlog"]}
        return "call", {"args": args, "result": None, "_sock": sock}
    child = model.sockets.at(hit.pointer("child"))
    local, remote = ends(hit, "child") if child else ((None, None), (None, None))
    args = {"flags": hit.argument("flags"), "accept_qlen": hit.entry["sk.ack_backlog"],
            "accept_max": hit.entry["sk.max_ack_backlog"]}
    result = dict({"child": pointer(hit.pointer("child"))}, **quad(local, remote))
    result["state"] = word(kernel.TCP_STATES, hit["child.state"]) if child else None
    result["err"] = None if child else errno_name(signed(hit["err"] or 0, 32))
    events = [("call", {"args": args, "result": result, "_sock": sock})]
    if child:
        conn = model.sockets.join(child, model.sockets.conn(hit, local, remote))
        events.append(removed(hit, sock, conn, local, remote))
    return events


def send_reset(hit, model):
    """tcp_v4_send_reset(sk, skb): answers a segment that no socket wants; net/ipv4/tcp_ipv4.c"""
    found = segment(hit)
    args = dict(segment_args(found[1]) if found else {}, sock=pointer(hit.pointer("sk")))
    return "call", {"args": args, "result": None, "_conn": conn_of(hit, model, found[1]) if found else None,
                    "_pkt": model.packets.number(hit)}


DECODERS = {"connect": connect, "process": process, "request": request, "accept": accept, "send_reset": send_reset}
