#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The page's frames: each field lies where tshark says, and has the bits that it sees there. Of stored runs.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# page RUN: its frames are in $dir/octets.json, and both taps in $dir/taps
page() {
	cp -r "$1" "$dir/run"
	"$report" write "$dir/run" "$expect" || [ $? = 1 ]
	python3 - "$dir" <<-'END'
		import json, re, sys
		text = open(sys.argv[1] + "/run/report.html", encoding="utf-8").read()
		found = json.JSONDecoder().raw_decode(text, text.index('"octets":') + len('"octets":'))[0]
		assert found, "no frames"
		json.dump(found, open(sys.argv[1] + "/octets.json", "w"))
	END
}

as_tshark() {
	rm -rf "$dir/run"
	page "$1"
	for tap in "$dir"/run/wire-*.pcap; do
		tshark -o ip.defragment:FALSE -o ipv6.defragment:FALSE -r "$tap" -T json -x 2>/dev/null >"$dir/$(basename "$tap").json"
	done
	python3 - "$dir" <<-'END'
		import glob, json, sys
		theirs = {}
		def take(node, found):
		    if isinstance(node, list):
		        for part in node:
		            take(part, found)
		    elif isinstance(node, dict):
		        for name, value in node.items():
		            if name.endswith("_raw") and isinstance(value, list):
		                for one in value if isinstance(value[0], list) else [value]:
		                    found.setdefault(name[:-4], []).append(one[:4])
		            else:
		                take(value, found)
		for path in glob.glob(sys.argv[1] + "/wire-*.json"):
		    for packet in json.load(open(path)):
		        layers = packet["_source"]["layers"]
		        found = {}
		        take(layers, found)
		        theirs[layers["frame_raw"][0]] = found
		def bits_of(first, length, mask):
		    """Of a field in more bytes than it needs, which bits of the frame are its own."""
		    return (mask or (1 << length * 8) - 1) << (4096 - first - length) * 8
		count = 0
		for number, (length, raw, *fields) in json.load(open(sys.argv[1] + "/octets.json")).items():
		    found = next(value for key, value in theirs.items() if key.startswith(raw))
		    for name, bit, bits, value in fields:
		        first, end = bit // 8, (bit + bits + 7) // 8
		        mask = ((1 << bits) - 1) << (end * 8 - bit - bits)
		        whole = mask == (1 << (end - first) * 8) - 1
		        text = raw[first * 2:end * 2]
		        wanted = [format((int(text, 16) & mask) >> (end * 8 - bit - bits), "x"), first, end - first, 0 if whole else mask]
		        options = [[one[0].lower() if not one[3] else one[0].lower().lstrip("0") or "0", *one[1:]] for one in found.get(name, [])]
		        if whole:
		            wanted[0] = text
		        if name in ("ip.options", "ipv6.extensions", "data", "eth.padding") and name not in found:
		            continue
		        # of some halves of a byte it has the byte, and the flags' masks are of both of their bytes
		        others = [text, first, end - first, 0], [wanted[0], first, end - first, mask << 8]
		        # of a long frame the page has the first bytes
		        if whole and any(one[0].startswith(text) and one[1:] == wanted[1:] for one in options):
		            wanted = next(one for one in options if one[1:] == wanted[1:])
		        wider = any(one[0] == wanted[0] and bits_of(*one[1:]) == bits_of(*wanted[1:]) for one in options)
		        if wanted not in options and not wider and not any(other in options for other in others):
		            sys.exit("event %s: %s is %s, tshark has %s" % (number, name, wanted, options))
		        count += 1
		    seen = {name for name, *_ in fields}
		    for name in ("tcp.flags.syn", "ip.ttl", "arp.opcode", "udp.length", "icmp.type", "icmp.ident", "icmpv6.type", "icmpv6.echo.sequence_number", "ipv6.hlim", "tcp.options", "tcp.payload"):
		        if name in found and name not in seen:
		            sys.exit("event %s: %s is not told" % (number, name))
		print(count, "fields")
		assert count > 50
	END
}

for stored in handshake handshake-6.1 route udp echo; do
	it "has tshark's fields of $stored" as_tshark "tests/report/$stored"
done
tap_end
