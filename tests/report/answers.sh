#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The answers to what is asked first, of a run made up for them: ARP asked twice, again, and in vain; queues; routes.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
number=0
# event SECONDS TYPE KEYS
event() {
	number=$((number + 1))
	printf '{"n":%d,"type":"%s","t_ns":%s000000,"netns":"client",%s}\n' $number "$2" "$1" "$3"
}
arp() { event "$1" arp.tx '"op":"request","gratuitous":false,"tpa":"'"$2"'"'; }
known() { event "$1" neigh.state '"ip":"'"$2"'","nud":{"old":"INCOMPLETE","new":"REACHABLE"}'; }
queue() { event "$1" conn.queue '"fn":"inet_csk_accept","op":"'"$2"'","accept_qlen":{"old":'"$3"',"new":'"$4"'},"syn_qlen":{"old":1,"new":1},"accept_max":4'; }
# route MS DST PREFIX
route() {
	event "$1" fib.lookup '"at":"return","purpose":"route","table_name":"main","err":null,"out":{"prefix":"'"$3"'","prefixlen":24,"table_name":"main"}'
	event "$1" route.result '"dir":"output","purpose":"route","dst":"'"$2"'","via":null,"out_dev":"eth0","error":null'
}
{
	echo '{"type":"meta","format":1,"kernel":{"release":"5.4.286"},"lab":"made-up","engine":"gdb","mode":"exact","nodes":[],"points":[{"name":"ip_output"},{"name":"inet_csk_reqsk_queue_hash_add"}]}'
	arp 1000 10.0.0.9
	arp 2000 10.0.0.9
	known 2500 10.0.0.9
	arp 3000 10.0.0.9
	known 3250 10.0.0.9
	arp 4000 10.0.0.77
	arp 5000 10.0.0.77
	queue 6000 accept_add 1 1
	queue 6100 accept_add 0 2
	queue 6200 overflow 2 2
	queue 6300 accept_remove 2 1
	route 7000 10.0.0.9 10.0.0.0
	route 7100 10.0.0.9 10.0.0.0
	route 7200 10.1.0.9 10.1.0.0
	event 7300 fib.lookup '"at":"return","purpose":"route","table_name":"main","err":"EINVAL","out":null'
	event 7300 route.result '"dir":"output","purpose":"route","dst":"10.2.0.9","via":null,"out_dev":null,"error":"EINVAL"'
	event 8000 tcp.state '"obj":"sock","old":"SYN_SENT","new":"CLOSE"'
	echo '{"type":"end","hits":15,"events":20,"complete":true,"points":[]}'
} >"$dir/events.jsonl"

# answers QUESTION: each answer and its events
answers() {
	"$report" show answers --json "$dir/events.jsonl" |
		jq -r --arg question "$1" '.tables[0].rows[] | select(.question == $question) | "\(.answer) [\(.events // "")]"'
}
is() { printf 'wanted:\n%s\nfound:\n%s\n' "$2" "$(answers "$1")"; [ "$(answers "$1")" = "$2" ]; }

it 'measures ARP from the first request to the answer, each time' is 'How long did ARP take?' '1500.000 ms on client, from asking for 10.0.0.9 to knowing it [1 3]
250.000 ms on client, from asking for 10.0.0.9 to knowing it [4 5]
client asked for 10.0.0.77, requests: 2; nobody answered [6]'
it 'tells when the accept queue grew, and only then' is 'When did the accept queue grow?' "at 5.100000 s on client, from 0 to 2; the accept queue's limit is 4 [9]"
it 'tells when the accept queue shrank, by whom' is 'When did the accept queue shrink?' 'at 5.300000 s on client, from 2 to 1, by inet_csk_accept() for - [11]'
it 'says that the SYN queue did not grow' is 'When did the SYN queue grow?' 'never []'
it 'tells when a queue was full' is 'When was a queue full?' 'at 5.200000 s on client: the accept queue was full [10]'
it 'says each way once, with the reason' is 'Which route was chosen, and why?' 'client to 10.0.0.9: directly, out of eth0, because 10.0.0.0/24 in table main is the longest prefix that fits [13 12]
client to 10.1.0.9: directly, out of eth0, because 10.1.0.0/24 in table main is the longest prefix that fits [17 16]
client to 10.2.0.9: no route (EINVAL), because the longest prefix that fits in table main is a route of the type blackhole [19 18]'
it 'says that there was no SYN' is 'Which function sent the SYN?' 'no SYN was sent []'
it 'gives no meaning to a change that it does not know' sh -c "'$report' show explain --json -f n=20 '$dir/events.jsonl' | jq -e '.tables[0].rows == []'"

# an ACK of more, the same number with more room and with no more
number=0
{
	echo '{"type":"meta","format":1,"kernel":{"release":"5.4.286"},"lab":"made-up","engine":"gdb","mode":"exact","nodes":[],"points":[{"name":"ip_output"}]}'
	for said in 5000,0 5000,4000 6000,9000 6000,9000; do
		event 1000 tcp.rx '"conn":1,"dport":8080,"payload_len":0,"ack":'"${said%,*}"',"win_scaled":'"${said#*,}"
		event 1000 tcp.tx '"conn":1,"sport":8080,"flags":"P.","payload_len":10,"stack":[{"fn":"tcp_data_snd_check","file":null,"line":null}]'
	done
	echo '{"type":"end","hits":8,"events":8,"complete":true,"points":[]}'
} >"$dir/events.jsonl"
it 'tells a window update from an ACK that makes room' is 'Why was each segment sent?' 'room came on client: segments: 3 [2 8]
window update on client: segments: 1 [4]'

