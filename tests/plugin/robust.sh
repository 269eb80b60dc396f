#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin takes when pointers lead nowhere, and what is left of a run that is killed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready

kernel=$(kernels | head -n 1)
lab_settings "$kernel" handshake "$work/run"
hpet=$(nm "$kernel/vmlinux" | awk '$3 == "hpet_virt_address" { print "0x" $1 }')

# blocks NAME…: of every capture of `add_blocks`'s site, how many of the blocks are present
python3 - "$work/run/plan.json" "$hpet" >"$work/hostile.json" <<'EOF'
"""The plan, with blocks at its first site that lead nowhere."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    plan = json.load(file)
hostile = [
    {"name": "pointer", "type": "8", "terms": [], "mask": 0, "add": sys.argv[2], "len": 8},
    {"name": "device", "type": "8", "terms": [["field", 0, 0, 8]], "mask": 0, "add": "0xf0", "len": 8},
    {"name": "null", "type": "8", "terms": [], "mask": 0, "add": "0x0", "len": 8},
    {"name": "unmapped", "type": "8", "terms": [], "mask": 0, "add": "0xffff8000deadbee8", "len": 8},
    {"name": "noncanonical", "type": "8", "terms": [], "mask": 0, "add": "0x1234567812345678", "len": 8},
    {"name": "beyond", "type": "8", "terms": [["field", 3, 0, 8]], "mask": 0, "add": "0x8", "len": 8},
    {"name": "apic", "type": "8", "terms": [], "mask": 0, "add": "0xffffffffff5fb000", "len": 8},
    {"name": "end", "type": "64", "terms": [], "mask": 0, "add": "0xfffffffffffffff0", "len": 64},
    {"name": "head", "type": "8", "terms": [], "mask": 0, "add": sys.argv[2], "end": sys.argv[2], "len": 8}]
blocks = plan["takes"][plan["sites"][0]["takes"]]
for block in blocks:
    for term in block["terms"]:
        if term[0] in ("field", "index"):
            term[1] += len(hostile)
blocks[:0] = hostile
json.dump(plan, sys.stdout)
EOF

hostile_run() {
	KTLAB_PLAN=$work/hostile.json qemu_ends 33
}

# absent FILE: of the hostile blocks only the first was taken, and the others of the site as ever
absent() {
	python3 - "$1" <<'EOF'
import sys

sys.path.insert(0, "gdb-scripts")
from ktlab import capture

captures = capture.read(sys.argv[1])
next(captures)
first = [c for c in captures if c.site == 0]
taken = [[bool(data) for _, data in c.blocks[:10]] for c in first]
print(len(first), taken[:1])
sys.exit(not first or any(t != [True] + 8 * [False] + [True] for t in taken))
EOF
}

it 'survives pointers to nothing, to devices and beyond the end' hostile_run
it 'marks what cannot be read as absent' absent "$work/run/captures.bin"

# killed SIGNAL: the records that were told before the signal are in the file. SIGTERM is between two writes; SIGKILL ends
# a write where a page of the file does (generic_perform_write() of the host), so what follows the last whole record is the
# beginning of one.
killed() {
	: >"$work/run/stdout" # what the run before has told is none of this one's
	KTLAB_PLAN=$work/run/plan.json ./run-qemu.sh >"$work/run/stdout" 2>"$work/run/stderr" &
	busy[3]=$!
	until grep -q '^hits 1..' "$work/run/stdout"; do
		sleep 0.05
		kill -0 "${busy[3]}" || return 1
	done
	kill -STOP "${busy[3]}"
	kill "-$1" "${busy[3]}"
	kill -CONT "${busy[3]}"
	wait "${busy[3]}"
	python3 - "$work/run" "$1" <<'EOF'
import os
import re
import sys

sys.path.insert(0, "gdb-scripts")
from ktlab import capture

with open(sys.argv[1] + "/stdout", encoding="ascii") as file:
    told = int(re.findall(r"hits (\d+)", file.read())[-1])
path = sys.argv[1] + "/captures.bin"
captures = list(capture.read(path))[1:]
whole = len(capture.MAGIC) + 32 + sum(4 + capture.HEAD.size + sum(12 + len(data or b"") for _, data in c.blocks)
                                       for c in captures)
with open(path, "rb") as file:
    file.seek(whole)
    rest = file.read()
begun = len(rest) < 4 or len(rest) < 4 + int.from_bytes(rest[:4], "little")
print("told", told, "found", len(captures), "bytes", whole, os.path.getsize(path))
sys.exit(len(captures) < told or (sys.argv[2] == "TERM" and rest != b"") or (rest != b"" and not begun))
EOF
}

it 'loses no whole record when QEMU is ended with SIGTERM' killed TERM
it 'loses no whole record when QEMU is killed' killed KILL
tap_end
