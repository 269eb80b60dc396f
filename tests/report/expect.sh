#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ktreport check: what holds, what fails and how it is said, and which mistakes in the file are refused.
# shellcheck disable=SC2016 # $names are for ktreport
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# judged TEXT: the stored run by these expectations
judged() {
	printf '%s\n' "$1" >"$dir/expect"
	"$report" check "$run" "$dir/expect"
}

# syntax TEXT: is it refused before a run?
syntax() {
	printf '%s\n' "$1" >"$dir/expect"
	"$report" check --syntax "$dir/expect"
}

holds() { says ', 0 failed' judged "$1"; }
breaks() { fails 1 "$2" judged "$1"; }
refuses() { fails 2 "$2" syntax "$1"; }

tcp='A SYN.
    syn: tcp.tx netns=client flags=S'

it 'judges the lab that it belongs to' "$report" check "$run" "$expect"
it 'finds events in order' holds "$tcp
    tcp.rx netns=server flags=S seq=\$syn.seq"
it 'fails when the order is wrong' breaks 'Reply before request.
    arp.tx op=reply
    arp.tx by=arp_solicit' 'which fits, but stands before what was matched last'
it 'takes a block in any order' holds 'Both.
    any order
    arp.tx op=reply
    arp.tx by=arp_solicit'
it 'searches behind a named event' holds "$tcp
    arp.tx op=reply
    after \$syn neigh.state nud.new=INCOMPLETE"
it 'searches anywhere' holds "$tcp
    anywhere step name=links"
it 'adds to a number that was found before' holds "$tcp
    tcp.tx flags=S. ack=\$syn.seq+1"
it 'names the field that differs, and the nearest event' breaks "$tcp
    tcp.tx flags=S. ack=\$syn.seq+2" 'expected ack=$syn.seq+2 ('
it 'names the line of the file' breaks "$tcp
    tcp.tx flags=S. win=1" "$dir/expect:3: tcp.tx flags=S. win=1"
it 'counts' holds 'Two SYNs, out and in.
    count 2 flags=S (tcp.tx or tcp.rx)'
it 'counts in a range' holds 'Some.
    count 1..2 tcp.tx flags=S'
it 'says what it counted' breaks 'Three.
    count 3 tcp.tx flags=S' 'expected 3 of it, found 1; first is event'
it 'knows never' breaks 'No FIN.
    never tcp.tx flags~F' 'must never be, but was seen 2 times'
it 'limits never to what stands before' holds "$tcp
    never before \$syn tcp.tx"
it 'compares numbers' holds 'A window.
    tcp.tx win>64000 win<=64240 win!=3 win=64000..65000'
it 'knows times with units' holds 'An answer in time.
    req: arp.tx by=arp_solicit
    arp.rx op=request t_ns=$req.t_ns + 200 us +50 %'
it 'refuses an answer that is too late' breaks 'An answer in time.
    req: arp.tx by=arp_solicit
    arp.rx op=request t_ns=$req.t_ns + 100 us +12.5 %' 'expected t_ns=$req.t_ns + 100 us +12.5 %'
it 'looks into nested fields and lists' holds 'Options.
    tcp.tx opts.mss.mss=1460 opts~ts ip.ttl=64 stack~ip_output'
it 'knows and, or, not and brackets' holds 'Logic.
    tcp.tx and (dport=1 or dport=8080) and not flags~R'
it 'knows null' holds 'No acknowledgement yet.
    tcp.tx rel_ack=null
    tcp.tx rel_ack!=null'
it 'skips what is for another kernel, with the reason' says 'only for kernel >= 6.1: because' judged 'New.
    [kernel >= 6.1] because
    tcp.tx flags=R'
it 'skips what is for releases before this one' says 'only for kernel < 5.4: because' judged 'Older.
    [kernel < 5.4] because
    tcp.tx flags=NONE'
it 'compares versions as numbers' says 'only for kernel >= 5.10: because' judged 'New.
    [kernel >= 5.10] because
    tcp.tx flags=R'
it 'takes a shorter version for all that begin with it' says 'only for kernel != 5.4: because' judged 'Not this.
    [kernel != 5.4] because
    tcp.tx flags=R'
it 'keeps what is for another than a kernel that this is not' breaks 'Not that.
    [kernel != 6.1] because
    tcp.tx flags=R' '1 failed'
it 'stays where it was after what was found anywhere' holds 'Order.
    arp.tx op=reply
    anywhere tcp.tx flags=.
    tcp.tx flags=S.'
it 'keeps what is for this kernel' breaks 'Old.
    [kernel < 6.1] because
    tcp.tx flags=R' '1 failed'
it 'checks each frame of the wire without being asked' says 'Every TCP and ARP frame' judged "$tcp"

it 'refuses an unknown type, and knows a near one' refuses 'A.
    tcp.tk flags=S' "expect:2: 'tcp.tk' is no type of event; is it 'tcp.tx'?"
it 'refuses an unknown field' refuses 'A.
    tcp.tx dprot=8080' "expect:2: tcp.tx has no field 'dprot'"
it 'refuses an unknown name' refuses 'A.
    tcp.tx seq=$syn.seq' "expect:2: no earlier line has the name 'syn'"
it 'refuses a name twice' refuses "$tcp
    syn: tcp.rx" "the name 'syn' is taken"
it 'refuses a condition without a sentence' refuses '    tcp.tx' 'expect:1: a condition without a sentence above it'
it 'refuses a sentence without a condition' refuses 'A.
B.
    tcp.tx' 'expect:2: the sentence above has no condition under it'
it 'refuses an open bracket' refuses 'A.
    tcp.tx (flags=S' "expect:2: ')' is missing"
it 'refuses a text without an end' refuses 'A.
    step name="a' 'expect:2: a text without its closing "'
it 'refuses an empty file' refuses '# nothing' 'no expectation in it'
it 'refuses a kernel condition without a reason' refuses 'A.
    [kernel >= 6.1]
    tcp.tx' "expect:2: a reason is missing behind ']'"
it 'refuses a second kernel condition' refuses 'A.
    [kernel >= 5.4] because
    [kernel < 6.1] because
    tcp.tx' "expect:3: a sentence has one '[kernel ...]' line"
it 'says which file cannot be opened' fails 2 "cannot open '$dir/none'" "$report" check --syntax "$dir/none"
it 'takes a bound that is met exactly' holds 'A SYN.
    syn: tcp.tx netns=client flags=S win>=64240'
it 'finds nothing that is not null where it is' breaks 'A SYN.
    syn: tcp.tx netns=client flags=S rel_ack!=null' 'rel_ack'
tap_end
