#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a user's own programs ready for the guest: own.sh FOLDER. They become FOLDER/apps/client and server, their files
# FOLDER/home, and what labs/programs is to do with them FOLDER/own.
# Exit status: 0 done, 2 one of them is nothing that the guest can run.
set -euo pipefail
cd "$(dirname "$0")/.."

# a C or C++ source, an x86-64 program, or a script of sh; empty: ktlab's own
CLIENT=${CLIENT:-}
SERVER=${SERVER:-}
# their arguments, in a shell's quotes
CLIENT_ARGS=${CLIENT_ARGS:-}
SERVER_ARGS=${SERVER_ARGS:-}
# how many clients run, one after the other, or at once where TOGETHER is set
CLIENTS=${CLIENTS:-1}
TOGETHER=${TOGETHER:-}
# 1: client and server in one node; 2: a node each; empty: as the client's address says
NODES=${NODES:-}
# files that they read or write, found in the folder that they run in
FILES=${FILES:-}
CC=${CC:-gcc}
CXX=${CXX:-g++}

# what Makefile's other programs are compiled with, without -Werror: the warnings are the user's
FLAGS=(-Wall -O2 -g -static -pthread)
# an address of the node itself, as programs and sources write it
LOOPBACK='127\.0\.0\.1|\blocalhost\b|INADDR_LOOPBACK'

die() {
	echo "own.sh: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 2
}

# compiler NAME PACKAGE: it is there
compiler() { command -v "$1" >/dev/null || die "cannot find '$1' in PATH" "apt-get install $2"; }

# script SETTING FILE: its first line names a program that the guest has
script() {
	local interpreter
	interpreter=$(sed -nE '1s/^#![[:space:]]*([^[:space:]]+).*/\1/p' "$2")
	case $interpreter in
	/bin/sh | /bin/ash | /usr/bin/awk | /bin/awk) ;;
	*) die "$1='$2' wants '$interpreter', which the guest does not have" "write it for /bin/sh, which is busybox's" ;;
	esac
}

# program SETTING FILE: it runs on the guest's CPU, and its libraries are here
program() {
	local missing
	[ "$(od -An -tu2 -j18 -N2 "$2" | tr -d ' ')" = 62 ] ||
		die "$1='$2' is a program for another CPU" "compile it for x86-64"
	missing=$(ldd "$2" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p' | head -n 1)
	[ -z "$missing" ] || die "$1='$2' needs the library '$missing', which is not here" "link it with -static"
}

# make_program SETTING FILE NAME
make_program() {
	local to=$folder/apps/$3
	[ -e "$2" ] || die "$1='$2': No such file or directory"
	[ ! -d "$2" ] || die "$1='$2' is a folder" "name the source or the program in it"
	[ -r "$2" ] || die "$1='$2' cannot be read"
	rm -f "$to"
	case $2 in
	*.c)
		compiler "$CC" gcc
		"$CC" -std=gnu11 "${FLAGS[@]}" -o "$to" "$2" || exit 2
		return
		;;
	*.cc | *.cpp | *.cxx | *.C)
		compiler "$CXX" g++
		"$CXX" "${FLAGS[@]}" -o "$to" "$2" || exit 2
		return
		;;
	esac
	case $(head -c 4 "$2" | od -An -tx1 | tr -d ' ') in
	7f454c46) program "$1" "$2" ;;
	2321*) script "$1" "$2" ;;
	*) die "$1='$2' is neither C (.c) nor C++ (.cc, .cpp), nor an x86-64 program, nor a script" ;;
	esac
	cp "$2" "$to"
	chmod 755 "$to"
}

# number SETTING VALUE LOWEST HIGHEST
number() {
	[[ $2 =~ ^[1-9][0-9]{0,2}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] ||
		die "$1='$2': not a number from $3 to $4"
}

# quotes SETTING VALUE: a shell can take them apart
quotes() {
	sh -n -c "set -- $2" 2>/dev/null && [[ $2 != *$'\n'* ]] ||
		die "$1=$2: a shell cannot take it apart" "$1=\"one 'two words'\""
}

# addresses SETTING WORDS: one of IPv6 is within reach: the lab's topology gives the nodes one, too; one of a link has its card
addresses() {
	local word topology
	topology=$(cat "labs/${LAB:-programs}/topology" 2>/dev/null || echo two-nodes)
	while IFS= read -r word; do
		[[ $word =~ ^\[?([0-9A-Fa-f:.]*::?[0-9A-Fa-f:.]*(%[a-z0-9]+)?)(\]:[0-9]+)?$ ]] || continue
		word=${BASH_REMATCH[1]}
		[[ $word == *:*:* && $word != :: && $word != ::[Ff][Ff][Ff][Ff]:* ]] || continue
		[[ ! $word =~ ^[Ff][Ee][89ABab][0-9A-Fa-f]:[^%]*$ ]] ||
			die "$1: '$word' is an address of a link, and does not say whose" "write its card behind it: $word%eth0"
		grep -q '^[^#].*/.*/' "labs/topology/$topology" ||
			die "$1: '$word' is an address of IPv6, and in '$topology' no node has one" \
				"write 'two-nodes-ipv6' into labs/${LAB:-programs}/topology"
	done < <(xargs -n 1 <<<"$2")
}

# one_node: whether the client's address is one of its own node
one_node() { grep -aqE "$LOOPBACK" <<<"$CLIENT_ARGS" || { [ -n "$CLIENT" ] && grep -aqE "$LOOPBACK" "$CLIENT"; }; }

[ $# = 1 ] || die 'usage: own.sh FOLDER'
folder=$1
number CLIENTS "$CLIENTS" 1 100
quotes CLIENT_ARGS "$CLIENT_ARGS"
quotes SERVER_ARGS "$SERVER_ARGS"
addresses CLIENT_ARGS "$CLIENT_ARGS"
addresses SERVER_ARGS "$SERVER_ARGS"
rm -rf "${folder:?}"/{apps,home,own}
mkdir -p "$folder/home"
cp -r build/apps "$folder/apps"
[ -z "$CLIENT" ] || make_program CLIENT "$CLIENT" client
[ -z "$SERVER" ] || make_program SERVER "$SERVER" server
if [ -z "$NODES" ]; then
	NODES=2
	if one_node; then
		NODES=1
		echo "client and server share a node, since the client's address is this machine; NODES=2: a node each" >&2
	fi
fi
number NODES "$NODES" 1 2
for file in $FILES; do
	[ -f "$file" ] || die "FILES: '$file' is no file" "FILES=\"one two\": words without spaces"
	cp "$file" "$folder/home/"
done
for name in NODES CLIENTS TOGETHER CLIENT_ARGS SERVER_ARGS; do
	printf '%s=%q\n' "$name" "${!name}"
done >"$folder/own"
