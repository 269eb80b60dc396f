# SPDX-License-Identifier: GPL-2.0-or-later
"""`kt dump FILE`: the stopped guest's memory as a vmcore, which drgn opens beside vmlinux.

A kernel that is built for it describes itself in a note, VMCOREINFO, and QEMU puts that into its dump. The lab's kernels
are not, and need not be: all that the note says is known from vmlinux and from how the guest is started. So QEMU saves
the memory, and the head of the file is made here (kernel: Documentation/admin-guide/kdump/vmcoreinfo.rst).
"""

import os
import struct

import gdb

from .ram import LINEAR_MAPS

EM_X86_64, ET_CORE, PT_LOAD, PT_NOTE, PF_RWX, NT_PRSTATUS = 62, 4, 1, 4, 7, 1
HEAD, SEGMENT, NOTE = "<16sHHIQQQIHHHHHH", "<IIQQQQQQ", "<III"
PAGE = 4096
# what is mapped beside the kernel's image is no more than this
IMAGE_BYTES = 1 << 30
# struct user_regs_struct; a kernel that is not in a system call has no orig_rax
REGISTERS = "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi - rip cs eflags rsp ss fs_base gs_base ds es fs gs".split()
PRSTATUS = "<112x27Q8x"


def value(expression):
    return int(gdb.parse_and_eval(expression)) & 0xffffffffffffffff


def memory_bytes():
    """How much memory the kernel has counted; 0 before it has begun to."""
    try:
        return value("max_pfn") * PAGE
    except gdb.MemoryError:     # nothing is mapped where the kernel will be
        return 0


def vmcoreinfo():
    rows = (
        ("OSRELEASE", gdb.parse_and_eval("init_uts_ns.name.release").string()),
        ("PAGESIZE", PAGE),
        ("SYMBOL(init_uts_ns)", "%x" % value("&init_uts_ns")),
        ("SYMBOL(swapper_pg_dir)", "%x" % value("&init_top_pgt")),
        ("SYMBOL(_stext)", "%x" % value("&_stext")),
        ("NUMBER(phys_base)", value("phys_base")),
        ("KERNELOFFSET", "0"),      # nokaslr
    )
    return "".join("%s=%s\n" % row for row in rows).encode()


def note(name, kind, data):
    name = name + b"\0"
    return struct.pack(NOTE, len(name), len(data), kind) + name.ljust(-len(name) % 4 + len(name), b"\0") + \
        data.ljust(-len(data) % 4 + len(data), b"\0")


def head(size):
    """All that stands before the memory, of that many bytes: what the file is, the notes, where the memory was mapped."""
    registers = [0 if name == "-" else value("$" + name) for name in REGISTERS]
    notes = note(b"CORE", NT_PRSTATUS, struct.pack(PRSTATUS, *registers)) + note(b"VMCOREINFO", 0, vmcoreinfo())
    at = struct.calcsize(HEAD) + 3 * struct.calcsize(SEGMENT)
    begin = (at + len(notes) + PAGE - 1) // PAGE * PAGE
    segments = [struct.pack(SEGMENT, PT_NOTE, 0, at, 0, 0, len(notes), len(notes), 0)]
    for address, length in zip(LINEAR_MAPS, (size, min(size, IMAGE_BYTES))):
        segments.append(struct.pack(SEGMENT, PT_LOAD, PF_RWX, begin, address, 0, length, length, PAGE))
    elf = struct.pack(HEAD, b"\x7fELF\x02\x01\x01", ET_CORE, EM_X86_64, 1, 0, struct.calcsize(HEAD), 0, 0,
                      struct.calcsize(HEAD), struct.calcsize(SEGMENT), len(segments), 0, 0, 0)
    return (elf + b"".join(segments) + notes).ljust(begin, b"\0")


def save(path):
    """Writes the guest's memory, which QEMU saves, behind its head. The pages of zeros take no room on the disk."""
    size = memory_bytes()
    if not size:
        raise gdb.GdbError("kt dump: the guest has not counted its memory yet\ncontinue to where the lab begins")
    memory = path + ".memory"
    try:
        said = gdb.execute('monitor pmemsave 0 %d "%s"' % (size, memory.replace("\\", "\\\\").replace('"', '\\"')), to_string=True)
        if said.strip():
            raise gdb.GdbError("kt dump: QEMU cannot save the memory in '%s': %s" % (memory, said.strip()))
        with open(memory, "rb") as saved, open(path, "wb") as file:
            file.write(head(size))
            for page in iter(lambda: saved.read(PAGE), b""):
                if page.count(0) == len(page):
                    file.seek(len(page), os.SEEK_CUR)
                else:
                    file.write(page)
            file.truncate()
    finally:
        if os.path.exists(memory):
            os.remove(memory)


class Dump(gdb.Command):
    """kt dump FILE: the guest's memory, as it is now, into a file that drgn opens: drgn -c FILE -s vmlinux."""

    def __init__(self):
        super().__init__("kt dump", gdb.COMMAND_DATA, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        if not argument:
            raise gdb.GdbError("kt dump: into which file? For example: kt dump vmcore")
        if not gdb.selected_inferior().pid:
            raise gdb.GdbError("kt dump: no guest is here")
        path = os.path.abspath(os.path.expanduser(argument))
        try:
            save(path)
        except OSError as error:
            raise gdb.GdbError("kt dump: cannot write '%s': %s" % (argument, error.strerror)) from error
        print("%s, %d MB of memory; to open it: drgn -c %s -s %s" % (
            argument, memory_bytes() >> 20, argument, gdb.current_progspace().filename))
