# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets on their way: which one a buffer of the kernel's holds, from its sender over each wire to its receiver.

Theory of operation. ip_output() and arp_xmit() make a packet. The driver of a card, or the loopback device, is seen when
it is given a buffer: a frame leaves, in the order of the wire. A receiver takes the oldest frame for its card that is
like what it has at hand and that it has not had, since a wire keeps its order; what stood before it on the same flow
was lost. So what was lost before it left (in a queue, for want of a neighbour) is never mixed up with an equal segment
that was sent later, and what was copied on its way left twice and is the same packet both times.

Alike is what has the same addresses, numbers, flags and options. A card cuts a segment (TSO), the kernel joins several
(GRO), a router cuts a packet and the receiver makes it whole again: bytes of one are bytes of the packet they came from.

The kernel uses a buffer's memory again: what is known of an address holds only while the headers there are the same.
"""

from collections import OrderedDict, deque, namedtuple

from .headers import CWR, FIN, PSH, TCP_HEADER_BYTES, parse_arp, parse_segment

ETH_BYTES = 14
MASK = 0xffffffff
# what may be on its way: a full queue of QEMU's (net/queue.c: nq_maxlen 10000) and the card's receive ring
# (E1000_DEFAULT_RXD 256); a frame with more behind it has come, or will not
ON_THE_WAY = 10256
# frames that were passed or had, of one link, that are still compared: as many as parts of a segment of 64 KiB
KEPT = 64
# the parts of a segment are told apart by their IP id, one by one (RFC 791); net/ipv4/af_inet.c inet_gro_receive
PARTS = 64
# flags that may differ between the parts of a segment (net/ipv4/tcp_offload.c: tcp_gro_receive, tcp_gso_segment)
OF_A_PART = FIN | PSH | CWR

# What makes a packet itself on every node: `key`, without TTL, checksums and ECN marks; `flow` and numbers to tell parts.
Content = namedtuple("Content", "key flow seq length ack bits id")
# What a buffer holds: numbers of packets (several: joined), their content, which capture saw it, whether it came to its end.
Held = namedtuple("Held", "numbers content since ended")


def at_hand(hit):
    """The bytes of a buffer from its Ethernet header on, as far as they lie in one piece, and the length of the frame."""
    if hit.bytes("frame") is None:
        return b"", 0
    begin = hit["skb.head"] + hit["skb.network_header"] - ETH_BYTES
    length = hit["skb.data"] + hit["skb.len"] - begin
    return hit.bytes("frame")[:max(0, length - hit["skb.data_len"])], length


def segment(hit):
    """The IP and TCP headers at hand, with the lengths that follow from them; None for anything else."""
    frame, length = at_hand(hit)
    return parse_segment(frame[ETH_BYTES:], length - ETH_BYTES)


def content(hit):
    """The Content of the buffer at hand, or None."""
    found, frame = segment(hit), at_hand(hit)[0]
    if not found:
        arp = parse_arp(frame)
        return arp and Content(frame[ETH_BYTES:42], ("arp", arp["op"], arp["spa"], arp["tpa"]), 0, 0, 0, 0, 0)
    ip, tcp = found
    at = ETH_BYTES + ip["header_len"]
    end = min(at + max(TCP_HEADER_BYTES, tcp["header_len"]), ETH_BYTES + (ip["tot_len"] or len(frame)))
    key = (ip["id"], ip["tot_len"], ip["df"], frame[at:at + 16] + frame[at + 18:end])
    return Content(key, (tcp["source"], tcp["target"]), tcp["seq"], tcp["payload_len"], tcp["ack"], tcp["bits"],
                   ip["id"] or 0)


def holds(whole, part, after=0):
    """Whether a segment has the bytes that another begins with; `after`: those before are had."""
    first = (part.seq - whole.seq) & MASK
    return (part.length and after <= first < whole.length and part.ack == whole.ack and not (part.bits ^ whole.bits) & ~OF_A_PART
            and (part.id - whole.id) & 0xffff <= PARTS)


class Frame:
    """A frame that left."""

    def __init__(self, numbers, of):
        self.numbers, self.content = numbers, of
        self.had = 0            # bytes that the receiver has
        self.takers = set()     # nodes that had it
        self.passed = False     # one behind it came first

    def begins(self, of, node):
        """How well this frame fits what NODE has at hand: 0 the best, None not at all."""
        whole, old = of.key == self.content.key, node in self.takers or self.passed
        if whole or holds(self.content, of, self.had):
            return old + 2 * (not whole)
        # behind the parts of a segment QEMU's e1000 sends an empty one (hw/net/e1000.c: process_tx_desc)
        rest = (of.seq - self.content.seq) & MASK
        surplus = not of.length and 0 < self.content.length == rest
        return 4 if holds(self.content, of) or surplus and of.ack == self.content.ack else None

    def take(self, of, node):
        """NODE has it, or a part."""
        first = (of.seq - self.content.seq) & MASK
        self.had = max(self.had, first + of.length)
        if of.key == self.content.key:
            self.takers.add(node)


class Packets:
    def __init__(self):
        self.count = 0
        self.order = 0                  # frames that left
        self.heads = OrderedDict()      # skb->head -> Held
        self.links = OrderedDict()      # (flow, MAC of the receiver) -> [order of the last, [Frame]]
        self.used = None                # the stack on which TCP has made use of what it receives
        self.sent_last = OrderedDict()  # flow -> the last Held that were sent
        self.conns = OrderedDict()      # number -> the connection that it was sent in

    def new(self):
        self.count += 1
        return (self.count,)

    # a node sends

    def sent(self, hit, numbers=None):
        """A packet goes down; a new one unless it came from another node with these numbers."""
        held = self._hold(hit, numbers or self.new(), content(hit))
        self.sent_last.setdefault(held.content.flow, deque(maxlen=KEPT)).append(held)
        self._forget(self.sent_last)
        return held.numbers

    def left(self, hit):
        """The driver is given a buffer: a frame leaves."""
        of = content(hit)
        if not of:
            self.heads.pop(hit["skb.head"], None)
            return
        held = self.at(hit) or self._cut(of) or self._hold(hit, self.new(), of)
        self.order += 1
        link = self.links.setdefault((of.flow, hit.bytes("frame")[:6]), [0, []])
        link[0] = self.order
        link[1].append(Frame(held.numbers, of))
        self.links.move_to_end((of.flow, hit.bytes("frame")[:6]))
        while next(iter(self.links.values()))[0] < self.order - ON_THE_WAY:
            self.links.popitem(last=False)

    def _cut(self, of):
        """What was sent and is cut before it leaves: a buffer of its own has a part of it."""
        held = self.sent_last.get(of.flow, ())
        return next((one for one in reversed(held) if one.content.key == of.key or holds(one.content, of)), None)

    # a node receives

    def received(self, hit, node):
        """The numbers of what comes to its end on a node, or goes through: one, or several that were joined."""
        held, of = self.heads.get(hit["skb.head"]), content(hit)
        if not held or held.ended or held.content.key != of.key:
            held = None
        numbers = held.numbers if held else self._take(hit, of, node) or self.new()
        return self._hold(hit, numbers, of, True).numbers

    def arriving(self, hit, node):
        """The number of what has come to a node and goes on: received() will say the same of it."""
        of = content(hit)
        if not of:
            return None
        held = self.heads.get(hit["skb.head"])
        if not held or held.ended or held.content.key != of.key:
            numbers = self._take(hit, of, node)
            held = numbers and self._hold(hit, numbers, of)
        return held.numbers[0] if held else None

    def _take(self, hit, of, node):
        """The numbers of the frames whose bytes these are, or None."""
        frames = self.links.get((of.flow, hit.bytes("frame")[:6]), (0, []))[1]
        fits = [(fit, at) for at, fit in enumerate(frame.begins(of, node) for frame in frames) if fit is not None]
        if not fits:
            return None
        at = min(fits)[1]
        numbers = list(frames[at].numbers)
        end, last = (of.seq + of.length) & MASK, at
        frames[at].take(of, node)
        for place in range(at + 1, len(frames)):
            whole = frames[place].content
            behind = (whole.seq - of.seq) & MASK
            if 0 < behind < of.length and whole.length and frames[last].content.seq + frames[last].content.length & MASK == whole.seq:
                frames[place].take(whole._replace(length=min(whole.length, (end - whole.seq) & MASK), key=None), node)
                numbers += [number for number in frames[place].numbers if number not in numbers]
                last = place
        self._pass(frames, at, node)
        return tuple(numbers)

    @staticmethod
    def _pass(frames, at, node):
        """What stood before a frame that was taken is lost; a few are kept, since fragments may be made whole late."""
        for frame in frames[:at]:
            frame.passed = frame.passed or node not in frame.takers
        while len(frames) > KEPT and (frames[0].passed or frames[0].takers):
            del frames[0]

    # connections

    def belongs(self, numbers, conn):
        """It was sent in this connection, and comes in it, though another one with the same ends may have begun meanwhile."""
        self.conns[numbers[0]] = conn
        self._forget(self.conns)

    def conn(self, number):
        """The connection of the packet, None if it is not known."""
        return self.conns.get(number)

    # buffers

    def _hold(self, hit, numbers, of, ended=False):
        held = self.heads[hit["skb.head"]] = Held(numbers, of, hit.capture.number, ended)
        self.heads.move_to_end(hit["skb.head"])
        self._forget(self.heads)
        return held

    @staticmethod
    def _forget(known):
        while len(known) > ON_THE_WAY:
            known.popitem(last=False)

    def at(self, hit):
        """What the buffer at hand holds, or None."""
        held, of = self.heads.get(hit["skb.head"]), content(hit)
        return held if held and of and held.content.key == of.key else None

    def number(self, hit):
        """The number of the packet that the buffer at hand holds; when a function returns, also of the one that it was
        made into meanwhile."""
        held = self.at(hit.entry or hit)
        if not held and hit.entry and hit.entry.bytes("skb") is not None:
            held = self.heads.get(hit.entry["skb.head"])
            held = held if held and held.since > hit.entry.capture.number else None
        return held.numbers[0] if held else None

    def use(self, hit):
        """TCP has made use of what it receives on this stack; what tcp_v4_rcv() frees next there is no loss."""
        self.used = hit.stack_base

    def was_used(self, hit):
        used, self.used = self.used == hit.stack_base, None
        return used

    def freed(self, hit, came):
        """The number of a packet that ends here: that of its buffer, which is forgotten; if it CAME from a wire to a
        node, that of its frame."""
        held, of = self.at(hit), content(hit)
        if not of:
            return None
        numbers = held.numbers if held else came and self._take(hit, of, came)
        self.heads.pop(hit["skb.head"], None)
        return numbers[0] if numbers else None
