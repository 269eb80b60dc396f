# SPDX-License-Identifier: GPL-2.0-or-later
"""Which frames a drop explains."""

from harness import it, same
from ktlab.drops import Drops

ENDS = {"saddr": "10.0.0.1", "daddr": "10.0.0.2", "sport": 5, "dport": 80}
PSH = 8


def dropped(seq, end_seq):
    return dict(ENDS, type="skb.drop", n=1, proto="TCP", seq=seq, end_seq=end_seq)


def frame(seq, length, flags=0):
    return dict(ENDS, kind="tcp", seq=seq, payload_len=length, flags=flags)


def taken(drop, *frames):
    drops = Drops([drop], {"kfree_skb"}, set())
    return [drops.take(one) for one in frames]


@it("explains each frame of a segment that was joined before it was dropped, and none behind it")
def _():
    same(taken(dropped(100, 2100), frame(100, 1448), frame(1548, 552, PSH), frame(1548, 552, PSH)), [True, True, False])


@it("explains one over the end of the numbers")
def _():
    same(taken(dropped(0xffffff00, 0x100), frame(0xffffff00, 0x100), frame(0, 0x100)), [True, True])


@it("explains no frame that reaches farther")
def _():
    same(taken(dropped(100, 200), frame(100, 101), frame(99, 100)), [False, False])
