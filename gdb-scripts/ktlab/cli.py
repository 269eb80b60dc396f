# SPDX-License-Identifier: GPL-2.0-or-later
"""The verbs of run.sh: plan, trace, bench, decode, wire, steps, watches, compare. Settings come from the environment; errors are one sentence."""

import os
import re
import sys
import traceback

import gdb

DEFECT = 3      # exit status of a verb that broke; 2: it says what is wrong with what it was given


def setting(name):
    return os.environ["KTLAB_" + name]


def tally(done, of, what):
    """Says to ktrun, which runs us, of how many things how many were made or judged (ktrun/tally.h)."""
    if "KTLAB_TALLY" in os.environ:
        os.write(int(setting("TALLY")), ("%d of %d %s\n" % (done, of, what)).encode())


def vmlinux_build_id(path):
    """The build id of the vmlinux that GDB has read, once it is known to be of use."""
    try:
        gdb.lookup_type("struct sock")
    except gdb.error as error:
        raise ValueError("'%s' has no debug information: it is damaged, or it was stripped\n"
                         "make kernel makes it anew once its folder is removed" % path) from error
    return gdb.objfiles()[0].build_id


def plan():
    from . import image, plan as maker
    image.check(os.path.join(setting("KDIR"), "bzImage"), vmlinux_build_id(os.path.join(setting("KDIR"), "vmlinux")))
    made = maker.make(setting("LABDIR"), hz(), os.environ["POINTS"].split(), os.environ["TREE"], setting("LINES").split(),
                      lenient=setting("ORIGIN") == "built")
    maker.store(dict(made, record_mib=int(setting("RECORD_MIB"))), setting("PLAN"))
    return 0


def hz():
    with open(os.path.join(setting("KDIR"), "config"), encoding="utf-8") as file:
        return int(re.search(r"^CONFIG_HZ=(\d+)$", file.read(), re.M).group(1))


def source():
    from . import source as reader
    found = list(reader.Source(setting("TREE")).lacks())
    print("".join("%s\n" % sentence for sentence, _ in found), end="")
    return 1 if any(always for _, always in found) else 0


def image():
    from . import image as reader
    try:
        sentence = reader.other(setting("IMAGE"), "'%s'" % setting("VMLINUX"), setting("BUILD_ID"), setting("BANNER"))
    except ValueError as error:
        sentence = str(error).partition("\n")[0]
    print(sentence or "", end="")
    return 1 if sentence else 0


def counting():
    from . import draw
    print(draw.counting(setting("PLAN"), hz()))
    return 0


def drawn():
    from . import draw
    called = draw.counts(setting("COUNTING"), setting("RUN"))
    print("%d functions are watched with their returns, %d pairs of them adjacent" % draw.drawn(
        setting("PLAN"), hz(), setting("SEED"), called))
    return 0


def watched():
    from . import draw
    wrong, differ, hits = draw.watched(setting("PLAN"), setting("RUN"), setting("OTHER"))
    print("\n".join(wrong + differ + ["%d hits with gdb live, %d with the plugin" % hits]))
    return 1 if wrong else 0


def trace():
    from . import engine
    return 0 if engine.run(setting("PLAN"), setting("GDB"), setting("RUN")) else 3


def decode():
    from . import decoder
    hits = decoder.decode(setting("PLAN"), setting("RUN"), os.path.join(setting("KDIR"), "vmlinux"))
    tally(hits, hits, "hits")
    return 0


def wire():
    from . import wire as witness
    frames, disagreements = witness.compare(setting("RUN"))
    tally(frames, frames, "frames")
    for sentence in disagreements:
        print("wire: %s" % sentence)
    print("wire: %d frames at the cards, read by tshark: %s" % (frames, "%d differ from the events" % len(disagreements)
                                                                if disagreements else "as the events say"))
    return 1 if disagreements else 0


def steps():
    from . import steps as stepper
    calls, lines, ran, wrong = stepper.run(setting("RUN"), setting("STEPPED").split(), int(setting("CALLS")))
    print("\n".join(wrong + ["%d calls, %d lines, %d steps of GDB: %s" % (
        calls, lines, ran, "%d differ" % len(wrong) if wrong else "the same lines, as often, in the same order")]))
    return 1 if wrong or not lines else 0


def watches():
    from . import watches as watcher
    things, changes, wrong = watcher.run(setting("RUN"), os.environ.get("WATCHED", "").split())
    print("\n".join(wrong + ["%d objects, %d changes of their fields at GDB's watchpoints: %s" % (
        things, changes, "%d differ" % len(wrong) if wrong else "as recorded, at the same instructions")]))
    return 1 if wrong or not changes else 0


def compare():
    from . import compare as engines
    runs = setting("RUN"), setting("OTHER")
    found = engines.compare(*runs)
    print(engines.sentence(found))
    for run in runs:
        if os.path.exists(os.path.join(run, "run.json")):
            engines.keep(run, found)
    tally(found["hits"], found["hits"], "hits")
    return 0 if engines.equal(found) else 1


def bench():
    from . import bench as measures
    measures.run(setting("PLAN"), setting("GDB"), setting("RUN"), setting("VMLINUX"), int(setting("QEMU_PID")))
    return 0


VERBS = {"plan": plan, "source": source, "image": image, "counting": counting, "drawn": drawn, "watched": watched,
         "trace": trace, "bench": bench, "decode": decode, "wire": wire, "steps": steps, "watches": watches, "compare": compare}


def run(verb):
    try:
        status = VERBS[verb]()
    except (gdb.GdbError, gdb.error, OSError, ValueError) as error:
        print("ktlab: %s" % error, file=sys.stderr)
        status = 2
    except BaseException as error:     # whatever it is: GDB would print it and go on, as if the verb had done its work
        traceback.print_exc()
        print("ktlab: '%s' broke off: %s: %s" % (verb, type(error).__name__, error), file=sys.stderr)
        status = DEFECT
    gdb.execute("quit %d" % status)
