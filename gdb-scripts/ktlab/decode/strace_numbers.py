# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of system calls in the words of strace: names, flags."""

from .. import kernel
from .. import options as names
from ..hit import signed

ELSEWHERE = "..."


def number(value):
    return signed(value & 0xffffffff, 32)


def one_of(table, prefix):
    def how(value):
        value &= 0xffffffff
        return table.get(value) or "%s /* %s */" % (hex(value) if value else "0", prefix)
    return how


def flags(table, prefix=None):
    """The names of the bits that are set, then what is left of them."""
    def how(value):
        value &= 0xffffffff
        words = [name for bit, name in table.items() if value & bit]
        left = value & ~sum(table)
        if not words and left and prefix:
            return "%#x /* %s */" % (left, prefix)
        return "|".join(words + ([hex(left)] if left else [])) or "0"
    return how


def opened(value):
    """The flags of open(), of which the lowest two bits are one number."""
    more = flags(names.OPEN)(value & ~3)
    return names.ACCESS.get(value & 3, "O_ACCMODE") + ("" if more == "0" else "|" + more)


def socktype(value):
    more = flags(names.SOCK)(value & ~kernel.SOCK_TYPE_MASK)
    return one_of(names.TYPES, "SOCK_???")(value & kernel.SOCK_TYPE_MASK) + ("" if more == "0" else "|" + more)


def ioctl(value):
    parts = names.DIRECTIONS[value >> 30 & 3], value >> 8 & 0xff, value & 0xff, value >> 16 & 0x3fff
    return names.IOCTL.get(value & 0xffffffff) or "_IOC(%s, %s)" % (parts[0], ", ".join(hex(part) if part else "0" for part in parts[1:]))


def pointer(value):
    return ELSEWHERE if value else "NULL"


def option_name(level, number_):
    prefix, table = names.OPTIONS.get(level, (None, {}))
    return one_of(table, prefix + "???")(number_) if prefix else str(number(number_))


NUMBERS = {
    "family": one_of(names.FAMILIES, "AF_???"), "socktype": socktype, "protocol": one_of(names.PROTOCOLS, "IPPROTO_???"),
    "shut": one_of(names.SHUT, "SHUT_???"), "sock": flags(names.SOCK, "SOCK_???"), "msg": flags(names.MSG),
    "splice": flags(names.SPLICE, "SPLICE_F_???"), "fcntl": one_of(names.FCNTL, "F_???"), "ioctl": ioctl, "dup": flags(names.DUP),
    "epoll_op": one_of(names.EPOLL_OPS, "EPOLL_CTL_???"), "level": one_of(names.LEVELS, "SOL_??"),
    "int": lambda value: str(number(value)), "size": str, "buffer": pointer, "mask": pointer,
}
