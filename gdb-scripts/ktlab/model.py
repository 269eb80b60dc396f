# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is who: what decoders know from the hits before. Each part is a class of its own file."""

from .addresses import Addresses
from .calls import Calls
from .echoes import Echoes
from .neighbours import Neighbours
from .packets import Packets
from .sockets import Sockets


class Model:
    def __init__(self):
        self.nodes = {}             # inode number of a network namespace -> node
        self.step = None
        self.counters = {}          # what the kernel had counted when the points were armed, as decode/counters.py reads it
        self.init_levels = None     # function of an init call -> its level
        self.sockets = Sockets()
        self.packets = Packets()
        self.neighbours = Neighbours()
        self.addresses = Addresses()
        self.calls = Calls()
        self.echoes = Echoes()

    def node(self, hit, sock, call):
        """The node of a hit: where its call began, else by the namespace at hand, its socket, the segment received, the call
        around it. At the end of a call the socket may be gone, and its task elsewhere."""
        node = call.node if call and hit.at == "return" and call.rsp == hit.regs["rsp"] else None
        node = node or self.nodes.get(hit["net.inum"])
        if sock:
            sock.node = node = node or sock.node
        return node or self.calls.receiving(hit)[1] or (call.node_of(hit) if call else None)

    def enter(self, hit, n, node):
        """A call begins, with event N if its entry made one, else below the call around it."""
        around = self.calls.parent(hit)
        n = n or (around.n if around else None)
        self.calls.enter(hit, n, node or self.node(hit, None, around))

    def free(self, address):
        """The kernel frees what lives here: what comes next at this address is another object."""
        self.sockets.free(address)
        self.neighbours.free(address)
