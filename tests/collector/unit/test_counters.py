# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's counters, and whose stack a hit is on."""

import struct

from harness import it, same
from ktlab import hit
from ktlab.decode import counters
from ktlab.model import Model


@it("counts for each node what the kernel has counted since the points were armed")
def _():
    class Marker(dict):
        def __init__(self, packets, failed):
            super().__init__({"net0.inum": 1, "net1.inum": 2})
            self.plan = {"arm": "lab", "counters": {"IpInReceives": ["ip", 8], "arp_cache:res_failed": ["arp", 0]}}
            self.blocks = {"ip0": bytes(16), "ip1": struct.pack("<QQ", 0, packets), "arp": struct.pack("<Q", failed)}
            self.names = {**self.blocks, "net0": 0, "net1": 1}
            self.bytes = self.blocks.get

        def __missing__(self, name):
            return None
    model = Model()
    model.nodes = {2: "client", 3: "server"}
    model.counters = counters.read(Marker(3, 0))
    same(list(counters.counted(Marker(7, 1), model)),
         [("counters", {"netns": "client", "before": {"IpInReceives": 3}, "counted": {"IpInReceives": 4}}),
          ("counters", {"netns": None, "before": {}, "counted": {"arp_cache:res_failed": 1}})])


@it("takes no function below a softirq for one of the hit's callers")
def _():
    class Stacked(hit.Hit):
        def __init__(self, *functions):
            self._frames = [{"fn": fn, "inlined": False} for fn in functions]
    nested = Stacked("ip_output", "tcp_v4_send_ack", "__do_softirq", "do_softirq", "tcp_connect")
    same([nested.has("tcp_v4_send_ack"), nested.has("tcp_connect"), Stacked("ip_output", "tcp_connect").has("tcp_connect")],
         [True, False, True])
