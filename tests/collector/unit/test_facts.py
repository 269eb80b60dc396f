# SPDX-License-Identifier: GPL-2.0-or-later
"""facts.env: what all agree on, and what engines may read."""

import os
import struct
import tempfile
import time

from frames import Buffer, segment_of
from harness import it, same
from ktlab import facts, loops
from ktlab.engine import Readable


@it("reads user and kernel memory, no device, and no end of either")
def _():
    may = Readable(facts.planned()).may_read
    same([may(address, 0) for address in (0xfff, 0x1000, 0x7fffffffffff, 0x800000000000, 0xffff7fffffffffff, 0xffff800000000000,
                                          0xfffffffffeffffff, 0xffffffffff000000)],
         [False, True, True, False, False, True, True, False])
    same([may(address, 0) for address in (0xffffc8ffffffffff, 0xffffc90000000000, 0xffffe8ffffffffff, 0xffffe90000000000)],
         [True, False, False, True])


@it("reads a stack that lies among the devices, as far as it is near")
def _():
    may, stack = Readable(facts.planned()).may_read, 0xffffc90000010000
    same([may(stack + at, stack + 0x100) for at in (0, 0xffff, 0x10000, -1)], [True, True, False, False])


@it("has each register once, and nine flags")
def _():
    same([len(set(facts.REGISTERS)), facts.REGISTERS[-1], "".join(facts.TCP_FLAGS)], [17, "rip", "FSRP.UEWe"])


@it("stamps the frames of a loopback from the guest's date at power-on, in whatever zone the host is")
def _():
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = "Asia/Shanghai"
        time.tzset()
        with tempfile.TemporaryDirectory() as folder:
            made = loops.Loops(folder, facts.planned()["power_on_ns"])
            hit = Buffer(segment_of(payload=200), 4096)
            hit.fields["net.inum"], hit.t_ns, hit.text = 7, 5 * 10**9 + 3, lambda path: "lo"
            made.left(hit, {7: "client"})
            made.close()
            with open(os.path.join(folder, "wire-client-lo.pcap"), "rb") as file:
                data = file.read()
        # 2020-01-01 in UTC; of 254 bytes those that a hit takes
        same(struct.unpack("<4I", data[24:40]), (1577836800 + 5, 3, 134, 254))
        same(struct.unpack("<I", data[:4]), (0xa1b23c4d,))
    finally:
        os.environ.pop("TZ")
        os.environ.update({"TZ": before} if before else {})
        time.tzset()
