# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses of IPv6: how each was when it was last seen, by where it lies, until the kernel frees it."""


class Addresses:
    def __init__(self):
        self.states = {}

    def see(self, place, state):
        """The address is in a state now; returns the one before, the same if none is known."""
        before = self.states.get(place, state)
        self.states[place] = state
        return before

    def free(self, place):
        self.states.pop(place, None)
