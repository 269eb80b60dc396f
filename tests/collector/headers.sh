#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Headers drawn at random: tshark reads each field as ktlab does. SEED=N draws others.
. tests/tap.sh

if ! command -v tshark >/dev/null; then
	skip 'reads headers as tshark does' 'tshark is not installed'
else
	mkdir -p build/tests
	it "reads ${FRAMES:=4000} headers as tshark does, those of seed ${SEED:=1}" \
		python3 -B tests/collector/headers.py "$SEED" "$FRAMES" build/tests/headers.pcap
fi
it 'raises nothing, whatever the bytes' python3 -B tests/collector/headers.py "$SEED" 20000
tap_end
