# SPDX-License-Identifier: GPL-2.0-or-later
"""What a program waits for, and what has come, in the words of strace: poll(), select(), epoll."""

import struct

from .. import options as names
from .strace_numbers import ELSEWHERE, flags, number, pointer


def asked(call, at):
    """[(fd, events, revents)] of poll(), eight at most."""
    data, count = call.got("polls"), number(call.register(at + 1))
    return list(struct.iter_unpack("<ihh", data))[:count] if data else entries_of(call, count)


def entries_of(call, count):
    """The same where memory ends behind less than eight."""
    data = [call.got("p%d" % i) for i in range(min(count, 4))]
    return [struct.unpack("<ihh", one) for one in data if one]


def polls(call, at):
    how, found = flags(names.POLL), asked(call, at)
    shown = ["{fd=%d, events=%s}" % (fd, how(events & 0xffff)) if fd >= 0 else "{fd=%d}" % fd for fd, events, _ in found]
    return "[%s]" % ", ".join(shown + [ELSEWHERE] * (number(call.register(at + 1)) > len(shown)))


def fds(data, most):
    """The numbers that are set, of the first 64."""
    bits = int.from_bytes(data, "little")
    return "[%s]" % " ".join(str(fd) for fd in range(min(most, 64)) if bits >> fd & 1)


def fd_set(block):
    return lambda call, at: fds(call.given(block), number(call.register(0))) if call.given(block) else pointer(call.register(at))


def limit(unit):
    def how(call, at):
        data = call.given("limit")
        return time_text(data, unit) if data and call.register(at) else pointer(call.register(at))
    return how


def time_text(data, unit):
    return "{tv_sec=%d, tv_%s=%d}" % (struct.unpack("<q", data[:8])[0], unit, struct.unpack("<q", data[8:])[0])


def woken(data):
    events, number_ = struct.unpack("<IQ", data)
    return "{events=%s, data={u32=%d, u64=%d}}" % (flags(names.EPOLL)(events), number_ & 0xffffffff, number_)


def event(call, at):
    data = call.given("event")
    return woken(data) if data and call.register(at) and number(call.register(1)) != 2 else pointer(call.register(at))


def events(call, at):
    data = call.got("events", "events1")
    if call.ret <= 0 or not data:
        return "[]" if not call.ret else pointer(call.register(at))
    shown = [woken(data[i:i + 12]) for i in range(0, 12 * min(call.ret, len(data) // 12), 12)]
    return "[%s]" % ", ".join(shown + [ELSEWHERE] * (call.ret > len(shown)))


def of_poll(call):
    shown = ["{fd=%d, revents=%s}" % (fd, flags(names.POLL)(revents & 0xffff)) for fd, _, revents in asked(call, 0) if revents]
    return ["[%s]" % ", ".join(shown)]


def of_select(call):
    sets = (("in", call.got("in")), ("out", call.got("out")), ("except", call.got("ex")))
    found = [(name, fds(data, number(call.register(0)))) for name, data in sets if data]
    return ["%s %s" % (name, text) for name, text in found if text != "[]"]


def left(call, unit):
    data = call.got("limit")
    return ["left " + time_text(data, unit)] if data else []


WAITS = {"poll": (of_poll, None), "ppoll": (of_poll, "nsec"), "select": (of_select, "usec"), "pselect6": (of_select, "nsec")}
