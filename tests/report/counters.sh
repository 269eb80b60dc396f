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

it 'says of a run without counters that nothing is known' sh -c "'$report' show counters '$run' | grep -q 'not known: the run has no counters'"
tap_end
