# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a bzImage holds the kernel whose symbols are planned with: by the build id that the linker gave both, or by what
the kernel says of its build where that is all that can be read."""

import bz2
import lzma
import struct
import zlib

# Documentation/x86/boot.rst: the setup header; payload_offset counts from the end of the real-mode sectors
SETUP_SECTS, MAGIC, VERSION, PAYLOAD = 0x1f1, 0x202, 0x20e, 0x248
SECTOR_BYTES = 512
# elf(5): a note's head (length of name and of contents, type NT_GNU_BUILD_ID) and its name
NOTE = struct.pack("<III", 4, 20, 3) + b"GNU\0"
UNPACKERS = {
    b"\x1f\x8b\x08": lambda data: zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data),
    b"\xfd7zXZ": lambda data: lzma.LZMADecompressor().decompress(data),
    b"\x5d\0\0": lambda data: lzma.LZMADecompressor().decompress(data),
    b"BZh": lambda data: bz2.BZ2Decompressor().decompress(data),
}


def unpacked(data, path):
    """The kernel in a bzImage; None if it was packed by a program that this does not know."""
    try:
        if data[MAGIC:MAGIC + 4] != b"HdrS":
            raise ValueError("no boot header")
        offset, length = struct.unpack_from("<II", data, PAYLOAD)
        start = (data[SETUP_SECTS] + 1) * SECTOR_BYTES + offset
        payload = data[start:start + length]
        if len(payload) < length:
            raise ValueError("it is cut short")
        for magic, unpack in UNPACKERS.items():
            if payload.startswith(magic):
                return unpack(payload)
    except (ValueError, IndexError, struct.error, zlib.error, lzma.LZMAError) as error:
        raise ValueError("'%s' is damaged: %s\n"
                         "make kernel makes it anew once its folder is removed" % (path, error)) from error
    return None


def same_build(data, banner):
    """Whether the boot header, outside what is packed, names who built the kernel and when as the kernel's own banner does
    (init/version.c has `Linux version RELEASE (BY@HOST) (COMPILER) #NUMBER DATE`, arch/x86/boot/version.c no compiler)."""
    pointer = struct.unpack_from("<H", data, VERSION)[0]
    said = data[pointer + SECTOR_BYTES:].partition(b"\0")[0].decode("utf-8", "replace")
    by, _, when = said.partition(") ")
    return not pointer or (banner.startswith("Linux version %s) " % by) and banner.endswith(") " + when))


def other(path, vmlinux, build_id, banner):
    """A sentence if the bzImage is not the kernel with this build id (hexadecimal; empty: unknown) and this banner (empty:
    not asked for); VMLINUX is what to call that kernel."""
    with open(path, "rb") as file:
        data = file.read()
    kernel = unpacked(data, path)
    if banner and not same_build(data, banner):
        return "'%s' is another build than %s (%s)" % (path, vmlinux, banner)
    if build_id and kernel is not None and NOTE + bytes.fromhex(build_id) not in kernel:
        return "'%s' is another build than %s (build id %s)" % (path, vmlinux, build_id)
    return None


def check(path, build_id):
    """Raises ValueError where the bzImage beside a vmlinux does not hold the kernel with this build id (None: unknown)."""
    sentence = build_id and other(path, "the vmlinux beside it", build_id, "")
    if sentence:
        raise ValueError("%s\nmake kernel makes both anew once their folder is removed" % sentence)
