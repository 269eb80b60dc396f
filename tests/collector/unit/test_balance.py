# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that came and went."""

from collections import Counter

from harness import STORED, it, same, stored
from ktlab import balance, decoder, hit


def balanced(*hits):
    """What the hits (point, at, rsp) of one task say of each point."""
    found = balance.Balance()
    for point, at, rsp in hits:
        found.add(point, at, rsp, 1, True)
    return found.shown()


def calls(**numbers):
    return dict(balance.NONE, **numbers)


@it("tells calls that returned from those that are under way, or were when the points were armed")
def _():
    same(balanced(("a", "return", 0x7f00), ("a", "enter", 0x7e00), ("b", "enter", 0x7d00), ("b", "return", 0x7d00),
                  ("b", "enter", 0x7d00)),
         {"a": calls(inside=1, before=1), "b": calls(returned=1, inside=1)})


@it("finds a call that is over without a return, as the stack shows, and a return that nobody entered")
def _():
    # as GDB makes it with a software breakpoint: the return before the function is hit in its stead
    same(balanced(("a", "enter", 0x7e00), ("a", "return", 0x7e00), ("b", "return", 0x7e00))["b"], calls(unentered=1))
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0x7f00))["a"], calls(lost=1))
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0x7e00))["a"], calls(lost=1))
    # not so on another stack, nor when another task has it
    same(balanced(("a", "enter", 0x7e00), ("b", "enter", 0xbf00))["a"], calls(inside=1))
    found = balance.Balance()
    found.add("a", "enter", 0x7e00, 1, True)
    found.add("b", "enter", 0x7f00, 2, True)
    same(found.shown()["a"], calls(inside=1))


@it("finds a call whose return address is gone from the stack, and a return in a task that came after its entry was watched")
def _():
    found = balance.Balance()
    found.add("a", "enter", 0x7e00, 1, True, {0x7e00: 5}.get)
    found.add("b", "enter", 0x7d00, 1, True, {0x7e00: 5, 0x7d00: 6}.get)
    same(found.shown(), {"a": calls(inside=1), "b": calls(inside=1)})
    found.add("c", "enter", 0x7c00, 1, True, {0x7e00: 7, 0x7d00: 6}.get)
    same(found.shown()["a"], calls(lost=1))
    found.add("a", "return", 0x17e00, 2, True, old=True)
    same(found.shown()["a"], calls(lost=1, before=1))
    found.add("a", "return", 0x27e00, 3, True, old=False)
    same(found.shown()["a"], calls(lost=1, before=1, unentered=1))


@it("finds nearly every entry and return that is taken out of a real run, and nothing in the run itself")
def _():
    plan, data, frames = STORED

    judge = decoder.Decoder(plan, None)
    read = [hit.Hit(plan, record, None) for record in stored.captures(data)]
    start = next(one["task.pid"] for one in read if one.site["decode"] == "marker" and one.text("text").startswith("ktlab start"))
    hits = [(one.site["point"], one.at, one.regs["rsp"], one["current"], one.site["point"] in judge.returning, one.word,
             one["task.pid"] <= start) for one in read if one.capture.site in judge.judged]

    def wrong(leave_out):
        found, entered = balance.Balance(), Counter()
        for number, one in enumerate(hits):
            if number != leave_out:
                found.add(*one)
                entered[one[0]] += one[1] == "enter"
        return [name for name, numbers in found.shown().items() if balance.sentence(name, entered[name], numbers)]

    same(wrong(None), [])
    some = [number for number, one in enumerate(hits) if one[4]]
    unseen = [hits[number][:2] for number in some if not wrong(number)]
    # the last returns of their tasks; and where the next hit is of a system call, which is called from the same place
    same((len(some), sorted(Counter(unseen).items())),
         (284, [(("__x64_sys_sendto", "return"), 2), (("ip_route_input_slow", "return"), 1), (("sock_close", "return"), 4)]))
