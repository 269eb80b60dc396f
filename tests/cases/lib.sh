# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What runs the cases: each is a lab, made of prologue.sh, NAME.guest and epilogue.sh, whose expectations say what is right.

cases_names() { (cd tests/cases && ls ./*.expect) | sed 's/^\.\///; s/\.expect$//'; }

# cases_says NAME: its first sentence
cases_says() { sed -n '1s/^# //p' "tests/cases/$1.guest"; }

# cases_copy FOLDER: a copy of this checkout that has the cases as labs
cases_copy() {
	local name lab
	cp -r Makefile apps build gdb-scripts kernel-config ktrun labs qemu-plugin report rootfs run-qemu.sh setup tests "$1" || return
	cp tests/cases/act*.[ch] tests/labs/segments/raw.c "$1/apps/" || return
	for name in $(cases_names); do
		lab=$1/labs/$name
		[ ! -e "$lab" ] || { echo "'$name' is a lab already" >&2; return 1; }
		mkdir "$lab"
		{ echo '#!/bin/sh' && cat tests/cases/prologue.sh "tests/cases/$name.guest" tests/cases/epilogue.sh; } >"$lab/guest.sh"
		cp "tests/cases/$name.expect" "$lab/expect"
		{
			cat labs/programs/points tests/cases/points
			sed -n 's/^# points: //p' "tests/cases/$name.guest" | tr ' ' '\n'
		} >"$lab/points"
		sed -n 's/^# topology: //p' "tests/cases/$name.guest" >"$lab/topology"
		[ -s "$lab/topology" ] || rm "$lab/topology"
	done
	(cd "$1" && make -s rootfs) || return
}

# cases_run COPY NAME OUT: the run of a case on KTLAB_KDIR with ENGINE; 0 if all of it is right, each explanation is confirmed and
# the programs' own account is that of the events; and what it said in OUT/said
cases_run() {
	mkdir -p "$3"
	(cd "$1" && OUT=$3 KTLAB_INITRD=build/initramfs.cpio qemu-plugin/engine.sh "labs/$2") >"$3/said" 2>&1 &&
		grep -q '^verdict: held' "$3/said" || return
	tests/explain/confirm "$3/$2" >>"$3/said" 2>&1 || return
	! grep -q '^told: ' "$3/$2/console.log" || python3 -B tests/e2e/told.py "$3/$2" >>"$3/said" 2>&1 || return
	[ ! -e "tests/cases/$2.answers" ] || [ "$ENGINE" != plugin ] || cases_answers "$2" "$3/$2" >>"$3/said" 2>&1
}

# cases_answers NAME RUN: what the run's answers say of a question is what NAME.answers has: STEP, QUESTION, a pattern
cases_answers() {
	local step question pattern missing=0
	while IFS=$'\t' read -r step question pattern; do
		build/ktreport show answers --json -f "step=$step" "$2" |
			jq -r --arg question "$question" '.tables[0].rows[] | select(.question == $question).answer' | grep -qE "$pattern" && continue
		echo "told wrongly: in '$step', '$question' has no answer '$pattern'"
		missing=1
	done <"tests/cases/$1.answers"
	return $missing
}

# cases_digest RUN: of its events and wires
cases_digest() { printf '%.12s %.12s' "$(tail -n 1 "$1/events.jsonl" | jq -r .sha256)" "$(cat "$1"/wire-*.pcap | sha256sum)"; }

# cases_why FOLDER: the first thing that was not right
cases_why() {
	grep -m 1 -A 1 -E '^FAILED|^ktrun:|^unconfirmed|^unexplained|^verdict:|^  unmatched|^[a-z].* is of connection|told' "$1/said" | tr '\n' ' ' | cut -c -200
}
