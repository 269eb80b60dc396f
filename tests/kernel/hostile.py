# SPDX-License-Identifier: GPL-2.0-or-later
"""Packs a kernel tree with something that leads out of its folder, or is no file: hostile.py KIND TREE OUTSIDE TARBALL."""
import io
import os
import sys
import tarfile

kind, tree, outside, tarball = sys.argv[1:]
top = os.path.basename(tree)


def file(name):
    member = tarfile.TarInfo(name)
    member.size = 4
    return member, io.BytesIO(b"evil")


def link(name, target, type):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = type, target
    return (member,)


def device(name, major, minor):
    member = tarfile.TarInfo(name)
    member.type, member.devmajor, member.devminor = tarfile.CHRTYPE, major, minor
    return (member,)


members = {
    "up": [file(top + "/../../../outside/evil")],
    "absolute": [file(outside + "/evil")],
    "link": [link(top + "/door", outside, tarfile.SYMTYPE), file(top + "/door/evil")],
    "link-up": [link(top + "/door", "../../../outside", tarfile.SYMTYPE), file(top + "/door/evil")],
    "only-link": [link(top + "/door", outside, tarfile.SYMTYPE)],
    "twice": [link(top + "/door", ".", tarfile.SYMTYPE), link(top + "/door/door2", "../../../outside", tarfile.SYMTYPE),
              file(top + "/door2/evil")],
    "hard-link": [link(top + "/door", outside + "/kept", tarfile.LNKTYPE), file(top + "/door")],
    "hard-link-up": [link(top + "/door", "../../../outside/kept", tarfile.LNKTYPE), file(top + "/door")],
    "device": [device(top + "/null", 1, 3)],
    "pipe": [link(top + "/pipe", "", tarfile.FIFOTYPE)],
}

with tarfile.open(tarball, "w:xz") as packed:
    packed.add(tree, top)
    for member in members[kind]:
        packed.addfile(*member)
