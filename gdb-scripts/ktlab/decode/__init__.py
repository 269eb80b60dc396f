# SPDX-License-Identifier: GPL-2.0-or-later
"""What hits mean: a file for each family of events, as report/types has one for what is said of them.

A family's DECODERS has the functions that rows of points.py name. Each takes a Hit and the Model, and returns an event's type
and fields, a list of such, or None; fields that begin with `_` are for the envelope.
"""

import importlib
import pkgutil
from collections import namedtuple

# A family may have DATAGRAMS, too: of a protocol each of whose frames is one event, what wire.py compares.
# {kind: Datagrams}, `points` those of what is sent and received, over IPv4 and over IPv6, `fields` tshark's words for what IP
# carries, of both, `is_one` whether a frame that it has read is such a one, `said` what an event says in the same words, into
# which `read` brings what tshark says, `of_link` whether no router sends them on.
Datagrams = namedtuple("Datagrams", "points fields is_one said read of_link", defaults=[dict, False])


def of_ip(ip):
    """What an event says of the header of IP of such a frame, in the words of tshark.py."""
    if ip["id"] is None:
        return {name: ip[name] for name in ("ttl", "tos", "flow_label")}
    return {"id": ip["id"], "ttl": ip["ttl"], "df": int(ip["df"]), "tos": ip["tos"], "ip_header_len": ip["header_len"]}


FRAMES = {}
DECODERS = {"unseen": lambda hit, model: None}
for family in pkgutil.iter_modules(__path__):
    found = importlib.import_module("." + family.name, __name__)
    DECODERS.update(getattr(found, "DECODERS", {}))
    FRAMES.update(getattr(found, "DATAGRAMS", {}))
