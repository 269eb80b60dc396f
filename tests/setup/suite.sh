#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The suite itself, tests/run, with tests of this test's own: what goes wrong is a failure, and nothing gets lost.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-suite ü.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tests/kernel" "$work/tests/part"
cp tests/run "$work/tests/"

# test_file NAME: its script on stdin
test_file() {
	{ echo '#!/bin/sh'; cat; } >"$work/tests/$1"
	chmod +x "$work/tests/$1"
}

test_file kernel/built.sh <<<'sleep 0.5; echo "ok 1 - kernels"; echo 1..1; touch built'
test_file part/good.sh <<<'test -e built && echo "ok 1 - good"; echo "ok 2 - other # SKIP none here"; echo 1..2'
test_file part/two.sh <<<'echo "ok 1 - two"; echo 1..1'

# suite ARGUMENT…
suite() { (cd "$work" && env -u T tests/run "$@" 2>&1); }

# two tests that link one program at the same time: one of them runs a half of it
all_made() {
	make -n -B test >"$work/made"
	grep -rhE '^[^#]*make -s [^"]*build/' tests/*/*.sh tests/explain/confirm labs/*.sh | grep -oE 'build/[a-z0-9/.-]+[a-z0-9]' | sort -u |
		{ ! grep -vxFf <(grep -oE 'build/[a-z0-9/.-]+[a-z0-9]' "$work/made"); }
}
it 'has made what a test makes' all_made

it 'joins all results' says '3 passed, 0 failed, 1 skipped' suite
it 'runs what builds kernels before the others' says 'ok 1 - kernel/built.sh: kernels' suite
it 'takes those with a word in their path' says '1 passed, 0 failed, 0 skipped' suite two
it 'says that none has it' fails 1 "no test's path contains 'none'" suite none

test_file part/bad.sh <<<'echo "not ok 1 - bad"; echo why >&2; echo 1..1; exit 1'
it 'fails with one that fails' fails 1 '1 failed' suite
it 'shows what it said' fails 1 '#   why' suite bad
# shellcheck disable=SC2016 # the test's own
test_file part/bad.sh <<<'echo "ok 1 - fine"; kill -KILL $$; echo 1..1'
it 'fails with one that is killed' fails 1 'gives all its results (planned no plan, seen 1, exit status 137)' suite bad
# shellcheck disable=SC2016
test_file part/bad.sh <<<'echo 1..1; echo "ok 1 - fine"; kill -KILL $PPID'
it 'fails with one whose guard is killed' fails 1 'ends with status 0 (it was 137)' suite bad
test_file part/bad.sh <<<'echo "ok 1 - fine"; echo 1..2'
it 'fails with one that gives less than it planned' fails 1 'planned 2, seen 1' suite bad
test_file part/bad.sh <<<'echo 1..0'
it 'fails with one that skips all without a reason' fails 1 'says why it is skipped' suite bad
test_file part/bad.sh <<<'echo "1..0 # SKIP none here"'
it 'takes one that has a reason' says '0 passed, 0 failed, 1 skipped' suite bad
chmod -x "$work/tests/part/bad.sh"
it 'fails with one that may not be executed' fails 1 'may be executed' suite
test_file part/bad.sh <<<'sleep 60'
it 'fails with one that hangs' fails 1 'ends within 1 s' env TEST_LIMIT_S=1 bash -c "cd '$work' && tests/run bad"
tap_end
