# SPDX-License-Identifier: GPL-2.0-or-later
"""What a row of points.py is, and how rows are made."""

import re
from collections import namedtuple

from .takes import ENDED, SYSCALL_OF

SAME = True


class Point(namedtuple("Point", "name decode takes returns fn note args result also inlined calls")):
    @property
    def values(self):
        """The arguments of the function that `args` shows: those of its words that are no text, block or field."""
        words = (word.partition(":")[0] for word in self.args.split())
        blocks = [word.partition(":")[0] for word in self.takes.split()]
        return " ".join(word for word in words if not re.search(r"=@|\.", word) and word.partition("=")[2] not in blocks)


def joined(*texts):
    """One text of several; each may be a tuple of such."""
    return " ".join(joined(*text) if isinstance(text, tuple) else text for text in texts)


def point(name, decode, takes, returns=None, fn=None, note=None, args="", result="", also=None, inlined=True, calls=""):
    """One row: `takes` a text or a tuple of texts, `returns` what to take when the function returns (None: the return is
    not watched; SAME: the same); `fn` the function that is watched instead (`a|b`: the first that the kernel has, be it
    only inlined), if `name` has no code of its own everywhere, and `note` why; `args` and `result` what decode/call.py
    shows of what was taken; `also` the point that is watched with it; `inlined` whether it is watched where it is inlined,
    too; `calls` (`a|b`) what it calls with arguments of the same names: where they are not told at a place where it is
    inlined, that call is watched."""
    returns = returns if returns in (None, SAME) else joined(returns)
    return Point(name, decode, joined(takes), returns, fn or name, note, args, result, also, inlined, calls)


def call(name, takes, args="", result=None, fn=None, note=None):
    """A row whose event is a `call`; with a `result` (which may be empty) its return is watched, too."""
    return point(name, "call", takes, None if result is None else SAME, fn, note, args, result)


def syscall(name, more=(), taken=SYSCALL_OF, returns=ENDED):
    return point("__x64_sys_" + name, "syscall", (taken, more), returns)
