# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the plan of a run: the addresses of the points, and the bytes to take at each, all from vmlinux's DWARF.

The plan is plain JSON, so that an engine needs no debug information and no knowledge of the kernel. A block of
the plan is {"name", "type", "terms", "mask", "add", "len" or "top"}: its address is the sum of the terms without
the bits of `mask`, plus `add`. A term is ["reg", name], ["in", name] (the register at the function's entry) or
["field", block, offset, size] (a little-endian field of a block taken before). `len` is its length in bytes;
`top`: up to the next multiple of that many bytes.
"""

import difflib
import json
import os
import re
import subprocess

import gdb

from . import kernel, points

FORMAT = 1
REGISTERS = ("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip").split()

# What every hit takes before its point's own blocks: the used part of the stack, and, when it is an interrupt
# stack, of the stack it was entered from (its top word, arch/x86/entry/entry_64.S ENTER_IRQ_STACK); the task.
EVERY_HIT = "stack:top=rsp top:8=rsp&~{0}+{1} outer:top=top.ptr preempt:4=@__preempt_count " \
            "current:8=@current_task task:task=current.ptr".format(kernel.STACK_BYTES - 1, kernel.STACK_BYTES - 8)
# The gdb engine reads the virtual clock from the HPET's main counter (10 ns a tick in QEMU).
CLOCK = {"pointer": "hpet_virt_address", "add": 0xf0, "ns": 10}

# The calling convention: where a function finds its arguments when it is entered.
ARGUMENTS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")

# From a struct to the network namespace it belongs to.
NAMESPACE = {"common": "net:net={0}.net", "sock": "net:net={0}.net", "dev": "net:net={0}.net",
             "skb": "dev_:dev={0}.dev net:net=dev_.net", "neigh": "dev_:dev={0}.dev net:net=dev_.net"}

BLOCK = re.compile(r"(\w+):(\w+)=(\S+)$")


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

    def _measure(self, name):
        ctype, text = kernel.STRUCTS[name]
        try:
            outer = gdb.lookup_type("struct " + ctype)
        except gdb.error:
            raise gdb.GdbError("this kernel has no struct %s" % ctype)
        fields = {}
        for word in text.split():
            field, paths = word.split("=") if "=" in word else (word, word)
            big = paths.endswith(":be")
            fields[field.split(":")[0]] = self._find(outer, ctype, paths.replace(":be", "").split("|"), big)
        start = min(f[0] for f in fields.values())
        end = max(f[0] + f[1] for f in fields.values())
        for f in fields.values():
            f[0] -= start
        return {"start": start, "len": end - start, "fields": fields}

    def _find(self, outer, ctype, paths, big):
        for path in paths:
            for short, longs in kernel.PREFIXES.items():
                if path.startswith(short):
                    path = longs[ctype] + path[len(short):]
            found = walk(outer, path.split("."))
            if found:
                bit, type_, bits = found
                unsigned = type_.code != gdb.TYPE_CODE_INT or not type_.is_signed
                return [bit // 8, max(type_.sizeof, 4 if path.endswith("primary_key") else 0), not unsigned, big,
                        bit % 8 if bits else 0, bits]
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


class Blocks:
    """Compiles the `takes` text of a point into the blocks of the plan."""

    def __init__(self, layout, symbols):
        self.layout, self.symbols = layout, symbols
        self.lists, self.numbers = [], {}

    def number(self, text):
        """Where in `lists` the blocks of this text stand; each text is compiled once."""
        if text not in self.numbers:
            self.numbers[text] = len(self.lists)
            self.lists.append(self._compile(EVERY_HIT + " " + text))
        return self.numbers[text]

    def _compile(self, text):
        blocks, index = [], {}
        for word in text.split():
            match = BLOCK.match(word)
            if not match:
                raise gdb.GdbError("points.py: cannot read the block '%s'" % word)
            name, type_, address = match.groups()
            block = self._address(address, blocks, index)
            block.update(name=name, type=type_)
            if type_ == "top":
                block["top"] = kernel.STACK_BYTES
            elif type_ == "mem":
                block["top"] = 4096
            elif type_.isdigit():
                block["len"] = int(type_)
            else:
                struct = self.layout.struct(type_)
                block["add"] += struct["start"]
                block["len"] = struct["len"]
            index[name] = len(blocks)
            block["add"] = hex(block["add"] & 0xffffffffffffffff)
            blocks.append(block)
        return blocks

    def _address(self, text, blocks, index):
        text, _, mask = text.partition("&~")
        mask, _, tail = mask.partition("+")
        terms, add = [], int(tail or "0", 0)
        for part in text.split("+"):
            if part in REGISTERS:
                terms.append(["reg", part])
            elif part.startswith("in."):
                terms.append(["in", part[3:]])
            elif part.startswith("@"):
                add += self.symbols.address(part[1:])
            elif part.startswith("-") and ":" in part:
                struct, field = part[1:].split(":")
                measured = self.layout.struct(struct)
                add -= measured["start"] + measured["fields"][field][0]
            elif "." in part:
                terms.append(self._field(blocks, index, *part.split(".")))
            else:
                add += int(part, 0)
        return {"terms": terms, "mask": int(mask or "0", 0), "add": add}

    def _field(self, blocks, index, block, field):
        number = index[block]
        if field == "ptr":
            return ["field", number, 0, 8]
        offset, size = self.layout.struct(blocks[number]["type"])["fields"][field][:2]
        return ["field", number, offset, size]


# What a function returns, as an event shows it.
RETURNS = {gdb.TYPE_CODE_PTR: "pointer", gdb.TYPE_CODE_VOID: "void"}


class Symbols:
    """Every symbol of vmlinux with its size, from nm: DWARF has neither the parts that the compiler split off as
    `.cold` nor a quick list of all names."""

    def __init__(self, vmlinux):
        self.places, self.functions = {}, []
        listing = subprocess.run(["nm", "-S", "--defined-only", vmlinux], check=True, stdout=subprocess.PIPE)
        for line in listing.stdout.decode().splitlines():
            words = line.split()
            size = int(words[1], 16) if len(words) == 4 else 0
            self.places.setdefault(words[-1], []).append((int(words[0], 16), size))
            if words[-2] in "tTwW":
                self.functions.append((int(words[0], 16), size, words[-1]))

    def address(self, name):
        if name not in self.places:
            raise gdb.GdbError("this kernel has no symbol %s" % name)
        return self.places[name][0][0]

    def near(self, name):
        stem = name.strip("_")
        return difflib.get_close_matches(name, [n for n in self.places if stem[:4] in n], 3, 0.6) or ["none"]


class Function:
    """Where a function of the kernel is: its parts in memory, the entry first, and its source line."""

    def __init__(self, name, symbols):
        self.parts = symbols.places.get(name, [])[:1] + symbols.places.get(name + ".cold", [])
        self.copies = len(symbols.places.get(name, []))
        self.entry = self.parts[0][0] if self.copies else 0
        block = gdb.block_for_pc(self.entry) if self.entry else None
        while block and not block.function:
            block = block.superblock
        if self.copies and not block:
            raise gdb.GdbError("this kernel has no debug information for %s" % name)
        self.arguments = [symbol for symbol in block if symbol.is_argument] if block else []
        if block:
            self.file, self.line = source_path(block.function.symtab), block.function.line
            self.ret = RETURNS.get(block.function.type.target().strip_typedefs().code, "int")

    def returns(self):
        """Addresses of its return instructions, each with its source line."""
        arch = gdb.selected_inferior().architecture()
        for start, size in self.parts:
            for step in arch.disassemble(start, start + size - 1):
                # CONFIG_RETHUNK (5.19) turns ret into a jump to one return instruction
                if re.search(r"\bretq?\b|__x86_return_thunk", step["asm"]):
                    yield step["addr"], gdb.find_pc_line(step["addr"]).line


class Inlined:
    """A place where a function is inlined, as `break NAME` finds it, and where its arguments are there."""

    def __init__(self, pc, block):
        self.pc = pc
        self.function = block.function
        outer = block.superblock
        while not outer.function:
            outer = outer.superblock
        self.into = outer.function.name
        self.arguments = [symbol for symbol in block if symbol.is_argument]
        place = gdb.find_pc_line(pc)
        self.file, self.line = source_path(place.symtab), place.line

    def registers(self):
        """(type, register or None) of each argument in the order of the calling convention. Here DWARF lists the
        arguments in any order, so each is told by its type; one that shares its type with another is not told."""
        scope = gdb.execute("info scope *%#x" % self.pc, to_string=True)
        for field in self.function.type.fields():
            named = [symbol.name for symbol in self.arguments if str(symbol.type) == str(field.type)]
            yield str(field.type), self._register(scope, named[0]) if len(named) == 1 else None

    def _register(self, scope, name):
        about = re.search(r"^Symbol %s is (.*?)(?=^Symbol |\Z)" % name, scope, re.M | re.S)
        about = about.group(1) if about else ""
        single = re.match(r"a variable in \$(\w+)", about)
        ranges = re.findall(r"Range (0x\w+)-(0x\w+): a variable in \$(\w+)", about)
        found = [register for low, high, register in ranges if int(low, 16) <= self.pc < int(high, 16)]
        return single.group(1) if single else found[0] if found else None


def inlined_places(name):
    """Every place where a function is inlined."""
    try:
        places = gdb.decode_line(name)[1] or ()
    except gdb.error:
        return
    for place in places:
        block = gdb.block_for_pc(place.pc)
        while block and not (block.function and block.function.name == name):
            block = block.superblock
        if block and not (block.superblock.is_static or block.superblock.is_global):
            yield Inlined(place.pc, block)


def source_root():
    """The folder that the kernel was built from, as DWARF has it, with a slash at its end."""
    return gdb.lookup_global_symbol("start_kernel").symtab.filename[:-len("init/main.c")]


def source_path(symtab):
    """Path in the kernel tree."""
    root = source_root()
    return symtab.filename[len(root):] if symtab.filename.startswith(root) else symtab.filename


# When the points of a lab are armed, as its points file says in a line `arm: WHEN`.
ARM = ("lab", "boot")


def read_arm(path):
    """`lab`: from the marker `ktlab start` on; `boot`: from the first instruction."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            key, _, when = line.partition("#")[0].partition(":")
            if key.strip() == "arm":
                if when.strip() not in ARM:
                    raise gdb.GdbError("%s:%d: points are armed at %s, not '%s'"
                                       % (path, number, " or ".join(ARM), when.strip()))
                return when.strip()
    return ARM[0]


def read_names(path):
    """Point names of a labs/NAME/points file, one a line, each with its place for messages."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.partition("#")[0].strip()
            if line and not line.startswith("arm:"):
                yield line, "%s:%d" % (path, number)


class Resolver:
    """Finds the points of a lab in this kernel: how each was resolved, and its sites."""

    def __init__(self, blocks, symbols):
        self.blocks, self.symbols = blocks, symbols

    def resolve(self, name, place, always=None):
        """The point of a name and its sites; ALWAYS: the row of one that no lab asked for."""
        row, args = always or points.POINTS.get(name), None
        if not row:
            row, args = self._any_function(name, place)
            name = row.name
        watched = next((fn for fn in row.fn.split("|") if fn in self.symbols.places), row.fn.split("|")[-1])
        row = row._replace(fn=watched)
        function = Function(row.fn, self.symbols)
        if function.copies > 1:
            raise gdb.GdbError("%s: this kernel has %d functions %s" % (place, function.copies, row.fn))
        inlined = list(inlined_places(row.fn))
        if not function.copies and not inlined:
            raise gdb.GdbError("%s: this kernel has no function %s; near names: %s"
                               % (place, row.fn, ", ".join(self.symbols.near(row.fn))))
        sites = list(self._sites(row, function, place)) if function.copies else []
        sites += [self._inlined(row, where, place) for where in inlined]
        if args is not None:
            for site in sites:
                site["args"] = args
        own = row.fn.partition(".")[0] == name
        how = "substituted" if not own else "out_of_line" if function.copies else "inlined"
        about = {"name": name, "as": how, "fn": row.fn.partition(".")[0],
                 "places": len(sites_at(sites, "enter")) + len(inlined) if own else sum(1 for _ in inlined_places(name)),
                 "at": sorted({site["at"] for site in sites}), "note": row.note, "always": bool(always)}
        return about, sites

    def _any_function(self, text, place):
        """A point that has no row: FUNCTION or FUNCTION:ARG,ARG. Its arguments are taken by their types."""
        name, _, wanted = text.partition(":")
        if name not in self.symbols.places:
            raise gdb.GdbError("%s: %s" % (place, self._absent(name)))
        known = Function(name, self.symbols).arguments
        for arg in filter(None, wanted.split(",")):
            if arg not in [symbol.name for symbol in known]:
                raise gdb.GdbError("%s: %s has no argument '%s'; it has %s"
                                   % (place, name, arg, ", ".join(s.name for s in known) or "none"))
        args, takes = [], []
        for symbol, register in zip(known, ARGUMENTS):
            if not wanted or symbol.name in wanted.split(","):
                struct = struct_behind(symbol.type)
                type_ = symbol.type.strip_typedefs()
                args.append({"name": symbol.name, "reg": register, "struct": struct, "bytes": type_.sizeof,
                             "pointer": type_.code == gdb.TYPE_CODE_PTR,
                             "signed": type_.code == gdb.TYPE_CODE_INT and type_.is_signed})
                if struct:
                    takes.append("%s:%s=%s" % (symbol.name, struct, register))
                    if not any(block.startswith("net:") for block in takes):
                        takes += NAMESPACE.get(struct, "").format(symbol.name).split()
        return points.point(name, "any_call", " ".join(takes)), args

    def _absent(self, name):
        """Why a function cannot be watched by its name and arguments, and what can be instead."""
        if name in points.POINTS:
            return "what '%s' shows stands in its row of points.py; write it without arguments" % name
        clones = sorted(found for found in self.symbols.places if found.startswith(name + "."))
        if clones:
            return "this kernel has '%s' only with other arguments, as %s" % (name, ", ".join(clones))
        callers = sorted({where.into for where in inlined_places(name)})
        if callers:
            return "'%s' has no code of its own, it is inlined into %s" % (name, ", ".join(callers[:3]))
        near = difflib.get_close_matches(name, points.POINTS, 3, 0.6) or self.symbols.near(name)
        return "no point or function is called '%s'; near names: %s" % (name, ", ".join(near))

    def _sites(self, row, function, place):
        entry = {"point": row.name, "fn": row.fn.partition(".")[0], "decode": row.decode, "at": "enter", "file": function.file,
                 "line": function.line, "addr": hex(function.entry), "ret": function.ret,
                 "takes": self.blocks.number(row.takes)}
        yield entry
        if row.returns is None:
            return
        count = 0
        for addr, line in function.returns():
            count += 1
            yield dict(entry, at="return", addr=hex(addr), line=line, takes=self.blocks.number(row.returns))
        if not count:
            raise gdb.GdbError("%s: %s has no return instruction" % (place, row.fn))

    def _inlined(self, row, where, place):
        if row.returns is not None:
            raise gdb.GdbError("%s: %s is inlined at %s:%d, where its return cannot be watched"
                               % (place, row.fn, where.file, where.line))
        takes = row.takes
        for convention, (type_, register) in zip(ARGUMENTS, where.registers()):
            if not re.search(r"\b%s\b" % convention, takes):
                continue
            if not register:
                raise gdb.GdbError("%s: %s is inlined at %s:%d, where its argument of type %s is optimised out"
                                   % (place, row.fn, where.file, where.line, type_))
            takes = re.sub(r"\b%s\b" % convention, "in." + register, takes)
        return {"point": row.name, "fn": row.fn, "decode": row.decode, "at": "line", "file": where.file,
                "line": where.line, "addr": hex(where.pc), "ret": None,
                "takes": self.blocks.number(takes.replace("in.", ""))}


def struct_behind(type_):
    """Our name of the struct that a pointer leads to, or None. A pointer to any kind of sock may lead to a TCP one,
    so only what they all begin with is read."""
    type_ = type_.strip_typedefs()
    if type_.code != gdb.TYPE_CODE_PTR:
        return None
    target = type_.target().strip_typedefs().unqualified()
    if target.code != gdb.TYPE_CODE_STRUCT:
        return None
    for name, (ctype, _) in kernel.STRUCTS.items():
        if ctype == target.name:
            return name
    return None


def sites_at(sites, at):
    return [site for site in sites if site["at"] == at]


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


def make(lab, hz, extra=(), root=None):
    """The whole plan of a lab, as a dict."""
    symbols = Symbols(gdb.current_progspace().filename)
    layout = Layout()
    blocks = Blocks(layout, symbols)
    asked = list(read_names(os.path.join(lab, "points"))) + [(name, "POINTS") for name in extra]
    if not asked:
        raise gdb.GdbError("%s lists no point" % os.path.join(lab, "points"))
    listed = {name for name, _ in asked}
    names = [(row.name, "points.py", row) for row in points.ALWAYS if row.name not in listed]
    names += [(name, place, None) for name, place in asked]
    resolver = Resolver(blocks, symbols)
    abouts, sites, seen = [], [], set()
    for name, place, always in names:
        function = name.partition(":")[0]
        if function in seen:
            raise gdb.GdbError("%s: '%s' is listed twice" % (place, function))
        seen.add(function)
        about, found = resolver.resolve(name, place, always)
        abouts.append(about)
        sites += found
    clock = {"pointer": hex(symbols.address(CLOCK["pointer"])), "add": CLOCK["add"], "ns": CLOCK["ns"]}
    made = {"format": FORMAT, "arm": read_arm(os.path.join(lab, "points")), "points": abouts, "sites": sites,
            "takes": blocks.lists, "structs": layout.structs, "enums": enums("skb_drop_reason"), "clock": clock, "hz": hz, "root": source_root(),
            "text": [hex(symbols.address(name)) for name in kernel.TEXT_RANGES],
            "faults": list(faults(symbols)), "notes": notes(symbols)}
    if root:
        made["tree"] = tree(symbols, root)
    return made


def faults(symbols):
    """[address, bits of the error code that mean a fetch] of each fault: for counting instructions."""
    for name, fetch in kernel.FAULTS.items():
        known = [n for n in ("asm_exc_" + name, name) if n in symbols.places]
        if known:
            yield [hex(symbols.address(known[0])), fetch]


def notes(symbols):
    """The kernel's ELF notes, which have its build id: they tell it from another kernel."""
    start, stop = symbols.address("__start_notes"), symbols.address("__stop_notes")
    return {"address": hex(start), "bytes": bytes(gdb.selected_inferior().read_memory(start, stop - start)).hex()}


def enums(*names):
    """{enum: {value: name without the prefix that all have}} of those that this kernel has."""
    found = {}
    for name in names:
        try:
            fields = gdb.lookup_type("enum " + name).fields()
        except gdb.error:
            continue
        prefix = os.path.commonprefix([field.name for field in fields])
        found[name] = {str(field.enumval): field.name[len(prefix):] for field in fields}
    return found


def write(lab, path, hz, extra=(), root=None):
    text = json.dumps(make(lab, hz, extra, root), separators=(",", ":"))
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(path + ".new", path)
