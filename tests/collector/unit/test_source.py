# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel's source lacks, and what is known of its stacks."""

import os
import struct
import subprocess
import tempfile
from types import SimpleNamespace

from harness import it, same
from ktlab import capture, hit, kernel, orc, points, source, unframed


def small_tree(folder):
    """A source that has what the points name, and no more; its text."""
    functions = {row.fn.split("|")[-1].partition(".")[0] for row in points.TABLE}
    text = "".join("SYSCALL_DEFINE3(%s, int, a)\n" % name[10:] if name.startswith("__x64_sys_") else "static int %s(int a)\n{\n}\n" % name
                   for name in sorted(functions))
    text += "".join("DEFINE_PER_CPU(int, %s) ____cacheline_aligned;\n" % name for name in kernel.PER_CPU)
    for ctype, fields in sorted(kernel.STRUCTS.values()):
        members = {word.split("=")[-1].split(":")[0].split("|")[-1].split(".")[0] for word in fields.split()}
        text += "struct %s {\n%s};\n" % (ctype, "".join("\tint %s;\n" % name for name in sorted(members)))
    os.makedirs(os.path.join(folder, "net/ipv4"))
    return text


@it("knows from a source which names it lacks, before anything is compiled")
def _():
    with tempfile.TemporaryDirectory() as folder:
        text = small_tree(folder)

        def lacks(old="", new=""):
            with open(os.path.join(folder, "net/ipv4/all.c"), "w", encoding="ascii") as file:
                assert old in text
                file.write(text.replace(old, new))
            return list(source.Source(folder).lacks())

        same(lacks(), [])
        same(lacks("fib_table_lookup(", "fib_lookup_by_table("),
             [("it has no function fib_table_lookup, by which 'fib_lookup' is watched", False)])
        # not the call of a function in another one
        same(lacks("static int comm_write(", "\tcomm_write("), [("it has no function comm_write, by which 'comm_write' is watched", True)])
        same(lacks("SYSCALL_DEFINE3(bind,", "SYSCALL_DEFINE3(bound,"),
             [("it has no function __x64_sys_bind, by which '__x64_sys_bind' is watched", False)])
        same(lacks("\tint nd_net;\n"), [("its struct net_device has no nd_net", False)] * 2)
        same(lacks("\tint orig_ax;\n"), [("its struct pt_regs has no orig_ax", True)])
        same(lacks("int, current_task)", "int, running_task)"),
             [("it has no variable current_task or pcpu_hot.current_task of each processor", True)])
        same(lacks("DEFINE_PER_CPU(int, current_task) ____cacheline_aligned;",
                   "struct pcpu_hot {\n\tint current_task;\n};\nDEFINE_PER_CPU_ALIGNED(struct pcpu_hot, pcpu_hot);"), [])

# a function that moves rsp by 16, pushes rbp, and calls; the code of an interrupt's entry; and one of which nothing is known
ORC_SOURCE = """
.text
.globl _start
_start: .fill 16, 1, 0x90
inner: .fill 16, 1, 0x90
entry: .fill 16, 1, 0x90
switched: .fill 16, 1, 0x90
.section .orc_unwind_ip, "a"
.long switched - .
.long inner - .
.long inner + 8 - .
.long _start - .
.long _start - .
.long entry - .
.section .orc_unwind, "a"
{0}
"""


def orc_of(folder, entries, about):
    """The table of a program with these entries: (sp_offset, bp_offset, sp_reg, bp_reg, type)."""
    bits = "".join(".short %d, %d, %d\n" % (sp, bp, sp_reg | bp_reg << 4 | type_ << 8) for sp, bp, sp_reg, bp_reg, type_ in entries)
    path = os.path.join(folder, "vmlinux")
    with open(path + ".s", "w", encoding="ascii") as file:
        file.write(ORC_SOURCE.format(bits))
    subprocess.run(["gcc", "-nostdlib", "-static", "-Wl,-Ttext=0x81000000", "-o", path, path + ".s"], check=True)
    return orc.Orc(dict(about, sp_reg=[0, 4], bp_reg=[4, 4]), path)


@it("reads a stack by the kernel's table, as 5.4 and as 6.4 write it")
def _():
    text = 0x81000000
    for call, type_bits, regs in ((0, [8, 2], 1), (2, [8, 3], 3)):
        # of the stack on which `switched` runs, the word on top leads to the one before
        of_switched, of_inner, of_pushed = (8, 0, 9, 0, call), (8, 0, 5, 0, call), (24, -16, 4, 1, call)
        entries = of_switched, of_inner, of_pushed, (0, 0, 0, 0, 0), (32, -24, 5, 1, call), (0, 0, 5, 0, regs)
        with tempfile.TemporaryDirectory() as folder:
            table = orc_of(folder, entries, {"type": type_bits, "call": call})
        memory = {0x1000: text + 5, 0x1010: 0x7777, 0x1020: text + 37, 0x2018: 0x3000, 0x3000: text + 3, 0x5000: 0x1000}
        callers = lambda rip, **regs: list(table.callers(dict(dict.fromkeys(capture.REGISTERS, 0), rip=text + rip, **regs), memory.get))
        # in `inner` before anything is pushed, then by rbp; in _start by rsp, to the entry, which no function has called
        same(callers(16, rsp=0x1000), [text + 5, text + 37])
        same(callers(24, rbp=0x0ff0), [text + 5, text + 37])
        # over to another stack
        same(callers(48, rsp=0x5000), [text + 5, text + 37])
        # of what no memory was taken
        same(callers(24, rbp=0x9000), [])


# one function that pushes rbp behind its first instructions, one that has no frame at all
FRAMES = """
000f4320 000000000000003c 000f33c0 FDE cie=000f33c0 pc=ffffffff81316c20..ffffffff81316cda
   LOC           CFA      rbx   rbp   ra
ffffffff81316c20 rsp+8    u     u     c-8
ffffffff81316c2b rsp+16   u     c-16  c-8
ffffffff81316c2e rbp+16   u     c-16  c-8
ffffffff81316c5d rsp+8    u     u     c-8
ffffffff81316c5e rbp+16   c-24  c-16  c-8

000f4360 0000000000000034 000f33c0 FDE cie=000f33c0 pc=ffffffff81316ce0..ffffffff81316dbe
   LOC           CFA      ra
ffffffff81316ce0 rsp+8    c-8
"""


@it("knows from the call frame information where a function has no frame, and how far its return address is there")
def _():
    def of(*pcs):
        return unframed.read(FRAMES.splitlines(), [0xffffffff81316000 + pc for pc in pcs])
    same(of(0xc25, 0xc2b, 0xc2e, 0xc34, 0xc5d, 0xc60), {0xffffffff81316c25: 0, 0xffffffff81316c2b: 8, 0xffffffff81316c5d: 0})
    # what belongs to no function
    same(of(0xc1f, 0xcda, 0xcdf, 0xce4), {0xffffffff81316ce4: 0})


@it("begins a stack with that return address, where there is a frame with the chain")
def _():
    def callers(at, **site):
        at = SimpleNamespace(at=at, site=site, regs={"rsp": 0x1000, "rbp": 0x1018})
        return list(hit.Hit._framed(at, [(0x1000, struct.pack("<5Q", 1, 2, 3, 0, 4))]))
    same([callers("enter"), callers("line", top=0), callers("line", top=8), callers("line")], [[1, 4], [1, 4], [2, 4], [4]])
