# SPDX-License-Identifier: GPL-2.0-or-later
"""Echo requests that were not answered yet: what ping's replies are matched with."""

from collections import OrderedDict

# as many are remembered: of what was lost nobody tells
KEPT = 1024


class Echoes:
    def __init__(self):
        self.requests = OrderedDict()   # (node, way, from, to, id, number) -> when it went or came, ns

    def since(self, hit, way, fields):
        """None of a request, which is remembered. Of a reply: how long ago its request went the other way; None if it did not."""
        ends = fields["saddr"], fields["daddr"]
        if fields["op"] == "request":
            self.requests[(hit["net.inum"], way, *ends, fields["id"], fields["seq"])] = hit.t_ns
            while len(self.requests) > KEPT:
                self.requests.popitem(last=False)
            return None
        other = "rx" if way == "tx" else "tx"
        asked = self.requests.get((hit["net.inum"], other, *ends[::-1], fields["id"], fields["seq"]))
        return None if asked is None else hit.t_ns - asked
