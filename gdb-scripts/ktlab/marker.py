# SPDX-License-Identifier: GPL-2.0-or-later
"""Markers: lines that guest programs write into /proc/self/comm to say where the lab is."""


def marker(plan, site, blocks):
    """The words of a marker after `ktlab`, as ["start"], ["step", NAME] …; None for any other write."""
    names = [block["name"] for block in plan["takes"][site["takes"]]]
    text = blocks[names.index("text")][1] or b""
    words = text.split(b"\n")[0].split(b"\0")[0].decode("utf-8", "replace").split()
    return words[1:] if len(words) > 1 and words[0] == "ktlab" else None
