#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the QEMU that get-qemu.sh unpacked beside this file's folder, with its own libraries, modules and firmware.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/../root" && pwd)
libraries=$root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" QEMU_MODULE_DIR="$libraries/qemu"
exec "$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
