# SPDX-License-Identifier: GPL-2.0-or-later
"""A system call on a socket as one line in the words of strace: setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0.

`...` stands for what is not taken: bytes that are sent or received, and where in the program's memory they lie.
"""

import socket
import struct

from .. import kernel
from .. import options as names
from ..headers import ip4
from . import strace_waits as waits
from .strace_numbers import ELSEWHERE, NUMBERS, flags, number, one_of, opened, option_name, pointer
from .words import errno_name

REGISTERS = ("di", "si", "dx", "r10", "r8", "r9")

# system call -> how each of its arguments is written, as a name of HOW
CALLS = {
    "socket": "family socktype protocol", "bind": "int addr int", "connect": "int addr int", "listen": "int int",
    "accept": "int from fromlen", "accept4": "int from fromlen sock", "shutdown": "int shut",
    "sendto": "int buffer size msg to int", "recvfrom": "int buffer size msg from fromlen",
    "sendmsg": "int message msg", "recvmsg": "int message msg", "sendmmsg": "int messages int msg",
    "recvmmsg": "int messages int msg timespec", "read": "int buffer size", "write": "int buffer size",
    "readv": "int parts int", "writev": "int parts int", "close": "int",
    "getsockname": "int from fromlen", "getpeername": "int from fromlen",
    "setsockopt": "int level option value int", "getsockopt": "int level option value len",
    "sendfile": "int int offset size", "splice": "int offset int offset_out size splice", "dup": "int", "dup2": "int int",
    "dup3": "int int dup", "fcntl": "int fcntl control", "ioctl": "int ioctl request",
    "poll": "polls int int", "ppoll": "polls int timespec mask size",
    "select": "int in out ex timeval", "pselect6": "int in out ex timespec mask",
    "epoll_ctl": "int epoll_op int event", "epoll_wait": "int events int int", "epoll_pwait": "int events int int mask size",
}
OUTPUT = ("recvmsg", "recvmmsg", "sendmmsg")


class Call:
    """A call that has ended: its arguments, and what lay where they lead to when it began and when it ended."""

    def __init__(self, name, hit, ret):
        self.name, self.ret, self.entry, self.end = name, ret, hit.entry, hit

    def register(self, number):
        return self.entry["asked." + REGISTERS[number]]

    def given(self, *blocks):
        return taken(self.entry, blocks)

    def got(self, *blocks):
        return taken(self.end, blocks)

    @property
    def failed(self):
        return self.ret < 0


def taken(hit, blocks):
    """The first of these blocks that was taken: the longest stands first."""
    return next((data for data in map(hit.bytes, blocks) if data is not None), None)


# ---- what an argument leads to

def sockaddr(data, longer, length):
    """An address of that many bytes."""
    if not data:
        return ELSEWHERE
    family, port = struct.unpack("<H", data[:2])[0], struct.unpack(">H", data[2:4])[0]
    if family == kernel.AF_INET and length >= 16:
        return "{sa_family=AF_INET, sin_port=htons(%d), sin_addr=inet_addr(\"%s\")}" % (port, ip4(struct.unpack("<I", data[4:8])[0]))
    if family == kernel.AF_INET6 and length >= 28 and longer:
        flow, scope = struct.unpack(">I", longer[4:8])[0], struct.unpack("<I", longer[24:28])[0]
        return "{sa_family=AF_INET6, sin6_port=htons(%d), sin6_flowinfo=htonl(%d), inet_pton(AF_INET6, \"%s\", &sin6_addr), " \
               "sin6_scope_id=%d}" % (port, flow, socket.inet_ntop(socket.AF_INET6, longer[8:24]), scope)
    return "{sa_family=%s, sa_data=%s}" % (one_of(names.FAMILIES, "AF_???")(family), ELSEWHERE)


def given_address(block):
    """One that the program gives; its length is the next argument."""
    def how(call, at):
        if not call.register(at):
            return "NULL"
        return sockaddr(call.given(block), call.given(block + "6"), number(call.register(at + 1)))
    return how


def length_of(data):
    return struct.unpack("<i", data[:4])[0] if data else None


def told_address(call, at):
    """One that the kernel tells."""
    room, length = length_of(call.given("fromlen")), length_of(call.got("fromlen"))
    if not call.register(at) or call.failed or not room or not length:
        return pointer(call.register(at))
    return sockaddr(call.got("from"), call.got("from6"), min(room, length))


def changed(before, after):
    return "[%d]" % before if after in (before, None) else "[%d => %d]" % (before, after)


def told_length(block):
    def how(call, at):
        before, after = length_of(call.given(block)), length_of(call.got(block))
        if before is None:
            return pointer(call.register(at))
        return changed(before, None if call.failed else after)
    return how


