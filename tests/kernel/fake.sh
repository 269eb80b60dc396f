# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A kernel tree that builds in a second, a server on this machine that hands it out, and a cache of the test's own.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# no space in it: the kernel's makefiles do not take one
work=$(mktemp -d "/tmp/ktlab test.XXXXXX")
work_plain=$(mktemp -d /tmp/ktlab-test.XXXXXX)
server_pid=
trap 'fake_end' EXIT
trap 'exit 130' INT TERM

fake_end() {
	[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null
	rm -rf "$work" "$work_plain"
}

export KTLAB_CACHE=$work_plain/cache
export KTLAB_PINS=$work/pins
export KTLAB_FRAGMENTS=$work/fragments
export KTLAB_DISTRO_DIR=$work/distro
export KTLAB_KERNEL_URL=http://127.0.0.1:1
export KTLAB_JOBS=1
# a fake tree has nothing that could be traced
export KTLAB_SOURCE_CHECK=true
unset KTLAB_CC KTLAB_KEEP_OBJECTS
mkdir -p "$work/fragments" "$work/distro" "$work/served" "$work/tarballs"
printf 'CONFIG_NET=y\n# CONFIG_VT is not set\n' >"$work/fragments/boot.config"

kernel() {
	kernel-config/kernel.sh "$@"
}

# fake_tree DIR RELEASE: what kernel.sh asks of a tree, and makefile targets that need no real kernel
fake_tree() {
	local file part
	IFS=. read -ra part <<<"$2"
	for file in Kconfig arch/x86/Kconfig scripts/kconfig/Makefile net/ipv4/tcp_ipv4.c; do
		mkdir -p "$(dirname "$1/$file")"
		printf '# a stand-in\n' >"$1/$file"
	done
	mkdir -p "$1/scripts/gdb/linux" "$1/sound"
	printf 'config NET\n\tbool "net"\n' >"$1/Kconfig"
	head -c 5000 /dev/urandom >"$1/main.data"
	printf 'int main(void) { return 0; }\n' >"$1/main.c"
	printf 'int beep;\n' >"$1/sound/beep.c"
	printf 'import linux\n' >"$1/scripts/gdb/vmlinux-gdb.py"
	printf '# a module\n' >"$1/scripts/gdb/linux/tasks.py"
	printf 'LX_SB_RDONLY = ((((1UL))) << (0))\nLX_FLAG = 0x80U\n' >"$1/scripts/gdb/linux/constants.py"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\nEXTRAVERSION =\n' "${part[@]}" >"$1/Makefile"
	cat tests/kernel/fake.mk >>"$1/Makefile"
}

# fake_tarball RELEASE: packs a fake tree of that release; prints the tarball's path
fake_tarball() {
	fake_tree "$work/tarballs/linux-$1" "$1"
	tar -C "$work/tarballs" -cJf "$work/tarballs/linux-$1.tar.xz" "linux-$1"
	printf '%s\n' "$work/tarballs/linux-$1.tar.xz"
}

# fake_pin RELEASE SHA256
fake_pin() {
	printf '%s %s v5.x/linux-%s.tar.xz\n' "$1" "$2" "$1" >"$KTLAB_PINS"
}

sum_of() {
	sha256sum "$1" | cut -d' ' -f1
}

# fake_server [CUT_BYTES]: serves $work/served; requests are logged in $work/requests
fake_server() {
	local tries=0
	rm -f "$work/port"
	: >"$work/requests"
	python3 tests/kernel/server.py "$work/served" "$work/port" "${1:-0}" 2>"$work/requests" &
	server_pid=$!
	until [ -s "$work/port" ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
	KTLAB_KERNEL_URL=http://127.0.0.1:$(cat "$work/port")
}

fake_server_end() {
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
	server_pid=
	KTLAB_KERNEL_URL=http://127.0.0.1:1
}

# begins with an empty cache
fresh() {
	rm -rf "$KTLAB_CACHE"
}
