# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside GDB, on the program of points.c: how points are resolved; prints TAP."""

import os
import sys
import types

import gdb

sys.path.insert(0, "gdb-scripts")
sys.dont_write_bytecode = True

from ktlab import blocks as texts, functions, hit, layout, points, resolve as resolving  # noqa: E402
from ktlab.decode.any import value as value_of  # noqa: E402
from ktlab.locations import place  # noqa: E402

texts.Blocks._every_hit = lambda self: "stack:8=rsp"
symbols = functions.Symbols(gdb.current_progspace().filename)
blocks = texts.Blocks(layout.Layout(), symbols)
resolver = resolving.Resolver(blocks, symbols)


def resolve(name, takes="first:8=sk", returns=None, fn=None, calls=""):
    points.POINTS[name] = points.point(name, "any", takes, returns, fn, calls=calls)
    return resolver.resolve(name, "points:1")


def refused(text, function, *args):
    try:
        function(*args)
    except gdb.GdbError as error:
        assert text in str(error), str(error)
        return True
    return False


def out_of_line():
    about, sites = resolve("plain", returns="again:8=sk")
    returns = [site for site in sites if site["at"] == "return"]
    start, size = symbols.places["plain"][0]
    code = gdb.selected_inferior().architecture().disassemble(start, start + size - 1)
    rets = {hex(step["addr"]) for step in code if step["asm"].startswith("ret")}
    assert about["as"] == "out_of_line" and about["places"] == 1 and about["at"] == ["enter", "return"]
    assert returns and {site["addr"] for site in returns} <= rets
    assert sites[0]["ret"] == "int" and sites[0]["line"] == 10


def out_of_line_and_inlined():
    about, sites = resolve("both")
    assert about["as"] == "out_of_line" and about["places"] == 3, about
    assert sorted(site["at"] for site in sites) == ["enter", "line", "line"]
    registers = [blocks.lists[site["takes"]][1]["terms"][0] for site in sites]
    assert registers[0] == ["reg", "rdi"] and ["reg", "rsi"] in registers, registers


def inlined_only():
    about, sites = resolve("never")
    assert about["as"] == "inlined" and [site["at"] for site in sites] == ["line"], about


def substituted():
    about, sites = resolve("never", fn="plain")
    assert about["as"] == "substituted" and about["fn"] == "plain" and about["places"] == 1
    # the first name that is there, if only inlined; but not where its return matters
    assert resolve("gone", fn="nowhere|never|plain")[0]["fn"] == resolve("gone", fn="never|nowhere")[0]["fn"] == "never"
    assert resolve("gone", fn="nowhere|plain|never")[0]["fn"] == "plain"
    assert resolve("gone", returns="again:8=sk", fn="nowhere|never|plain")[0]["fn"] == "plain"


def inlined_return():
    assert refused("where its return cannot be watched", resolve, "both", "first:8=sk", "again:8=sk")


def missing():
    points.POINTS["plane"] = points.point("plane", "any", "")
    assert refused("this kernel has no function plane", resolver.resolve, "plane", "points:1")


def left_out():
    points.POINTS["both"] = points.point("both", "any", "first:8=sk", "again:8=sk")
    lenient = resolving.Resolver(blocks, symbols, lenient=True)
    about, sites = lenient.listed("both", "points:1")
    assert about["as"] == "left_out" and not sites and about["places"] == 0, about
    assert about["note"].startswith("both is inlined at ") and about["note"].endswith("where its return cannot be watched"), about
    assert refused("where its return cannot be watched", resolver.listed, "both", "points:1")
    assert refused("no point or function is called 'tcp_v4_conect'", lenient.listed, "tcp_v4_conect", "points:9")
    points.POINTS["comm_write"] = points.point("comm_write", "any", "first:8=sk", fn="gone")
    assert refused("this kernel has no function gone", lenient.listed, "comm_write", "points:1")


def unknown():
    assert refused("points:9: no point or function is called 'tcp_v4_conect'; near names: tcp_v4_connect",
                   resolver.resolve, "tcp_v4_conect", "points:9")


def any_function():
    points.POINTS.pop("plain")
    about, sites = resolver.resolve("plain:size", "POINTS")
    assert [(arg["name"], arg["terms"], arg["signed"]) for arg in sites[0]["args"]] == [("size", [["reg", "rsi"]], True)]


def any_inlined():
    about, sites = resolver.resolve("crossed", "POINTS")
    found = reached(sites[0])
    assert about["as"] == "inlined" and about["places"] == 1 and sites[0]["at"] == "line", about
    assert found == {"from": "&other", "to": "&thing", "count": 7}, found
    about, sites = resolver.resolve("crossed:count", "POINTS")
    assert reached(sites[0]) == {"count": 7}
    resolving.MOST_PLACES = 0
    assert refused("POINTS: 'crossed' is inlined at 1 places, more than 0", resolver.resolve, "crossed", "POINTS")
    resolving.MOST_PLACES = 100


