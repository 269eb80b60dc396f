# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's markers: the steps of its script, and what its programs were told by the kernel (witness)."""

from . import counters


def marker(hit, model):
    text = line(hit)
    words = text.split()
    if words[:1] != ["ktlab"] or len(words) < 2:
        return None
    if words[1] == "node" and len(words) == 4 and words[3].isdigit():
        model.nodes[int(words[3])] = words[2]
    elif words[1] == "start":
        # points that are armed from the boot on have seen all that was counted
        model.counters = {} if hit.plan["arm"] == "boot" else counters.read(hit)
    elif words[1] == "end":
        return list(counters.counted(hit, model))
    elif words[1] == "step" and len(words) > 2:
        model.step = words[2]
        return "step", {"name": words[2]}
    elif words[1] == "witness" and len(words) > 3:
        return "witness", {"netns": words[2], "what": words[3], "values": dict(map(witnessed, words[4:]))}
    elif words[1] == "printed" and len(words) > 3:
        # one line of a program, as it is
        return "witness", {"netns": words[2], "what": "printed",
                           "values": {"name": words[3], "text": text.split(" ", 4)[4] if text.count(" ") > 3 else ""}}
    return None


def line(hit):
    """The marker's line; the part behind the end of its page was taken apart."""
    data = (hit.bytes("text") or b"") + (hit.bytes("more") or b"")
    return data.split(b"\n")[0].split(b"\0")[0].decode("utf-8", "replace")


def witnessed(word):
    """KEY=VALUE, the value a number if it looks like one."""
    key, _, value = word.partition("=")
    return key, int(value) if value.isdigit() else value


DECODERS = {"marker": marker}
