#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what the lab's kernel costs to build: bench.sh KDIR builds its source twice from nothing, with its configuration
# and with the architecture's default one and debug information, and prints a table (Markdown). Takes half an hour.
set -euo pipefail
cd "$(dirname "$0")/.."

kernel=$1
. "$kernel/kernel.env"
work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 3' INT TERM HUP

# build NAME: what is configured there
build() {
	local TIMEFORMAT='%R %U %S'
	{ time make -C "$KTLAB_SOURCE" O="$work/$1" -j "$(nproc)" bzImage >"$work/$1.log" 2>&1; } 2>"$work/$1.time" ||
		{ grep -m 1 -E 'error|\*\*\*' "$work/$1.log" >&2; exit 3; }
	awk -v name="$1" -v objects="$(grep -cE '^  (CC|AS) ' "$work/$1.log")" -v size="$(stat -c %s "$work/$1/vmlinux")" \
		'{ printf "| %s | %d | %.0f | %.0f | %.0f |\n", name, objects, size / 1e6, $1, $2 + $3 }' <(tail -n 1 "$work/$1.time")
}

mkdir "$work/lab" "$work/default"
cp "$kernel/config" "$work/lab/.config"
make -s -C "$KTLAB_SOURCE" O="$work/default" x86_64_defconfig >"$work/configured"
# the second name is that of 5.18 and later
"$KTLAB_SOURCE/scripts/config" --file "$work/default/.config" -e DEBUG_INFO -e DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT
for name in lab default; do make -s -C "$KTLAB_SOURCE" O="$work/$name" olddefconfig >>"$work/configured"; done

printf 'Linux %s; %s cores; load %s\n\n' "$KTLAB_RELEASE" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
echo '| configuration | objects | vmlinux, MB | wall s | cpu s |'
echo '|---|---|---|---|---|'
build lab
build default