def in_pieces():
    about, sites = resolver.resolve("pieces", "POINTS")
    found = reached(sites[0])
    assert found == {"sk": "&thing", "count": 9}, found
    entries, resolver.entries = resolver.entries, types.SimpleNamespace(of=lambda name, pc: [])
    assert refused("POINTS: 'pieces' is inlined at ", resolver.resolve, "pieces", "POINTS")
    assert refused("in pieces, and DWARF does not say where they are entered", resolver.resolve, "pieces", "POINTS")
    resolver.entries = entries


def calling_line():
    about, sites = resolver.resolve("hand_on", "POINTS")
    with open("tests/collector/points.c", encoding="utf-8") as file:
        wanted = next(number for number, line in enumerate(file, 1) if "return hand_on(skb)" in line)
    assert sites[0]["line"] == wanted and sites[0]["file"].endswith("points.c"), sites[0]


def any_argument():
    assert refused("plain has no argument 'sice'; it has sk, size", resolver.resolve, "plain:sice", "POINTS")


def bad_block():
    assert refused("cannot read the block 'first:8'", resolve, "plain", "first:8")


def reached(site):
    """{argument: its value} as an event has it, when the program is run to a site; an address is &NAME of the caller."""
    gdb.execute("tbreak *" + site["addr"], to_string=True)
    gdb.execute("run", to_string=True)
    frame = gdb.selected_frame()
    regs = {name: int(frame.read_register(name)) & (1 << 64) - 1 for name in texts.REGISTERS}
    taken = []
    for block in blocks.lists[site["takes"]]:
        at = sum(regs[term[1]] if term[0] == "reg" else int.from_bytes(taken[term[1]][1], "little")
                 for term in block["terms"]) + int(block["add"], 16)
        size = block.get("len", 8)
        taken.append((at, bytes(gdb.selected_inferior().read_memory(at, size))))
    capture = types.SimpleNamespace(site=0, regs=regs, clock_ns=0, blocks=taken)
    seen = hit.Hit({"sites": [dict(site)], "takes": blocks.lists}, capture, None)
    while frame.name() != "start_kernel":
        frame = frame.older()
    frame.select()
    names = {int(gdb.parse_and_eval("&" + name)): "&" + name for name in ("thing", "other")}
    found = {arg["name"]: arg.get("lost") or seen.argument(arg["name"]) for arg in site["args"]}
    gdb.execute("kill", to_string=True)
    return {name: names.get(value, value) for name, value in found.items()}


def any_site(name, at):
    points.POINTS.pop(name.partition(":")[0], None)
    about, sites = resolver.resolve(name, "POINTS")
    return next(site for site in sites if site["at"] == at)


def all_arguments():
    wanted = {"sk": "&thing", "saddr": "10.0.0.1", "sport": 8080, "low": -2, "pair": "a struct passed by value", "yes": True,
              "seventh": -7, "eighth": "&other", "dport": 80}
    found = reached(any_site("many", "enter"))
    assert found == wanted, found


def inlined_arguments():
    about, sites = resolve("crossed", "first:8=from second:8=to count name=from other=to")
    found = reached(sites[0])
    assert found == {"count": 7, "name": "&other", "other": "&thing"}, found


def nothing():
    site = {"args": [{"name": "to", "terms": [["reg", "rdi"]], "add": 0, "bytes": 8, "signed": False, "how": "ptr",
                      "struct": None}, {"name": "gone", "lost": "optimised out"}]}
    capture = types.SimpleNamespace(site=0, regs={"rdi": 0}, clock_ns=0, blocks=[])
    seen = hit.Hit({"sites": [dict(site, fn="f", at="enter", takes=0)], "takes": [[]]}, capture, None)
    assert [value_of(seen, arg) for arg in site["args"]] == [None, "optimised out"]


def clones():
    name = next(name for name in symbols.places if name.startswith("cloned."))
    found = reached(any_site(name, "enter"))
    assert found == {"sk": "&thing", "size": 5, "always": 4}, found


def lost():
    assert refused("outer (inlined at", resolve, "outer", "first:8=other")
    assert refused("its argument 'other' is not to be told, as all of the function is inlined", resolve, "outer",
                   "first:8=other")
    assert refused("its argument 'pair' is a struct passed by value", resolve, "many", "first:8=pair")


def by_its_call():
    assert refused("its argument 'skb' is not to be told", resolve, "hand_on", "skb")
    about, sites = resolve("hand_on", "skb", calls="gone|sends")
    assert about["as"] == "inlined" and [site["at"] for site in sites] == ["line"], about
    found = reached(sites[0])
    assert found == {"skb": "&thing"}, found
    assert refused("its argument 'skb' is", resolve, "maybe", "skb", None, None, "sends")


def missing_argument():
    assert refused("points:1: plain has no argument 'skb' or 'head'; it has sk, size", resolve, "plain", "a:8=skb|head")
    about, sites = resolve("plain", "a:8=skb|sk b:8=gone? len=gone?")
    names = [block["name"] for block in blocks.lists[sites[0]["takes"]]]
    assert names == ["stack", "a"] and not sites[0]["args"], names


