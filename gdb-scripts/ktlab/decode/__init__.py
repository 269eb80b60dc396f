# SPDX-License-Identifier: GPL-2.0-or-later
"""What hits mean: a file for each family of events, as report/types has one for what is said of them.

A family's DECODERS has the functions that rows of points.py name. Each takes a Hit and the Model, and returns an event's type
and fields, a list of such, or None; fields that begin with `_` are for the envelope.
"""

import importlib
import pkgutil

DECODERS = {"unseen": lambda hit, model: None}
for family in pkgutil.iter_modules(__path__):
    DECODERS.update(getattr(importlib.import_module("." + family.name, __name__), "DECODERS", {}))
