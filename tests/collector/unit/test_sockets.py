# SPDX-License-Identifier: GPL-2.0-or-later
"""Sockets, connections, neighbours: who is who."""

import types

from harness import it, same
from ktlab.calls import Call, Calls
from ktlab.decode import neigh
from ktlab.model import Model
from ktlab.sockets import FORGET_NS, Sockets


class At(dict):
    """A hit of which the sockets reads no more than time, and fields by name."""

    def __init__(self, t_ns=0, **fields):
        super().__init__(fields)
        self.t_ns = t_ns

    def __missing__(self, name):
        return None

ONE, TWO = ("10.0.0.1", 1000), ("10.0.0.2", 80)


def connected(sockets, address=0x1000, seq=7, at=At()):
    """A sock of ONE that connects to TWO, and its connection."""
    sock = sockets.at(address)
    sockets.again(sock)
    return sock, sockets.connects(at, sock, ONE, TWO, seq)


@it("gives both ends of a connection one id, and the next connect() with the same ports another")
def _():
    sockets = Sockets()
    sock, first = connected(sockets)
    assert sockets.conn(At(), TWO, ONE) is first and sockets.syn(At(), ONE, TWO, 7, False) is first
    assert sockets.connects(At(), sock, ONE, TWO, 7) is first, "a SYN that is sent again"
    sockets.closed(sock)
    assert connected(sockets, seq=8)[1] is not first
    same(sockets.conn(At(), ONE, ("10.0.0.2", 0)), None)


@it("keeps a SYN that is nobody's in the connection that it falls into, and its numbers as they were")
def _():
    sockets = Sockets()
    sock, conn = connected(sockets)
    assert sockets.syn(At(), ONE, TWO, 777777, False) is conn
    same(conn.isn[ONE], 7)
    sockets.free(sock.address)
    other = sockets.syn(At(), ONE, TWO, 888888, False)
    assert other is not conn and sockets.syn(At(), ONE, TWO, 888888, False) is other


@it("has one connection for two that connect to each other at once, and for a request that came again")
def _():
    sockets = Sockets()
    _, conn = connected(sockets)
    assert sockets.connects(At(), sockets.at(0x2000), TWO, ONE, 99) is conn
    same(conn.isn, {ONE: 7, TWO: 99})
    sockets = Sockets()
    _, conn = connected(sockets)
    for isn in (50, 60):
        assert sockets.syn(At(), TWO, ONE, isn, True) is conn
        conn.choose(TWO, isn)
    same(conn.isn, {ONE: 7, TWO: 60})


@it("does not take a refused SYN of the other end for one that crosses")
def _():
    sockets = Sockets()
    sock, refused = connected(sockets)
    sockets.closed(sock)
    assert sockets.connects(At(), sockets.at(0x2000), TWO, ONE, 99) is not refused


@it("keeps a connect() that the kernel refused at once out of the connection that the next one makes")
def _():
    sockets = Sockets()
    sock = sockets.at(0x1000)
    sockets.again(sock)
    first, sock.refused = sock.use, True
    sockets.again(sock)
    conn = sockets.connects(At(), sock, ONE, TWO, 7)
    same([first.conn, sock.conn is conn, sock.refused], [None, True, False])


@it("does not take the segment that came last for one that came where nobody watches")
def _():
    calls = Calls()
    hit = types.SimpleNamespace(stack_base=0x4000, regs={"rsp": 0x5f00}, fn="tcp_v4_rcv", has=lambda *names: "tcp_v4_rcv" in names)
    calls.receive(hit, "segment", "server")
    inside = types.SimpleNamespace(stack_base=0x4000, regs={"rsp": 0x5e00}, has=lambda *names: "tcp_v4_rcv" in names)
    six = types.SimpleNamespace(stack_base=0x4000, regs={"rsp": 0x5e00}, has=lambda *names: "tcp_v6_rcv" in names)
    same([calls.receiving(inside), calls.receiving(six)], [("segment", "server"), (None, None)])


@it("tells an object from the one that had its address before, and a second connect() of a socket from its first")
def _():
    sockets = Sockets()
    sock, first = connected(sockets)
    sock.owner = {"pid": 1}
    use = sock.use
    again, second = connected(sockets, seq=8)
    assert again is sock and use.conn is first and sock.conn is second
    sockets.free(0x1000)
    assert sockets.at(0x1000) is not sock and sockets.at(0x1000).owner is None


@it("has a loopback for each node")
def _():
    sockets, here, there = Sockets(), ("127.0.0.1", 1000), ("127.0.0.1", 80)
    one, two = (sockets.conn(At(**{"net.inum": node}), here, there) for node in (1, 2))
    assert one is not two


@it("forgets connections that no sock holds when no segment of theirs can come any more, and nothing else")
def _():
    sockets, later = Sockets(), At(FORGET_NS + 1)
    sock, held = connected(sockets)
    for port in range(100):
        sockets.conn(At(), ("10.0.0.3", port + 1), TWO)
    sockets.conn(later, ("10.0.0.4", 1), TWO)
    same(len(sockets.conns), 2)
    assert sockets.conn(later, ONE, TWO) is held


@it("knows how a neighbour was when it was last seen, until the kernel frees it; another object may live there then")
def _():
    model = Model()
    same([model.neighbours.see(0x3000, state) for state in ("NONE", "REACHABLE", "STALE")], ["NONE", "NONE", "REACHABLE"])
    sock = model.sockets.at(0x3000)
    model.free(0x3000)
    same(model.neighbours.see(0x3000, "DELAY"), "DELAY")
    assert model.sockets.at(0x3000) is not sock


class Neighbour:
    """A hit on a neighbour's function."""

    def __init__(self, fn, at, *stack, ctx="task"):
        self.fn, self.at, self.stack, self.ctx = fn, at, stack, ctx

    def has(self, *names):
        return any(fn in names for fn in self.stack)


@it("says who changed a neighbour: one that sends still, one that returns, or one that no point watches")
def _():
    send, timer, update = "__neigh_event_send", "neigh_timer_handler", "__neigh_update"
    for wanted, fn, at, nud, sending in (
            ("event_send", send, "return", "INCOMPLETE", True), ("event_send", send, "return", "DELAY", True),
            ("other", send, "return", "REACHABLE", True),       # the answer came before it returned
            ("event_send", update, "enter", "INCOMPLETE", True), ("other", update, "enter", "INCOMPLETE", False),
            ("other", timer, "enter", "REACHABLE", False), ("other", timer, "enter", "REACHABLE", True),
            ("timer", timer, "return", "STALE", False), ("other", update, "return", "STALE", False)):
        same(neigh.why(Neighbour(fn, at), nud, sending), wanted)
    same(neigh.why(Neighbour(update, "return", "arp_process"), "REACHABLE", True), "arp_rx")
    same(neigh.why(Neighbour(update, "return", "neigh_add"), "PERMANENT", False), "netlink")


@it("knows for which neighbours something is being sent")
def _():
    neighbours = Model().neighbours
    neighbours.send(0x3000, True)
    same([neighbours.is_sending(0x3000), neighbours.is_sending(0x4000)], [True, False])
    neighbours.send(0x3000, False)
    same(neighbours.is_sending(0x3000), False)


@it("takes the node of the call around a hit, but not of one that a softirq came upon")
def _():
    call = Call(1, 0x1000, "client", "task")
    same([call.node_of(Neighbour("", "enter", ctx=ctx)) for ctx in ("task", "softirq")], ["client", None])
