# SPDX-License-Identifier: GPL-2.0-or-later
"""What many points take, as texts of points.py: each makes the blocks of one object of the kernel. ARG is the argument
that leads to it, or what else is an address."""

# the node of a task
CALLER = "nsproxy:nsproxy=task.nsproxy net:net=nsproxy.net_ns"
# the argument of every `__x64_sys_` (arch/x86/include/asm/syscall_wrapper.h); DWARF has no name for that of some
SYSCALL = "regs:regs=regs|__unused " + CALLER
SYSCALL_OF = SYSCALL + " target:common=opened_socket.sk"
# when one ends: the signals that wait for the task, if any do; of one that makes a descriptor, what it leads to
SIGNALS = "flags:flags=current.ptr signals:signals=current.ptr shared:shared=signals.signal " \
          "sighand:sighand=signals.sighand+flags.flags*0"
ENDED = CALLER + " " + SIGNALS
MADE = ENDED + " made_slot:8=fdt.fd+rax*8 made:file=made_slot.ptr made_socket:socket=made.private_data"
# the time in jiffies
NOW = "jiffies:8=@jiffies_64"
# what the rows of a way show of a packet, down and up
OUTGOING = "len=skb.len data_at=skb.data:layer segments=shinfo.gso_segs segment_size=shinfo.gso_size"
INCOMING = "len=skb.len data_at=skb.data:layer"
# a device with its own functions
NETDEV = "netdev:netdev=dev ops:ops=netdev.netdev_ops net:net=netdev.net"


# sockets

def sock(arg="sk", name="sk"):
    """A TCP socket."""
    return "{1}:sock={0} net:net={1}.net".format(arg, name)


def any_sock(arg="sk"):
    """What a socket of any kind begins with."""
    return "sk:common=" + arg


def udp(arg="sk", name="sk"):
    """A UDP socket."""
    return "{1}:udp={0} net:net={1}.net".format(arg, name)


def timewait(arg="tw"):
    return "tw:tw=%s net:net=tw.net" % arg


def socket_of_file(arg):
    return "file:file=%s socket:socket=file.private_data sk:common=socket.sk net:net=sk.net" % arg


def iocb(arg="iocb"):
    """A read or write of a socket by its file."""
    return "iocb:iocb=%s %s" % (arg, socket_of_file("iocb.ki_filp"))


def woken(arg):
    """A task that waits, of an entry of a wait queue."""
    return "waiter:waiter=%s woken:task=waiter.private" % arg


# the first task that waits for a socket
SLEEPER = "wq:wq=sk.sk_wq " + woken("wq.first+-waiter:entry")


# packets

def dev(block):
    """The device of an object."""
    return "dev:dev=%s.dev net:net=dev.net" % block


def skb(arg="skb"):
    """A packet: from its Ethernet header on, an IP and a TCP header of the greatest length."""
    return "skb:skb=%s frame:134=skb.head+skb.network_header+-14" % arg


def buffer(arg="skb"):
    """A packet and its device."""
    return skb(arg) + " " + dev("skb")


def came(block):
    """The node of a packet that comes in, whatever becomes of it."""
    return "came_by:dev=%s.dev net:net=came_by.net" % block


def cut(arg="skb"):
    """A packet and how a card is to cut it."""
    return skb(arg) + " shinfo:shinfo=skb.head+skb.end"


def packet(arg="skb"):
    return cut(arg) + " " + dev("skb")


def icmp_error(arg="skb"):
    """What an ICMP error brings: its own header, and that of the packet that it is about."""
    return "skb:skb=%s icmph:8=skb.head+skb.transport_header iph:64=skb.data %s" % (arg, dev("skb"))


# routes and neighbours

def route(arg):
    return "rt:rt=%s %s" % (arg, dev("rt"))


def route6(arg):
    return "rt:rt6=%s %s" % (arg, dev("rt"))


def neigh(arg="neigh"):
    return "neigh:neigh=%s %s" % (arg, dev("neigh"))


def ifaddr(arg="ifp"):
    """An address of IPv6."""
    return "ifp:ifaddr=%s idev:idev=ifp.idev %s" % (arg, dev("idev"))
