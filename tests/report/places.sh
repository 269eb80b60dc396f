#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What events mean cites the kernel: each function is in the named file of the source that a kernel here was built from, but
# for those that only other releases have.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

# function: the releases that have it
declare -A others=([__tcp_cleanup_rbuf]='since 6.0' [do_tcp_sendpages]='before 6.5' [icmpv6_rt_has_prefsrc]='later than 5.4')

# cited: "net/ipv4/tcp.c tcp_sendmsg_locked", a line each
cited() { grep -rhoE '"(net|include|kernel)/[a-z0-9_/]+\.[ch]: [a-z0-9_]+\(\)"' --include='*.c' report | sort -u | sed -E 's/"//g; s/: / /; s/\(\)//'; }

# there SOURCE: all that is cited
there() {
	local file function lacking=0
	while read -r file function; do
		if ! grep -qE "\b$function ?\(" "$1/$file" 2>/dev/null && [ -z "${others[$function]:-}" ]; then
			echo "no $function() in $file of $1"
			lacking=1
		fi
	done < <(cited)
	return $lacking
}

it 'at least fifty functions are cited' [ "$(cited | wc -l)" -ge 50 ]
for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'every function that is cited' || continue
	source=$(sed -n "s/^KTLAB_SOURCE='\(.*\)'/\1/p" "$KTLAB_KDIR/kernel.env")
	it "Linux $SPEC: every function that is cited is where it is said to be" there "$source"
done
tap_end
