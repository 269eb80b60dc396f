#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Says what this machine has, what is missing, and how to get it; tries KVM with a real boot. Changes nothing.
#   doctor.sh [lab|test|check]; the exit status is 0 if make lab (or that verb) has all it needs, else 2.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KTLAB_TOOLS=${KTLAB_TOOLS:-$here/tools}
QEMU=${QEMU:-qemu-system-x86_64}
# seconds that KVM may take to boot a kernel
KVM_LIMIT_S=${KVM_LIMIT_S:-5}
PATH=$PATH:/usr/sbin:/sbin

# shellcheck source=setup/tools.sh
. "$here/tools.sh"

wanted=${1:-lab}
bad=0
row='%-22s %-14s %-8s %-6s %s\n'

# version_of TOOL PACKAGE: what it says itself, or what the package manager says of it
version_of() {
	local said
	case $1 in
	/* | cpio | bc | xz | pyflakes3 | bison | ip) ;;
	*) said=$("$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1) || : ;;
	esac
	[ -n "${said:-}" ] || said=$(dpkg-query -W -f '${Version}' "$2" 2>/dev/null | sed 's/^[0-9]*://; s/[-+~].*//') || :
	printf '%s' "${said:-there}"
}

version_at_least() {
	[ "$2" = - ] || [ "$1" = there ] || [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

tool_rows() {
	local tool package version verb purpose found
	while read -r tool package version verb purpose; do
		found=there
		if ! tool_there "$tool"; then
			found=missing
			purpose="$purpose; $(install_command "$package")"
		else
			found=$(version_of "$tool" "$package")
			if ! version_at_least "$found" "$version"; then
				found="$found old"
				purpose="$purpose; needs a newer $package"
			fi
		fi
		case $found in
		missing | *old) ! verb_needs "$wanted" "$verb" || bad=2 ;;
		esac
		# shellcheck disable=SC2059 # the format is the table's
		printf "$row" "$(tool_name "$tool" "$package")" "$found" "$version" "$verb" "$purpose"
	done < <(tools)
}

gdb_word() {
	command -v gdb >/dev/null || return 0
	if gdb -nx -batch -ex 'python print("python")' 2>/dev/null | grep -q '^python'; then
		printf 'gdb: has Python\n'
	else
		printf 'gdb: was built without Python, which traces: %s (not gdb-minimal)\n' "$(install_command gdb)"
		bad=2
	fi
}

qemu_version() { "$1" --version 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p'; }

# which QEMU can run which engine, and why one cannot
engines_word() {
	local system plugin why
	system=$(command -v "$QEMU") || system=
	plugin=$("$here/../qemu-plugin/get-qemu.sh" --no-fetch 2>/dev/null) || plugin=
	if [ -n "$system" ] && [ "$system" != "$plugin" ]; then
		why=$("$here/../qemu-plugin/get-qemu.sh" --why 2>&1)
		printf '%s (%s): ENGINE=gdb, not ENGINE=plugin: %s\n' "$system" "$(qemu_version "$system")" "$why"
	fi
	if [ -n "$plugin" ]; then
		printf '%s (%s): ENGINE=gdb, ENGINE=plugin, TREE\n' "$plugin" "$(qemu_version "$plugin")"
	else
		printf 'no QEMU here is one for ENGINE=plugin and TREE: make qemu\n'
	fi
}

# KVM counts as working when a kernel of ours says its name under it; a device that opens proves nothing
kvm_word() {
	local kernel console status=0
	kernel=$("$here/../kernel-config/kernel.sh" built | tail -n 1)
	if [ ! -e /dev/kvm ]; then
		printf 'KVM: no /dev/kvm; the emulator (TCG), the default, does everything\n'
	elif [ ! -w /dev/kvm ]; then
		printf 'KVM: /dev/kvm may not be opened; the emulator (TCG), the default, does everything\n'
	elif [ -z "$kernel" ] || ! command -v "$QEMU" >/dev/null; then
		printf 'KVM: not tried, no kernel is built yet (make kernel); TCG is the default\n'
	else
		console=$(timeout -k 1 "$KVM_LIMIT_S" "$QEMU" -no-user-config -nodefaults -display none -monitor none -serial stdio \
			-machine pc,accel=kvm -cpu host -m 128 -no-reboot -kernel "$kernel/bzImage" \
			-append 'console=ttyS0 panic=-1' </dev/null 2>&1) || status=$?
		case $status:$console in
		0:*'Linux version'*) printf 'KVM: boots %s; TCG is the default all the same (ACCEL=kvm)\n' "${kernel##*/}" ;;
		124:* | 137:*) printf 'KVM: /dev/kvm opens, but the guest hangs (%s s without an end); TCG is the default\n' "$KVM_LIMIT_S" ;;
		*) printf 'KVM: does not boot (%s); TCG is the default\n' "$(printf '%s' "$console" | tail -n 1)" ;;
		esac
	fi
}

# shellcheck disable=SC2059 # the format is the table's
printf "$row" tool found needed for purpose
tool_rows
echo
gdb_word
engines_word
kvm_word
[ "$(uname -m)" = x86_64 ] || printf 'this machine is %s: the kernel needs an x86-64 compiler (KTLAB_CC)\n' "$(uname -m)"
echo
echo 'kernels (KERNEL=…):'
"$here/../kernel-config/kernel.sh" list | sed 's/^/  /'
if reason=$(host_refused); then
	bad=2
	printf '\n%s\n' "$reason"
fi
[ $bad = 0 ] || printf '\nsomething is missing or too old for make %s: see above\n' "$wanted"
exit $bad
