# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls on sockets that a lab's own tools make, by netlink: tools.py FOLDER prints "COMM CALL: EVENTS of HITS events"."""

import sys
from collections import Counter

import decode
from ktlab import decoder
from ktlab.hit import Hit
from ktlab.symbols import Symbols

TOOLS = ("ip", "ss", "tc", "sysctl", "nsenter", "cat")


def main():
    plan, data, frames = decode.load(sys.argv[1])
    made, hits, events = decoder.Decoder(plan, Symbols(None, None, plan["text"], frames)), Counter(), Counter()
    for record in decode.captures(data):
        hit, before = Hit(plan, record, made.symbols), len(made.refs)
        made.feed(record)
        if hit.site["decode"] == "syscall" and hit.text("task.comm") in TOOLS and hit.at == "enter":
            name = hit.text("task.comm"), hit.fn.replace("__x64_sys_", "")
            hits[name] += 1
            events[name] += len(made.refs) - before
    for name, count in sorted(hits.items()):
        print("%s %s: %d events of %d hits" % (*name, events[name], count))


if __name__ == "__main__":
    main()
