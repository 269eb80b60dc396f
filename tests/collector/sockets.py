# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab of drawn TCP sockets, and its judge: each field that an event shows of a socket is what `ss` prints of it.

sockets.py draw SEED LAB: writes the lab. sockets.py check RUN: compares events with what `ss -taino` said in the guest at
each step, prints each that differs and how many of which field were compared. What `ss` shows of a socket is what
tcp_get_info() and tcp_diag_get_info() (net/ipv4/tcp_diag.c) gave it, and the first is watched: its event is of that moment.
"""

import json
import os
import random
import re
import sys
from collections import Counter

POINTS = "tcp_get_info inet_sk_set_state inet_sk_state_store inet_reqsk_alloc inet_twsk_alloc tcp_timewait_state_process " \
         "inet_csk_reqsk_queue_hash_add inet_csk_complete_hashdance inet_csk_accept tcp_conn_request tcp_v4_syn_recv_sock " \
         "ip_output tcp_v4_rcv arp_xmit arp_rcv kfree_skb"
EXPECT = """A socket is asked what it has.
    call fn=tcp_get_info netns=client
"""
GUEST = """#!/bin/sh
set -eu
. /ktlab/lib.sh
step links
for node in client server; do
	on $node ip link set eth0 mtu %d
	on $node sysctl -q -w net.ipv4.tcp_timestamps=%d
