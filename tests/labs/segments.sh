#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A trial lab on a bad wire: what became of each segment, with the queues' and the kernel's counters as witnesses.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r Makefile apps build gdb-scripts kernel-config ktrun labs qemu-plugin report rootfs run-qemu.sh setup tests "$copy" || exit 1
cp -r tests/labs/segments "$copy/labs/"
mv "$copy/labs/segments/raw.c" "$copy/apps/"
events=$copy/out/segments/events.jsonl

# none PROGRAM: what this program of jq says of all events is nothing
none() {
	said=$(jq -s -r "$1" "$events") || return
	printf '%s' "$said"
	[ -z "$said" ]
}

# same ONE OTHER: both programs say the same, and something
same() {
	diff <(jq -s -c "$1" "$events") <(jq -s -c "$2" "$events") && jq -e -s "$1 != []" "$events" >/dev/null
}

# which packets a list of events tells of
pkts='map(.pkt, .joined[]?) | unique'
sent='map(select(.type == "tcp.tx"))' come='map(select(.type == "tcp.rx"))' dropped='map(select(.type == "skb.drop"))'
queue='map(select(.type == "skb.drop" and .by_fn == "__dev_xmit_skb"))'

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'a bad wire' || continue
	# the quicker engine; what the ledger says of such a wire is judged elsewhere
	(cd "$copy" && rm -rf out && make -s rootfs && OUT=out KTLAB_INITRD=build/initramfs.cpio \
		ENGINE=auto qemu-plugin/engine.sh labs/segments) >build/tests/segments.log 2>&1
	it "Linux $SPEC: the lab came to its end" jq -e -s 'last.complete' "$events"
	it 'each segment that came was sent' none "($come | $pkts) - ($sent | $pkts) | .[]"
	it 'each segment that was sent came, or was dropped' none "($sent | $pkts) - ($come | $pkts) - ($dropped | $pkts) | .[]"
	it 'what a queue dropped did not come' none "($queue | $pkts) as \$lost | \$lost - (\$lost - ($come | $pkts)) | .[]"
	it 'what came whole is what was sent' none "($sent | INDEX(.pkt)) as \$by | $come | .[] | \$by[.pkt | tostring] as \$tx |
		select(\$tx.payload_len == .payload_len and [\$tx | .seq, .ack, .flags, .ip.id] != [.seq, .ack, .flags, .ip.id]) | .n"
	it "each drop of a queue is one that it counted" same "[$queue | length]" \
		'[map(select(.type == "witness" and .what == "queue") | .values.dropped) | add]'
	it 'the second SYN-ACK is not the first' none "$sent | map(select(.step == \"twice\" and .flags == \"S.\").pkt) as \$all |
		if (\$all | length) > 1 and (\$all | unique | length) == (\$all | length) then empty else \$all end"
	it 'copies are one packet' jq -e -s "$come | map(select(.step == \"copies\")) | group_by(.pkt) | any(length > 1)" "$events"
	it 'a connection to which nothing happens has no drop' none "$dropped | .[] | select(.step == \"plain\") | .n"
	it 'every flag and every option is there, and damage said' same "$sent | map(select(.by == \"raw_sendmsg\" or .step == \"raw\")
		| select(.netns == \"client\") | [.flags, .reserved, .header_len, .damage, .payload_len, .urg, .ip.header_len, (.opts[0].name // null)])" \
		'[["none",0,20,null,0,0,20,null],["FSRP.UEWe",0,20,null,0,3,20,null],["S",7,24,null,0,0,20,"malformed"],
		["S",0,20,null,0,0,24,null],["S",0,60,"header_len",0,0,20,null],["S",0,16,"header_len",0,0,20,null],["S",0,20,null,0,0,20,null]]'
	it 'all of these are dropped in the end' same "$come | map(select(.step == \"raw\" and .netns == \"server\").pkt)" \
		"$dropped | map(select(.step == \"raw\" and .netns == \"server\").pkt)"
	it 'the kernel counts two of them as errors, a wrong checksum and a header that is too short, and answers others' same \
		'[map(select(.type == "witness" and .what == "counters"))[0].values | .TcpInErrs, .TcpInCsumErrors, .TcpOutRsts]' \
		"[2, 1, ($sent | map(select(.netns == \"server\" and (.flags | test(\"R\")))) | length)]"
done
tap_end
