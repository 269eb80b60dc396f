# SPDX-License-Identifier: GPL-2.0-or-later
"""The two queues of a listener, SYN queue and accept queue: what comes, goes, and finds no room."""

from ..event import pointer
from ..points import POINTS
from .call import call
from .tcp import conn_of
from .words import ends, quad

# Functions that change a listener's queues.
QUEUES = {"inet_csk_reqsk_queue_hash_add", "inet_csk_complete_hashdance", "inet_csk_reqsk_queue_add", "reqsk_timer_handler"}


def queue(op):
    """The decoder of a function that changes the listener's queues: the event is written when it returns and they are
    not as they were when they were last seen, since one such function may call another. One whose row has `args` is an
    event when it is entered, too."""
    def decode(hit, model):
        listener, now = model.sockets.of(hit), (hit["sk.syn_qlen"], hit["sk.ack_backlog"])
        if hit.at == "enter":
            if listener and not hit.has(*QUEUES - {hit.fn}):
                listener.queues = now
            return call(hit, model) if POINTS[hit.site["point"]].args else None
        was, listener.queues = listener.queues or now, now
        return None if was == now else changed(hit, model, op, listener, was, now)
    return decode


def changed(hit, model, op, listener, was, now):
    local, remote = ends(hit, "req")
    conn = model.sockets.conn(hit, local, remote)
    child = hit.pointer("child")
    if child:
        model.sockets.join(model.sockets.at(child), conn)
    lengths = {"old": was[0], "new": now[0]}, {"old": was[1], "new": now[1]}
    return event(hit, op, listener, conn, (local, remote), lengths, hit.pointer("req"), child)


def overflow(hit, model, req):
    """The event of a listener that has no room in its accept queue for what came."""
    at_entry = hit.entry or hit
    tcp = model.calls.receiving(hit)[0]
    quad_ = (tcp["target"], tcp["source"]) if tcp else ((None, None), (None, None))
    lengths = [{"old": at_entry[field], "new": hit[field]} for field in ("sk.syn_qlen", "sk.ack_backlog")]
    return event(hit, "overflow", model.sockets.at(hit.pointer("sk")), conn_of(hit, model, tcp) if tcp else None, quad_, lengths, req, None)


def removed(hit, listener, conn, local, remote):
    """The event of a child that accept() takes: its lock is held from there to here, so one place became free."""
    syn_qlen, left = hit["sk.syn_qlen"], hit["sk.ack_backlog"]
    lengths = {"old": syn_qlen, "new": syn_qlen}, {"old": left + 1, "new": left}
    return event(hit, "accept_remove", listener, conn, (local, remote), lengths, None, hit.pointer("child"))


def event(hit, op, listener, conn, between, lengths, req, child):
    """A change of a listener's queues; `lengths`: of the SYN queue and of the accept queue, old and new."""
    fields = {"op": op, "listener": pointer(listener.address), "req": pointer(req), "child": pointer(child)}
    fields.update(quad(*between))
    fields.update(syn_qlen=lengths[0], accept_qlen=lengths[1], accept_max=hit["sk.max_ack_backlog"],
                  synack_retrans=hit["req.num_retrans"])
    return "conn.queue", dict(fields, _sock=listener, _conn=conn)


def syn_recv_sock(hit, model):
    """tcp_v4_syn_recv_sock(sk, skb, req, …): makes the child when the handshake's last ACK comes. Without room in the
    accept queue it gives none (sk_acceptq_is_full() in include/net/sock.h). tcp_v6_syn_recv_sock() calls it for what came
    over IPv4."""
    if hit.at == "enter" or hit.ret != 0 or hit.entry["sk.ack_backlog"] <= hit.entry["sk.max_ack_backlog"]:
        return None
    listener = model.sockets.at(hit.pointer("sk"))
    told, listener.full_ns = listener.full_ns > hit.entry.t_ns, hit.t_ns
    return None if told else overflow(hit, model, hit.pointer("req"))


DECODERS = {"syn_add": queue("syn_add"), "syn_drop": queue("syn_drop"), "accept_add": queue("accept_add"),
            "syn_recv_sock": syn_recv_sock}
