#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What makes the output in a lesson stale, and what does not: labs/lessons.sh with a lesson and a run of this test's own.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-lessons.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/labs/mine" "$work/out/mine"
cp labs/lessons.sh "$work/labs/"
: >"$work/out/mine/events.jsonl"

# run LINE…: what the run's command shows from now on
run() { printf '%s\n' "$@" >"$work/out/mine/shown"; }

# lesson [WORD]: it is written with that, in a block of this kind
lesson() {
	local text
	# shellcheck disable=SC2016 # Markdown
	text=$(printf '# mine\n\n```console%s\n$ cat out/mine/shown\n$ cat out/mine/shown\n```\n\nThe end.' "${1:+ $1}")
	printf '%s\n' "$text" >"$work/labs/mine/README.md"
	printf '%s\n' "$text" >"$work/labs/mine/README.zh.md"
	(cd "$work" && labs/lessons.sh mine)
}

fresh() { (cd "$work" && labs/lessons.sh --check mine); }
stale() { fails 1 'labs/mine/README.md' fresh; }

run 'Events' 'netns   sport  sk                  flags' \
	'client  40312  0xffff888001a2b000  S' 'server   8080  0xffff888001a2c000  S.' 'client  40312  0xffff888001a2b000  .' \
	'' 'Frames' 'server first' 'client then'
it 'is written by its command' lesson
it 'is fresh with the same' fresh
it 'has what the command shows' grep -q '^server   8080' "$work/labs/mine/README.md"
it 'keeps what stands after it' grep -q '^The end' "$work/labs/mine/README.md"

sed -i 's/40312/51833/; s/0xffff888001a2b000/0xffff8880044ff800/' "$work/out/mine/shown"
it 'is fresh with another ephemeral port, and another place in memory' fresh
run 'Events' 'netns  sport  sk  flags' \
	'server  8080  0xffff888001a2c000  S.' 'client  40312  0xffff888001a2b000  S' 'client  40312  0xffff888001a2b000  .' \
	'' 'Frames' 'server first' 'client then'
it 'is fresh when the nodes ran in another order' fresh

run 'Events' 'netns  sport  sk  flags' \
	'client  40312  0xffff888001a2b000  .' 'client  40312  0xffff888001a2b000  S' 'server  8080  0xffff888001a2c000  S.' \
	'' 'Frames' 'server first' 'client then'
it 'is stale when a node ran in another order' stale
run 'Events' 'netns  sport  sk  flags' \
	'client  40312  0xffff888001a2b000  S' 'server  8080  0xffff888001a2b000  S.' 'client  40312  0xffff888001a2b000  .' \
	'' 'Frames' 'server first' 'client then'
it 'is stale when two objects are one' stale
run 'Events' 'netns  sport  sk  flags' \
	'client  40312  0xffff888001a2b000  S' 'server  8081  0xffff888001a2c000  S.' 'client  40312  0xffff888001a2b000  .' \
	'' 'Frames' 'server first' 'client then'
it 'is stale with another port of a server' stale
run 'Events' 'netns  sport  sk  flags' \
	'client  40312  0xffff888001a2b000  S' 'server  8080  0xffff888001a2c000  S.' 'client  40312  0xffff888001a2b000  .' \
	'' 'Frames' 'client then' 'server first'
it 'is stale when what has no nodes is in another order' stale

it 'is written with what varies' lesson varies
it 'has that, too' grep -q '^client then' "$work/labs/mine/README.zh.md"
run 'Events' 'something else'
it 'is fresh with other output where it varies' fresh
: >"$work/out/mine/shown"
it 'is stale where a command has nothing more to show' stale
rm "$work/out/mine/shown"
it 'says so when a command fails' fails 2 'a command failed' fresh
tap_end
