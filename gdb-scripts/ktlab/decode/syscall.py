# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls on sockets, also those that reach one as a file.

A decoder takes a Hit and the Model and returns (type, fields) or None; `_sock` in the fields is the Sock of the
event. Decoders of a point whose return is watched are called at both ends.
"""

import errno
import struct

from .. import kernel
from ..hit import signed
from . import strace
from .words import address, errno_name, word

# system call -> the arguments in order (rdi, rsi, rdx, r10, r8, r9), `_` for one that is not shown
ARGS = {
    "socket": "family type protocol", "bind": "fd", "listen": "fd backlog", "accept": "fd", "accept4": "fd _ _ flags",
    "connect": "fd", "sendto": "fd _ len flags", "recvfrom": "fd _ len flags", "shutdown": "fd how",
    "sendmsg": "fd _ flags", "recvmsg": "fd _ flags", "sendmmsg": "fd _ count flags", "recvmmsg": "fd _ count flags",
    "epoll_wait": "fd _ count timeout_ms", "epoll_pwait": "fd _ count timeout_ms", "epoll_ctl": "fd op other_fd",
    "getsockname": "fd", "getpeername": "fd", "setsockopt": "fd level option _ len", "getsockopt": "fd level option",
    "sendfile": "fd from_fd _ count", "splice": "fd _ to_fd _ count flags", "dup": "fd", "dup2": "fd to_fd", "dup3": "fd to_fd flags",
    "fcntl": "fd command", "ioctl": "fd request", "poll": "_ count timeout_ms", "ppoll": "_ count", "select": "count", "pselect6": "count",
}
# those that are of any file, and the files that may be a socket: without one of TCP or UDP they make no event
FILES = {"sendfile": ["opened"], "splice": ["opened", "other"], "dup": ["opened"], "dup2": ["opened"], "dup3": ["opened"],
         "fcntl": ["opened"], "ioctl": ["opened"], "epoll_ctl": ["other"], "poll": ["pfile0", "pfile1", "pfile2", "pfile3"]}
FILES["ppoll"] = FILES["poll"]
# those that may be of a socket and do not say so by a descriptor: in a node of the lab they are events
UNKNOWN = ("select", "pselect6")
# the words of some of their arguments: how decode/strace.py writes them
WORDS = {"op": "epoll_op", "level": "level", "command": "fcntl", "request": "ioctl"}
# those that reach a socket as a file, by its descriptor; sendfile() and splice() read and write, too
READS_AND_WRITES = ("read", "write", "pread64", "pwrite64", "readv", "writev")
# what a call may say of a family, or nothing
FOLLOWED = (None, "INET", "INET6", "UNSPEC")


def arguments(name, hit):
    args = {}
    for key, register in zip(ARGS[name].split(), strace.REGISTERS):
        if key != "_":
            args[key] = signed(hit["regs." + register] & 0xffffffff, 32) if key != "len" else hit["regs." + register]
    if name == "socket":
        args["family"] = word(kernel.FAMILIES, args["family"])
        args["type"] = word(kernel.SOCKET_TYPES, args["type"] & kernel.SOCK_TYPE_MASK)
        args["protocol"] = word(kernel.PROTOCOLS, args["protocol"])
    if "option" in args:
        args["option"] = strace.option_name(args["level"], args["option"])
    args.update({key: strace.NUMBERS[WORDS[key]](args[key]) for key in WORDS if key in args})
    args.update(address(hit))
    return args


def inet(hit, file):
    """The block of the sock behind a file, if it is one of TCP or UDP."""
    block = "target" if file == "opened" and "target" in hit.names else file + "_sk"
    found = hit.opened[1] if file == "opened" else hit.sock_of(file)
    return block if found and hit[block + ".family"] in kernel.INET else None


def of_files(hit, model, name):
    """A call of any file: the sock that it is about, None without one."""
    block = next((block for block in (inet(hit, file) for file in FILES[name]) if block), None)
    return model.sockets.of(hit, block) if block else None


def syscall(hit, model):
    name = hit.fn.replace("__x64_sys_", "").replace("sendfile64", "sendfile")
    if hit.at == "return":
        return finish(hit, model)
    args = arguments(name, hit)
    if name in UNKNOWN and not model.nodes.get(hit["net.inum"]):
        return None
    if name in FILES:
        sock = of_files(hit, model, name)
        model.sockets.own(hit, sock)
        return begin(hit, name, args.pop("fd", None), args, sock) if sock else None
    fd = args.pop("fd", None)
    family = hit["target.family"] if hit.opened[1] else None
    if args.get("family") not in FOLLOWED or family not in (None,) + kernel.INET:
        # one on a socket of another family (netlink, unix) makes no event
        return None
    sock = model.sockets.of(hit, "target") if family else None
    model.sockets.own(hit, sock)
    if name == "connect" and sock and hit["target.state"] == kernel.TCP_CLOSE:
        model.sockets.again(sock)
    return begin(hit, name, fd, args, sock)


def begin(hit, name, fd, args, sock):
    hit.told = {"name": name, "fd": fd, "args": args}, sock
    return "syscall.enter", dict(hit.told[0], ret_name=None, dur_ns=None, _sock=sock)


def finish(hit, model):
    if not hit.entry.told:
        return None
    told, sock = hit.entry.told
    ret = hit.ret if abs(hit.ret) < 1 << 31 else signed(hit.regs["rax"] & 0xffffffff, 32)
    made = model.sockets.at(hit.sock_of("made")) if ret >= 0 else None
    # another descriptor of a socket (dup()) has no new owner
    if made and made is not sock:
        model.sockets.opened(hit, made, ret)
    if ret in kernel.RESTARTS:
        ret = what_program_gets(hit, ret)
    line = strace.line(told["name"], hit, hit.ret32)
    args = dict(told["args"], strace=line) if line else told["args"]
    return "syscall.exit", dict(told, args=args, ret_name=errno_name(ret), dur_ns=hit.t_ns - hit.entry.t_ns, _sock=sock or made)


def what_program_gets(hit, ret):
    """EINTR where a handler runs first, unless it has the call begin again (handle_signal() in arch/x86/kernel/signal.c)."""
    for handler, flags in actions(hit):
        restarts = ret == kernel.ERESTARTNOINTR or ret == kernel.ERESTARTSYS and flags & kernel.SA_RESTART
        return ret if handler == kernel.SIG_DFL or restarts else -errno.EINTR
    return ret


def actions(hit):
    """(handler, flags) of each signal that a task is to take and that it does not ignore, in that order (get_signal())."""
    table = hit.bytes("sighand")
    for waiting in (hit["signals.pending"], hit["shared.pending"]) if table else ():
        numbers = [number for number in range(1, 65) if (waiting & ~hit["signals.blocked"]) >> (number - 1) & 1]
        for number in sorted(numbers, key=lambda number: (number not in kernel.FIRST_SIGNALS, number)):
            handler, flags = struct.unpack_from("<QQ", table, (number - 1) * kernel.SIGACTION_BYTES)
            if handler != kernel.SIG_IGN and not (handler == kernel.SIG_DFL and number in kernel.HARMLESS_SIGNALS):
                yield handler, flags


def on_file(name):
    """The decoder of a file operation on a TCP socket, which read and write reach."""
    def decode(hit, model):
        if hit.at == "return":
            return finish(hit, model)
        if hit["sk.family"] not in kernel.INET:
            return None
        by_fd = hit.syscall in READS_AND_WRITES and hit.opened[0] == hit.pointer("file")
        return begin(hit, hit.syscall if by_fd else name, hit.fd if by_fd else None, {"len": hit["iter.count"]},
                     model.sockets.of(hit))
    return decode


def release(hit, model):
    """sock_close(inode, filp): the last descriptor of a socket is gone. If no close() has done it, the kernel did, at the
    end of a process for example."""
    if hit.at == "return":
        told = hit.entry.told
        return ("call", told) if isinstance(told, dict) else finish(hit, model)
    if hit["sk.family"] not in kernel.INET:
        return None
    by = "do_exit" if hit.has("do_exit") else hit.syscall
    if by == "close":
        return begin(hit, "close", hit.fd, {}, model.sockets.of(hit))
    hit.told = {"args": {"by": by}, "result": None, "_sock": model.sockets.of(hit)}
    return "call", dict(hit.told)


def close(hit, model):
    """close() of a descriptor that is not the last of its socket: of the last one, sock_close tells."""
    if hit.at == "return":
        return finish(hit, model)
    if not inet(hit, "opened") or hit["opened.f_count"] in (None, 1):
        return None
    return begin(hit, "close", hit.fd, {}, model.sockets.of(hit, "target"))


DECODERS = {"syscall": syscall, "close": close, "file_read": on_file("read"), "file_write": on_file("write"), "file_close": release}
