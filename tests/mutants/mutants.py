# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks the sources in every way of table.tsv, one at a time, each in a copy, and runs the test that is to find it.

mutants.py [-n] [PATTERN]: those whose row contains PATTERN; -n only looks whether each row fits. A row is FOLDER, a text that
stands once in the sources below it, what takes its place, and the test. Exit status: 0 all were caught, 1 some were not, 2 a row
fits nothing, what it makes cannot be compiled, or a test fails without it.
"""

import concurrent.futures
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.environ.get("TABLE") or os.path.join(ROOT, "tests", "mutants", "table.tsv")
# how many at a time; seconds that a test may take: a loop without an end is found, too
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 1)
LIMIT_S = int(os.environ.get("LIMIT_S", "900"))
BUILDS = {"report": "build/ktreport", "ktrun": "build/ktrun"}


def plain(text):
    """Of a text of the table, in which a backslash makes a newline, a tab, or itself."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1)), text)


class Mutant:
    def __init__(self, number, words):
        self.number, (self.folder, text, instead, self.test) = number, words
        self.text, self.instead = plain(text), plain(instead)
        self.path = None

    def find(self):
        """Sets the file that has the text; returns what is wrong with the row, or None."""
        files = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(ROOT, self.folder)) for name in names
                 if name.endswith((".c", ".h", ".py", ".sh"))] or [os.path.join(ROOT, self.folder)]
        found = []
        for path in files:
            with open(path, encoding="utf-8") as file:
                found += [path] * file.read().count(self.text)
        if len(found) != 1:
            return "table.tsv:%d: '%s' stands %d times in %s" % (self.number, self.text, len(found), self.folder)
        if not os.access(os.path.join(ROOT, self.test), os.X_OK):
            return "table.tsv:%d: there is no test '%s'" % (self.number, self.test)
        self.path = os.path.relpath(found[0], ROOT)
        return None


def read():
    with open(TABLE, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.rstrip("\n").split("\t")
            if line.strip() and not line.startswith("#"):
                if len(words) != 4:
                    raise SystemExit("table.tsv:%d: a row has four columns, and this has %d" % (number, len(words)))
                yield Mutant(number, words)


def copied(folder):
    """A copy of the sources as they lie here, and of what was built."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in filter(None, names.decode().split("\n")):
        if os.path.lexists(os.path.join(ROOT, name)):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            shutil.copy2(os.path.join(ROOT, name), os.path.join(folder, name), follow_symlinks=False)
    os.makedirs(os.path.join(ROOT, "build"), exist_ok=True)
    shutil.copytree(os.path.join(ROOT, "build"), os.path.join(folder, "build"), symlinks=True,
                    ignore=shutil.ignore_patterns("tests", "own"), dirs_exist_ok=True)
    return folder


def ends(folder, *command):
    """The exit status of a command there; None if it does not end."""
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        return process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        return None


def built(folder, mutant):
    name = BUILDS.get(mutant.folder.partition("/")[0])
    return not name or ends(folder, "make", "-s", name) == 0


def outcome(folder, mutant):
    """caught, not caught, or what else became of it."""
    path = os.path.join(folder, mutant.path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(mutant.text, mutant.instead))
        if not built(folder, mutant):
            return "cannot be compiled"
        return "not caught" if ends(folder, mutant.test) == 0 else "caught"
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main(arguments):
    only_look = "-n" in arguments
    pattern = "".join(word for word in arguments if word != "-n")
    mutants = [mutant for mutant in read() if pattern in "\t".join((mutant.folder, mutant.text, mutant.instead, mutant.test))]
    wrong = list(filter(None, (mutant.find() for mutant in mutants)))
    print("".join("%s\n" % sentence for sentence in wrong), end="")
    if only_look or wrong or not mutants:
        print("%d rows, %d fit nothing" % (len(mutants), len(wrong)))
        return 2 if wrong or not mutants else 0
    with tempfile.TemporaryDirectory(prefix="ktlab-mutants-") as work:
        folders = queue.Queue()
        for number in range(JOBS):
            folders.put(copied(os.path.join(work, "copy %d" % number)))

        def there(act):
            folder = folders.get()
            try:
                return act(folder)
            finally:
                folders.put(folder)

        tests = sorted({mutant.test for mutant in mutants})
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            failing = [test for test, status in zip(tests, pool.map(lambda test: there(lambda folder: ends(folder, test)), tests)) if status]
            if failing:
                print("without any change: %s" % " ".join(failing), "fail" if len(failing) > 1 else "fails")
                return 2
            counts = {}
            for mutant, said in zip(mutants, pool.map(lambda mutant: there(lambda folder: outcome(folder, mutant)), mutants)):
                counts[said] = counts.get(said, 0) + 1
                print("%-10s %s: %r instead of %r; %s" % (said, mutant.path, mutant.instead, mutant.text, mutant.test), flush=True)
    print("%d of %d caught" % (counts.get("caught", 0), len(mutants)))
    return 2 if "cannot be compiled" in counts else int(counts.get("caught", 0) != len(mutants))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