cp "$run/events.jsonl" "$dir/events.jsonl"
# each call that slept: what came, in whose function, in which context; the second recvfrom() of the client did not wait
waits='accept() on server: 560.565 ms, until SYN queue 1 -> 0, accept queue 0 -> 1; by tcp_check_req() in softirq, while ksoftirqd/0 had the processor [34 91]
connect() on client: 456.240 ms, until SYN_SENT -> ESTABLISHED; by tcp_finish_connect() in softirq, while ksoftirqd/0 had the processor [39 82]
recvfrom() on server: 2.280 ms, until P. seq 1 ack 1 win 64240 len 17; by tcp_v4_rcv() in softirq, while client had the processor [98 102]
recvfrom() on server: 3.284 ms, until F. seq 18 ack 18 win 64224; by tcp_v4_rcv() in softirq, while client had the processor [109 119]'
waited='What did each call wait for, and who ended the wait?'
it 'tells what each call waited for, and who ended it' is "$waited" "$waits"
# by the calls' own time: no wait is longer than the call, and all but a hundredth of a second of it
waits_fit() {
	"$report" show answers --json "$dir/events.jsonl" | jq -r --arg question "$waited" '.tables[0].rows[] | select(.question == $question) | "\(.events) \(.answer)"' |
		sed -n 's/^\([0-9]*\) [0-9]* .*: \([0-9.]*\) ms, until .*/\1 \2/p' >"$dir/waits"
	[ "$(wc -l <"$dir/waits")" = 4 ]
	while read -r enter ms; do
		jq -se --argjson enter "$enter" --argjson ms "$ms" '.[] | select(.type == "syscall.exit" and .parent == $enter).dur_ns / 1e6 - $ms | . > 0 and . < 10' "$dir/events.jsonl" || return 1
	done <"$dir/waits"
}
it 'tells no wait that is longer than its call' waits_fit
jq -c 'if .n == 82 then .ctx = "task" | .pid = 67 elif .n == 91 then .accept_qlen.old = 1 | .accept_qlen.new = 2 else . end' "$run/events.jsonl" >"$dir/events.jsonl"
it 'takes nobody for his own waker, and no accept() with a full queue for waiting' is "$waited" "$(echo "$waits" | grep recvfrom)"
cat >"$dir/expect" <<'END'
A SYN.
    tcp.tx flags=S
A reset of the SYN.
    tcp.tx flags=R dport=8080
Another reset.
    tcp.tx flags=R
END
failed_first() { "$report" show answers --json --expect "$dir/expect" "$run/events.jsonl" | jq -r '.tables[0].rows[] | select(.question | startswith("What failed first")) | "\(.answer) [\(.events)]"'; }
it 'tells what failed first, and what came nearest' says "A reset of the SYN. ($dir/expect:4) nearest is event 83 (tcp.tx, client" failed_first
first_alone() { [ "$(failed_first | grep -c .)" = 1 ]; }
it 'tells the first alone' first_alone

# of the stored run, once more as if GDB's stops had moved its time
stops='"stops":{"count":301,"moved_ns":183289710,"most_ns":999990}'
sed '$s/"complete":true,/&'"$stops"',/' "$run/events.jsonl" >"$dir/events.jsonl"
again='on client, lookup 2 (route): The lookup for the flow itself, with both addresses known. [43 44]
on client, lookup 3 (newports): The last lookup of connect(): the source port is known only now, and a policy rule could depend on it. [46 47]'
it 'tells why connect() looked for the route again' is 'Why did one connect() look for the route again?' "$again"
# what the server's kernel looks up in a softirq that took connect()'s stack
jq -c 'if .n == 72 then .parent = 40 else . end' "$run/events.jsonl" >"$dir/events.jsonl"
it 'takes no lookup of the other node for one of connect()' is 'Why did one connect() look for the route again?' "$again"
sed '$s/"complete":true,/&'"$stops"',/' "$run/events.jsonl" >"$dir/events.jsonl"
it 'says of a duration that stops are in it' is 'How long did ARP take?' "1.128 ms with GDB's stops on client, from asking for 10.0.0.2 to knowing it [53 63]"
# the frames are not there, and it says so: that is not what is asked
ladder() { "$report" show ladder "$@" "$dir/events.jsonl" 2>/dev/null || true; }
it 'says it in the ladder, too' says "connect() = 0 after 458.850 ms with GDB's stops" ladder

two_connections >"$dir/events.jsonl"
second=$(jq 'select(.conn == 2 and .type == "tcp.tx" and .flags == "S.").n' "$dir/events.jsonl")
it 'answers for each connection' is 'Which function sent the SYN-ACK?' "connection #1 from port 43906: tcp_v4_send_synack() on server [74]
connection #2 from port 40002: tcp_v4_send_synack() on server [$second]"
it 'names the connections above the ladder' says 'connection #2: 10.0.0.1:40002 to 10.0.0.2:8080' ladder
it 'says in each row whose it is' says '#2 SYN_SENT → ESTABLISHED' ladder
one_alone() { ladder -f conn=2 | grep -q '#2 S seq 0' && ! ladder -f conn=2 | grep '#1 [A-Z.]'; }
it 'shows one of them alone' one_alone
tap_end
