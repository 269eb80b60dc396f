# SPDX-License-Identifier: GPL-2.0-or-later
"""strace.py RUN FILE…: what a run's events say of each system call on a socket, held against the lines of strace -f -y of the
same run, call by call in each task. Exit status: 0 the same, 1 something differs, 2 nothing to compare."""

import difflib
import itertools
import json
import re
import struct
import sys
from collections import Counter, defaultdict

STRING = r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?'
# calls on sockets, or on what waits for them, whose line does not say so
WITHOUT = ("socket(AF_INET,", "socket(AF_INET6,", "epoll_ctl(", "epoll_wait(", "epoll_pwait(")
ESCAPES = {"n": 10, "t": 9, "r": 13, "v": 11, "f": 12}


def unescape(text):
    """The bytes of a string as strace writes it."""
    return bytes(ESCAPES.get(letter, ord(letter)) if letter else int(octal, 8) if octal else ord(plain)
                 for octal, letter, plain in re.findall(r"\\([0-7]{1,3})|\\(.)|(.)", text))


def time(match):
    return "%s{tv_sec=%d, tv_usec=%d}" % ((match[1],) + struct.unpack("<qq", unescape(match[2])))


def but_addresses(match):
    return match[0] if match[0][0] != '"' else "..."


def cut(most):
    """A list of more than so many elements ends with `...`."""
    def how(match):
        parts = re.findall(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", match[2])
        return "%s[%s]" % (match[1], ", ".join(parts[:most] + ["..."] * (len(parts) > most)))
    return how


# Where a line of strace's is another on purpose: what, by what, why.
DIFFERENCES = [
    (re.compile(r"<(?:\w+:)?\[?[^<>]*>"), "", "strace -y says what a descriptor is; the event has its socket as `sk`"),
    (re.compile(r"(= (?:-1|\?) E\w+) \([^()]*\)$"), r"\1", "the sentence of an error is not repeated"),
    (re.compile(r"((?:RCV|SND)TIMEO_\w+, )" + STRING), time, "newer straces write the time, as the event does"),
    (re.compile(r'inet_addr\("[^"]*"|AF_INET6, "[^"]*"|' + STRING), but_addresses, "bytes that a program sends, receives or sets are not taken"),
    (re.compile(r"(?<=[ =\[(])0x[0-9a-f]{6,}(?=[,\])}])"), "...", "nor is told where in its memory they lie"),
    (re.compile(r"msg_control=\[.*?\](?=, msg_controllen)"), "msg_control=...", "control messages are not read"),
    (re.compile(r"(msg_iov=|^(?:readv|writev)\(\d+, )\[(.*?)\](?=, )"), cut(4), "four parts of a message are taken"),
    (re.compile(r"(^(?:send|recv)mmsg\(\d+, )\[(.*)\](?=, \d+, )"), cut(2), "two messages of a call are taken"),
    (re.compile(r"TXREHASH, \[SOCK_TXREHASH_ENABLED\]"), "TXREHASH, [1]", "an option's value is a number"),
    (re.compile(r"(SOL_SOCKET, SO_PEERCRED, )\{.*?\}"), r"\1...", "or is not taken where it is longer"),
    (re.compile(r"(SO_TIMESTAMPING_(?:OLD|NEW), )\[\w+\](?=, \[\d+ => 8\])"), r"\1...", "two numbers"),
    (re.compile(r"SO_GET_FILTER"), "SO_ATTACH_FILTER", "one number has two names"),
    (re.compile(r"SOL_IP, 0x33 /\* IP_\?\?\? \*/"), "SOL_IP, IP_LOCAL_PORT_RANGE", "strace 6.1 is older than the option"),
]


def as_told(line):
    for what, by, _ in DIFFERENCES:
        line = what.sub(by, line)
    return re.sub(r"\)\s+= ", ") = ", line)


def is_on_socket(line):
    return line is not None and ("<socket:[" in line or line.startswith(WITHOUT))


def lines_of_strace(paths):
    """{task: its lines}, the two halves of a call that another one came between put together."""
    lines, open_ = defaultdict(list), {}
    for text in itertools.chain.from_iterable(open(path, encoding="utf-8", errors="replace") for path in paths):
        match = re.match(r"(\d+) +(.*?)\r?\n?$", text)
        if not match:
            continue
        task, line = int(match[1]), match[2]
        begun, ended = re.match(r"(.*) <unfinished \.\.\.>$", line), re.match(r"<\.\.\. \w+ resumed>(.*)$", line)
        if begun:
            open_[task] = len(lines[task])
            lines[task].append(None)
            lines[task, "begun"] = begun[1]
        elif ended and task in open_:
            lines[task][open_.pop(task)] = lines.pop((task, "begun")) + ended[1]
        else:
            lines[task].append(line)
    return {task: [as_told(line) for line in of if is_on_socket(line)] for task, of in lines.items() if isinstance(task, int)}


def lines_of_run(folder):
    lines = defaultdict(list)
    with open(folder + "/events.jsonl", encoding="utf-8", errors="surrogateescape") as events:
        for event in map(json.loads, events):
            # what sendfile() and splice() make the kernel do has no descriptor
            if event["type"] == "syscall.exit" and (event["fd"] is not None or "strace" in event["args"]):
                lines[event["pid"]].append(event["args"].get("strace") or "%s: no line" % event["name"])
    return lines


def main():
    theirs, ours = lines_of_strace(sys.argv[2:]), lines_of_run(sys.argv[1])
    names, differ = Counter(), 0
    for task in sorted(set(theirs) | set(ours)):
        one, other = theirs.get(task, []), ours.get(task, [])
        names.update(line.partition("(")[0] for line in one)
        for tag, *(a, b, c, d) in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            for pair in itertools.zip_longest(one[a:b], other[c:d], fillvalue="(none)") if tag != "equal" else ():
                differ += 1
                print("task %d\n  strace %s\n  event  %s" % ((task,) + pair))
    print("%d calls of %d kinds compared, %d differ: %s" % (
        sum(names.values()), len(names), differ, ", ".join("%s %d" % pair for pair in sorted(names.items()))))
    return 2 if not names else 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
