# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether each watched call came and went: what in a trace shows that the tracer altered the guest, or lost a hit.

A call whose entry was at rsp is under way as long as all that is hit on its stack lies below, and the stack has at rsp the
return address that it had at the entry. A hit at rsp or above, or another word at rsp, shows that it is over: if its return
was not seen, that was lost, or the function never ran. And a return without an entry is that of a call that was under way
when the points were armed: until then all hits on its stack lie below, too, and its task was there already. All this
holds for kernels with frame pointers (CONFIG_FRAME_POINTER), where a call at a function's end is no jump. What a task
has under way when it ends stays inside: do_exit() does not return, and its stack is another task's later.
"""

from collections import Counter

from . import kernel


class Stack:
    """One stack: who runs on it, the watched calls under way (rsp, point, return address), the innermost last, and the highest
    rsp of a hit."""

    def __init__(self, task):
        self.task, self.calls, self.highest = task, [], 0


def left(call, word):
    """Whether the stack no longer has the return address of a call."""
    return None not in (call[2], word) and call[2] != word


class Balance:
    """Of each point whose returns are watched: calls that were entered, that returned, that ended with their task, that were
    under way before, whose return was lost, and returns that nobody entered."""

    def __init__(self):
        self.entered, self.returned, self.ended, self.before, self.lost, self.unentered = (Counter() for _ in range(6))
        self.stacks = {}

    def add(self, point, at, rsp, task, returns, word=lambda address: None, old=True):
        """One hit: `task` is who runs, or None if that is not known, `returns` whether the point's returns are watched,
        `word` gives what the stack has at an address, or None, and `old` is whether the task was there when the points
        were armed."""
        stack = self._stack(rsp, task)
        over = [call for call in stack.calls if call[0] < rsp or call[0] == rsp and at == "enter" or left(call, word(call[0]))]
        self.lost.update(name for _, name, _ in over)
        stack.calls = [call for call in stack.calls if call not in over]
        if at == "enter" and returns:
            self.entered[point] += 1
            stack.calls.append((rsp, point, word(rsp)))
        elif at == "return":
            self._returned(point, rsp, stack, old)
        stack.highest = max(rsp, stack.highest)

    def _stack(self, rsp, task):
        place = rsp // kernel.STACK_BYTES
        stack = self.stacks.get(place)
        if not stack or (task and stack.task and task != stack.task):
            self.ended.update(name for _, name, _ in (stack.calls if stack else ()))
            stack = self.stacks[place] = Stack(task)
        stack.task = task or stack.task
        return stack

    def _returned(self, point, rsp, stack, old):
        if stack.calls and stack.calls[-1][:2] == (rsp, point):
            stack.calls.pop()
            self.returned[point] += 1
        elif stack.highest < rsp and old:
            self.before[point] += 1
        else:
            self.unentered[point] += 1

    def shown(self):
        """{point: its numbers}."""
        inside = self.ended + Counter(name for stack in self.stacks.values() for _, name, _ in stack.calls)
        return {name: {"returned": self.returned[name], "inside": inside[name], "before": self.before[name],
                       "lost": self.lost[name], "unentered": self.unentered[name]}
                for name in set(self.entered) | set(self.before) | set(self.unentered)}


NONE = {"returned": 0, "inside": 0, "before": 0, "lost": 0, "unentered": 0}


def sentence(name, entered, numbers):
    """What cannot be, or None; ktrun/selfcheck.c says the same of a run."""
    if entered == numbers["returned"] + numbers["inside"] and not numbers["unentered"]:
        return None
    return ("%s was entered %d times; %d of these calls have returned and %d are under way, %d are over without a return, "
            "and %d returns are of no call" % (name, entered, numbers["returned"], numbers["inside"], numbers["lost"],
                                               numbers["unentered"]))
