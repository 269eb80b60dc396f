#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's counters of every run are compared with its events and frames: a difference fails the run, in words.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'A SYN.\n    tcp.tx flags=S\n' >"$dir/expect"

# counted CLIENT SERVER KERNEL [PYTHON]: the stored run with these counters at its end; PYTHON may change `lines`, its
# objects, before they are written
counted() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	python3 - "$dir/run/events.jsonl" "$@" <<-'END'
		import hashlib, json, sys
		path, client, server, kernel, *code = sys.argv[1:]
		lines = [json.loads(line) for line in open(path)]
		last = next(line for line in reversed(lines) if line["type"] == "step")
		for netns, text in (("client", client), ("server", server), (None, kernel)):
		    said = {key: int(number) for key, number in (word.split("=") for word in text.split())}
		    # at the lab's end, where the last event is
		    lines.insert(-1, dict({key: last[key] for key in last if key not in ("name", "stack")}, type="counters", n=len(lines) - 1,
		                          t_ns=lines[-2]["t_ns"], icount=lines[-2]["icount"], step=lines[-2]["step"], netns=netns, before={},
		                          counted=said, stack=last["stack"]))
		def tell(after, netns, what, values):
		    """A witness behind an event."""
		    before = next(i for i, line in enumerate(lines) if line.get("n") == after)
		    for line in lines[before + 1:-1]:
		        line.update(n=line["n"] + 1, parent=line["parent"] and line["parent"] + (line["parent"] > after))
		    same = {key: lines[before][key] for key in ("t_ns", "icount", "step")}
		    new = {key: last[key] for key in last if key not in ("name", "stack")}
		    lines.insert(before + 1, dict(new, type="witness", n=after + 1, netns=netns, what=what, values=values, stack=last["stack"], **same))
		for line in code:
		    exec(line)
		end = lines[-1]
		end["events"] = len(lines) - 2
		point = next(p for p in end["points"] if p["name"] == "comm_write")
		point["events"] = sum(line.get("point") == "comm_write" for line in lines)
		text = [json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines]
		end["sha256"] = hashlib.sha256("".join(text[1:-1]).encode()).hexdigest()
		text[-1] = json.dumps(end, separators=(",", ":")) + "\n"
		open(path, "w").write("".join(text))
	END
}

right_client='TcpActiveOpens=1 TcpInSegs=4 TcpOutSegs=6 TcpExtTCPOrigDataSent=2 IpInReceives=5 IpInDelivers=4 IpOutRequests=6 IpExtOutOctets=337'
right_server='TcpPassiveOpens=1 TcpInSegs=6 TcpOutSegs=4 TcpExtTCPOrigDataSent=2 IpInReceives=6 IpInDelivers=6 IpOutRequests=4 IpExtOutOctets=233'
right_kernel='arp_cache:allocs=2'

holds() {
	counted "$right_client" "$right_server" "$right_kernel" "$@"
	"$report" check "$dir/run" "$dir/expect"
}
# differs NODE COUNTERS SENTENCE [PYTHON]: with these in the place of the right ones of a node the run fails
differs() {
	case $1 in
	client) counted "$2" "$right_server" "$right_kernel" ${4:+"$4"} ;;
	server) counted "$right_client" "$2" "$right_kernel" ${4:+"$4"} ;;
	kernel) counted "$right_client" "$right_server" "$2" ${4:+"$4"} ;;
	esac
	fails 1 "$3" "$report" check "$dir/run" "$dir/expect"
}
# told ROW: the view has it, spaces apart
told() {
	"$report" show counters --width 400 "$dir/run" | tr -s ' ' >"$dir/out"
	cat "$dir/out"
	grep -q -- "$1" "$dir/out"
}
# not KEY=NUMBER…: the client's right ones with these
not() { echo "$right_client" | tr ' ' '\n' | grep -v "^${1%%=*}=" | tr '\n' ' ' && echo "$*"; }

