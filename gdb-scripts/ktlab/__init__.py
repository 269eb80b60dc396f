# SPDX-License-Identifier: GPL-2.0-or-later
"""ktlab: watches points of a Linux kernel in QEMU and writes what it saw, one event a line."""
