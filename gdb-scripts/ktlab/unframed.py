# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a function has no frame yet, or no more: how far its return address is from the stack's end, by the call frame
information in the words of readelf.

A function that is inlined may begin before the one around it has set rbp up: the chain of frame pointers then begins with the
caller's caller.
"""

import bisect
import re
import subprocess

FDE = re.compile(r".* FDE .*pc=(\w+)\.\.(\w+)$")
# the return address lies below the canonical frame address (CFA), which is told by rsp where rbp is still the caller's
ROW = re.compile(r"([0-9a-f]{16}) (rsp\+(\d+))?")
WORD_BYTES = 8


def tops(vmlinux, pcs):
    """{pc: how many bytes from rsp the return address lies} of those of these places that have no frame."""
    with subprocess.Popen(["readelf", "--debug-dump=frames-interp", vmlinux], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, universal_newlines=True) as readelf:
        return read(readelf.stdout, sorted(pcs))


def read(listing, pcs):
    """The same from a listing, of sorted places: of each what the last row before it, or at it, says."""
    found, inside = {}, []
    for line in listing:
        if " FDE " in line:
            low, high = (int(end, 16) for end in FDE.match(line.rstrip()).groups())
            inside = pcs[bisect.bisect_left(pcs, low):bisect.bisect_left(pcs, high)]
        row = ROW.match(line) if inside else None
        if row:
            for pc in inside:
                if int(row.group(1), 16) <= pc:
                    found[pc] = int(row.group(3)) - WORD_BYTES if row.group(2) else None
    return {pc: top for pc, top in found.items() if top is not None}


def mark(sites, vmlinux):
    """Says of each site within a function that has no frame there where its return address is: `top`."""
    within = {int(site["addr"], 16): site for site in sites if site["at"] == "line"}
    if within:
        for pc, top in tops(vmlinux, within).items():
            within[pc]["top"] = top
