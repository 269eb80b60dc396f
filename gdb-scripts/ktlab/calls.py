# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes on on each stack of the kernel: the calls that are open, and the segment that is being received."""

from .kernel import STACK_BYTES


class Call:
    """A function that was entered and has not returned: the parent of what happens in it."""

    def __init__(self, n, rsp, node, ctx):
        self.n, self.rsp, self.node, self.ctx = n, rsp, node, ctx

    def node_of(self, hit):
        """Its node, if the hit is of the same: what is served in a softirq is not the business of the one it came upon."""
        return self.node if self.ctx == hit.ctx else None


class Calls:
    def __init__(self):
        self.open = {}              # base of a stack -> [Call], outermost first
        self.segments = {}          # base of a stack -> (rsp, segment, node, function) of the segment being received there

    def parent(self, hit):
        """The innermost call that is open around this hit, or None. Only calls whose return is watched are here."""
        calls = self.open.get(hit.stack_base, [])
        while calls and calls[-1].rsp < hit.regs["rsp"]:
            # its frame is gone: its return was not seen
            calls.pop()
        if calls:
            return calls[-1]
        # an interrupt stack was entered from another one: its top word leads there
        outer = hit.outer_rsp
        calls = self.open.get(outer & ~(STACK_BYTES - 1), [])
        return next((call for call in reversed(calls) if call.rsp >= outer), None)

    def enter(self, hit, n, node):
        """A call begins, with event N."""
        self.open.setdefault(hit.stack_base, []).append(Call(n, hit.regs["rsp"], node, hit.ctx))

    def leave(self, hit):
        calls = self.open.get(hit.stack_base, [])
        while calls and calls[-1].rsp <= hit.regs["rsp"]:
            calls.pop()

    def receive(self, hit, segment, node):
        self.segments[hit.stack_base] = hit.regs["rsp"], segment, node, hit.fn

    def receiving(self, hit):
        """(segment, node) of the tcp_v4_rcv or tcp_v6_rcv around this hit, or (None, None), as where that one is not watched."""
        rsp, segment, node, function = self.segments.get(hit.stack_base, (0, None, None, None))
        return (segment, node) if rsp >= hit.regs["rsp"] and hit.has(function) else (None, None)
