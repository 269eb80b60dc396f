# SPDX-License-Identifier: GPL-2.0-or-later
"""Sockets and connections, followed from event to event.

Theory of operation. The kernel uses an address again, but not before it has freed what was there. The functions that
free sockets are watched in every run (points.ALWAYS), so a pointer names one Sock from the first event that sees it
until then, whatever becomes of its state or its descriptor. Events keep a reference to their Sock, whose
connection and owner may be learnt later (SYN_SENT is set before the port is chosen), and are filled in when they are
written. A sock that is closed and connected again has one Use after the other.

A connection is a pair of addresses and ports, from the first SYN of a socket that connects to the next such SYN:
a SYN that comes from elsewhere, or again, is of the connection that it falls into.
"""

import itertools
from collections import OrderedDict

from .kernel import INET

# RFC 9293 3.4.1: no segment lives longer than 2 minutes, none is answered by one that does
FORGET_NS = 2 * 120 * 10**9


class Use:
    """What a sock is from one connect() to the next: an end of one connection."""

    __slots__ = ("conn",)

    def __init__(self):
        self.conn = None


class Sock:
    """A sock, request_sock or timewait_sock during its life."""

    def __init__(self, address):
        self.address = address
        self.use = Use()
        self.owner = None
        self.node = None
        self.local = None   # the last (addr, port) it had
        self.since_ns = None
        self.queues = None  # of a listener: (syn_qlen, ack_backlog) when they were last seen
        self.refused = False    # what it was last asked to connect to, the kernel has not tried
        self.full_ns = 0    # of a listener: when it was last seen to have no room

    @property
    def conn(self):
        return self.use.conn

    @conn.setter
    def conn(self, conn):
        self.use.conn = conn


class Conn:
    """One TCP connection, both ends of it."""

    def __init__(self, number):
        self.number = number
        self.isn = {}       # (addr, port) of a sender -> its initial sequence number
        self.chosen = set() # senders that were seen choosing it
        self.wscale = {}    # (addr, port) of a sender -> the window scale its SYN offered, None without
        self.socks = set()  # the socks of it that are not closed
        self.seen_ns = 0

    def choose(self, sender, seq):
        """TCP chooses a sender's initial number, for its SYN."""
        self.isn[sender] = seq
        self.chosen.add(sender)


class Sockets:
    """The socks by their addresses, and the connections that they are ends of."""

    def __init__(self):
        self.socks = {}
        self.conns = OrderedDict()  # pair of (addr, port) -> Conn, the one that was used last at the end
        self.count_conns = 0

    def at(self, address):
        if not address:
            return None
        if address not in self.socks:
            self.socks[address] = Sock(address)
        return self.socks[address]

    def of(self, hit, block="sk"):
        """The Sock of a block; sockets of other families (unix, netlink) are not followed."""
        return self.at(hit.pointer(block)) if hit[block + ".family"] in INET else None

    def renew(self, address):
        """A new object lives at this address."""
        self.free(address)
        self.socks[address] = Sock(address)
        return self.socks[address]

    def free(self, address):
        """The kernel frees what lives here: what comes next at this address is another object."""
        sock = self.socks.pop(address, None)
        if sock:
            self.closed(sock)

    def closed(self, sock):
        if sock.conn:
            sock.conn.socks.discard(sock)

    def own(self, hit, sock):
        """A task works on a socket by a descriptor: if nobody is known who opened it, that is the owner."""
        if sock and not sock.owner and hit.opened[1] == sock.address:
            self.opened(hit, sock, hit.fd)

    def opened(self, hit, sock, fd):
        """A task has a socket of its own as FD."""
        sock.owner = {"pid": hit["task.pid"], "comm": hit.text("task.comm"), "fd": fd}

    # connections

    def conn(self, hit, local, remote):
        """The connection that is now between two (addr, port)."""
        if not (local[1] and remote[1]):
            return None
        key = self._pair(hit, local, remote)
        conn = self.conns.get(key) or self._begin(key, hit.t_ns)
        conn.seen_ns = hit.t_ns
        self.conns.move_to_end(key)
        return conn

    def syn(self, hit, source, target, seq, is_answer):
        """The connection of a SYN, or of a SYN-ACK, that comes from somewhere. A SYN begins another connection where no
        sock holds the old one any more; else its number is the sender's only if none is known. A request that was
        given up and comes again answers with another number."""
        conn = self.conn(hit, source, target)
        if not is_answer and not conn.socks and conn.isn.get(source, seq) != seq:
            conn = self._begin(self._pair(hit, source, target), hit.t_ns)
        if source not in conn.isn or is_answer and source not in conn.chosen:
            conn.isn[source] = seq
        return conn

    def connects(self, hit, sock, local, remote, seq):
        """The connection of the SYN by which a sock connects: a new one, unless it sends this SYN again or the other end
        connects to this one at the same time (RFC 9293 3.5, figure 7)."""
        conn = self.conn(hit, local, remote)
        if conn is not sock.conn or conn.isn.get(local) != seq:
            crossing = conn.socks and local not in conn.isn and remote in conn.chosen
            if conn.isn and not crossing:
                conn = self._begin(self._pair(hit, local, remote), hit.t_ns)
            if sock.conn is not conn:
                self.again(sock)
            self.join(sock, conn)
        conn.choose(local, seq)
        return conn

    def free_end(self, hit, sock, local, remote):
        """The connection between the two whose local end no other sock is. A sock that asks for both ends of another one's
        connection gets none: inet_hash_connect() says EADDRNOTAVAIL."""
        conn = self.conn(hit, local, remote)
        taken = conn and any(other is not sock and other.local == local for other in conn.socks)
        return None if taken else conn

    def join(self, sock, conn):
        """A sock is an end of a connection, if it is of none yet."""
        if conn and not sock.conn:
            sock.conn = conn
            conn.socks.add(sock)
        return sock.conn

    def again(self, sock):
        """connect() of a sock that is closed: what it was of before is over."""
        if sock.conn or sock.refused:
            self.closed(sock)
            sock.use = Use()
        sock.refused = False

    @staticmethod
    def _pair(hit, local, remote):
        """Each node has a loopback of its own."""
        node = hit["net.inum"] if local[0].startswith("127.") or local[0] == "::1" else None
        return frozenset((local, remote)), node

    def _begin(self, key, now_ns):
        self._forget(now_ns)
        self.count_conns += 1
        conn = self.conns[key] = Conn(self.count_conns)
        return conn

    def _forget(self, now_ns):
        """Connections that no sock holds and no segment has spoken of for so long that none will."""
        old = itertools.takewhile(lambda known: known[1].seen_ns + FORGET_NS < now_ns, self.conns.items())
        for key in [key for key, conn in old if not conn.socks]:
            del self.conns[key]
