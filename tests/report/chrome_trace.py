# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a trace.json is one that the Perfetto UI shows whole: chrome_trace.py FILE."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    events = json.load(file)["traceEvents"]
wrong = []
named = {(e["name"], e["pid"], e["tid"]) for e in events if e["ph"] == "M"}
slices = {}
for event in events:
    if event["ph"] == "X":
        # in ns, since microseconds with a fraction do not add up
        begin, length = round(event["ts"] * 1000), round(event["dur"] * 1000)
        slices.setdefault((event["pid"], event["tid"]), []).append((begin, begin + length, event["args"]["n"]))
for track, members in slices.items():
    for what in "process_name", "thread_name":
        if (what, *track) not in named:
            wrong.append("track %s has no %s" % (track, what))
    open_ = []
    for begin, end, n in sorted(members, key=lambda s: (s[0], -s[1])):
        while open_ and open_[-1][1] <= begin:
            open_.pop()
        if open_ and end > open_[-1][1]:
            wrong.append("event %d begins within event %d and ends after it" % (n, open_[-1][2]))
        open_.append((begin, end, n))
# nothing is long but a call whose return was seen; the rest are instants
wrong += ["event %s is no entry, and has a duration" % e["args"]["n"] for e in events if e["ph"] == "X" and e["args"]["at"] != "enter"]
wrong += ["event %s has fields, and no line" % e["args"]["n"] for e in events if e["ph"] in "Xi" and e["args"]["file"] and not e["args"]["place"]]
if not {"C", "i", "b"} <= {e["ph"] for e in events}:
    wrong.append("no counter, no instant, or no packet on its way")
ways = {}
for event in events:
    if event["ph"] in "be":
        ways.setdefault((event["cat"], event["id"]), []).append((event["ph"], round(event["ts"] * 1000)))
for way, both in ways.items():
    if [phase for phase, _ in both] != ["b", "e"] or both[0][1] > both[1][1]:
        wrong.append("%s has not one beginning and one end after it" % (way,))
ends = {"s": [], "f": []}
for event in events:
    if event["ph"] not in ends:
        continue
    at = round(event["ts"] * 1000)
    ends[event["ph"]].append((event["id"], at))
    track = slices.get((event["pid"], event["tid"]), [])
    # an arrow begins in the slice around it and ends at the next one
    if not any(begin <= at < end if event["ph"] == "s" else begin >= at for begin, end, _ in track):
        wrong.append("arrow %s at %d ns is bound to no slice" % (event["id"], at))
begins = dict(ends["s"])
if sorted(begins) != sorted(arrow for arrow, _ in ends["f"]) or len(begins) != len(ends["s"]):
    wrong.append("not every arrow has one beginning and one end")
wrong += ["arrow %s ends before it begins" % arrow for arrow, at in ends["f"] if at < begins.get(arrow, at)]
if wrong:
    print("\n".join(wrong))
sys.exit(bool(wrong) or not slices or not begins)
