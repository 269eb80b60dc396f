# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own counters, from one marker to another."""

WORD_BYTES = 8


def read(hit):
    """{number of a network namespace, None for the whole kernel: {name: value}} of those that the marker has taken."""
    found = {}
    for name, (block, offset) in hit.plan.get("counters", {}).items():
        number = 0
        while block not in hit.names and "%s%d" % (block, number) in hit.names:
            of = hit["net%d.inum" % number]
            if of:
                found.setdefault(of, {})[name] = value(hit.bytes("%s%d" % (block, number)), offset)
            number += 1
        if block in hit.names:
            found.setdefault(None, {})[name] = value(hit.bytes(block), offset)
    return found


def value(data, offset):
    return int.from_bytes(data[offset:offset + WORD_BYTES], "little", signed=True) if data else None


def counted(hit, model):
    """The events of the lab's end: what each node, and the kernel as a whole, has counted since the points were armed."""
    now = read(hit)
    for inum, node in [*model.nodes.items(), (None, None)]:
        if None in now.get(inum, {"": None}).values():
            continue
        before = model.counters.get(inum, {})
        since = {name: count - before.get(name, 0) for name, count in now[inum].items()}
        yield "counters", {"netns": node, "before": without_zeros(before), "counted": without_zeros(since)}


def without_zeros(counters):
    return {name: count for name, count in counters.items() if count}