done
up client server
sock() { on "$@" >/dev/null 2>&1 & }
show() {
	step "show-$1"
	for node in client server; do
		echo "-- $node sockets"
		on $node ss -HtainoO
	done
}
%s
"""


def scenario(rng, number):
    """The commands of some connections to one port, and what is to be awaited."""
    port, clients = 8000 + number, rng.randrange(1, 4)
    server = "bind 10.0.0.2:%d listen %d " % (port, rng.choice((0, 1, 5, 100)))
    kind = rng.choice(("queue", "unread", "served", "closed-by-server", "closed-by-client", "both-closed"))
    size = rng.choice((1, 100, 5000, 20000))
    server += {"queue": "", "unread": "accept ", "served": "accept recv 1 ", "closed-by-server": "accept shutdown ",
               "closed-by-client": "accept ", "both-closed": "accept recv 1 close "}[kind]
    client = "connect 10.0.0.2:%d " % port
    client += {"queue": "", "unread": "send %d " % size, "served": "send %d " % size, "closed-by-server": "send %d " % size,
               "closed-by-client": "send %d close " % size, "both-closed": "send 1 close "}[kind]
    lines = ["sock server sock %ssleep 1000000" % server, "wait_for listens server %d" % port]
    lines += ["sock client sock %ssleep 1000000" % client] * clients
    return lines + ["usleep %d" % rng.choice((100000, 500000)), "show %d" % number]


def lost(rng):
    """The wire takes nothing more: segments are sent again and again, SYNs are not answered."""
    node = rng.choice(("client", "server"))
    lines = ["sock server sock bind 10.0.0.2:9000 listen 5 accept sleep 1000 send 3000 sleep 1000000", "wait_for listens server 9000",
             "sock client sock connect 10.0.0.2:9000 sleep 1000 send %d sleep 1000000" % rng.choice((1, 5000, 20000)), "usleep 500000",
             "on %s tc qdisc add dev eth0 root netem loss 100%%" % node,
             "sock client sock connect 10.0.0.2:9000 sleep 1000000"]
    for name in ("lost", "later"):
        lines += ["usleep %d" % rng.randrange(1000000, 3000000), "show " + name]
    return lines


def draw(seed, lab):
    rng = random.Random(seed)
    lines = [line for number in range(6) for line in scenario(rng, number)] + lost(rng)
    os.makedirs(lab, exist_ok=True)
    guest = GUEST % (rng.choice((1500, 1400, 576)), rng.choice((0, 1, 1)), "\n".join(lines))
    for name, text in (("points", POINTS.replace(" ", "\n") + "\n"), ("expect", EXPECT), ("guest.sh", guest)):
        with open(os.path.join(lab, name), "w", encoding="utf-8") as file:
            file.write(text)


def printed(console):
    """(step, node, {"state", "queues", "ends", field: text}) of each line of `ss`."""
    step = node = None
    for line in console.splitlines():
        words = line.split()
        if line.startswith("== "):
            step, node = words[1], None
        elif line.startswith("-- "):
            node = words[1]
        elif node and len(words) >= 5:
            found = dict(word.split(":", 1) for word in words[5:] if re.match(r"[a-z_]+:[^(]", word))
            found.update(state=words[0], queues=(int(words[1]), int(words[2])), ends=(words[3], words[4].replace("*", "0")))
            found["timestamps"] = "ts" in words[5:]
            yield step, node, found


# what `ss` calls the states, and the names of kernel.py (net/ipv4/tcp_states.h)
STATES = {"ESTAB": "ESTABLISHED", "UNCONN": "CLOSE", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2"}


def kernels_name(state):
    return STATES.get(state, state.replace("-", "_"))


class Judge:
    def __init__(self):
        self.compared, self.wrong = Counter(), []

    def same(self, what, field, event, said):
        self.compared[field] += 1
        if event != said:
            self.wrong.append("%s: %s is %s in the event, %s is printed" % (what, field, event, said))


def judge_info(judge, what, args, line):
    """What tcp_get_info() was asked, against the line that was made of it: misc/ss.c of iproute2."""
    listens = args["state"] == "LISTEN"
    judge.same(what, "state", args["state"], kernels_name(line["state"]))
    queues = ("accept_qlen", "accept_max") if listens else ("unread", "unacked")
    judge.same(what, "queues", tuple(args[name] for name in queues), line["queues"])
    judge.same(what, "mss", args["mss"], int(line["mss"]))
    judge.same(what, "cwnd", args["cwnd"], int(line["cwnd"]))
    if "rto" in line:
        judge.same(what, "rto_ms", args["rto_ms"], float(line["rto"]))
    if "rtt" in line:
        judge.same(what, "srtt_us", "%g" % (args["srtt_us"] / 1000), line["rtt"].partition("/")[0])
    # those that are printed unless they are 0, or so large that they say nothing
    for field, key, most in (("backoff", "backoff", None), ("ssthresh", "ssthresh", 0xffff), ("lost", "lost", None),
                             ("packets_out", "unacked", None), ("sacked", "sacked", None)):
        if not listens:
            shown = args[field] if args[field] and (most is None or args[field] < most) else 0
            judge.same(what, field, shown, int(line.get(key, 0)))
    if not listens:
        judge.same(what, "retrans", args["retrans"], int(line.get("retrans", "0/0").partition("/")[0]))


def ends(args):
    return "%s:%d" % (args["saddr"], args["sport"]), "%s:%d" % (args["daddr"], args["dport"])


def ends_here(event):
    """The local and the remote end of a segment; None of other events."""
    return {"tcp.tx": ends, "tcp.rx": lambda e: ends(e)[::-1]}.get(event["type"], lambda e: None)(event)


def judge_segments(judge, what, segments, line):
    """What the segments of a connection have said, against what `ss` knows of them."""
    sent = [e for e in segments if e["type"] == "tcp.tx"]
    judge.same(what, "bytes_sent", sum(e["payload_len"] for e in sent), int(line.get("bytes_sent", 0)))
    if line["state"] != "ESTAB":
        return
    # an option is used that both ends have offered (RFC 7323 2.2, 3.2)
    offered = [[e["opts"] for e in segments if e["type"] == way and "S" in e["flags"]][-1] for way in ("tcp.tx", "tcp.rx")]
    both = {option["name"] for option in offered[0]} & {option["name"] for option in offered[1]}
    judge.same(what, "ts", "ts" in both, line["timestamps"])
    shifts = ["%d" % o["shift"] for opts in offered[::-1] for o in opts if o["name"] == "wscale"]
    judge.same(what, "wscale", ",".join(shifts) if "wscale" in both else None, line.get("wscale"))


def state_now(states):
    """A socket that waits without its process hands its ends to a timewait_sock, and is closed itself (tcp_time_wait())."""
    waiting = [e for e in states if e["obj"] == "timewait_sock"]
    return (waiting or states)[-1]["new"].replace("NEW_SYN_RECV", "SYN_RECV")


def asks(event):
    return event["type"] == "call" and event["fn"] == "tcp_get_info"


def judge_line(judge, events, step, node, line):
    """One line of `ss`, against all events of that node until it was asked for."""
    what = "%s, %s %s %s" % (step, node, *line["ends"])
    here = [e for e in events if e["netns"] == node]
    asked = [e for e in here if asks(e) and e["step"] == step and ends(e["args"]) == line["ends"]]
    until = next((e["n"] for e in asked or events if asks(e) and e["step"] == step), len(events))
    before = [e for e in here if e["n"] < until]
    states = [e for e in before if e["type"] == "tcp.state" and ends(e) == line["ends"]]
    if states:
        judge.same(what, "last state", state_now(states), kernels_name(line["state"]))
    if "mss" in line and not asked:
        judge.wrong.append("%s: no event, printed is %s" % (what, line))
    elif "mss" in line:
        judge_info(judge, what, asked[0]["args"], line)
        if "bytes_sent" in line:
            judge_segments(judge, what, [e for e in before if ends_here(e) == line["ends"]], line)


def check(run):
    with open(os.path.join(run, "events.jsonl"), encoding="utf-8") as file:
        events = [json.loads(line) for line in file][1:-1]
    judge, count = Judge(), 0
    with open(os.path.join(run, "console.log"), encoding="utf-8", errors="replace") as file:
        for step, node, line in printed(file.read()):
            count += 1
            judge_line(judge, events, step, node, line)
    for sentence in judge.wrong:
        print(sentence)
    compared = sum(judge.compared.values())
    print("%d sockets, %d fields compared, %d differ: %s" % (count, compared, len(judge.wrong), dict(judge.compared)))
    return 1 if judge.wrong or compared < 200 else 0


if sys.argv[1] == "draw":
    draw(int(sys.argv[2]), sys.argv[3])
else:
    sys.exit(check(sys.argv[2]))
