# SPDX-License-Identifier: GPL-2.0-or-later
"""A hit as decoders see it: the fields of its blocks by name, its stack, its place. Reads captures, no guest."""

import struct
from functools import cached_property, partial
from itertools import takewhile

from . import kernel
from .headers import ip4

# how an event shows an argument: arguments.sized()
ARGUMENT = {"ptr": lambda value: value, "bool": bool, "ip": ip4,
            "port": lambda value: int.from_bytes(value.to_bytes(2, "little"), "big")}
WORD = struct.Struct("<Q")
# the blocks of blocks.py that are parts of stacks
STACKS = ("stack", "stack1", "stack2", "stack3", "outer")


class Hit:
    """One capture with its plan. `hit["sk.state"]` is a field of a block, or None where the block is absent."""

    def __init__(self, plan, capture, symbols, entry=None):
        self.plan, self.capture, self.entry = plan, capture, entry
        self.site = plan["sites"][capture.site]
        self.fn, self.at = self.site["fn"], self.site["at"]
        self.regs = capture.regs
        self.t_ns = capture.clock_ns
        self.symbols = symbols
        self.names = {b["name"]: i for i, b in enumerate(plan["takes"][self.site["takes"]])}
        self._frames = None
        self.told = None    # what a decoder keeps from an entry for its return

    def __getitem__(self, path):
        block, _, field = path.partition(".")
        data = self.bytes(block)
        if data is None:
            return None
        if not field:
            return int.from_bytes(data, "little")
        place = self.plan["structs"][self._type(block)]["fields"][field]
        return read_field(data, place)

    def argument(self, name):
        """The value of an argument when the function was entered, as its type in DWARF says; None without it."""
        about = next((arg for arg in (self.entry or self).site["args"] if arg["name"] == name), None)
        return (self.entry or self)._argument(about) if about else None

    def _argument(self, about):
        terms = [self.regs[term[1]] if term[0] == "reg" else self._word(*term[1:]) for term in about["terms"]]
        if None in terms:
            return None
        value = (sum(terms) + about["add"]) & (1 << 8 * about["bytes"]) - 1
        if about["how"]:
            return ARGUMENT[about["how"]](value)
        return signed(value, 8 * about["bytes"]) if about["signed"] else value

    def _word(self, block, offset, size):
        """A field of a block by its number, as a term of the plan names it."""
        data = self.capture.blocks[block][1] if self.capture.blocks else None
        return None if data is None else int.from_bytes(data[offset:offset + size], "little")

    def bytes(self, block):
        """The bytes of a block, or None."""
        number = self.names.get(block)
        return self.capture.blocks[number][1] if number is not None and self.capture.blocks else None

    def pointer(self, block):
        """The address of the struct that a block was taken from, or None."""
        if self.bytes(block) is None:
            return None
        return self.capture.blocks[self.names[block]][0] - self.plan["structs"][self._type(block)]["start"]

    def text(self, path):
        """A field or block of characters, up to its first zero."""
        block, _, field = path.partition(".")
        data = self.bytes(block)
        if data is None:
            return None
        if field:
            offset, size = self.plan["structs"][self._type(block)]["fields"][field][:2]
            data = data[offset:offset + size]
        return data.split(b"\0")[0].decode("utf-8", "replace")

    def raw(self, path, size):
        """`size` bytes from the start of a field; None without the block, or in a kernel without the field."""
        block, _, field = path.partition(".")
        data = self.bytes(block)
        place = self.plan["structs"][self._type(block)]["fields"].get(field) if data is not None else None
        return data[place[0]:place[0] + size] if place else None

    def _type(self, block):
        return self.plan["takes"][self.site["takes"]][self.names[block]]["type"]

    @property
    def ret(self):
        """rax at a return, as a signed number."""
        return None if self.at != "return" else signed(self.regs["rax"], 64)

    @property
    def ret32(self):
        """eax at a return, for functions that return an int."""
        return None if self.at != "return" else signed(self.regs["rax"] & 0xffffffff, 32)

    @property
    def ctx(self):
        count = self["preempt"] or 0
        if count & kernel.HARDIRQ_MASK:
            return "hardirq"
        return "softirq" if count & kernel.SOFTIRQ_OFFSET else "task"

    @property
    def syscall(self):
        """The name of the task's system call, None outside of one: then no number is in its place (entry_64.S)."""
        return kernel.SYSCALLS.get(self["asked.orig_ax"]) if self.ctx == "task" else None

    @property
    def fd(self):
        """The descriptor that the system call is about: its first argument."""
        return signed(self["asked.di"] & 0xffffffff, 32) if self.syscall in kernel.OF_FD else None

    @property
    def opened(self):
        """Pointers of the file and of the sock that `fd` leads to at this moment, each None if it does not."""
        fd = self.fd
        if fd is None or not 0 <= fd < (self["fdt.max_fds"] or 0) or not self["slot"]:
            return None, None
        return self["slot"], self.sock_of("opened")

    def sock_of(self, file):
        """Pointer of the sock of a file, of which FILE_socket was taken, None if it is no socket: a socket knows its file."""
        if not self.bytes(file) or self[file + "_socket.file"] != self.pointer(file):
            return None
        return self[file + "_socket.sk"] or None

    @property
    def stack_base(self):
        return self.regs["rsp"] & ~(kernel.STACK_BYTES - 1)

    @property
    def outer_rsp(self):
        """Where the stack ended that this interrupt stack was entered from. What that of a mapped stack says holds on it alone."""
        ends = self["ends"]
        on_it = ends is None or ends - kernel.STACK_BYTES <= self.regs["rsp"] < ends
        return self["top"] or 0 if on_it else 0

    @property
    def frames(self):
        """[{"fn","file","line","inlined"}], innermost first."""
        if self._frames is None:
            frames = self.symbols.stack(self.pcs())
            # what is inlined right at the entry is not entered yet; nor is it where the function itself is inlined
            inner = list(takewhile(lambda frame: frame["inlined"] and (self.at != "line" or frame["fn"] != self.fn), frames))
            begins = self.at != "line" or frames[len(inner):] and frames[len(inner)]["inlined"]
            self._frames = frames[len(inner):] if begins else frames
        return self._frames

    @property
    def functions(self):
        """Those of the stack that are about this hit: what stands below a softirq was interrupted, or let it run."""
        found = [frame["fn"] for frame in self.frames]
        softirq = next((number for number, fn in enumerate(found) if fn in kernel.SERVES_SOFTIRQ), len(found))
        return found[:softirq]

    def has(self, *names):
        """Whether one of these functions is among them."""
        return any(fn in names for fn in self.functions)

    @cached_property
    def stacks(self):
        """The (address, bytes) of the stacks that were taken."""
        return [self.capture.blocks[number] for name, number in self.names.items() if name in STACKS] if self.capture.blocks else []

    def word(self, address):
        """The 8 bytes at an address of those, or None."""
        return word(self.stacks, address)

    def pcs(self):
        """The pc, then the return addresses less one (inside the call)."""
        if not self.capture.blocks:
            return
        yield self.regs["rip"]
        stacks = self.stacks
        orc = self.symbols.orc
        for caller in orc.callers(self.regs, partial(word, stacks)) if orc else self._framed(stacks):
            if not self.symbols.is_code(caller):
                return
            yield caller - 1

    def _framed(self, stacks):
        """The return addresses, by the chain of frame pointers."""
        # before the first and after the last instruction of the frame the return address is on top
        top = 0 if self.at != "line" else self.site.get("top")
        if top is not None:
            yield word(stacks, self.regs["rsp"] + top)
        frame, last = self.regs["rbp"], self.regs["rsp"]
        while frame % 8 == 0:
            # an odd frame pointer is an encoded pt_regs: the code before was interrupted, it is not a caller
            yield word(stacks, frame + 8)
            last, frame = frame, word(stacks, frame)
            if frame is None or (frame <= last and frame // kernel.STACK_BYTES == last // kernel.STACK_BYTES):
                return


def word(stacks, address):
    """The 8 bytes at an address of the captured stacks, or None."""
    for start, data in stacks:
        if data and start <= address <= start + len(data) - 8:
            return WORD.unpack_from(data, address - start)[0]
    return None


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def read_field(data, place):
    offset, size, is_signed, big, bit, bits = place
    value = int.from_bytes(data[offset:offset + min(size, 8)], "big" if big else "little")
    if bits:
        return value >> bit & ((1 << bits) - 1)
    return signed(value, size * 8) if is_signed else value
