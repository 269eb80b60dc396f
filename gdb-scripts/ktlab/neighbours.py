# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbours: how each was when it was last seen, by its address, until the kernel frees it."""


class Neighbours:
    def __init__(self):
        self.states = {}
        self.sending = set()    # those for which __neigh_event_send() has begun and not returned

    def see(self, address, state):
        """A neighbour is in a state now; returns the one before, the same if none is known."""
        before = self.states.get(address, state)
        self.states[address] = state
        return before

    def send(self, address, begins):
        (self.sending.add if begins else self.sending.discard)(address)

    def is_sending(self, address):
        return address in self.sending

    def free(self, address):
        self.states.pop(address, None)
        self.sending.discard(address)
