#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of a user's own, made ready for the guest: what is taken, and what is refused before anything boots.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/apps/client build/apps/server >&2 || exit 1

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab own ü.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset CLIENT SERVER CLIENT_ARGS SERVER_ARGS CLIENTS TOGETHER NODES FILES

# own SETTING=VALUE…: what rootfs/own.sh makes of it
own() { mkdir -p "$work/own"; env "$@" rootfs/own.sh "$work/own"; }

# holds TEXT SETTING=VALUE…: labs/programs is told so
holds() {
	local text=$1
	shift
	own "$@" 2>/dev/null && says "$text" cat "$work/own/own"
}

cat >"$work/a b.c" <<<'#include <stdio.h>
int main(void) { puts("127.0.0.1"); return 3; }'
cat >"$work/far.c" <<<'int main(void) { return 0; }'
cat >"$work/bad.c" <<<'int main(void) { return none; }'
cat >"$work/plus.cc" <<<'#include <iostream>
int main() { std::cout << "C++" << std::endl; }'
printf '#!/bin/sh\necho script\n' >"$work/script"
printf '#!/usr/bin/python3\n' >"$work/python"
printf 'plain text\n' >"$work/text.txt"
# an ELF file for ARM (machine 40), as far as its header tells
{ printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\50\0'; head -c 40 /dev/zero; } >"$work/arm"
# a program whose library is gone, which a student copied from elsewhere
gcc -shared -fPIC -o "$work/libgone.so" -xc - <<<'int gone(void) { return 0; }' &&
	gcc -o "$work/lacks" -xc - -x none "$work/libgone.so" <<<'int gone(void); int main(void) { return gone(); }' && rm "$work/libgone.so"

it 'compiles a C source' own CLIENT="$work/a b.c"
it 'which is the client then' sh -c '"$1"; [ $? = 3 ]' - "$work/own/apps/client"
it 'and leaves the other program as it was' cmp "$work/own/apps/server" build/apps/server
if command -v g++ >/dev/null; then
	it 'compiles a C++ source' own SERVER="$work/plus.cc"
	it 'which runs without libraries' says 'C++' env -i "$work/own/apps/server"
else
	skip 'compiles a C++ source' 'no g++ here'
fi
it 'takes a script of sh' own CLIENT="$work/script"
it 'takes a program with libraries' own CLIENT=/bin/ls
it 'packs it with them' env OWN="$work/own" APPS="$work/own/apps" rootfs/pack.sh "$work/image"
it 'which the guest has then' sh -c 'cpio --quiet -t <"$1" | grep -q libc.so' - "$work/image"
it 'and what labs/programs is to do' sh -c 'cpio --quiet -t <"$1" | grep -qx ktlab/own' - "$work/image"
it 'takes files beside the programs' own FILES="setup/tools" CLIENT="$work/script"
it 'which lie where they run' test -s "$work/own/home/tools"

it 'gives a node each' holds 'NODES=2' CLIENT="$work/far.c"
it 'one for both where a source has the address of this machine' holds 'NODES=1' CLIENT="$work/a b.c"
it 'or an argument' holds 'NODES=1' CLIENT_ARGS='--address localhost'
it 'but as it is told, if it is told' holds 'NODES=2' CLIENT="$work/a b.c" NODES=2
it 'keeps quotes in arguments' holds "CLIENT_ARGS=--message\\ \\'two\\ words\\'" CLIENT_ARGS="--message 'two words'"
it 'runs several' holds 'CLIENTS=5' CLIENTS=5

it 'ends with the words of the compiler' fails 2 "bad.c:1" own CLIENT="$work/bad.c"
it 'refuses what is not there' fails 2 "CLIENT='$work/none.c': No such file" own CLIENT="$work/none.c"
it 'refuses a folder' fails 2 "SERVER='$work' is a folder" own SERVER="$work"
it 'refuses a program for another CPU' fails 2 'is a program for another CPU' own CLIENT="$work/arm"
it 'refuses one whose library is not here' fails 2 "libgone.so', which is not here" own CLIENT="$work/lacks"
it 'refuses a script of what the guest lacks' fails 2 "wants '/usr/bin/python3'" own CLIENT="$work/python"
it 'refuses another file' fails 2 'is neither C (.c) nor C++' own CLIENT="$work/text.txt"
it 'refuses a number of clients that is none' fails 2 "CLIENTS='0': not a number from 1 to 100" own CLIENTS=0
it 'refuses three nodes' fails 2 "NODES='3': not a number from 1 to 2" own NODES=3
it 'refuses arguments with half a quote' fails 2 'a shell cannot take it apart' own CLIENT_ARGS="it's"
it 'refuses an address of IPv6 where no node has one' fails 2 "CLIENT_ARGS: 'fd00::2' is an address of IPv6, and in 'two-nodes' no node has one" \
	own CLIENT_ARGS='--address fd00::2'
it 'also in brackets, and that of lo' fails 2 "SERVER_ARGS: '::1' is an address of IPv6" own SERVER_ARGS="'[::1]:8080'"
it 'refuses an address of a link without its card' fails 2 "'fe80::1' is an address of a link, and does not say whose" own CLIENT_ARGS='--address fe80::1' LAB=ipv6
it 'takes one where the nodes have one' own CLIENT_ARGS='--address fd00::2' LAB=ipv6
it 'takes any address, and one of IPv4 in the form of IPv6' own SERVER_ARGS='--address ::' CLIENT_ARGS='--address ::ffff:10.0.0.2'
it 'takes no time of the day for an address' holds '12:30:15' CLIENT_ARGS='--message "at 12:30:15"'
it 'refuses a file that is none' fails 2 "FILES: '/none/such' is no file" own FILES='setup/tools /none/such'
tap_end
