# SPDX-License-Identifier: GPL-2.0-or-later
"""Events: the envelope of docs/event-format.md, and the file they are written to."""

import hashlib
import json
import os

ENVELOPE = ("n type t_ns icount ctx pid comm owner netns point fn at file line ret conn pkt sk skb dev step "
            "parent").split()


def pointer(address):
    """A kernel pointer as it stands in an event."""
    return None if address is None else "0x%016x" % address


def line(record):
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n"


def write(path, meta, events, end):
    """Writes the whole file under its final name only when it is complete. Fills in the digest of `end`."""
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
    for record in events:
        text = line(record)
        digest.update(text.encode("utf-8", "surrogateescape"))
        file.write(text)
    end["sha256"] = digest.hexdigest()
    file.write(line(end))
