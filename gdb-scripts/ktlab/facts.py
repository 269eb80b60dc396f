# SPDX-License-Identifier: GPL-2.0-or-later
"""facts.env, which says of each fact what it is: what engines, decoders, run-qemu.sh and the report must agree on."""

import calendar
import os
import re
import time

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "facts.env")


def read(path):
    """{NAME: value} of the lines NAME=VALUE."""
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(r"^([A-Z_]+)='?(.*?)'?$", file.read(), re.M))


def spans(text):
    """Of FIRST-END…, a range each."""
    return [range(*(int(end, 16) for end in word.split("-"))) for word in text.split()]


FACTS = read(FILE)
REGISTERS = FACTS["REGISTERS"].split()
MEMORY = spans(FACTS["MEMORY"])
DEVICES = spans(FACTS["DEVICES"])
NEAR_BYTES = int(FACTS["NEAR_BYTES"])
BEAT_NS = int(FACTS["BEAT_US"]) * 1000
POWER_ON_S = calendar.timegm(time.strptime(FACTS["POWER_ON"], "%Y-%m-%dT%H:%M:%S"))
TCP_FLAGS = FACTS["TCP_FLAGS"].split()


def hexadecimal(found):
    return [[hex(one.start), hex(one.stop)] for one in found]


def planned():
    """As a plan has them: addresses are texts, times nanoseconds."""
    return {"registers": REGISTERS, "memory": hexadecimal(MEMORY), "devices": hexadecimal(DEVICES), "near_bytes": NEAR_BYTES,
            "beat_ns": BEAT_NS, "power_on_ns": POWER_ON_S * 10**9, "tcp_flags": "".join(TCP_FLAGS)}
