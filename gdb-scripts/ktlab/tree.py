# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plan says for TREE: where each function of the kernel begins."""

import gdb

from . import kernel


def tree(symbols, root):
    """What the plugin engine needs to follow all calls below a function: where each function begins."""
    copies = len(symbols.places.get(root, []))
    if not copies:
        raise gdb.GdbError("TREE: this kernel has no function %s of its own; near names: %s"
                           % (root, ", ".join(symbols.near(root))))
    if copies > 1:
        raise gdb.GdbError("TREE: this kernel has %d functions %s" % (copies, root))
    text = [symbols.address(name) for name in kernel.TEXT_RANGES]
    functions = list(beginnings(symbols, zip(text[::2], text[1::2])))
    addresses = [address for address, _ in functions]
    if symbols.address(root) not in addresses:
        raise gdb.GdbError("TREE: %s is no function of the kernel's code" % root)
    return {"root": addresses.index(symbols.address(root)), "stack_bytes": kernel.STACK_BYTES,
            "interrupt_stack": hex(symbols.address(kernel.INTERRUPT_STACK)), "text": [hex(end) for end in text],
            "entry": [hex(symbols.address(name)) for name in kernel.ENTRY_RANGE],
            "functions": [[hex(address), name] for address, name in functions]}


def beginnings(symbols, ranges):
    """(address, name) of each function in the ranges, by address. Of several names the one with the fewest
    underscores in front is taken. Labels inside a function, and parts split off as `.cold`, are no functions."""
    ranges, end, last = list(ranges), 0, None
    order = sorted(symbols.functions, key=lambda f: (f[0], -f[1], len(f[2]) - len(f[2].lstrip("_")), f[2]))
    for address, size, name in order:
        if address == last or address < end or ".cold" in name or not any(low <= address < high for low, high in ranges):
            continue
        yield address, name
        last, end = address, address + size
