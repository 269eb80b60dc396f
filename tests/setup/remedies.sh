#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The remedies that errors print: each verb of make is one and takes the settings it is given, each setting is read by
# something, each value and each page exists; each package that is to be installed is one of this distribution.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# what a sentence has in the place of something to be put in, and what is put in
declare -A filled=([SRC=DIR]=SRC=. [LAB=%s]=LAB=handshake [TREE=FUNCTION]=TREE=tcp_v4_connect)
# what comes after `make` in plain words
words='a apps room more use that hardware known it them both many failed scripts'

# sentences: every text in quotes of the programs that print remedies
sentences() {
	grep -rhoE '"([^"\\]|\\.)*"' --include='*.sh' --include='*.c' --include='*.py' kernel-config setup qemu-plugin ktrun gdb-scripts \
		run-qemu.sh rootfs report
}

# verbs: each `make VERB SETTING=VALUE…` of the sentences
verbs() {
	sentences | grep -oE '\bmake [a-z][a-z-]*( [A-Z]+=[A-Za-z0-9_%.…]+)*' | sort -u
}

# made VERB SETTING=VALUE…: what make would do can be told, and the settings are its own (LINES is read into KTLAB_LINES: a
# shell has that name, too) or stand in the verb's help
made() {
	local setting
	for setting in "${@:2}"; do
		grep -qE "^${setting%%=*} *\?=|^KTLAB_${setting%%=*} *:=|^$1:.*##.*\b${setting%%=*}=" Makefile || { echo "no setting ${setting%%=*}"; return 1; }
	done
	grep -qE "^$1:.*##" Makefile && make -n "$@" >/dev/null
}

# read_by NAME: something takes this setting from the environment
read_by() { grep -rqE "\\$\{$1:?-|getenv\(\"$1\"|env\(\"$1\"" --include='*.sh' --include='*.c' --include='*.py' kernel-config setup qemu-plugin run-qemu.sh ktrun; }

while read -r _ verb settings; do
	case " $words " in
	*" $verb "*) continue ;;
	esac
	typed=()
	for setting in $settings; do typed+=("${filled[$setting]:-$setting}"); done
	it "make $verb $settings is a verb with settings that it has" made "$verb" "${typed[@]}"
done < <(verbs)

while read -r name; do
	it "$name, which is to be set, is a setting" read_by "$name"
done < <(sentences | grep -oE '\bset [A-Z][A-Z_]+ ?(to|")|\bset [A-Z][A-Z_]+$|or set [A-Z_]+' | grep -oE '[A-Z][A-Z_]+' | sort -u)

while read -r page; do
	it "the page $page is there" test -e "$page"
done < <(sentences | grep -oE '\b(docs/[a-z-]+|CONTRIBUTING|README)\.md' | sort -u)

while read -r value; do
	it "$value is told of" grep -qF "$value" README.md docs/engines.md
done < <(sentences | grep -oE '\b(ENGINE|KERNEL)=[a-z]+' | sort -u)

if ! apt-cache show make 2>/dev/null | grep -q '^Package'; then
	skip 'each package that is to be installed is one' 'apt has no lists here'
else
	mapfile -t packages < <(awk '!/^(#|$)/ { print $2 }' setup/tools | sort -u; sentences | sed -nE 's/.*\(apt-get install ([a-z-]+)\).*/\1/p')
	it "each package that is to be installed is one: ${#packages[@]}" apt-get -s -q install --no-install-recommends "${packages[@]}"
fi
tap_end
