# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plan says for LINES: the functions whose instructions the plugin engine records, each with its parts."""

import bisect
import os
import subprocess

import gdb

from . import kernel

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def lines(symbols, sites, wanted):
    """{"stack_bytes", "functions": [[name, first, end, and perhaps those of what was split off]]}: of the functions that are
    watched, and of those WANTED, functions and folders, each once."""
    starts = {address: (size, name) for address, size, name in sorted(symbols.functions, reverse=True) if size}
    order = sorted(starts)
    entries = {int(site["addr"], 16) for site in sites if site["at"] == "enter"}
    for word in wanted:
        entries.update(of_folder(symbols, order, word) if word.endswith("/") else of_name(symbols, word))
    found = [function(symbols, starts, entry) for entry in sorted(entries) if entry in starts]
    return {"stack_bytes": kernel.STACK_BYTES, "functions": found}


def function(symbols, starts, entry):
    """One row: a part split off as `.cold` belongs to the function of that name, if there is but one."""
    size, name = starts[entry]
    parts = [(entry, size)]
    if len(symbols.places[name]) == 1:
        parts += symbols.places.get(name + ".cold", [])[:1]
    return [name.partition(".")[0]] + [hex(end) for start, size in parts for end in (start, start + size)]


def of_name(symbols, word):
    """Where the functions of a name begin: a static one may be there several times."""
    code = {address for address, _, name in symbols.functions if name == word}
    if not code:
        raise gdb.GdbError("LINES: this kernel has no function %s of its own; near names: %s" % (word, ", ".join(symbols.near(word))))
    return code


def of_folder(symbols, order, folder):
    """Where the functions of the files in a folder of the source tree begin, by the ranges of its files' code."""
    told = subprocess.run([os.path.join(ROOT, "build", "ktreport"), "folder", gdb.current_progspace().filename, folder],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if told.returncode:
        raise gdb.GdbError("LINES: %s" % told.stderr.decode("utf-8", "replace").strip().replace("ktreport: ", "", 1))
    cold = {address for name, places in symbols.places.items() if ".cold" in name for address, _ in places}
    for text in told.stdout.decode().splitlines():
        low, high = (int(word, 16) for word in text.split())
        for address in order[bisect.bisect_left(order, low):bisect.bisect_left(order, high)]:
            if address not in cold:
                yield address