def parts_text(data, count):
    if not count or not data:
        return "[]" if data and not count else ELSEWHERE
    shown = ["{iov_base=%s, iov_len=%d}" % (ELSEWHERE if base else "NULL", length)
             for base, length in struct.iter_unpack("<QQ", data[:16 * min(count, len(data) // 16)])]
    return "[%s]" % ", ".join(shown + [ELSEWHERE] * (count > len(shown)))


def parts(call, at):
    return parts_text(call.given("iovs", "iovs1"), number(call.register(at + 1)))


def message_text(call, n=""):
    """struct user_msghdr."""
    data, after = call.given("msg" + n), call.got("msg" + n) if call.name in OUTPUT else None
    if not data:
        return ELSEWHERE
    took = call.name.startswith("recv") and not call.failed and after
    name, room, _, count, _, controls, flag = struct.unpack("<QI4xQQQQI4x", (after if took else data)[:56])
    given = struct.unpack_from("<I", data, 8)[0]
    source = (call.got if took else call.given)
    to = sockaddr(source("to" + n), source("to6" + n), min(given, room)) if name and room else pointer(name)
    length = "%d => %d" % (given, room) if given != room else str(given)
    control = "msg_control=%s, " % ELSEWHERE if controls else ""
    return "{msg_name=%s, msg_namelen=%s, msg_iov=%s, msg_iovlen=%d, %smsg_controllen=%d, msg_flags=%s}" % (
        to, length, parts_text(call.given("iovs" + n, "iovs%s1" % n), count), count, control, controls, flags(names.MSG)(flag))


def message(call, at):
    if call.name == "recvmsg" and call.failed:
        length = struct.unpack_from("<I", call.given("msg") or bytes(56), 8)[0]
        return "{msg_namelen=%d}" % length if call.given("msg") else pointer(call.register(at))
    return message_text(call)


def messages(call, at):
    """struct mmsghdr: two of them are taken."""
    count = number(call.register(at + 1))
    shown = []
    if call.name == "recvmmsg":
        count = max(call.ret, 0)
    for i, n in enumerate(("", "b")[:count]):
        data = call.got("msg" + n)
        text = "msg_hdr=" + message_text(call, n)
        if data and i < call.ret:
            text += ", msg_len=%d" % struct.unpack_from("<I", data, 56)[0]
        shown.append("{%s}" % text)
    if call.name == "recvmmsg" and call.ret <= 0:
        return pointer(call.register(at))
    return "[%s]" % ", ".join(shown + [ELSEWHERE] * (count > len(shown)))


def value(call, at):
    """What setsockopt() gives, and what getsockopt() tells."""
    level, name = number(call.register(1)), number(call.register(2))
    tells = call.name == "getsockopt"
    room = length_of(call.got("len")) if tells else number(call.register(at + 1))
    data = (call.got if tells else call.given)("value", "value4", "value1")
    if not call.register(at) or not data or tells and (call.failed or not room):
        return pointer(call.register(at))
    if level == 1 and names.SO.get(name) == "SO_LINGER" and room == 8 and len(data) >= 8:
        return "{l_onoff=%d, l_linger=%d}" % struct.unpack_from("<ii", data)
    if level == 1 and "TIMEO" in names.SO.get(name, "") and room == 16 and len(data) >= 16:
        return "{tv_sec=%d, tv_usec=%d}" % struct.unpack_from("<qq", data)
    return "[%d]" % struct.unpack_from("<i", data) if room == 4 and len(data) >= 4 else ELSEWHERE


def option(call, at):
    return option_name(number(call.register(at - 1)), call.register(at))


def offset(block):
    def how(call, at):
        before, after = call.given(block), call.got(block)
        if not call.register(at) or before is None:
            return pointer(call.register(at))
        one, other = (struct.unpack("<q", data)[0] for data in (before, after or before))
        return "[%d]" % one if one == other else "[%d] => [%d]" % (one, other)
    return how


def control(call, at):
    command, argument = number(call.register(at - 1)), call.register(at)
    if command == 4:
        return opened(argument)
    return flags(names.FD)(argument) if command == 2 else str(number(argument))


def request(call, at):
    """The number that an ioctl() gives or gets."""
    known = call.register(at - 1) & 0xffffffff in names.IOCTL
    data = call.got("value4")
    if known and not call.failed and data:
        return "[%d]" % struct.unpack("<i", data)
    return pointer(call.register(at)) if known else hex(call.register(at))


HOW = {
    "addr": given_address("addr"), "to": given_address("to"), "from": told_address, "fromlen": told_length("fromlen"),
    "len": told_length("len"), "message": message, "messages": messages, "parts": parts, "option": option, "value": value,
    "offset": offset("off"), "offset_out": offset("off_out"), "control": control, "request": request,
    "polls": waits.polls, "in": waits.fd_set("in"), "out": waits.fd_set("out"), "ex": waits.fd_set("ex"),
    "timeval": waits.limit("usec"), "timespec": waits.limit("nsec"), "event": waits.event, "events": waits.events,
}


def argument(call, at, how):
    return NUMBERS[how](call.register(at)) if how in NUMBERS else HOW[how](call, at)


# ---- the result

def result(call):
    name = errno_name(call.ret)
    if call.ret in kernel.RESTARTS:
        return "? " + name
    if call.failed:
        return "-1 " + name
    if call.name in waits.WAITS:
        how, unit = waits.WAITS[call.name]
        if not call.ret:
            return "0 (Timeout)"
        return "%d (%s)" % (call.ret, ", ".join(how(call) + (waits.left(call, unit) if unit else [])))
    if call.name == "fcntl" and call.ret and number(call.register(1)) in (1, 3):
        return "%#x (flags %s)" % (call.ret, (flags(names.FD) if number(call.register(1)) == 1 else opened)(call.ret))
    if call.name == "recvmmsg" and call.got("limit"):
        return "%d (%s)" % (call.ret, waits.left(call, "nsec")[0])
    return str(call.ret)


def line(name, hit, ret):
    """Of a call that has ended at this hit; None of one that has no words here, and of what a call makes the kernel do with
    a file that is not its own."""
    if name not in CALLS or kernel.SYSCALLS.get(hit.entry["asked.orig_ax"]) != name:
        return None
    call = Call(name, hit, ret)
    words = CALLS[name].split()
    if name == "fcntl" and number(call.register(1)) in (1, 3, 9, 11):
        words.pop()
    return "%s(%s) = %s" % (name, ", ".join(argument(call, at, how) for at, how in enumerate(words)), result(call))
