# SPDX-License-Identifier: GPL-2.0-or-later
"""Code addresses to functions and lines, by an addr2line beside us, and addresses to names, by nm."""

import re
import subprocess

CLONE_SUFFIX = re.compile(r"\.(isra|part|constprop|cold)[.\d]*")


class Symbols:
    """Each address is looked up once. Close it."""

    # addresses in one question: what two pipes hold
    PIECE = 1000

    def __init__(self, vmlinux, root, text, known=None, orc=None):
        """`text`: where the kernel's code begins and ends, twice, as a plan has it; `orc`: its table for stacks, where it
        has no frame pointers."""
        self.vmlinux, self.root, self.orc = vmlinux, root, orc
        self.text = [int(end, 16) for end in text]
        self.known = known or {}
        self._names = None
        self._addr2line = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._addr2line:
            self._addr2line.communicate()

    def frames(self, pc):
        return self.stack([pc])

    def stack(self, pcs):
        """The frames of all of these addresses in one list."""
        pcs = list(pcs)
        self.load(pcs)
        return [frame for pc in pcs for frame in self.known[pc]]

    def is_code(self, address):
        low, high, init_low, init_high = self.text
        return address is not None and (low <= address < high or init_low <= address < init_high)

    def names(self):
        """{address: [symbol]} of code and data, by nm."""
        if self._names is None:
            self._names = {}
            listing = subprocess.run(["nm", "--defined-only", self.vmlinux], check=True, stdout=subprocess.PIPE)
            for text in listing.stdout.decode("utf-8", "replace").splitlines():
                address, _, name = text.split(" ", 2)
                self._names.setdefault(int(address, 16), []).append(name)
        return self._names

    def name(self, address):
        """The first symbol that begins at an address, None without one."""
        return self.names().get(address, [None])[0]

    def load(self, pcs):
        """Looks up those that are not known yet."""
        pcs = sorted(pc for pc in set(pcs) if pc not in self.known)
        for at in range(0, len(pcs), self.PIECE):
            self._ask(pcs[at:at + self.PIECE])

    def _ask(self, pcs):
        if not self._addr2line:
            self._addr2line = subprocess.Popen(["addr2line", "-aif", "-e", self.vmlinux], stdin=subprocess.PIPE,
                                               stdout=subprocess.PIPE, encoding="utf-8", errors="replace")
        # an answer ends where the next one begins: the last is that of address 0
        self._addr2line.stdin.write("".join("%#x\n" % pc for pc in pcs) + "0\n")
        self._addr2line.stdin.flush()
        self._line()
        for pc in pcs:
            frames = []
            line = self._line()
            while not line.startswith("0x"):
                frames.append(self._frame(line, self._line()))
                line = self._line()
            # all but the last were inlined into it
            for frame in frames[:-1]:
                frame["inlined"] = True
            self.known[pc] = frames
        self._line(), self._line()

    def _line(self):
        line = self._addr2line.stdout.readline()
        if not line:
            raise ValueError("addr2line ended before it had looked up all addresses of '%s'" % self.vmlinux)
        return line.rstrip("\n")

    def _frame(self, fn, place):
        path, _, line = place.partition(" ")[0].rpartition(":")
        return {"fn": CLONE_SUFFIX.sub("", fn), "file": self._cut(path), "line": int(line) if line.isdigit() else 0,
                "inlined": False}

    def _cut(self, path):
        """Path in the kernel tree: the folder that the kernel was built from is cut off, and of generated files, which
        the compiler was told of as `BUILD/./arch/…`, the folder that it was built in."""
        path = path.rpartition("/./")[2]
        path = re.sub(r"/[^/]+/\.\./", "/", path)
        return path[len(self.root):] if path.startswith(self.root) else path
