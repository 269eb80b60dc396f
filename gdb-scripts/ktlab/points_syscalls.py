# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of points.py: the system calls on sockets. The argument registers are in pt_regs; what lies in the program's memory is
taken when the call begins, and what the kernel wrote there when it ends. decode/strace.py reads both."""

from .rows import point, syscall
from .takes import CALLER, ENDED, MADE, SIGNALS, SYSCALL, SYSCALL_OF, iocb, socket_of_file

# At a return pt_regs is found at the top of the task's stack (blocks.py).
# The address that a program gives, of either family.
ASKED = "addr:16=regs.si addr6:28=regs.si"


def address(where, length):
    """An address and the length of it, which the program and the kernel tell each other."""
    return "from:16=asked.%s from6:28=asked.%s fromlen:4=asked.%s" % (where, where, length)


def parts(address_, name="iovs"):
    """Four parts of a message, or the first where memory ends behind it."""
    return "%s:64=%s %s1:16=%s" % (name, address_, name, address_)


def message(where, n=""):
    """struct user_msghdr (include/linux/socket.h): its name, its parts."""
    return "msg{1}:64={0} name{1}:8={0} to{1}:16=name{1}.ptr to6{1}:28=name{1}.ptr iov{1}:8={0}+16 {2}".format(
        where, n, parts("iov%s.ptr" % n, "iovs" + n))


def polled(n):
    """What the first N of poll() ask about, and what sockets those are."""
    return tuple("p{0}:8=asked.di+{1} pslot{0}:8=fdt.fd+p{0}.ptr:4*8 pfile{0}:file=pslot{0}.ptr "
                 "pfile{0}_socket:socket=pfile{0}.private_data pfile{0}_sk:common=pfile{0}_socket.sk".format(i, 8 * i) for i in range(n))


VALUE = "value:16=asked.r10 value4:4=asked.r10 value1:1=asked.r10"
MESSAGES = message("asked.si"), message("asked.si+64", "b")
SETS = "in:8=asked.si out:8=asked.dx ex:8=asked.r10 limit:16=asked.r8"
EVENTS = "events:48=asked.si events1:12=asked.si"
OTHER = "other_slot:8=fdt.fd+asked.dx:4*8 other:file=other_slot.ptr other_socket:socket=other.private_data " \
        "other_sk:common=other_socket.sk"

SYSCALLS = [
    syscall("socket", taken=SYSCALL, returns=MADE),
    syscall("bind", ASKED),
    syscall("listen"),
    syscall("accept", address("si", "dx"), returns=(MADE, address("si", "dx"))),
    syscall("accept4", address("si", "dx"), returns=(MADE, address("si", "dx"))),
    syscall("connect", ASKED),
    syscall("sendto", "to:16=regs.r8 to6:28=regs.r8"),
    syscall("recvfrom", address("r8", "r9"), returns=(ENDED, address("r8", "r9"))),
    syscall("shutdown"),
    syscall("sendmsg", message("asked.si")),
    syscall("recvmsg", message("asked.si"), returns=(ENDED, message("asked.si"))),
    syscall("sendmmsg", MESSAGES, returns=(ENDED, MESSAGES)),
    syscall("recvmmsg", (MESSAGES, "limit:16=asked.r8"), returns=(ENDED, MESSAGES, "limit:16=asked.r8")),
    syscall("getsockname", address("si", "dx"), returns=(ENDED, address("si", "dx"))),
    syscall("getpeername", address("si", "dx"), returns=(ENDED, address("si", "dx"))),
    syscall("setsockopt", VALUE),
    syscall("getsockopt", "len:4=asked.r8", returns=(ENDED, VALUE, "len:4=asked.r8")),

    # of any file; an event where it is a socket of TCP or UDP
    syscall("sendfile64", "off:8=asked.dx", returns=(ENDED, "off:8=asked.dx")),
    syscall("splice", (OTHER, "off:8=asked.si off_out:8=asked.r10")),
    syscall("dup", returns=MADE),
    syscall("dup2", returns=MADE),
    syscall("dup3", returns=MADE),
    syscall("fcntl", returns=MADE),
    syscall("ioctl", "value4:4=asked.dx", returns=(ENDED, "value4:4=asked.dx")),
    syscall("poll", (polled(4), "polls:64=asked.di"), taken=SYSCALL, returns=(ENDED, polled(4), "polls:64=asked.di")),
    syscall("ppoll", (polled(4), "polls:64=asked.di limit:16=asked.dx"), taken=SYSCALL,
            returns=(ENDED, polled(4), "polls:64=asked.di limit:16=asked.dx")),
    syscall("select", SETS, taken=SYSCALL, returns=(ENDED, SETS)),
    syscall("pselect6", SETS, taken=SYSCALL, returns=(ENDED, SETS)),
    syscall("epoll_ctl", (OTHER, "event:12=asked.r10"), taken=SYSCALL),
    # its descriptor is epoll's own
    syscall("epoll_wait", returns=(ENDED, EVENTS)),
    syscall("epoll_pwait", returns=(ENDED, EVENTS)),
    point("sock_read_iter", "file_read", (iocb(), "iter:iter=to", parts("asked.si")), (iocb(), SIGNALS)),
    point("sock_write_iter", "file_write", (iocb(), "iter:iter=from", parts("asked.si")), (iocb(), SIGNALS)),
    # the last descriptor of a socket is gone; of one that is not the last close() itself tells
    point("sock_close", "file_close", socket_of_file("filp"), CALLER),
    point("__x64_sys_close", "close", SYSCALL_OF, ENDED),
]
