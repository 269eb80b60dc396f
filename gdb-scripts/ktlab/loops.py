# SPDX-License-Identifier: GPL-2.0-or-later
"""The frames of each node's loopback device, which no card of QEMU's sees, as a capture beside those of the cards."""

import os
import struct

from .packets import at_hand

# a pcap file with times in ns, of Ethernet frames (draft-ietf-opsawg-pcap)
FILE = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 1 << 18, 1)
FRAME = struct.Struct("<IIII")


class Loops:
    """Writes FOLDER/wire-NODE-lo.pcap of each node that sent a frame to itself; headers only, as a hit has them."""

    def __init__(self, folder, power_on_ns):
        self.folder, self.power_on_ns, self.files = folder, power_on_ns, {}

    def left(self, hit, nodes):
        node = nodes.get(hit["net.inum"])
        if hit.text("dev.name") != "lo" or not node or not self.folder:
            return
        if node not in self.files:
            self.files[node] = open(os.path.join(self.folder, "wire-%s-lo.pcap" % node), "wb")
            self.files[node].write(FILE)
        data, length = at_hand(hit)
        self.files[node].write(FRAME.pack(*divmod(self.power_on_ns + hit.t_ns, 10**9), len(data), length) + data)

    def close(self):
        for file in self.files.values():
            file.close()
