#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Makefile, in a clone whose path has spaces and other than ASCII letters.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab mäke.XXXXXX")
trap 'rm -rf "$work"' EXIT
clone="$work/the clöne"
mkdir "$clone"
tar -c --exclude=./build --exclude=./out --exclude=./.git . | tar -x -C "$clone"

make_there() {
	make -s -C "$clone" "$@"
}

it 'lists its verbs' says 'make lab ' make_there help
mapfile -t verbs < <(make_there help | awk '$1 == "make" { print $2 }')
it 'lists only verbs that it has' make_there -n "${verbs[@]}"
it 'compiles everything' make_there apps build/ktrun build/ktreport
it 'packs the guest' make_there rootfs
touch "$work/stamp"
it 'does not pack it again when nothing changed' make_there rootfs
it 'left it as it was' test ! "$clone/build/initramfs.cpio" -nt "$work/stamp"
touch "$clone/labs/handshake/guest.sh"
it 'packs it again when a lab changed' make_there rootfs
it 'did so' test "$clone/build/initramfs.cpio" -nt "$work/stamp"
touch "$work/stamp" "$clone/apps/common.h"
it 'compiles again what includes a changed header' make_there apps
it 'did so for both programs' test "$clone/build/apps/client" -nt "$work/stamp" -a "$clone/build/apps/server" -nt "$work/stamp"

printf '#include <stdio.h>\nint main(void) { puts("my own"); return 0; }\n' >"$work/my client.c"
it "compiles a user's own client" make_there rootfs CLIENT="$work/my client.c"
it 'gives it to the guest in place of the other' says 'my own' "$clone/build/own/apps/client"
it 'leaves the other as it was' fails 1 '' grep -q 'my own' "$clone/build/apps/client"
it 'keeps the server' test -x "$clone/build/own/apps/server"
it "says so when a user's program is not there" fails 2 'No such file' make -s -C "$clone" rootfs SERVER="$work/none.c"

it 'names the known labs for one it does not know' fails 2 handshake make -s -C "$clone" lab LAB=handshak
it 'says that a dump of an old run is the debugger'"'"'s' fails 2 'make debug FROM=out/x EVENT=88, there kt dump FILE' make -s -C "$clone" lab DUMP_AT=88 FROM=out/x
it 'names the known kernels for one it does not know' fails 2 '5.4.302' make -s -C "$clone" kernel KERNEL=5.4.303
it 'writes compile_commands.json' make_there compile_commands.json
it 'writes it as JSON with each file' python3 -c \
	'import json, sys; assert {"apps/client.c", "report/main.c"} <= {e["file"] for e in json.load(open(sys.argv[1]))}' \
	"$clone/compile_commands.json"
it 'cleans up' make_there clean
it 'leaves nothing of it' test ! -e "$clone/build"
tap_end
