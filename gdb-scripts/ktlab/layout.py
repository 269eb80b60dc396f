# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the fields of kernel.STRUCTS lie in this kernel, from its DWARF."""

import re

import gdb

from . import kernel


class Layout:
    """Where the fields of kernel.STRUCTS lie in this kernel; looked up once each."""

    def __init__(self):
        self.structs = {}

    def struct(self, name):
        """{"start", "len", "fields": {field: [offset, bytes, signed, big-endian, first bit, bits]}}; the offsets
        are within the bytes taken, which begin at `start` in the C struct."""
        if name not in self.structs:
            self.structs[name] = self._measure(name)
        return self.structs[name]

    @staticmethod
    def has(ctype, name):
        """Whether a struct of the kernel has this member."""
        return walk(gdb.lookup_type("struct " + ctype), [name]) is not None

    @staticmethod
    def member(pointer, name):
        """(offset in bytes, type) of a member of the struct that a pointer leads to, or None."""
        type_ = pointer.strip_typedefs()
        found = type_.code == gdb.TYPE_CODE_PTR and walk(type_.target(), [name])
        return (found[0] // 8, found[1]) if found and not found[2] else None

    def _measure(self, name):
        ctype, text = kernel.STRUCTS[name]
        try:
            outer = gdb.lookup_type("struct " + ctype)
        except gdb.error:
            raise gdb.GdbError("this kernel has no struct %s" % ctype)
        fields = {}
        for word in text.split():
            field, paths = word.split("=") if "=" in word else (word, word)
            big, name = paths.endswith(":be"), re.split("[:?]", field)[0]
            found = self._find(outer, ctype, paths.rstrip("?").replace(":be", "").split("|"), big, paths.endswith("?"))
            if found:
                fields[name] = found
        start = min(f[0] for f in fields.values())
        end = max(f[0] + f[1] for f in fields.values())
        for f in fields.values():
            f[0] -= start
        return {"start": start, "len": end - start, "fields": fields}

    def _find(self, outer, ctype, paths, big, may_lack):
        for path in paths:
            for short, longs in kernel.PREFIXES.items():
                if path.startswith(short):
                    path = longs[ctype] + path[len(short):]
            found = walk(outer, path.split("."))
            if found:
                bit, type_, bits = found
                unsigned = type_.code != gdb.TYPE_CODE_INT or not type_.is_signed
                return [bit // 8, max(type_.sizeof, 16 if path.endswith("primary_key") else 0), not unsigned, big,
                        bit % 8 if bits else 0, bits]
        if may_lack:
            return None
        raise gdb.GdbError("struct %s of this kernel has no field %s" % (ctype, " or ".join(paths)))


def walk(type_, names):
    """(bit offset, type, bits of a bit field or 0) of a member path, through anonymous structs; None without it."""
    bit = 0
    for depth, name in enumerate(names):
        found = member(type_.strip_typedefs(), name)
        if not found:
            return None
        field_bit, type_, bits = found
        bit += field_bit
        if bits and depth == len(names) - 1:
            # a bit field: from its first byte on
            return bit, gdb.lookup_type("unsigned int"), bits
    return bit, type_.strip_typedefs(), 0


def member(type_, name):
    if type_.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return None
    for field in type_.fields():
        if field.name == name:
            return field.bitpos, field.type, field.bitsize
        if not field.name:
            inner = member(field.type.strip_typedefs(), name)
            if inner:
                return (field.bitpos + inner[0],) + inner[1:]
    return None
