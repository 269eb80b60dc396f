#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both engines take the same of one and the same guest: plans, memory and hits drawn at random, no QEMU, no GDB. SEED=N draws others.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

work=$(mktemp -d /tmp/ktlab-take-XXXXXX)
trap 'rm -rf "$work"' EXIT
# GLib's own library, as it lies beside QEMU: what the plugin needs of it is declared in api.h
gcc -std=c11 -w -O1 -g -fsanitize=address,undefined -Iqemu-plugin -o "$work/take" tests/plugin/take.c \
	qemu-plugin/tracer.c qemu-plugin/say.c qemu-plugin/plan*.c qemu-plugin/guest.c qemu-plugin/record.c qemu-plugin/entries.c -ljansson -l:libglib-2.0.so.0

it "takes the same ${RUNS:=60} times, from seed ${SEED:=1} on" python3 -B tests/plugin/take.py "$work/take" "$SEED" "$RUNS"
tap_end
