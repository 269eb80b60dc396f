# SPDX-License-Identifier: GPL-2.0-or-later
"""Unit tests of the collector's parts that need no guest: every test_*.py beside this; prints TAP."""

import glob
import importlib
import os
import sys
import traceback

from harness import TESTS

for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "test_*.py"))):
    importlib.import_module(os.path.basename(path)[:-3])

print("1..%d" % len(TESTS))
failed = 0
for number, (title, test) in enumerate(TESTS, 1):
    try:
        test()
        print("ok %d - %s" % (number, title))
    except Exception:
        failed = 1
        print("not ok %d - %s" % (number, title))
        print("# " + traceback.format_exc().replace("\n", "\n# "))
sys.exit(failed)
