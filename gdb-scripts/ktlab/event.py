# SPDX-License-Identifier: GPL-2.0-or-later
"""Events: the envelope of docs/event-format.md, and the file they are written to."""

import hashlib
import json
import os

ENVELOPE = ("n type t_ns icount ctx pid comm owner netns point fn at file line ret conn pkt sk skb dev step "
            "parent").split()
# stands in a line for what becomes known later; no other value is this text, since a string of C ends at a zero
LATER = "\0"


def pointer(address):
    """A kernel pointer as it stands in an event."""
    return None if address is None else "0x%016x" % address


text_of = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def line(record):
    return text_of(record) + "\n"


def fill(text, **fields):
    """The line with the values of fields that were LATER. A quote inside a value is escaped, so the name is the field's."""
    for name, value in fields.items():
        text = text.replace('"%s":"\\u0000"' % name, '"%s":%s' % (name, text_of(value)), 1)
    return text


def write(path, meta, events, end):
    """`events` are lines. Writes the whole file under its final name only when it is complete. Fills in the digest of `end`."""
    try:
        with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
            _write(file, meta, events, end)
    except OSError:
        os.remove(path + ".new")
        raise
    os.replace(path + ".new", path)


def _write(file, meta, events, end):
    digest = hashlib.sha256()
    file.write(line(meta))
    for text in events:
        digest.update(text.encode("utf-8", "surrogateescape"))
        file.write(text)
    end["sha256"] = digest.hexdigest()
    file.write(line(end))
