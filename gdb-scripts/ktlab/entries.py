# SPDX-License-Identifier: GPL-2.0-or-later
"""Where inlined functions are entered, by DWARF's DW_AT_entry_pc in the words of readelf.

Code that is inlined may lie in pieces, of which the first in memory need not be the one that runs first. GDB 13 does not
read DW_AT_entry_pc: it takes the first.
"""

import bisect
import re
import subprocess

DIE = re.compile(r" <[0-9a-f]+><([0-9a-f]+)>: Abbrev Number: \d+ \(DW_TAG_(\w+)\)")
ATTRIBUTE = re.compile(r" +<[0-9a-f]+> +DW_AT_(name|abstract_origin|entry_pc) *: (?:.*[: ])?<?(?:0x)?(\w+)>?\s*$")
UNIT = re.compile(r" +Offset into \.debug_info: +(?:0x)?([0-9a-f]+)")
RANGE = re.compile(r" +([0-9a-f]{16}) ([0-9a-f]{16})\s*$")


class Entries:
    """Of all inlined functions of the units that are asked about, each read once."""

    def __init__(self, vmlinux):
        self.vmlinux = vmlinux
        self.starts = []    # of code, sorted: (its start, its end, the unit's place)
        self.found = {}     # place of a unit -> {function: the addresses at which it is entered}

    def of(self, name, pc):
        """The addresses at which NAME is entered where it is inlined, in the unit to which PC belongs."""
        self.starts = self.starts or sorted(self._ranges())
        start, end, unit = self.starts[max(bisect.bisect(self.starts, (pc, 1 << 64)) - 1, 0)]
        if not start <= pc < end:
            return []
        if unit not in self.found:
            self.found[unit] = entries(self._listing("--debug-dump=info", "--dwarf-start=%d" % unit))
        return self.found[unit].get(name, [])

    def _listing(self, *options):
        with subprocess.Popen(["readelf", *options, self.vmlinux], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              universal_newlines=True) as readelf:
            yield from readelf.stdout

    def _ranges(self):
        unit = None
        for line in self._listing("--debug-dump=aranges"):
            match = UNIT.match(line)
            unit = int(match.group(1), 16) if match else unit
            match = RANGE.match(line)
            start, size = (int(word, 16) for word in match.groups()) if match else (0, 0)
            if size:
                yield start, start + size, unit


def entries(listing):
    """{function: [address]} of the first unit of a listing."""
    names, inlined, attributes = {}, [], {}
    for line in listing:
        match = DIE.match(line)
        if match:
            place, tag = match.groups()
            if tag == "compile_unit" and names:
                listing.close()
                break
            attributes = names.setdefault(place, {}) if tag in ("subprogram", "compile_unit") else {}
            if tag == "inlined_subroutine":
                inlined.append(attributes)
            continue
        match = ATTRIBUTE.match(line)
        if match:
            attributes[match.group(1)] = match.group(2)
    found = {}
    for attributes in inlined:
        name = names.get(attributes.get("abstract_origin"), {}).get("name")
        if name and "entry_pc" in attributes:
            found.setdefault(name, []).append(int(attributes["entry_pc"], 16))
    return found
