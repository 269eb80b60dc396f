# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether plans can be made for a kernel, as far as its source can tell, before the minutes of a build: the functions of the
points, the members of structs and the per-CPU variables that they name must stand in it. What only the compiler decides
(what it inlines, where arguments are) is not known then."""

import os
import re

from . import kernel, points
from .blocks import EVERY_HIT

# where a source tree has what is traced: the files of these folders, and of those with a * all below
FOLDERS = ("arch/x86/include*", "arch/x86/kernel", "arch/x86/kernel/cpu", "drivers/net", "drivers/net/ethernet/intel/e1000", "fs", "fs/proc",
           "include/linux*", "include/net*", "include/uapi/linux", "init", "kernel*", "net", "net/core", "net/ipv4", "net/ipv6", "net/sched")
# beginnings of lines: a function's, whose name is the last word, or that of the macro that makes one
FUNCTION = re.compile(r"^[A-Za-z_][^\n(;=]*\(", re.M)
SYSCALL = re.compile(r"^SYSCALL_DEFINE\d\((\w+)", re.M)
PER_CPU = re.compile(r"^(?:__visible )?DEFINE_PER_CPU\w*\([^,]+,\s*(\w+)", re.M)
STRUCT = re.compile(r"^(?:typedef )?struct (\w+) \{\n(.*?)^\}", re.M | re.S)


class Source:
    """The names that a tree has."""

    def __init__(self, tree):
        self.functions, self.per_cpu, self.structs = set(), set(), {}
        wanted = {ctype for ctype, _ in kernel.STRUCTS.values()} | {path.split(".")[0] for names in kernel.MOVED.values() for path in names}
        for path in files(tree):
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            self.functions.update(line[:-1].split()[-1].lstrip("*") for line in FUNCTION.findall(text))
            self.functions.update("__x64_sys_" + name for name in SYSCALL.findall(text))
            self.per_cpu.update(PER_CPU.findall(text))
            for name, body in STRUCT.findall(text):
                if name in wanted:
                    # there may be one for each kind of processor
                    self.structs[name] = self.structs.get(name, "") + body

    def lacks(self):
        """(sentence, whether no lab can do without) for each name that is needed and that this source does not have."""
        always = {row.name for row in points.ALWAYS}
        for row in points.TABLE:
            names = [name.partition(".")[0] for name in row.fn.split("|")]
            if not self.functions.intersection(names):
                yield "it has no function %s, by which '%s' is watched" % (" or ".join(names), row.name), row.name in always
        for name in kernel.PER_CPU:
            names = [name] + kernel.MOVED.get(name, [])
            if not any(self._per_cpu(path) for path in names):
                yield "it has no variable %s of each processor" % " or ".join(names), True
        every = set(re.findall(r":(\w+)=", EVERY_HIT))
        for name, (ctype, text) in kernel.STRUCTS.items():
            for sentence in self._members(ctype, text):
                yield sentence, name in every

    def _per_cpu(self, path):
        variable, _, member = path.partition(".")
        return variable in self.per_cpu and (not member or has(self.structs.get(variable, ""), member))

    def _members(self, ctype, text):
        if ctype not in self.structs:
            yield "it has no struct %s" % ctype
            return
        for word in text.split():
            paths = word.split("=")[-1].replace(":be", "").split("|")
            # of a path the first name; what a prefix stands for is in another struct
            first = [path.split(".")[0] for path in paths if path[:2] not in kernel.PREFIXES]
            if first and not any(has(self.structs[ctype], name) for name in first):
                yield "its struct %s has no %s" % (ctype, " or ".join(first))


def files(tree):
    """The C files and headers of the parts that are traced."""
    for folder in FOLDERS:
        for path, folders, names in os.walk(os.path.join(tree, folder.rstrip("*"))):
            if not folder.endswith("*"):
                folders.clear()
            yield from (os.path.join(path, name) for name in names if name.endswith((".c", ".h")))


def has(body, name):
    return re.search(r"\b%s\b" % re.escape(name), body) is not None
