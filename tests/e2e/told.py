# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a run's events with what its programs told on the console of their calls, descriptors, owners and connections.

told.py RUN prints each difference; status 1 if there is one. What is told stands on top of juggler.c.
"""

import errno
import json
import os
import sys
from collections import defaultdict

UNKNOWN = "?"
KERNELS_OWN = 512
NAMES = {"socket", "bind", "listen", "accept", "connect", "sendto", "recvfrom", "sendmsg", "recvmsg", "read", "write", "close",
         "accept4", "shutdown"}


def connection(word):
    return int(word) if word.isdigit() else {"-": None}.get(word, UNKNOWN)


def told(run):
    """({thread: [(name, fd, result, connection)]}, {(connection, side): (thread, fd)}) of the console."""
    calls, owners = defaultdict(list), {}
    with open(os.path.join(run, "console.log"), encoding="utf-8", errors="replace") as file:
        for words in (line.split() for line in file if line.startswith("told: ")):
            thread, what, *rest = words[1:]
            if what == "call":
                calls[int(thread)].append((rest[0], int(rest[1]), int(rest[2]), connection(rest[3])))
            else:
                owners[int(rest[1]), rest[2]] = int(thread), int(rest[0])
    return calls, owners


def seen(run):
    with open(os.path.join(run, "events.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file][1:-1]


def call_of(event):
    result = event["ret"]
    # what the kernel returns to itself when a signal has ended the call (ERESTARTSYS and the like)
    if result <= -KERNELS_OWN and event["ret_name"] == "EINTR":
        result = -errno.EINTR
    return event["name"], -1 if event["fd"] is None else event["fd"], result


def pairs(thread, said, events):
    """(told, event) of a thread's calls in their order. close() is an event for the last descriptor only."""
    rest = iter(events)
    event = next(rest, None)
    for call in said:
        if event and call_of(event) == call[:3]:
            yield call, event
            event = next(rest, None)
        elif call[0] != "close":
            raise ValueError("thread %d told %s, seen is %s" % (thread, call, event and call_of(event)))
    if event:
        raise ValueError("thread %d never told %s of event %d" % (thread, call_of(event), event["n"]))


def connections(calls, events):
    """{connection as told: as seen}; they must be told apart in the same way."""
    exits, numbers = defaultdict(list), {}
    for event in events:
        if event["type"] == "syscall.exit" and event["name"] in NAMES:
            exits[event["pid"]].append(event)
    # a thread that has told nothing is of another program
    for thread in calls:
        for (name, _, _, number), event in pairs(thread, calls[thread], exits[thread]):
            if number != UNKNOWN and numbers.setdefault(number, event["conn"]) != event["conn"]:
                raise ValueError("%s() of event %d is of connection %s, told is %s, which was %s"
                                 % (name, event["n"], event["conn"], number, numbers[number]))
    if numbers.pop(None, None) is not None or len(set(numbers.values())) != len(numbers) or None in numbers.values():
        raise ValueError("connections are mixed up: %s" % numbers)
    return numbers


def lost_children(events):
    """Sockets that nobody gets: of two segments that find the request at once, as GRO may bring them, each makes a child,
    and the second one's ends (own_req of inet_csk_complete_hashdance(), net/ipv4/inet_connection_sock.c)."""
    return {event["sk"] for event in events if event["type"] == "tcp.state" and (event["old"], event["new"]) == ("SYN_RECV", "CLOSE")}


def check_owners(owners, numbers, events):
    lost = lost_children(events)
    for (number, side), owner in owners.items():
        for event in events:
            if event["conn"] == numbers[number] and event["netns"] == side:
                got = event["owner"] and (event["owner"]["pid"], event["owner"]["fd"])
                is_socks = event["type"] in ("tcp.state", "syscall.exit") and event.get("obj", "sock") == "sock" \
                    and not (event["type"] == "tcp.state" and event["sk"] in lost and "SYN_RECV" in (event["old"], event["new"]))
                if got != owner and (got or is_socks) and not is_anothers(event):
                    raise ValueError("event %d has the owner %s, told is %s" % (event["n"], got, owner))


def is_anothers(event):
    """What a listener does for a connection that is not accepted yet, and what a raw socket sends into one."""
    return str(event.get("by")).startswith("raw_send") or event["netns"] == "server" and is_listeners(event)


def is_listeners(event):
    return event["type"] in ("conn.queue", "call", "tcp.tx", "tcp.rx") or event["type"] == "tcp.state" and event["obj"] != "sock"


def check_ends(owners, numbers, events):
    """Each socket ends once: by close(), or by the kernel."""
    ends = defaultdict(list)
    for event in events:
        if event["fn"] == "sock_close" and event["at"] == "enter" and event["conn"]:
            ends[event["conn"], event["netns"]].append(event["n"])
    for number, side in owners:
        # one that was refused ends with the next connect() of its socket
        found = ends[numbers[number], side]
        if len(found) > 1 or side == "server" and len(found) != 1:
            raise ValueError("connection %s ends at the %s in events %s" % (number, side, found))


def main(run):
    calls, owners = told(run)
    events = seen(run)
    if not calls:
        raise ValueError("the programs told nothing")
    numbers = connections(calls, events)
    check_owners(owners, numbers, events)
    check_ends(owners, numbers, events)
    print("%d calls, %d connections: as told" % (sum(map(len, calls.values())), len(numbers)))


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except ValueError as error:
        print(error)
        sys.exit(1)
