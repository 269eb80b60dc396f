# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's start: init calls, and what is made known to the network stack."""

import re

from .. import kernel
from ..points import POINTS
from .call import shown

# The symbol of an init call's entry in the table of its level; since 5.11 (3578ad11f3fb) with the name of the module
# and of the source line in front of the function's.
ENTRY = re.compile(r"__initcall_(?:_kmod_\w+?__\d+_\d+_)?(\w+?)(early|rootfs|[0-7]s?)$")


def levels(symbols):
    """{function of an init call: its level}."""
    found = {}
    for name in (name for names in symbols.names().values() for name in names):
        match = ENTRY.match(name)
        if match:
            found.setdefault(match.group(1), match.group(2))
    return found


def initcall(hit, model):
    """do_one_initcall(fn): init/main.c"""
    if model.init_levels is None:
        model.init_levels = levels(hit.symbols)
        # one look-up for all of them
        hit.symbols.load(address for address, names in hit.symbols.names().items() if names[0] in model.init_levels)
    name = hit.symbols.name(hit.argument("fn"))
    level = model.init_levels.get(name)
    frames = hit.symbols.frames(hit.argument("fn"))
    return "init.call", {"level": level, "level_name": kernel.INIT_LEVELS.get(level), "name": name,
                         "init_file": frames[-1]["file"] if frames else None}


def register(hit, model):
    """Something is made known to the stack: `key` finds it later, `handlers` are what then runs."""
    row = POINTS[hit.site["point"]]
    if row.returns and hit.at == "enter":
        return None
    found = shown(hit, row.args)
    fields = {"what": found.pop("what"), "name": found.pop("name", None), "key": found.pop("key", None)}
    return "register", dict(fields, handlers=found)


DECODERS = {"initcall": initcall, "register": register}