def member():
    about, sites = resolve("plain", "where:4=&sk->id id=sk->id")
    where, slot = blocks.lists[sites[0]["takes"]][1:]
    assert where["terms"] == slot["terms"] == [["reg", "rdi"]] and slot["len"] == 4, slot
    assert sites[0]["args"][0]["terms"] == [["field", 2, 0, 8]] and sites[0]["args"][0]["signed"]
    assert refused("its argument 'size' points to nothing that has a 'id'", resolve, "plain", "id=size->id")


def stack_at_return():
    assert refused("'dport' is on the stack, where it may be gone when it returns", resolve, "many", "", "at:8=dport")


def each_processor():
    places = {"__per_cpu_offset": 0xffffffff82000000, "current_task": 0x14d00, "hardirq_stack_ptr": 0x14d08, "jiffies_64": 0x1000}
    several = types.SimpleNamespace(places=places, address=places.get)
    text = texts.PER_CPU + "current:8=@current_task jiffies:8=@jiffies_64 " + texts.MAPPED_STACK
    made = {block["name"]: block for block in texts.Blocks(layout.Layout(), several)._compile(text)}
    assert made["percpu"]["terms"] == [] and made["percpu"]["add"] == "0xffffffff82000000", made["percpu"]
    assert made["current"]["terms"] == [["field", 0, 0, 8]] and made["current"]["add"] == "0x14d00", made["current"]
    assert made["ends"]["terms"] == [["field", 0, 0, 8]] and made["jiffies"]["terms"] == [], made
    assert made["stack"]["top"] == 4096 and made["outer"]["top"] == 16384, made
    listed = texts.Blocks(layout.Layout(), several)._compile(texts.PER_CPU + "a:8=rax+-8+@percpu!jiffies_64")[1]
    assert listed["terms"] == [["reg", "rax"], ["field", 0, 0, 8]] and listed["add"] == "0xfffffffffffffff8", listed
    assert listed["end"] == "0xff8", listed
    assert made["stack3"]["mask"] == 4095 and made["stack3"]["add"] == hex(3 * 4096) and made["stack3"]["len"] == 4096, made


def several():
    symbols.places["twice"] = symbols.places["plain"] * 2
    points.POINTS["twice"] = points.point("twice", "any", "")
    assert refused("points:1: this kernel has 2 functions twice", resolver.resolve, "twice", "points:1")


def offset():
    pair = gdb.lookup_type("struct pair")
    assert layout.Layout.member(pair.pointer(), "two")[0] == pair.fields()[1].bitpos // 8 > 0


def words():
    text = "Symbol to is a variable in $rdi, length 8.\nSymbol to is a variable at frame base reg $rbp offset 16+-24, length 8.\n"
    assert place(text, "to", 0, None) == "[rbp+-24]", place(text, "to", 0, None)


TESTS = (
    ("refuses a name that two functions have", several),
    ("knows where a member lies that is not the first", offset),
    ("reads GDB's words for a place in a frame, those of the function itself before those of blocks in it", words),
    ("watches every return instruction of a function", out_of_line),
    ("watches a function out of line and wherever it is inlined as well", out_of_line_and_inlined),
    ("watches a function that is only inlined", inlined_only),
    ("watches another function in its place, and says so", substituted),
    ("refuses to watch a return that has no one place", inlined_return),
    ("refuses a point whose function this kernel lacks", missing),
    ("leaves out a lab's point that a kernel of the user's does not allow, but none that every run needs", left_out),
    ("lists near names for an unknown one", unknown),
    ("watches any function with the arguments asked for", any_function),
    ("watches one that has no code of its own at each place, up to a hundred, with its arguments by name", any_inlined),
    ("finds where inlined code is entered that lies in pieces, or says that nobody knows", in_pieces),
    ("has the line that calls a function where it is inlined", calling_line),
    ("names the arguments that there are", any_argument),
    ("refuses a block it cannot read", bad_block),
    ("reads every argument in the registers and on the stack as its type says", all_arguments),
    ("tells arguments of one type apart by name where a function is inlined, constants too", inlined_arguments),
    ("shows a null pointer as null, and why an argument is not there", nothing),
    ("finds the arguments of a version that the compiler made", clones),
    ("says why an argument cannot be read", lost),
    ("watches what an inlined function calls where its own arguments are not told, if every way leads there", by_its_call),
    ("names the arguments there are for one that this kernel lacks, but for one that may be missing", missing_argument),
    ("reads a member of the struct that an argument points to", member),
    ("takes nothing from the stack at a return", stack_at_return),
    ("finds variables that each processor has, and stacks that are mapped page by page", each_processor),
)
print("1..%d" % len(TESTS))
failed = 0
for number, (title, test) in enumerate(TESTS, 1):
    try:
        test()
        print("ok %d - it %s" % (number, title))
    except Exception as error:  # a test's own failure, whatever it is
        failed = 1
        print("not ok %d - it %s\n# %r" % (number, title, error))
sys.stdout.flush()
os._exit(failed)
