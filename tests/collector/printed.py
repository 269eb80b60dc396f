# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab of drawn routes and neighbours, and its judge: each field that a decoder shows is what the kernel prints of it.

printed.py draw SEED LAB: writes the lab. printed.py check RUN: compares events with what `ip route get`, `ip route show`
and `ip neigh` said in the guest, prints each that differs and what was compared.
"""

import errno
import ipaddress
import json
import os
import random
import re
import sys

POINTS = "fib_lookup ip_route_output_key_hash_rcu __neigh_create __neigh_event_send __neigh_update neigh_timer_handler " \
         "ip_output tcp_v4_rcv arp_xmit arp_rcv"
EXPECT = """A route is looked up.
    route.result netns=client
"""
GUEST = """#!/bin/sh
set -eu
. /ktlab/lib.sh
step links
up client router server
try() { on client "$@" || :; }
get() { step "get-$1"; on client ip route get "$1" 2>&1 || :; }
step routes
%s
step tables
on client ip route show table all
%s
try sock connect 10.0.1.254:9 close
step neighbours
on client ip neigh
"""


def address(rng, network):
    network = ipaddress.ip_network(network)
    return str(network[rng.randrange(1, network.num_addresses - 1)])


def route(rng, number):
    """One route and where it leads, both drawn; each number has a range of its own."""
    low, high = "172.16.%d.0" % (16 * number), rng.choice((20, 22, 24, 27))
    kind = rng.choice(("via", "via", "onlink", "link", "local", "blackhole", "unreachable", "prohibit", "throw"))
    words = {"via": "%s/%d via 10.0.1.254", "onlink": "%s/%d via 192.168.7.7 dev eth0 onlink",
             "link": "%s/%d dev eth0"}.get(kind, kind + " %s/%d") % (low, high)
    if kind == "local":
        words += " dev lo"
    if kind in ("via", "onlink", "link") and rng.random() < 0.5:
        words += " src 10.0.1.%d" % rng.choice((1, 9))
    if rng.random() < 0.5:
        words += " metric %d" % rng.randrange(1, 1000)
    if rng.random() < 0.4:
        words += " proto %s" % rng.choice(("static", "boot", "kernel"))
    if rng.random() < 0.4:
        words += " table %d" % rng.choice((100, 101))
    return words, address(rng, "%s/%d" % (low, high))


def draw(seed, lab):
    rng = random.Random(seed)
    routes, targets = zip(*(route(rng, number) for number in range(12)))
    setup = ["on client ip address add 10.0.1.9/32 dev eth0"] + ["try ip route add " + words for words in routes]
    setup += ["on client ip rule add to 172.16.0.0/%d lookup %d" % (rng.choice((16, 17)), table) for table in (100, 101)]
    setup += ["on client ip route add default via 10.0.1.254"] * rng.randrange(2)
    neigh = ["on client ip neigh add 10.0.1.%d lladdr 52:54:00:00:00:%02x nud %s dev eth0" % (
        50 + number, number, rng.choice(("permanent", "stale", "reachable", "noarp"))) for number in range(4)]
    # one that has failed keeps the bytes of its MAC, and is printed without them
    neigh += ["on client ip neigh change 10.0.1.%d nud failed dev eth0" % rng.randrange(50, 54)]
    wanted = list(targets) + ["10.0.1.1", "10.0.1.9", "10.0.1.254", "10.0.1.255", "127.0.0.1", "198.51.100.1"]
    os.makedirs(lab, exist_ok=True)
    for name, text in (("topology", "client-router-server\n"), ("points", POINTS.replace(" ", "\n") + "\n"), ("expect", EXPECT),
                       ("guest.sh", GUEST % ("\n".join(setup + neigh), "\n".join("get " + target for target in wanted)))):
        with open(os.path.join(lab, name), "w", encoding="utf-8") as file:
            file.write(text)


TYPES = "unicast|local|broadcast|multicast|blackhole|unreachable|prohibit|throw"


def pairs(text):
    """{"type", "to", key: value} of a line of `ip route`."""
    match = re.match(r"(?:(%s) )?(\S+)" % TYPES, text)
    found = dict(re.findall(r"\b(via|dev|src|table|metric|proto|scope) (\S+)", text))
    return dict(found, type=match.group(1) or "unicast", to=match.group(2))


def sections(console):
    """(step, its lines) in the order of the console."""
    for part in re.split(r"^== ", console, flags=re.M)[1:]:
        name, _, lines = part.partition("\n")
        yield name.strip(), [line.rstrip() for line in lines.splitlines()]


class Judge:
    def __init__(self):
        self.compared, self.wrong = 0, []

    def same(self, what, field, event, printed):
        self.compared += 1
        if event != printed:
            self.wrong.append("%s: %s is %s in the event, %s is printed" % (what, field, event, printed))


def check_get(judge, target, lines, events):
    """`ip route get`: the last lookup of the step that was for its target."""
    found = [e for e in events if e["type"] == "route.result" and e["dst"] == target and e["comm"] == "ip"]
    answer = next((line for line in lines if line.startswith(target) or re.match(TYPES, line)), None)
    errors = [line for line in lines if line.startswith("RTNETLINK")]
    if not found:
        judge.wrong.append("%s: no event for %s" % (target, lines[:2]))
    elif errors:
        name = found[-1]["error"]
        judge.same(target, "error", name and os.strerror(getattr(errno, name)), errors[0].partition(": ")[2])
    elif answer:
        printed, event = pairs(answer), found[-1]
        for field, key in (("via", "via"), ("out_dev", "dev"), ("saddr", "src"), ("route_type", "type")):
            judge.same(target, field, event[field], printed.get(key))


def check_lookups(judge, table, events):
    """`ip route show`: the route that each lookup found."""
    printed = {}
    for line in table:
        found = pairs(line)
        to = "0.0.0.0/0" if found["to"] == "default" else found["to"]
        key = found.get("table", "main"), str(ipaddress.ip_network(to, strict=False))
        printed.setdefault(key, []).append(found)
    for event in events:
        out = event.get("out")
        if event["type"] != "fib.lookup" or not out:
            continue
        name = out["table_name"]
        key = name, str(ipaddress.ip_network("%s/%d" % (out["prefix"], out["prefixlen"]), strict=False))
        if key not in printed:
            judge.wrong.append("no route %s in table %s is printed" % key[::-1])
            continue
        line = printed[key][0]
        for field, default in (("via", None), ("metric", "0"), ("type", "unicast"), ("prefsrc", None), ("protocol", "boot"),
                               ("scope", "global")):
            word = {"prefsrc": "src", "protocol": "proto"}.get(field, field)
            value = out[field] if out[field] is None else str(out[field])
            judge.same("%s in %s" % key[::-1], field, value, line.get(word, default))


def check_neighbours(judge, lines, events):
    """`ip neigh`: the last state of each."""
    last = {}
    for event in events:
        if event["type"] == "neigh.state":
            last[event["ip"]] = event["nud"]["new"], event["lladdr"]["new"]
        elif event["type"] == "neigh.lookup":
            last[event["ip"]] = event["nud"], event["lladdr"]
    for line in lines:
        words = line.split()
        if words and words[0] in last:
            lladdr = words[words.index("lladdr") + 1] if "lladdr" in words else None
            judge.same("neighbour " + words[0], "state", last[words[0]], (words[-1], lladdr))


def check(run):
    with open(os.path.join(run, "events.jsonl"), encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    events = [e for e in events if e["type"] == "step" or e.get("netns") == "client"]
    with open(os.path.join(run, "console.log"), encoding="utf-8", errors="replace") as file:
        parts = dict(sections(file.read()))
    judge = Judge()
    for name, lines in parts.items():
        if name.startswith("get-"):
            here = [e for e in events if e.get("step") == name]
            check_get(judge, name[4:], lines, here)
            check_lookups(judge, parts["tables"], here)
    check_neighbours(judge, parts["neighbours"], events)
    for sentence in judge.wrong:
        print(sentence)
    print("%d fields compared, %d differ" % (judge.compared, len(judge.wrong)))
    return 1 if judge.wrong or judge.compared < 50 else 0


if sys.argv[1] == "draw":
    draw(int(sys.argv[2]), sys.argv[3])
else:
    sys.exit(check(sys.argv[2]))
