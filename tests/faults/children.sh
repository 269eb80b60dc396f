#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kills and breaks every program that a run starts, at every step, one at a time: children.tsv has them. No guest is
# booted: the programs are stand-ins that do as a good run's do, but for the one. Each time the run must not hold, must
# say at which step it broke, and must leave a record of just that.
. "$(dirname "$0")/../guest/fake.sh"
fake_clone || exit 1

# programs of the host, which are looked up in PATH
mkdir "$work/bin"
for program in gdb qemu-system-x86_64 sha256sum; do
	printf '#!/bin/bash\n. %q\nexec %q "$@"\n' "$work/common" "$(command -v $program)" >"$work/bin/$program"
done
chmod +x "$work"/bin/*
PATH=$work/bin:$PATH

# broken STEP SENTENCE OPTION…
broken() {
	local step=$1 sentence=$2 status=0
	shift 2
	rm -rf "$run"
	ktrun "$@" >"$work/said" 2>&1 || status=$?
	cat "$work/said"
	echo "exit status $status, wanted 2 or 3"
	[ -e "$FAKE/fault" ] || { echo 'no program was broken'; return 1; }
	[ $status = 2 ] || [ $status = 3 ] || return
	grep -qF "ktrun: step '$step': ${sentence//…/}" "$work/said" || return
	recorded .status $status && recorded .step "$step" && nothing_left &&
		jq -e '.verdict == "run failed" or .verdict == "not run"' "$run/run.json"
}

it 'holds where none is broken' says 'verdict: held (2 held' ktrun
it 'has all steps in its record' recorded '[.steps[] | select(.state != "left out") | .name] | join(" ")' \
	'settings syntax plan boot lab end decode self-check write ladder check wire'
while IFS=$'\t' read -r step program ways sentence options; do
	for FAULT_WAY in $ways; do
		export FAULT=$program FAULT_WAY
		# shellcheck disable=SC2086 # options
		it "does not hold when at step '$step' '$program' is broken: $FAULT_WAY" broken "$step" "$sentence" $options
	done
done < <(grep -v '^#' "$repo/tests/faults/children.tsv")
tap_end
