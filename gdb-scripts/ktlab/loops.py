# SPDX-License-Identifier: GPL-2.0-or-later
"""The frames of each node's loopback device, which no card of QEMU's sees, as a capture beside those of the cards."""

import os
import struct
import time

from .packets import at_hand

# a pcap file with times in ns, of Ethernet frames (draft-ietf-opsawg-pcap)
FILE = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 1 << 18, 1)
FRAME = struct.Struct("<IIII")
# QEMU's captures count from the guest's date at power-on, which run-qemu.sh sets (net/dump.c: net_dump_state_init)
POWER_ON = int(time.mktime((2020, 1, 1, 0, 0, 0, 0, 0, 0)))


class Loops:
    """Writes FOLDER/wire-NODE-lo.pcap of each node that sent a frame to itself; headers only, as a hit has them."""

    def __init__(self, folder):
        self.folder, self.files = folder, {}

    def left(self, hit, nodes):
        node = nodes.get(hit["net.inum"])
        if hit.text("dev.name") != "lo" or not node or not self.folder:
            return
        if node not in self.files:
            self.files[node] = open(os.path.join(self.folder, "wire-%s-lo.pcap" % node), "wb")
            self.files[node].write(FILE)
        data, length = at_hand(hit)
        self.files[node].write(FRAME.pack(POWER_ON + hit.t_ns // 10**9, hit.t_ns % 10**9, len(data), length) + data)

    def close(self):
        for file in self.files.values():
            file.close()
