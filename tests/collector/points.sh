#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How points are resolved in a small program that stands for vmlinux.
set -eu

program=build/tests/collector.points
mkdir -p build/tests
gcc -O2 -g -gdwarf-4 -fno-omit-frame-pointer -fno-optimize-sibling-calls -no-pie -o "$program" tests/collector/points.c
exec gdb -nx -batch -iex "set auto-load off" "$program" -x tests/collector/points_test.py
