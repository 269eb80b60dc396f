# SPDX-License-Identifier: GPL-2.0-or-later
"""Plans, memory and hits drawn at random: take.py PROGRAM SEED ROUNDS. The gdb engine, with a GDB that is none, and the plugin's
tracer (take.c) take the same captures of each, byte for byte."""

import json
import os
import random
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, "gdb-scripts")
sys.dont_write_bytecode = True
sys.modules["gdb"] = types.SimpleNamespace(MemoryError=MemoryError, error=RuntimeError, GdbError=RuntimeError, Breakpoint=object)

from ktlab import engine, facts  # noqa: E402

# the order of enum reg in qemu-plugin/plan.h
ORDER = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split()
# where things lie: the kernel's linear map and image, mapped stacks among the devices, user memory
PLACES = (0xffff888000000000, 0xffffffff81000000, 0xffffc90000000000, 0x400000)
# what is no pointer: no memory, the fixmap, a hole of the address space, a device
NOWHERE = (0, 8, 0xffffffffff5fb000, 0x900000000000, 0xffffc90012340000, 0xffff888fffffff00)
MASK = (1 << 64) - 1


class Guest:
    """Memory in pieces, each full of pointers into others and of small numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.pieces = {place + 4096 * rng.randrange(16) * 2: None for place in PLACES for _ in range(3)}
        for at in self.pieces:
            self.pieces[at] = b"".join(self.word().to_bytes(8, "little") for _ in range(4096 // 8))
        self.text = 0x600000
        self.pieces[self.text] = b"ktlab start\n".ljust(4096, b"\0")

    def word(self):
        pick = self.rng.random()
        if pick < 0.5:
            return self.rng.choice(list(self.pieces)) + self.rng.randrange(4096)
        return self.rng.choice(NOWHERE) if pick < 0.7 else self.rng.randrange(64)

    def read(self, address, length):
        for at, data in self.pieces.items():
            if at <= address and address + length <= at + len(data):
                return data[address - at:address - at + length]
        return None

    def stopped(self):
        pass

    def lines(self):
        return ["m %x %s\n" % (at, data.hex()) for at, data in self.pieces.items()]


def drawn_block(rng, number, before):
    """A block: registers, those of the entry, fields of those before, scaled, masked, of a length or up to a boundary."""
    sized = [n for n, block in enumerate(before) if "len" in block]
    terms = []
    for _ in range(rng.choice((0, 1, 1, 2))):
        kind = rng.choice(("reg", "in", "field", "field", "index"))
        if kind == "reg":
            terms.append([kind, rng.choice(facts.REGISTERS)] + rng.choice(([], [], [8])))
        elif kind == "in":
            terms.append([kind, rng.choice(facts.REGISTERS)])
        elif sized:
            block = rng.choice(sized)
            size = rng.choice((1, 2, 4, 8))
            if size <= before[block]["len"]:
                terms.append([kind, block, rng.randrange(before[block]["len"] - size + 1), size] + rng.choice(([], [0], [8])))
    block = {"name": "b%d" % number, "type": "8", "stack": rng.random() < 0.2, "terms": terms, "mask": rng.choice((0, 0, 7, 4095)),
             "add": hex(rng.choice((0, 0, 16, MASK - 7, rng.choice(PLACES))))}
    block.update({"len": rng.choice((1, 8, 8, 64, 4096))} if rng.random() < 0.8 else {"top": rng.choice((16, 4096, 16384))})
    return block


def drawn_plan(rng, text):
    takes = [[{"name": "text", "type": "mem", "stack": False, "terms": [], "mask": 0, "add": hex(text), "len": 64}]]
    for _ in range(3):
        blocks = []
        for number in range(8):
            blocks.append(drawn_block(rng, number, blocks))
        takes.append(blocks)
    sites = [{"point": "comm_write", "fn": "comm_write", "at": "enter", "addr": "0x1", "takes": 0}]
    for fn in ("one", "two"):
        sites += [{"point": fn, "fn": fn, "at": at, "addr": hex(0x1000 + len(sites)), "takes": rng.randrange(1, 4)}
                  for at in ("enter", "return", "return")[:rng.choice((1, 3))]]
    made = facts.planned()
    made["registers"] = rng.sample(made["registers"], len(made["registers"]))
    return {"format": 2, "facts": made, "arm": "lab", "takes": takes, "sites": sites, "faults": []}


def hits(rng, guest, plan):
    """(site, registers by name): the marker first; few stack pointers, so that returns find their entries."""
    for number in [0] + [rng.randrange(1, len(plan["sites"])) for _ in range(40)]:
        regs = {name: guest.word() for name in ORDER}
        regs["rsp"] = 0xffffc90000004000 + 8 * rng.randrange(2)
        regs["rip"] = int(plan["sites"][number]["addr"], 16)
        yield number, regs


def by_gdb(path, folder, guest, script):
    """What the gdb engine writes."""
    tracer = engine.Tracer(path, folder)
    tracer.memory, tracer.tell = guest, lambda text: None
    for clock_ns, (number, regs) in enumerate(script, 1):
        tracer.clock = lambda _, clock_ns=clock_ns: clock_ns
        engine.registers = lambda names, regs=regs: {name: regs[name] for name in names}
        tracer.hit(number, tracer.plan["sites"][number])
    os.close(tracer.out)


def by_plugin(program, path, folder, guest, script):
    lines = guest.lines() + ["h %d %s\n" % (number, " ".join("%x" % regs[name] for name in ORDER)) for number, regs in script]
    subprocess.run([program, path, folder], input="".join(lines).encode(), stdout=subprocess.DEVNULL, check=True)


def same(program, seed):
    """Whether both take the same; how many blocks, and how many of them were there."""
    rng = random.Random(seed)
    guest = Guest(rng)
    plan = drawn_plan(rng, guest.text)
    script = list(hits(rng, guest, plan))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        path = os.path.join(folder, "plan.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
        for name, take in (("gdb", by_gdb), ("plugin", lambda *args: by_plugin(program, *args))):
            os.mkdir(os.path.join(folder, name))
            take(path, os.path.join(folder, name), guest, script)
            with open(os.path.join(folder, name, "captures.bin"), "rb") as file:
                files.append(file.read())
    return files[0] == files[1], len(files[0])


if __name__ == "__main__":
    found = [same(sys.argv[1], seed) for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3]))]
    print("%d of %d runs differ; %d bytes" % (sum(not equal for equal, _ in found), len(found), sum(size for _, size in found)))
    sys.exit(not all(equal for equal, _ in found))
