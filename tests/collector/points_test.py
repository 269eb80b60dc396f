# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside GDB, on the program of points.c: how points are resolved; prints TAP."""

import os
import sys

import gdb

sys.path.insert(0, "gdb-scripts")
sys.dont_write_bytecode = True

from ktlab import blocks as texts, functions, layout, points, resolve as resolving  # noqa: E402

texts.EVERY_HIT = "stack:8=rsp"
symbols = functions.Symbols(gdb.current_progspace().filename)
blocks = texts.Blocks(layout.Layout(), symbols)
resolver = resolving.Resolver(blocks, symbols)


def resolve(name, takes="first:8=sk", returns=None, fn=None):
    points.POINTS[name] = points.point(name, "any", takes, returns, fn)
    return resolver.resolve(name, "points:1")


def refused(text, function, *args):
    try:
        function(*args)
    except gdb.GdbError as error:
        assert text in str(error), str(error)
        return True
    return False


def out_of_line():
    about, sites = resolve("plain", returns="again:8=sk")
    returns = [site for site in sites if site["at"] == "return"]
    start, size = symbols.places["plain"][0]
    code = gdb.selected_inferior().architecture().disassemble(start, start + size - 1)
    rets = {hex(step["addr"]) for step in code if step["asm"].startswith("ret")}
    assert about["as"] == "out_of_line" and about["places"] == 1 and about["at"] == ["enter", "return"]
    assert returns and {site["addr"] for site in returns} <= rets
    assert sites[0]["ret"] == "int" and sites[0]["line"] == 10


def out_of_line_and_inlined():
    about, sites = resolve("both")
    assert about["as"] == "out_of_line" and about["places"] == 3, about
    assert sorted(site["at"] for site in sites) == ["enter", "line", "line"]
    registers = [blocks.lists[site["takes"]][1]["terms"][0] for site in sites]
    assert registers[0] == ["reg", "rdi"] and ["reg", "rsi"] in registers, registers


def inlined_only():
    about, sites = resolve("never")
    assert about["as"] == "inlined" and [site["at"] for site in sites] == ["line"], about


def substituted():
    about, sites = resolve("never", fn="plain")
    assert about["as"] == "substituted" and about["fn"] == "plain" and about["places"] == 1


def inlined_return():
    assert refused("where its return cannot be watched", resolve, "both", "first:8=sk", "again:8=sk")


def missing():
    points.POINTS["plane"] = points.point("plane", "any", "")
    assert refused("this kernel has no function plane", resolver.resolve, "plane", "points:1")


def unknown():
    assert refused("points:9: no point or function is called 'tcp_v4_conect'; near names: tcp_v4_connect",
                   resolver.resolve, "tcp_v4_conect", "points:9")


def any_function():
    points.POINTS.pop("plain")
    about, sites = resolver.resolve("plain:size", "POINTS")
    assert [(arg["name"], arg["terms"], arg["signed"]) for arg in sites[0]["args"]] == [("size", [["reg", "rsi"]], True)]


def any_argument():
    assert refused("plain has no argument 'sice'; it has sk, size", resolver.resolve, "plain:sice", "POINTS")


def bad_block():
    assert refused("cannot read the block 'first:8'", resolve, "plain", "first:8")


TESTS = (
    ("watches every return instruction of a function", out_of_line),
    ("watches a function out of line and wherever it is inlined as well", out_of_line_and_inlined),
    ("watches a function that is only inlined", inlined_only),
    ("watches another function in its place, and says so", substituted),
    ("refuses to watch a return that has no one place", inlined_return),
    ("refuses a point whose function this kernel lacks", missing),
    ("lists near names for an unknown one", unknown),
    ("watches any function with the arguments asked for", any_function),
    ("names the arguments that there are", any_argument),
    ("refuses a block it cannot read", bad_block),
)
print("1..%d" % len(TESTS))
for number, (title, test) in enumerate(TESTS, 1):
    try:
        test()
        print("ok %d - it %s" % (number, title))
    except Exception as error:  # a test's own failure, whatever it is
        print("not ok %d - it %s\n# %r" % (number, title, error))
sys.stdout.flush()
os._exit(0)
