#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The explanations beside the events of the stored runs are true, each by a check of its own; a false one is found.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/seal.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
stored=tests/report/handshake

# told SCRIPT TEXT: the stored run with something else in it, by sed, and which sentence is then not confirmed
told() {
	rm -rf "$dir/run"
	cp -r "$stored" "$dir/run"
	sed -i "$1" "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
	fails 1 ": $2" tests/explain/confirm "$dir/run"
}

it 'confirms every explanation of the stored runs' tests/explain/confirm "$stored" tests/report/handshake-6.1 tests/report/route \
	tests/report/udp
it 'finds an accept() before any connection' told 's/"op":"accept_add"/"op":"added"/' 'accept() takes the child out'
it 'finds a third segment without a SYN-ACK' told '/"type":"tcp.rx"/s/"flags":"S[.]"/"flags":"S"/' 'The third segment of the handshake'
it 'finds an answer that nobody asked for' told '/"type":"arp.rx"/s/"op":"request"/"op":"reply"/' 'The answer goes to who asked alone.'
it 'finds a listener that was never made' told 's/"new":"LISTEN"/"new":"CLOSE"/' 'The child is a copy of the listener'
it 'finds bytes that another program wrote' told '/"type":"tcp.tx"/s/"owner":{"pid":[0-9]*/"owner":{"pid":1/' "The program's bytes go out"
it 'refuses what is no run' fails 2 'rules: ' tests/explain/confirm "$dir/none"
tap_end
