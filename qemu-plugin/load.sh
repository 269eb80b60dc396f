#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which build of the plugin a QEMU loads: load.sh QEMU prints its path. Where QEMU loads none, status 1 and what QEMU says.
set -eu

build=$(cd "$(dirname "$0")/.." && pwd)/build
for version in 4 7; do
	plugin=$build/ktlab-plugin-$version.so
	if said=$("$1" -no-user-config -nodefaults -display none -machine none -plugin "$plugin,try=1" 2>&1); then
		printf '%s\n' "$plugin"
		exit
	fi
done
printf '%s\n' "$said" | tail -n 1 >&2
exit 1
