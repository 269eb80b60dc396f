#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What runs ktrun, make labs and ENGINE=both: each program that they start is broken in turn, and neither is green.
. "$(dirname "$0")/../guest/fake.sh"
fake_clone || exit 1

mkdir "$clone/qemu-plugin"
cp "$repo/qemu-plugin/engine.sh" "$clone/qemu-plugin/"
cp "$repo/labs/all.sh" "$clone/labs/"
script qemu-plugin/get-qemu.sh <<<'echo qemu'
script build/ktrun <<<'echo "verdict: held (2 held, 0 failed, 0 skipped), 42 hits, wall: plan 0.1 s"'
script gdb-scripts/compare.sh <<<'says 42 hits; exit "${FAKE_STATUS_COMPARE:-0}"'
script build/ktreport <<<'says 1 views; [ "$1" != diff ]'
# a program that says nothing has no descriptor to say it to
sed -i 's/^says() {/& [ -n "${KTLAB_TALLY:-}" ] || return 0;/' "$work/common"

labs() { (cd "$clone" && KTLAB_KDIR=kernel exec labs/all.sh "$@"); }
both() { (cd "$clone" && ENGINE=both OUT=out exec qemu-plugin/engine.sh labs/handshake); }
exact() { EXACT=1 both; }

# broken COMMAND…: while FAULT breaks something it ends with 2 or 3
broken() {
	local status=0
	rm -f "$FAKE/fault"
	"$@" || status=$?
	echo "exit status $status, wanted 2 or 3"
	[ -e "$FAKE/fault" ] && { [ $status = 2 ] || [ $status = 3 ]; }
}

it 'all labs hold' says '2 of 2 labs' labs
it 'both engines hold' both
it 'both engines hold, exact' exact
it 'both engines differ' fails 3 '' env FAKE_STATUS_COMPARE=1 EXACT=1 ENGINE=both OUT=out "$clone/qemu-plugin/engine.sh" labs/handshake
while read -r verb program; do
	for FAULT_WAY in KILL 0 1 2 127; do
		# of ktrun, 1 is a lab whose expectations do not hold; a ktrun that has done nothing has left no run to compare
		case $verb$program$FAULT_WAY in *'ktrun *1' | 'bothktrun *0') continue ;; esac
		export FAULT=$program FAULT_WAY
		it "'$verb' is not green when '$program' is broken: $FAULT_WAY" broken "$verb"
	done
done <<'END'
labs ktrun *
both get-qemu.sh
both ktrun *
both ktreport diff *
exact compare.sh *
exact ktreport write *
END
FAULT='ktrun *' FAULT_WAY=1
it 'labs that fail make the table fail' fails 1 '' labs
it 'a run that fails makes both fail' fails 1 '' both
tap_end
