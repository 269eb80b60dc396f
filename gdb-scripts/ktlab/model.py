# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is who: sockets, connections, owners and open calls, followed from event to event.

Theory of operation. The kernel frees and reuses addresses, so a pointer names a Sock only from the first event
that sees it until the socket is closed; then the next event at that address is another Sock. Events keep a
reference to their Sock, whose connection and owner may be learnt later (SYN_SENT is set before the port is
chosen, a file descriptor is known when the call returns), and are filled in when they are written.
"""

from .kernel import STACK_BYTES
from .packets import Packets


class Sock:
    """A sock, request_sock or timewait_sock during its life."""

    def __init__(self, address):
        self.address = address
        self.conn = None
        self.owner = None
        self.node = None
        self.local = None   # the last (addr, port) it had
        self.since_ns = None


class Conn:
    """One TCP connection, both ends of it."""

    def __init__(self, number):
        self.number = number
        self.isn = {}       # (addr, port) of a sender -> its initial sequence number
        self.wscale = {}    # (addr, port) of a sender -> the window scale its SYN offered, None without


class Call:
    """A function that was entered and has not returned: the parent of what happens in it."""

    def __init__(self, hit, n, node):
        self.hit, self.n, self.rsp, self.node = hit, n, hit.regs["rsp"], node


class Model:
    def __init__(self, nodes=None):
        self.nodes = nodes or {}    # inode number of a network namespace -> node
        self.step = None
        self.init_levels = None     # function of an init call -> its level
        self.socks = {}
        self.conns = {}
        self.count_conns = 0
        self.packets = Packets()
        self.neighs = {}            # address of a neighbour -> its state when it was last seen
        self.calls = {}             # base of a stack -> [Call], outermost first
        self.segments = {}          # base of a stack -> (rsp, segment, node) of the segment being received there
        self.syscalls = {}          # pid -> the open system call's {"name","fd","owner"}
        self.files = {}             # (pid, fd) -> Sock, or None for a socket of another family

    # calls

    def parent(self, hit):
        """The innermost call that is open around this hit, or None. Only calls whose return is watched are here."""
        calls = self.calls.get(hit.stack_base, [])
        while calls and calls[-1].rsp < hit.regs["rsp"]:
            # its frame is gone: its return was not seen
            calls.pop()
        if calls:
            return calls[-1]
        # an interrupt stack was entered from another one: its top word leads there
        outer = hit["top"] or 0
        calls = self.calls.get(outer & ~(STACK_BYTES - 1), [])
        return next((call for call in reversed(calls) if call.rsp >= outer), None)

    def enter(self, hit, n, node):
        """A call begins, with event N if its entry made one, else below the call around it."""
        around = self.parent(hit)
        n = n or (around.n if around else None)
        node = node or self.node(hit, None, around)
        self.calls.setdefault(hit.stack_base, []).append(Call(hit, n, node))

    def leave(self, hit):
        calls = self.calls.get(hit.stack_base, [])
        while calls and calls[-1].rsp <= hit.regs["rsp"]:
            calls.pop()

    # the segment that is being received on a stack

    def receive(self, hit, segment):
        self.segments[hit.stack_base] = hit.regs["rsp"], segment, self.nodes.get(hit["net.inum"])

    def receiving(self, hit):
        """(segment, node) of the tcp_v4_rcv around this hit, or (None, None)."""
        rsp, segment, node = self.segments.get(hit.stack_base, (0, None, None))
        return (segment, node) if rsp >= hit.regs["rsp"] and hit.has("tcp_v4_rcv") else (None, None)

    def node(self, hit, sock, call):
        """The node of a hit: by the namespace at hand, else by its socket, the segment received, the call around it."""
        node = self.nodes.get(hit["net.inum"])
        if sock:
            sock.node = node = node or sock.node
        return node or self.receiving(hit)[1] or (call.node if call else None)

    # sockets

    def sock(self, address):
        if not address:
            return None
        if address not in self.socks:
            self.socks[address] = Sock(address)
        return self.socks[address]

    def renew(self, address):
        """A new object lives at this address."""
        self.socks[address] = Sock(address)
        return self.socks[address]

    def free(self, address):
        self.socks.pop(address, None)

    def own(self, hit, sock):
        """A task works on a socket in a system call: it is the owner, and the descriptor leads there."""
        call = self.syscalls.get(hit["task.pid"]) if hit.ctx == "task" else None
        if sock and call and call["fd"] is not None and call["name"] not in ("accept", "accept4"):
            sock.owner = sock.owner or call["owner"]
            self.files[hit["task.pid"], call["fd"]] = sock

    # connections

    def conn(self, local, remote, syn=None, seq=None):
        """The connection between two (addr, port); `syn` says who sends a SYN with this `seq`."""
        if not (local[1] and remote[1]):
            return None
        key = frozenset((local, remote))
        conn = self.conns.get(key)
        fresh = syn is not None and conn is not None and conn.isn.get(syn, seq) != seq
        if conn is None or fresh:
            self.count_conns += 1
            conn = self.conns[key] = Conn(self.count_conns)
        if syn is not None:
            conn.isn[syn] = seq
        return conn
