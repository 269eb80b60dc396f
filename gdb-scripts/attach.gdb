# SPDX-License-Identifier: GPL-2.0-or-later
# A person's GDB session on a lab's guest, line by line; `make debug LAB=handshake` is this, with everything built.
#
# By hand, against any QEMU with a gdbstub and the vmlinux it runs, from the folder above gdb-scripts/:
#   KTLAB_GDB=SOCKET gdb -x gdb-scripts/attach.gdb vmlinux
# SOCKET is a unix socket (run-qemu.sh makes one at KTLAB_GDB) or host:port. KTLAB_LABDIR names the lab.

# QEMU starts in 16-bit mode; without this GDB takes the guest for a 16-bit machine and cannot read its registers later
set architecture i386:x86-64

# the package ktlab lies beside this file; KTLAB_GDB_SCRIPTS says so when GDB was started from elsewhere
python import os, sys; sys.path.insert(0, os.environ.get("KTLAB_GDB_SCRIPTS", "gdb-scripts"))

# the commands that begin with kt: `help kt` lists them
python from ktlab import session

# connect to the guest: QEMU has not run one instruction yet if it was started with -S. Where KTLAB_FROM names a stored run,
# QEMU replays that one, and GDB takes its vmlinux
python session.connect()

# the kernel's own commands (lx-ps, lx-dmesg …) come with its build, in vmlinux-gdb.py beside vmlinux
python session.load_kernel_commands()

# The kernel's code is read-only for GDB, so that each breakpoint in it, also of `next` and `finish`, is a hardware one:
# QEMU has as many as wanted. Behind a software one GDB sets the guest back by a byte wherever another ends at the byte
# before, as one at a `ret` does before the function that follows it: that function then never runs.
set mem inaccessible-by-default off
mem &_stext &_etext ro
mem &_sinittext &_einittext ro

# run to where the lab begins, and make its points ordinary breakpoints, or to the event of the stored run; then it is
# your session. On a terminal of 24 lines the pager would take the first thing that is typed for its answer
with pagination off -- python session.begin()
