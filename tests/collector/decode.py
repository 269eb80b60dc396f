# SPDX-License-Identifier: GPL-2.0-or-later
"""Decodes stored captures without GDB, a guest or vmlinux: decode.py FOLDER prints the events.

FOLDER holds plan.json, captures.bin.xz and symbols.json (code address -> frames). A stack is printed as the names of
its functions. `decode.py --store RUN VMLINUX FOLDER` makes such a folder from a run.
"""

import hashlib
import json
import lzma
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "gdb-scripts"))
sys.dont_write_bytecode = True

from ktlab import capture, decoder  # noqa: E402
from ktlab.hit import Hit  # noqa: E402
from ktlab.symbols import Symbols  # noqa: E402

DIGEST = slice(len(capture.MAGIC), len(capture.MAGIC) + 32)


def captures(data):
    """The records of a capture file in memory, without the digest before them."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        records = capture.read(file.name)
        next(records)
        return list(records)


def load(folder):
    with open(os.path.join(folder, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    with lzma.open(os.path.join(folder, "captures.bin.xz")) as file:
        data = file.read()
    with open(os.path.join(folder, "symbols.json"), encoding="utf-8") as file:
        frames = {int(pc, 16): known for pc, known in json.load(file).items()}
    return plan, data, frames


def events(plan, data, frames):
    made = decoder.Decoder(plan, Symbols(None, None, plan["text"], frames))
    for record in captures(data):
        made.feed(record)
    return [json.loads(line) for line in made.finished()], made


def shown(record):
    stack = "<".join(frame["fn"] for frame in record["stack"])
    return json.dumps(dict(record, stack=stack), separators=(",", ":"))


def store(run, vmlinux, folder):
    """A folder of a run; the place where the kernel was built is left out of the plan."""
    with open(os.path.join(run, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    with open(os.path.join(run, "captures.bin"), "rb") as file:
        data = bytearray(file.read())
    with Symbols(vmlinux, plan["root"], plan["text"]) as symbols:
        symbols.load(pc for record in captures(data) for pc in Hit(plan, record, symbols).pcs())
    plan["root"] = "/usr/src/linux/"
    text = json.dumps(plan, separators=(",", ":"))
    data[DIGEST] = hashlib.sha256(text.encode()).digest()
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "plan.json"), "w", encoding="utf-8") as file:
        file.write(text)
    with lzma.open(os.path.join(folder, "captures.bin.xz"), "w") as file:
        file.write(bytes(data))
    with open(os.path.join(folder, "symbols.json"), "w", encoding="utf-8") as file:
        json.dump({hex(pc): known for pc, known in sorted(symbols.known.items())}, file, indent=0)


if __name__ == "__main__":
    if sys.argv[1] == "--store":
        store(*sys.argv[2:])
    else:
        for each in events(*load(sys.argv[1]))[0]:
            print(shown(each))
