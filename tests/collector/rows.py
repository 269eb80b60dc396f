# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside GDB, on a vmlinux: every row of points.py is resolved; prints each that is not, and fails then."""

import os
import sys

import gdb

sys.path.insert(0, "gdb-scripts")
sys.dont_write_bytecode = True

from ktlab import blocks, functions, layout, points, resolve  # noqa: E402

symbols = functions.Symbols(gdb.current_progspace().filename)
resolver = resolve.Resolver(blocks.Blocks(layout.Layout(), symbols), symbols)
failed = 0
for name in points.POINTS:
    try:
        resolver.resolve(name, "points.py")
    except gdb.GdbError as error:
        if "where its return cannot be watched" not in str(error):
            print(error)
            failed += 1
sys.stdout.flush()
os._exit(failed > 0)
