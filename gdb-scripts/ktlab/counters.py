# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own counters: what a marker takes of them, and by which names /proc/net/snmp and netstat print them.

They are read where the kernel keeps them, at the moment of a marker, so no program of the guest has to run for it and no
frame is sent. Names and places come from the kernel's own tables (net/ipv4/proc.c).
"""

import gdb

# As many network namespaces as are looked at, the first one and those of nodes, in the order in which they were made.
NAMESPACES = 9

# /proc's word before the names -> the kernel's table of names, and our block of the counters that it names
TABLES = {"Tcp": ("snmp4_tcp_list", "tcp"), "TcpExt": ("snmp4_net_list", "ext"), "Ip": ("snmp4_ipstats_list", "ip"),
          "IpExt": ("snmp4_ipextstats_list", "ip")}
# The same of /proc/net/snmp6 (net/ipv6/proc.c), whose names are whole; a kernel without IPv6 has none
TABLE6 = ("snmp6_ipstats_list", "six")
# Of ICMP /proc has no table: icmp_put() in net/ipv4/proc.c prints these.
ICMP = {"IcmpInMsgs": "ICMP_MIB_INMSGS", "IcmpInErrors": "ICMP_MIB_INERRORS", "IcmpOutMsgs": "ICMP_MIB_OUTMSGS",
        "IcmpOutErrors": "ICMP_MIB_OUTERRORS"}
# Messages are counted by their type; those that are sent stand behind all that are received (ICMPMSG_MIB_MAX / 2).
ICMP_TYPES = {"EchoReps": 0, "DestUnreachs": 3, "Redirects": 5, "Echos": 8, "TimeExcds": 11}
WORD_BYTES = 8

# {0} is the namespace's number, {1} what leads to it, {2} what is taken of IPv6
NAMESPACE = "net{0}:counted={1} tcp{0}:tcp_mib=net{0}.tcp+@percpu ext{0}:linux_mib=net{0}.ext+@percpu " \
            "ip{0}:ipstats_mib=net{0}.ip+@percpu {2}icmp{0}:icmp_mib=net{0}.icmp+@percpu got{0}:256=net{0}.types " \
            "sent{0}:256=net{0}.types+2048"
IP6 = "six{0}:ipstats_mib=net{0}.six+@percpu "
# the neighbours' table is one for all namespaces
NEIGHBOURS = "arp:counted_neighs=@arp_tbl arp_cache:neigh_statistics=arp.stats+@percpu"


class Counters:
    """What this kernel counts, {} if it has not all that is looked for."""

    def __init__(self, layout):
        try:
            for block in ("counted", "tcp_mib", "linux_mib", "ipstats_mib", "icmp_mib", "counted_neighs"):
                layout.struct(block)
            self.names = names(layout)
        except (gdb.error, gdb.GdbError):
            self.names = {}

    def taken_by(self, row):
        """The row, which takes the counters, too, if it is the markers'."""
        return row._replace(takes=row.takes + " " + takes(has_six())) if self.names and row.name == "comm_write" else row


def has_six():
    try:
        return bool(gdb.parse_and_eval(TABLE6[0]).type)
    except gdb.error:
        return False


def takes(six):
    """The blocks: the list of namespaces (net/core/net_namespace.c) from its first on, and what each counts."""
    rest = ("net%d.next+-counted:next!net_namespace_list" % (number - 1) for number in range(1, NAMESPACES))
    return " ".join([NAMESPACE.format(number, where, IP6.format(number) if six else "") for number, where in enumerate(["@init_net", *rest])] + [NEIGHBOURS])


def names(layout):
    """{name as nstat has it: [our block without its number, offset]}; for the whole kernel: [our block, offset, size]."""
    found = {}
    for word, (table, block) in TABLES.items():
        for name, entry in read_table(table):
            found[word + name] = [block, entry * WORD_BYTES]
    for name, entry in read_table(TABLE6[0]) if has_six() else ():
        found[name] = [TABLE6[1], entry * WORD_BYTES]
    for name, constant in ICMP.items():
        found[name] = ["icmp", int(gdb.parse_and_eval(constant)) * WORD_BYTES]
    for name, number in ICMP_TYPES.items():
        found["IcmpIn" + name] = ["got", number * WORD_BYTES]
        found["IcmpOut" + name] = ["sent", number * WORD_BYTES]
    for name, (offset, *_) in layout.struct("neigh_statistics")["fields"].items():
        found["arp_cache:" + name] = ["arp_cache", offset]
    return found


def read_table(name):
    """(name, number) of each row of a table of struct snmp_mib, which ends with a row without a name."""
    table = gdb.parse_and_eval(name)
    for number in range(table.type.range()[1] + 1):
        if not int(table[number]["name"]):
            return
        yield table[number]["name"].string(), int(table[number]["entry"])
