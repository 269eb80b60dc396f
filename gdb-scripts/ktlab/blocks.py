# SPDX-License-Identifier: GPL-2.0-or-later
"""From the text of a row, with registers for its arguments, to the blocks of the plan."""

import re

import gdb

from . import kernel
from .facts import REGISTERS

# What every hit takes before its point's own blocks: the used part of the stack, and, when it is an interrupt
# stack, of the stack it was entered from (its top word, arch/x86/entry/entry_64.S ENTER_IRQ_STACK); the task; its
# system call, and what that call's descriptor leads to in the task's table at this moment (Hit.opened).
STACK = "stack:top=rsp top:8=rsp&~{0}+{1} outer:top=top.ptr ".format(kernel.STACK_BYTES - 1, kernel.STACK_BYTES - 8)
# The same where stacks are mapped page by page (CONFIG_VMAP_STACK): an interrupt stack begins at any page
# (arch/x86/kernel/irq_64.c map_irq_stack()), and behind the end of a stack there may be nothing.
MAPPED_STACK = "stack:page=rsp stack1:4096=rsp&~4095+4096 stack2:4096=rsp&~4095+8192 stack3:4096=rsp&~4095+12288 " \
               "ends:8=@{0} top:8=ends.ptr+-8 outer:top=top.ptr ".format(kernel.INTERRUPT_STACK)
EVERY_HIT = "preempt:4=@__preempt_count " \
            "current:8=@current_task task:task=current.ptr thread:thread=current.ptr asked:regs=thread.stack+{0} " \
            "files:files=task.files fdt:fdt=files.fdt slot:8=fdt.fd+asked.di:4*8 opened:file=slot.ptr " \
            "opened_socket:socket=opened.private_data".format(kernel.STACK_BYTES - kernel.PT_REGS_BYTES)
# Where the first processor's variables are, in a kernel for several (CONFIG_SMP).
PER_CPU_OFFSET = "__per_cpu_offset"
PER_CPU = "percpu:8=@%s " % PER_CPU_OFFSET

# Which of these lie on a stack. One that is mapped page by page lies where ioremap() puts devices, too.
ON_STACK = ("stack", "stack1", "stack2", "stack3", "top", "outer")

# How far a block without a length of its own reaches: up to the next multiple of so many bytes.
TOPS = {"top": kernel.STACK_BYTES, "page": 4096, "mem": 4096}
BLOCK = re.compile(r"(\w+):(\w+)=(\S+)$")


class Blocks:
    """Compiles the `takes` text of a point into the blocks of the plan."""

    def __init__(self, layout, symbols):
        self.layout, self.symbols = layout, symbols
        self.lists, self.numbers = [], {}

    def number(self, text):
        """Where in `lists` the blocks of this text stand; each text is compiled once."""
        if text not in self.numbers:
            self.numbers[text] = len(self.lists)
            self.lists.append(self._compile(self._every_hit() + " " + text))
        return self.numbers[text]

    def _every_hit(self):
        """What every hit of this kernel takes."""
        mapped = self.layout.has("task_struct", "stack_vm_area")
        return (PER_CPU if PER_CPU_OFFSET in self.symbols.places else "") + (MAPPED_STACK if mapped else STACK) + EVERY_HIT

    def value(self, number, where):
        """(terms, add) of a value, of which blocks of list `number` may be part."""
        blocks = self.lists[number]
        made = self._address(where, blocks, {block["name"]: n for n, block in enumerate(blocks)})
        return made["terms"], made["add"]

    def _compile(self, text):
        blocks, index = [], {}
        for word in text.split():
            match = BLOCK.match(word)
            if not match:
                raise gdb.GdbError("points.py: cannot read the block '%s'" % word)
            name, type_, address = match.groups()
            block = self._address(address, blocks, index)
            block.update(name=name, type=type_, stack=name in ON_STACK)
            if type_ in TOPS:
                block["top"] = TOPS[type_]
            elif type_.isdigit():
                block["len"] = int(type_)
            else:
                struct = self.layout.struct(type_)
                block["add"] += struct["start"]
                block["len"] = struct["len"]
            index[name] = len(blocks)
            if "end" in block:
                block["end"] = hex(block["end"] + block["add"] & 0xffffffffffffffff)
            block["add"] = hex(block["add"] & 0xffffffffffffffff)
            blocks.append(block)
        return blocks

    def _address(self, text, blocks, index):
        text, _, end = text.partition("!")
        text, _, mask = text.partition("&~")
        mask, _, tail = mask.partition("+")
        terms, add = [], int(tail or "0", 0)
        for part in text.split("+"):
            if "*" in part:
                terms.append(self._scaled(blocks, index, *part.split("*")))
            elif part in REGISTERS:
                terms.append(["reg", part])
            elif part.startswith("in."):
                terms.append(["in", part[3:]])
            elif part == "@percpu":
                terms += [self._field(blocks, index, "percpu", "ptr")] if "percpu" in index else []
            elif part.startswith("@"):
                add += self.symbols.address(part[1:])
                if part[1:] in kernel.PER_CPU and "percpu" in index:
                    terms.append(self._field(blocks, index, "percpu", "ptr"))
            elif part.startswith("-") and ":" in part:
                struct, field = part[1:].split(":")
                measured = self.layout.struct(struct)
                add -= measured["start"] + measured["fields"][field][0]
            elif "." in part:
                terms.append(self._field(blocks, index, *part.split(".")))
            else:
                add += int(part, 0)
        made = {"terms": terms, "mask": int(mask or "0", 0), "add": add}
        return dict(made, end=self.symbols.address(end)) if end else made

    def _scaled(self, blocks, index, path, scale):
        if path in REGISTERS:
            return ["reg", path, int(scale)]
        path, _, size = path.partition(":")
        _, number, offset, whole = self._field(blocks, index, *path.split("."))
        return ["index" if int(scale) else "field", number, offset, int(size or whole), int(scale)]

    def _field(self, blocks, index, block, field):
        number = index[block]
        if field == "ptr":
            return ["field", number, 0, 8]
        offset, size = self.layout.struct(blocks[number]["type"])["fields"][field][:2]
        return ["field", number, offset, size]
