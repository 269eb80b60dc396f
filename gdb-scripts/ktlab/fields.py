# SPDX-License-Identifier: GPL-2.0-or-later
"""Every field of a struct as the kernel names it, for who tells what a store has changed: bit fields, unions, and what is
embedded, down to numbers and pointers."""

import gdb

from . import kernel

NESTED = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)
# include/uapi/linux/types.h: in network order
NETWORK = ("__be16", "__be32", "__be64")
NUMBERS = ("seq", "ack_seq")    # of four bytes, and no addresses
# Fields whose values have names, by the last part of their path.
WORDS = {"skc_state": kernel.TCP_STATES, "sk_state": kernel.TCP_STATES, "tw_state": kernel.TCP_STATES,
         "tw_substate": kernel.TCP_STATES, "nud_state": kernel.NUD_STATES, "icsk_ca_state": kernel.CA_STATES}
DEPTH = 12


def fields(ctype, short=None):
    """[path, first bit, bits, how, element's bytes] of each: `how` is uint, int, be, ip, ptr, bool or bytes. SHORT: {prefix of
    a member that all kinds of one family begin with: how the kernel's macros call it}."""
    return list(walk(gdb.lookup_type("struct " + ctype), "", 0, short or {}, DEPTH))


def walk(type_, path, bit, short, deep):
    for field in type_.fields():
        if not hasattr(field, "bitpos") or field.is_base_class or field.artificial:
            continue
        here, inner = bit + field.bitpos, field.type.strip_typedefs()
        name = joined(path, field.name, short)
        if inner.code in NESTED and deep:
            # what a struct begins with is what it is a kind of: its members are its own
            yield from walk(inner, path if not field.name or (not here and not path) else name, here, short, deep - 1)
        elif field.bitsize or inner.sizeof:
            how, size = shown(field.type, inner)
            if how == "be" and size == 4 and field.name not in NUMBERS:
                how = "ip"
            yield [name, here, field.bitsize or inner.sizeof * 8, how, size]


def joined(path, name, short):
    for prefix, macro in short.items():
        if not path and name and name.startswith(prefix):
            name = macro + name[len(prefix):]
    return ".".join(filter(None, (path, name)))


def shown(type_, inner):
    """(how, bytes of a number, or of an array's element)"""
    if inner.code == gdb.TYPE_CODE_ARRAY:
        element = inner.target().strip_typedefs()
        if element.code in NESTED or element.code == gdb.TYPE_CODE_ARRAY or element.sizeof > 8:
            return "bytes", 1
        return shown(inner.target(), element)
    while type_.code == gdb.TYPE_CODE_TYPEDEF:
        if type_.name in NETWORK:
            return "be", inner.sizeof
        type_ = type_.target()
    if inner.code == gdb.TYPE_CODE_PTR:
        return "ptr", 8
    if inner.code == gdb.TYPE_CODE_BOOL:
        return "bool", 1
    if inner.code in NESTED:
        return "bytes", 1
    return "int" if inner.code == gdb.TYPE_CODE_INT and inner.is_signed else "uint", inner.sizeof


def words(rows):
    """{path: {value: name}} of those fields whose values have names."""
    return {row[0]: {str(value): name for value, name in WORDS[row[0].rpartition(".")[2]].items()}
            for row in rows if row[0].rpartition(".")[2] in WORDS}