it 'holds where the kernel counted what the run has' holds
it 'says so of each counter' told '^client TcpOutSegs 6 6 agrees'
it 'says what more may have been counted' told '^client IpInReceives 5 at least 4 agrees'
it 'says where the kernel counts' told '^server TcpPassiveOpens 1 1 agrees - net/ipv4/tcp_minisocks.c tcp_create_openreq_child()'

for counter in TcpActiveOpens=1 TcpInSegs=4 TcpOutSegs=6 TcpExtTCPOrigDataSent=2; do
	name=${counter%=*}
	it "fails when the kernel counted more: $name" differs client "$(not "$name=9")" \
		"counter $name of client: the kernel counted 9, by its events and frames it is ${counter#*=} "
done
for counter in IpInReceives=4 IpInDelivers=4 IpOutRequests=6 IpExtOutOctets=337; do
	name=${counter%=*}
	it "fails when the kernel counted fewer than it must: $name" differs client "$(not "$name=1")" \
		"counter $name of client: the kernel counted 1, by its events and frames it is at least ${counter#*=} "
done
for name in TcpRetransSegs TcpOutRsts TcpInErrs TcpInCsumErrors TcpEstabResets TcpAttemptFails \
	TcpExtTCPSynRetrans TcpExtTCPLossProbes TcpExtTCPAbortOnTimeout TcpExtDelayedACKs TcpExtTCPChallengeACK; do
	it "fails when the kernel counted what no event tells of: $name" differs client "$right_client $name=1" \
		"counter $name of client: the kernel counted 1, by its events and frames it is 0 "
done
it 'compares what all nodes have in common' differs kernel arp_cache:allocs=3 \
	'counter arp_cache:allocs of the kernel: the kernel counted 3, by its events and frames it is 2 '
it 'sees an event that is gone' differs server "$right_server" 'counter TcpInSegs of server: the kernel counted 6, by its events and frames it is 5 ' \
	'at = next(i for i, line in enumerate(lines) if line["type"] == "tcp.rx" and line["netns"] == "server"); lines[at]["type"] = "other.rx"'

unwatched() {
	holds "lines[0]['points'] = [p for p in lines[0]['points'] if p['name'] not in ('inet_sk_set_state', 'ip_route_output_key_hash_rcu')]" \
		"end = lines[-1]; end['points'] = [p for p in end['points'] if p['name'] != 'inet_sk_set_state']" \
		'for line in lines: line.get("point") == "inet_sk_set_state" and line.update(point="inet_sk_state_store")' >"$dir/said" 2>&1 || :
	told '^client TcpPassiveOpens 0 - not known inet_sk_set_state is not watched in this run'
}
timed_out() {
	counted "$right_client TcpExtTCPTimeouts=1" "$right_server" "$right_kernel"
	"$report" check "$dir/run" "$dir/expect"
	told '^client TcpExtTCPTimeouts 1 - not known tcp_retransmit_timer is not watched in this run'
}
it 'knows nothing of what the kernel counted where a point would tell that is not watched' timed_out
it 'knows nothing of a counter whose point is not watched, and says which' unwatched

# told_of [PYTHON…]: the stored run with what it tells
told_of() { counted "$right_client" "$right_server" "$right_kernel" "$@"; }
# ss AFTER NODE STATE LOCAL PEER RECV-Q SEND-Q: a line of ss
ss() { told_of "tell($1, '$2', 'socket', dict(zip(('state', 'local', 'peer', 'recv_q', 'send_q'), ('$3', '$4', '$5', $6, $7))))"; }
# proc AFTER NODE ST LOCAL PEER QUEUES [PYTHON…]: a line of /proc/net/tcp
proc() {
	proc_line="tell($1, '$2', 'queues', dict(zip(('st', 'local', 'peer', 'queues'), ('$3', '$4', '$5', '$6'))))"
	shift 6
	told_of "$proc_line" "$@"
}
says_right() { ss "$@" && "$report" check "$dir/run" "$dir/expect"; }
lies() { ss "$2" "$3" "$4" "$5" "$6" "$7" "$8" && fails 1 "$1" "$report" check "$dir/run" "$dir/expect"; }
client=10.0.0.1:43906 server=10.0.0.2:8080
it 'holds where ss says what the segments do' says_right 101 client ESTAB $client $server 0 17
it 'takes bytes that nobody has acknowledged for sent' lies "ss says 16 of Send-Q $client of client, by its events it is at least 17 " \
	101 client ESTAB $client $server 0 16
