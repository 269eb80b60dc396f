# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls on sockets, and the lab's markers.

A decoder takes a Hit and the Model and returns (type, fields) or None; `_sock` in the fields is the Sock of the
event. Decoders of a point whose return is watched are called at both ends.
"""

import errno

from . import kernel
from .headers import ip4
from .hit import signed

# system call -> the arguments in order (rdi, rsi, rdx, r10, r8, r9), `_` for one that is not shown
ARGS = {
    "socket": "family type protocol", "bind": "fd", "listen": "fd backlog", "accept": "fd", "accept4": "fd _ _ flags",
    "connect": "fd", "sendto": "fd _ len flags", "recvfrom": "fd _ len flags", "shutdown": "fd how",
}
REGISTERS = ("di", "si", "dx", "r10", "r8", "r9")
SOCK_TYPE_MASK = 0xf


def errno_name(value):
    """ECONNREFUSED for -111; the kernel's own restart codes by number (include/linux/errno.h)."""
    if value is None or not -4096 < value < 0:
        return None
    return errno.errorcode.get(-value, "ERESTARTSYS" if value == -512 else str(-value))


def marker(hit, model):
    words = line(hit).split()
    if words[:1] != ["ktlab"] or len(words) < 2:
        return None
    if words[1] == "node" and len(words) == 4 and words[3].isdigit():
        model.nodes[int(words[3])] = words[2]
    elif words[1] == "step" and len(words) > 2:
        model.step = words[2]
        return "step", {"name": words[2]}
    elif words[1] == "witness" and len(words) > 3:
        return "witness", {"netns": words[2], "what": words[3], "values": dict(map(witnessed, words[4:]))}
    return None


def line(hit):
    """The marker's line; the part behind the end of its page was taken apart."""
    data = (hit.bytes("text") or b"") + (hit.bytes("more") or b"")
    return data.split(b"\n")[0].split(b"\0")[0].decode("utf-8", "replace")


def witnessed(word):
    """KEY=VALUE, the value a number if it looks like one."""
    key, _, value = word.partition("=")
    return key, int(value) if value.isdigit() else value


def arguments(name, hit):
    args = {}
    for key, register in zip(ARGS[name].split(), REGISTERS):
        if key != "_":
            args[key] = signed(hit["regs." + register] & 0xffffffff, 32) if key != "len" else hit["regs." + register]
    if name == "socket":
        args["family"] = kernel.FAMILIES.get(args["family"], str(args["family"]))
        args["type"] = kernel.SOCKET_TYPES.get(args["type"] & SOCK_TYPE_MASK, str(args["type"]))
        args["protocol"] = kernel.PROTOCOLS.get(args["protocol"], str(args["protocol"]))
    args.update(address(hit.bytes("addr")))
    return args


def address(data):
    """family, addr and port of a sockaddr_in; only the family of another kind."""
    if not data:
        return {}
    family = int.from_bytes(data[:2], "little")
    if family != 2:
        return {"family": kernel.FAMILIES.get(family, str(family))}
    return {"family": "INET", "addr": ip4(int.from_bytes(data[4:8], "little")), "port": int.from_bytes(data[2:4], "big")}


def syscall(hit, model):
    name = hit.fn.replace("__x64_sys_", "")
    if hit.at == "return":
        return finish(hit, model, name)
    args = arguments(name, hit)
    pid, fd = hit["task.pid"], args.pop("fd", None)
    foreign = args.get("family") not in (None, "INET", "UNSPEC") or model.files.get((pid, fd), True) is None
    return begin(hit, model, name, fd, args, model.files.get((pid, fd)), foreign)


def begin(hit, model, name, fd, args, sock, foreign=False):
    """A call begins; one on a socket of another family (netlink, unix) is followed, but makes no event."""
    pid = hit["task.pid"]
    owner = {"pid": pid, "comm": hit.text("task.comm"), "fd": fd}
    model.syscalls[pid] = {"name": name, "fd": fd, "args": args, "owner": owner, "since_ns": hit.t_ns, "sock": sock,
                           "foreign": foreign}
    if foreign:
        return None
    return "syscall.enter", {"name": name, "fd": fd, "args": args, "ret_name": None, "dur_ns": None, "_sock": sock}


def finish(hit, model, name):
    pid = hit["task.pid"]
    call = model.syscalls.pop(pid, None)
    if not call:
        return None
    ret = hit.ret if abs(hit.ret) < 1 << 31 else signed(hit.regs["rax"] & 0xffffffff, 32)
    if name == "socket" and ret >= 0:
        model.files.pop((pid, ret), None)
        if call["foreign"]:
            model.files[pid, ret] = None
    if call["foreign"]:
        return None
    if name in ("accept", "accept4") and ret >= 0 and call.get("child"):
        call["child"].owner = {"pid": pid, "comm": call["owner"]["comm"], "fd": ret}
        model.files[pid, ret] = call["child"]
    sock = call["sock"] or model.files.get((pid, call["fd"]))
    return "syscall.exit", {"name": name, "fd": call["fd"], "args": call["args"], "ret_name": errno_name(ret),
                            "dur_ns": hit.t_ns - call["since_ns"], "_sock": sock}


def of_file(name):
    """The decoder of a file operation on a TCP socket: read and write reach it, and close the last time."""
    def decode(hit, model):
        if hit.at == "return":
            return finish(hit, model, name)
        if hit["sk.family"] != 2:
            return None
        sock = model.sock(hit.pointer("sk"))
        args = {} if name == "close" else {"len": hit["iter.count"]}
        return begin(hit, model, name, sock.owner["fd"] if sock.owner else None, args, sock)
    return decode


DECODERS = {"marker": marker, "syscall": syscall, "file_read": of_file("read"), "file_write": of_file("write"),
            "file_close": of_file("close")}
