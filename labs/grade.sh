#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A class: grade.sh runs and judges each folder of SUBMISSIONS, here or on many machines, into GRADES.
# docs/grade.md says what a submission is. What has been run already and has not changed is not run again.
# The exit status is 0 if every submission has its grade, however good; 2 usage or set-up.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${KTLAB_KDIR:?make grade sets it to what kernel-config/kernel.sh build prints}"
# a folder with a folder a student
SUBMISSIONS=${SUBMISSIONS:-}
# where the runs and the tables are made
GRADES=${GRADES:-${OUT:-out}/grades}
# what programs are judged by
EXPECT=${EXPECT:-}
# how many run at a time on a machine
JOBS=${JOBS:-$(nproc)}
# machines, by name, that GNU parallel reaches by ssh, separated by commas
MACHINES=${MACHINES:-}
# local, parallel or slurm; empty: parallel for MACHINES, slurm where a cluster answers, else local
BY=${BY:-}
# seconds that a phase of a run may take
LIMIT=${LIMIT:-120}

die() {
	echo "grade.sh: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 2
}

# needs PROGRAM PACKAGE
needs() { command -v "$1" >/dev/null || die "BY=$BY needs '$1', which is not installed" "apt-get install $2"; }

[ -n "$SUBMISSIONS" ] || die 'whose work?' 'make grade SUBMISSIONS=DIR, with a folder a student in DIR; see docs/grade.md'
[ -d "$SUBMISSIONS" ] || die "SUBMISSIONS='$SUBMISSIONS' is no folder"
[[ $JOBS =~ ^[1-9][0-9]{0,2}$ ]] || die "JOBS='$JOBS' is not a number from 1 to 999"
[[ $LIMIT =~ ^[1-9][0-9]{0,3}$ ]] || die "LIMIT='$LIMIT' is not a number of seconds from 1 to 9999"
if [ -z "$EXPECT" ] && [ -e "$SUBMISSIONS/expect" ]; then EXPECT=$SUBMISSIONS/expect; fi
[ -n "$EXPECT" ] || EXPECT=labs/programs/expect
build/ktreport check --syntax "$EXPECT" >/dev/null || exit 2

names=()
for folder in "$SUBMISSIONS"/*/; do
	folder=${folder%/}
	name=${folder##*/}
	[ -d "$folder" ] || continue
	[[ $name != *[[:cntrl:]]* ]] || die "the name of the folder '$(printf %q "$name")' cannot be shown" 'rename it'
	names+=("$name")
done
[ ${#names[@]} -gt 0 ] || die "'$SUBMISSIONS' has no folder" 'a submission is a folder with client.c, server.c; see docs/grade.md'

if [ -z "$BY" ]; then
	BY=local
	[ -z "$(sinfo --noheader 2>/dev/null)" ] || BY=slurm
	[ -z "$MACHINES" ] || BY=parallel
fi
case $BY in
local) ;;
parallel) needs parallel parallel ;;
slurm) needs sbatch slurm-client ;;
*) die "unknown BY '$BY'" 'known: local parallel slurm' ;;
esac

mkdir -p "$GRADES"
# whole paths: the machines of a cluster share them
SUBMISSIONS=$(realpath "$SUBMISSIONS") GRADES=$(realpath "$GRADES") EXPECT=$(realpath "$EXPECT")
declare -px SUBMISSIONS EXPECT KTLAB_CACHE LIMIT LAB EXERCISE ENGINE KERNEL KTLAB_KDIR QEMU OUT POINTS COUNT CLIENT SERVER CLIENT_ARGS \
	SERVER_ARGS CLIENTS TOGETHER NODES FILES 2>/dev/null >"$GRADES/settings" || :
printf '%s\n' "${names[@]}" >"$GRADES/names"

# the same words for each way
one=(labs/grade-one.sh "$GRADES")

# numbered: each line with how many have ended
numbered() {
	local line number=0
	while IFS= read -r line; do
		number=$((number + 1))
		printf '[%*d/%d] %s\n' ${#total} $number "$total" "$line"
	done
}

total=${#names[@]}
began=$SECONDS
case $BY in
local)
	printf '%s\0' "${names[@]}" | xargs -0 -P "$JOBS" -I '{}' "${one[@]}" '{}' | numbered
	;;
parallel)
	# two hosts that see the same folder, or nothing is begun
	[ -z "$MACHINES" ] || parallel --nonall --sshlogin "$MACHINES" test -x "$(printf %q "$PWD/labs/grade-one.sh")" \&\& \
		test -r "$(printf %q "$GRADES/names")" ||
		die "a machine of MACHINES='$MACHINES' cannot be reached, or does not see '$PWD' and '$GRADES'" \
			'they must share these folders, and take ssh without a password'
	printf '%s\n' "${names[@]}" | parallel ${MACHINES:+--sshlogin "$MACHINES"} --jobs "$JOBS" --line-buffer \
		"$(printf '%q ' cd "$PWD") && $(printf '%q ' "${one[@]}") {}" | numbered
	;;
slurm)
	printf '%s' "$PWD" >"$GRADES/folder"
	sbatch --wait --parsable --job-name=ktlab-grade --array="1-$total%$((JOBS * $(sinfo --noheader -N | wc -l)))" \
		--chdir="$PWD" --output="$GRADES/slurm.out" --open-mode=append \
		--wrap="labs/grade-one.sh $(printf %q "$GRADES") \"\$(sed -n \"\${SLURM_ARRAY_TASK_ID}p\" $(printf %q "$GRADES/names"))\"" \
		>/dev/null || :
	# a shared folder may show it late
	for name in "${names[@]}"; do
		[ -e "$GRADES/$name/said" ] || die "Slurm has ended, and '$name' was not graded" "cat '$GRADES/slurm.out'"
		tail -n 1 "$GRADES/$name/said"
	done | numbered
	;;
esac
echo "$total submissions in $((SECONDS - began)) s"
exec build/ktreport grade "$GRADES"
