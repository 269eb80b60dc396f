# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of points.py: each says what its decoder finds, and the stored captures are of rows as they are today."""

import re

from harness import STORED, it, same
from ktlab import blocks, kernel, points
from ktlab.decode import DECODERS
from ktlab.decode.call import HOW, OF_PATH

BLOCK = re.compile(r"(\w+):(\w+)=(\S+)$")
EVERY_HIT = [BLOCK.match(word).groups()[:2] for word in (blocks.STACK + blocks.MAPPED_STACK + blocks.PER_CPU + blocks.EVERY_HIT).split()]


def taken(text):
    """(name, type) of the blocks of a row's text, in their order."""
    return [match.groups()[:2] for match in map(BLOCK.match, text.split()) if match]


def fields(type_):
    """The fields of our name of a struct; a block of bytes has none but `ptr`."""
    words = kernel.STRUCTS[type_][1].split() if type_ in kernel.STRUCTS else []
    return {word.partition("=")[0].partition(":")[0] if "=" in word else word.partition(":")[0].split(".")[-1] for word in words} | {"ptr"}


def unknown(row, text):
    """Words `block.field` of a text that lead nowhere."""
    known = dict(EVERY_HIT + taken(row.takes) + taken(row.returns if isinstance(row.returns, str) else ""))
    for block, field in re.findall(r"(?<![\w@.>])([a-z]\w*)\.(\w+)", text):
        if block not in known or field not in fields(known[block]):
            yield "%s: %s.%s" % (row.name, block, field)


@it("reads no field that no block of its row has, in no row")
def _():
    texts = [(row, text) for row in points.TABLE for text in (row.takes, row.returns, row.args, row.result) if isinstance(text, str)]
    same([wrong for row, text in texts for wrong in unknown(row, text)], [])


@it("shows each value in a way that there is")
def _():
    words = [(row.name, word) for row in points.TABLE for word in (row.args + " " + (row.result or "")).split()]
    hows = [(name, word.partition("=")[2].partition(":")[2]) for name, word in words]
    same([one for one in hows if one[1] and one[1] not in {**HOW, **OF_PATH}], [])


@it("has a decoder for each row, and a row for each decoder")
def _():
    same({row.decode for row in points.TABLE} ^ set(DECODERS), {"unseen", "any_call"})


@it("names two points that are watched together in the rows of both")
def _():
    pairs = [(row.name, row.also) for row in points.TABLE if row.also]
    same(sorted(pairs), sorted((other, name) for name, other in pairs))


def leads_there(plan, blocks_, text):
    """Whether each block of a plan's list has the fields that its text leads by."""
    numbers = {block["name"]: number for number, block in enumerate(blocks_)}
    for name, address in ((match.group(1), match.group(3)) for match in map(BLOCK.match, text.split()) if match):
        terms = [term[1:4] for term in blocks_[numbers[name]]["terms"] if term[0] in ("field", "index")]
        for block, field in re.findall(r"(?<![\w@.>:|])([a-z]\w*)\.(\w+)", address):
            struct = plan["structs"].get(blocks_[numbers[block]]["type"])
            place = struct["fields"][field][:2] if field != "ptr" else [0, 8]
            if [numbers[block]] + place not in terms:
                return False
    return True


@it("takes what the stored captures have, at each of their sites")
def _():
    plan = STORED[0]
    rows = dict(points.POINTS, **{row.name: row for row in points.ALWAYS})
    every = {name for name, _ in EVERY_HIT}
    for site in (site for site in plan["sites"] if site["point"] in rows):
        row = rows[site["point"]]
        text = row.takes if site["at"] != "return" or row.returns is points.SAME else row.returns
        if row.name in points.LEAVES:
            text += points.LEAVES_TAKE
        assert text is not None, "%s is not watched at its return" % row.name
        stored = [(block["name"], block["type"]) for block in plan["takes"][site["takes"]] if block["name"] not in every]
        if site["decode"] == "marker":  # it takes what the kernel counts, too: counters.py
            stored = [one for one in stored if one in taken(text)]
        same((site["point"], sorted(taken(text))), (site["point"], sorted(one for one in stored if not one[0].startswith("arg_"))))
        same(site["decode"], row.decode)
        assert leads_there(plan, plan["takes"][site["takes"]], text), site["point"]
    watched = {(site["point"], site["at"] == "return") for site in plan["sites"] if site["at"] != "line" and site["point"] in rows}
    inlined = {site["point"] for site in plan["sites"] if site["at"] == "line"}
    same({(name, True) for name in {name for name, _ in watched} - inlined if rows[name].returns is not None},
         {one for one in watched if one[1]})
