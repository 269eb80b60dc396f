# SPDX-License-Identifier: GPL-2.0-or-later
"""What all unit tests have: how one is written, GDB's part, and the stored captures."""

import os
import sys
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import decode as stored  # noqa: E402


class FakeBreakpoint:
    """GDB's, which notes what was asked for."""

    def __init__(self, *asked, **_):
        self.asked = asked


# the parts of GDB that read memory and make breakpoints
gdb = sys.modules["gdb"] = types.SimpleNamespace(
    MemoryError=MemoryError, error=RuntimeError, GdbError=RuntimeError, Breakpoint=FakeBreakpoint, VERSION="10.1")
STORED = stored.load(os.path.join(stored.HERE, "handshake"))   # plan, captures, frames
TESTS = []


def it(name):
    def add(function):
        TESTS.append((name, function))
        return function
    return add


def same(got, wanted):
    assert got == wanted, "wanted %r, got %r" % (wanted, got)
