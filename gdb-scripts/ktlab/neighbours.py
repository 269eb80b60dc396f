# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbours: how each was when it was last seen, by its address, until the kernel frees it."""


class Neighbours:
    def __init__(self):
        self.states = {}

    def see(self, address, state):
        """A neighbour is in a state now; returns the one before, the same if none is known."""
        before = self.states.get(address, state)
        self.states[address] = state
        return before

    def free(self, address):
        self.states.pop(address, None)
