# SPDX-License-Identifier: GPL-2.0-or-later
# What checks.tsv is written in: events of the same run around one event, and what the kernel counted. `$run` is the run,
# `.` the event that was explained.

# numbers of segments go round at 2^32
def not_behind(a; b): ((b - a + 4294967296) % 4294967296) < 2147483648;

# one end of one connection; where both are in one node, a port tells them apart, and of a call its program
def end_key: "\(.netns) \(.conn)";
def local: (if .type == "tcp.rx" then .dport else .sport end) // 0;
def same_end($e):
	if local == 0 then (.dport // -1) != ($e | local) elif ($e | local) == 0 then ($e.dport // -1) != local
	else local == ($e | local) end;
def end_before(f): . as $e | any(($run.ends[end_key] // [])[] | select(.n < $e.n and same_end($e)); f);
def end_after(f): . as $e | any(($run.ends[end_key] // [])[] | select(.n > $e.n and same_end($e)); f);
# the last, and all, at this end before it
def end_last(f): . as $e | last(($run.ends[end_key] // [])[] | select(.n < $e.n and same_end($e)) | select(f)) // null;
def end_all(f): . as $e | [($run.ends[end_key] // [])[] | select(.n < $e.n and same_end($e)) | select(f)];
# in this node; in all
def node_before(f): . as $e | any(($run.nodes[.netns // ""] // [])[] | select(.n < $e.n); f);
def node_after(f): . as $e | any(($run.nodes[.netns // ""] // [])[] | select(.n > $e.n); f);
def node_last(f): . as $e | last(($run.nodes[.netns // ""] // [])[] | select(.n < $e.n) | select(f)) // null;
def any_before(f): . as $e | any($run.events[] | select(.n < $e.n); f);
def any_after(f): . as $e | any($run.events[] | select(.n > $e.n); f);

def sent: .type == "tcp.tx";
def came: .type == "tcp.rx";
# of the timestamp option (RFC 7323), null without one
def timestamp: first(.opts[] | select(.name == "ts").val) // null;
# whether this end had sent the first byte of a segment before, also within a longer one
def sent_before: . as $e | end_before(sent and not_behind(.seq; $e.seq) and .end_seq != $e.seq and not_behind($e.seq; .end_seq));
def state: .type == "tcp.state";
def syn: .flags | test("^S[^.]*$");
def syn_of(to; port; pid): sent and syn and .daddr == to and .dport == port and .pid == pid;
def synack: .flags | test("S") and test("[.]");
def fin: .flags | test("F");
def reset: .flags | test("R");
def acks: .flags | test("[.]");

# the kernel counted it in this node; a run that has not asked the counter says nothing against it
def counted(names): . as $e | [$run.counters[] | select(.node == $e.netns and .counter == names)] |
	length == 0 or any(.[]; (.kernel // 1) > 0);

# the call of a program that it was made in: the last one of its task that was entered and has not returned
def call_open(f): . as $e | (node_last(.type == "syscall.enter" and .pid == $e.pid)) as $enter |
	$enter != null and ($enter | f) and
	(any($run.nodes[$e.netns][]; .type == "syscall.exit" and .parent == $enter.n and .n < $e.n) | not);
# does this run watch the system call?
def watches(name): any($run.points[]; . == "__x64_sys_" + name or . == name);
# an address of the topology's, or one that the kernel was seen to take
def own_address(a): . as $e | any($run.addresses[]; .node == $e.netns and .address == a) or
	any(($run.nodes[.netns // ""] // [])[]; .type == "addr.state" and .addr == a);

# who has the address? Over IPv4 ARP asks, over IPv6 neighbour discovery
def asks(ip): (.type == "arp.tx" and .op == "request" and .tpa == ip) or (.type == "nd.tx" and .op == "neighbour_solicitation" and .target == ip);
def answers(ip): (.type == "arp.rx" and .op == "reply" and .spa == ip) or (.type == "nd.rx" and .op == "neighbour_advertisement" and .target == ip);
def is_free: .op == "neighbour_solicitation" and .saddr == "::";
