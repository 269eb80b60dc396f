# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a bzImage holds the kernel whose symbols are planned with: by the build id that the linker gave both."""

import lzma
import struct
import zlib

# Documentation/x86/boot.rst: the setup header; payload_offset counts from the end of the real-mode sectors
SETUP_SECTS, MAGIC, PAYLOAD = 0x1f1, 0x202, 0x248
SECTOR_BYTES = 512
# elf(5): a note's head (length of name and of contents, type NT_GNU_BUILD_ID) and its name
NOTE = struct.pack("<III", 4, 20, 3) + b"GNU\0"
UNPACKERS = {
    b"\x1f\x8b\x08": lambda data: zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data),
    b"\xfd7zXZ": lambda data: lzma.LZMADecompressor().decompress(data),
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


def check(path, build_id):
    """Raises ValueError where the bzImage does not hold the kernel with this build id (hexadecimal, None: unknown)."""
    if not build_id:
        return
    with open(path, "rb") as file:
        kernel = unpacked(file.read(), path)
    if kernel is not None and NOTE + bytes.fromhex(build_id) not in kernel:
        raise ValueError("'%s' is another build than the vmlinux beside it (build id %s)\n"
                         "make kernel makes both anew once their folder is removed" % (path, build_id))