it 'takes bytes that have not come for none to read' lies "ss says 18 of Recv-Q [::ffff:10.0.0.2]:8080 of server, by its events it is 0 to 17 " \
	103 server ESTAB "[::ffff:10.0.0.2]:8080" "[::ffff:10.0.0.1]:43906" 18 0
it 'knows what was read' lies "ss says 17 of Recv-Q $server of server, by its events it is 0 " 105 server ESTAB $server $client 17 0
it 'holds where ss says what waits to be accepted' says_right 91 server LISTEN 0.0.0.0:8080 '0.0.0.0:*' 1 5
it 'knows what waits to be accepted' lies 'ss says 0 of Recv-Q 0.0.0.0:8080 of server, by its events it is 1 ' \
	91 server LISTEN 0.0.0.0:8080 '0.0.0.0:*' 0 5
it 'knows what was accepted' lies 'ss says 1 of Recv-Q 0.0.0.0:8080 of server, by its events it is 0 ' \
	96 server LISTEN 0.0.0.0:8080 '0.0.0.0:*' 1 5

# the same in the kernel's own words, as the guest hands them over at the end of each run: 10.0.0.1:43906, 10.0.0.2:8080
client=0100000A:AB82 server=0200000A:1F90
says_right() { proc "$@" && "$report" check "$dir/run" "$dir/expect"; }
lies() {
	lies_about=$1
	shift
	proc "$@" && fails 1 "$lies_about" "$report" check "$dir/run" "$dir/expect"
}
it 'holds where the table of sockets says what the segments do' says_right 101 client 1 $client $server 00000011:00000000
it 'fails where it does not' lies "/proc/net/tcp says 16 of Send-Q 10.0.0.1:43906 of client, by its events it is at least 17 " \
	101 client 1 $client $server 00000010:00000000
mapped=0000000000000000FFFF0000
it 'reads addresses of IPv6' lies '/proc/net/tcp says 18 of Recv-Q [::ffff:10.0.0.2]:8080 of server, by its events it is 0 to 17 ' \
	103 server 1 $mapped$server $mapped$client 00000000:00000012
it 'knows of a listener what waits to be accepted' lies '/proc/net/tcp says 0 of Recv-Q 0.0.0.0:8080 of server, by its events it is 1 ' \
	91 server 0A 00000000:1F90 00000000:0000 00000000:00000000
unaccepted() {
	proc 91 server 0A 00000000:1F90 00000000:0000 00000000:00000000 "lines[0]['points'] = [p for p in lines[0]['points'] if p['name'] != 'inet_csk_accept']" \
		"end = lines[-1]; end['points'] = [p for p in end['points'] if p['name'] != 'inet_csk_accept']" \
		'for line in lines: line.get("point") == "inet_csk_accept" and line.update(point="inet_csk_listen_start")' >"$dir/said" 2>&1 || :
	told '^server Recv-Q 0.0.0.0:8080 0 - not known inet_csk_accept is not watched in this run'
}
it 'says of a queue whose changes are not watched that it is not known' unaccepted
# the table is read behind 101, or later
come() { says_right 102 server 1 $server $client "00000000:$1" "tell(101, 'server', 'sockets', {})"; }
it 'takes what is read while a segment comes as it was before' come 00000000
it 'takes it as it is then' come 00000011
it 'takes it as nothing else' lies '/proc/net/tcp says 18 of Recv-Q 10.0.0.2:8080 of server, by its events it is 0 to 17 ' \
	102 server 1 $server $client 00000000:00000012 "tell(101, 'server', 'sockets', {})"
it 'takes no line that it cannot read for one' says_right 101 client 1 'who knows' $server 00000010:00000000

it 'says of a run without counters that nothing is known' sh -c "'$report' show counters '$run' | grep -q 'not known: the run has no counters'"
tap_end
