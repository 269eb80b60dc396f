#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees of the user's own, the cache, and the configuration of kernel.sh.
. "$(dirname "$0")/fake.sh"

fake_pin 5.4.302 0000
tree=$work_plain/bäum-5.4.77
fake_tree "$tree" 5.4.77
builds=$work_plain/builds

builds_are() {
	says "$1" grep -c built "$builds"
}

reads_env() (
	# shellcheck source=/dev/null
	. "$1/kernel.env"
	[ "$KTLAB_RELEASE $KTLAB_SOURCE $KTLAB_ORIGIN" = "5.4.77 $tree registered" ] && [ -n "$KTLAB_BUILD_ID" ]
)

# notes_sources: of what the build has read of the tree, and of nothing else
notes_sources() {
	(cd "$tree" && sha256sum main.c net/ipv4/tcp_ipv4.c) | diff - "$(kernel build "$tree")/sources.sha256"
}

# both at once, on an empty cache
two_at_once() {
	local first status=0
	kernel build "$tree" >"$work/one" 2>"$work/one.said" &
	first=$!
	kernel build "$tree" >"$work/two" 2>"$work/two.said" || status=$?
	wait $first || status=$?
	cat "$work/one.said" "$work/two.said"
	[ $status = 0 ] && cmp "$work/one" "$work/two" && builds_are 1 &&
		grep -q 'another ktlab' "$work/one.said" "$work/two.said"
}

# stopped_in_the_middle SIGNAL STATUS [-]: ends kernel.sh, or all that a terminal's Ctrl-C reaches, while make runs; nothing
# may go on in the background
stopped_in_the_middle() {
	local building tries=0 status=0 asked
	FAKE_BUILD_S=60 env --default-signal=INT setsid kernel-config/kernel.sh build "$tree" 2>"$work/stopped" &
	building=$!
	until grep -q compiling "$work/stopped" || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
	sleep 0.5
	asked=$SECONDS
	kill -s "$1" -- "${3:-}$building"
	wait $building || status=$?
	echo "exit status $status; still running: $(pgrep -f "O=$KTLAB_CACHE")"
	[ $status = "$2" ] && [ $((SECONDS - asked)) -lt 20 ] && ! pgrep -f "O=$KTLAB_CACHE"
}

full_disk() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\necho header\necho disk 100 90 10 90%% /\n' >"$work/bin/df"
	chmod +x "$work/bin/df"
	PATH=$work/bin:$PATH kernel-config/kernel.sh build "$tree"
}

it 'refuses a folder that is not there' fails 2 "cannot open the folder '$work/nowhere'" kernel add "$work/nowhere"
mkdir "$work_plain/empty"
it 'refuses a folder that is no kernel tree' fails 2 'no Linux source tree' kernel add "$work_plain/empty"
fake_tree "$work/tree" 5.4.77
it 'refuses a tree whose path has a space' fails 2 'split paths at spaces' kernel add "$work/tree"
it 'refuses a cache whose path has a space' fails 2 'set KTLAB_CACHE' env KTLAB_CACHE="$work/cache" kernel-config/kernel.sh build auto

# in_place: a kernel was built in the tree. It is built from, and each file of it stays what it was, links included
in_place() {
	local used=$work_plain/used-5.4.77
	fake_tree "$used" 5.4.77
	mkdir -p "$used/include/config"
	echo mine | tee "$used/.config" "$used/main.o" "$used/include/config/auto.conf" >"$used/vmlinux"
	sums "$used" >"$work/before"
	kernel add "$used" && says "KTLAB_SOURCE='$used'" cat "$(kernel build "$used")/kernel.env" &&
		sums "$used" | diff "$work/before" - && kernel build "$used" 2>"$work/again" && fails 1 '' grep built "$work/again" &&
		sleep 0.1 && echo 'int main(void) { return 7; }' >"$used/main.c" && kernel build "$used" 2>"$work/again" &&
		grep "^built" "$work/again" && rm -r "$used" "$KTLAB_CACHE/registered"
}
sums() { find "$1" -printf '%P %y %T@\n' -type f -exec sha256sum {} +; }
it 'builds from a tree that was built in place, and leaves it as it is' in_place
it 'names the known kernels for one it does not know, nearest first' fails 2 '5.4.302' kernel build 5.4.303
it 'names them for a word, too' fails 2 "unknown KERNEL 'disto'" kernel build disto

it 'refuses a cache that it cannot write' fails 2 "cannot create the cache '/dev/null/x'" \
	env KTLAB_CACHE=/dev/null/x kernel-config/kernel.sh build auto
it 'does not begin a build that the disk cannot hold' fails 2 'not enough space for building Linux 5.4.77: 10 MiB are free' full_disk
touch "$tree/full"
it 'says so when the disk is full in the middle' fails 2 'no space left on the disk' kernel build "$tree"
rm "$tree/full"
it 'ends the whole build when it is ended' stopped_in_the_middle TERM 143
it 'ends the whole build at Ctrl-C' stopped_in_the_middle INT 130 -
rm -f "$builds"

it 'builds once when two clones start with an empty cache' two_at_once
it 'finds it built the next time' kernel build "$tree"
it 'has make say what is compiled, though it may take its own variables for the option of silence' \
	grep -q '^  CC      main.o' "$KTLAB_CACHE"/building/*/build.log
it 'does not build that again' builds_are 1
it 'registers a tree whose path has other than ASCII letters' says 'registered Linux 5.4.77' kernel add "$tree"
it 'takes the registered tree first' says 5.4.77- kernel build auto
it 'finds it by its release' says 5.4.77- kernel build 5.4.77
it 'finds it by its series' says 5.4.77- kernel build 5.4
it 'keeps the files that the lab needs, without links into the tree' \
	test -s "$(kernel build auto)/bzImage" -a -s "$(kernel build auto)/config" -a -s "$(kernel build auto)/vmlinux-gdb.py" \
	-a -s "$(kernel build auto)/scripts/gdb/linux/tasks.py" -a ! -L "$(kernel build auto)/scripts/gdb"
it "writes the kernel's constants so that Python can read them" python3 "$(kernel build auto)/scripts/gdb/linux/constants.py"
it 'gives a kernel.env that a shell can read' reads_env "$(kernel build auto)"
it 'notes what the sources were that it was built from' notes_sources
sleep 0.1
printf 'int main(void) { return 1; }\n' >"$tree/main.c"
it 'builds a changed tree again' kernel build auto
it 'built it again once' builds_are 2
before=$(kernel build auto 2>/dev/null)
printf 'CONFIG_INET=y\n' >"$work/fragments/net.config"
it 'builds again when a fragment changes' test "$(kernel build auto)" != "$before"
echo '# one more sentence' >>"$work/fragments/net.config"
it 'finds it built where only a comment of a fragment changed' kernel build auto
it 'did not build for that' builds_are 3
printf 'CONFIG_INET_DIAG=y\n' >"$work/fragments/5.4.config"
printf 'CONFIG_OTHER=y\n' >"$work/fragments/6.1.config"
it "takes the fragment of the release's series" says CONFIG_INET_DIAG=y cat "$(kernel build auto)/config"
it 'does not take the fragment of another series' fails 1 '' grep CONFIG_OTHER "$(kernel build auto)/config"

printf 'CONFIG_NET=\n' >"$tree/refused"
it 'names an option that the kernel refuses' fails 2 'CONFIG_NET=y was resolved to n: see its dependencies in Kconfig:1' kernel build auto
printf 'CONFIG_INET=\n' >"$tree/refused"
it 'says so when the release has no such option' fails 2 'CONFIG_INET=y was resolved to n: no such option' kernel build auto
printf 'NET  for a reason\nINET  for a reason\n' >"$work/fragments/absent"
it 'does without an option that the release does not have where the table says so' kernel build auto
printf 'CONFIG_NET=\n' >"$tree/refused"
it 'refuses it where the release has it' fails 2 'CONFIG_NET=y was resolved to n: see its dependencies in Kconfig:1' kernel build auto
rm "$tree/refused"
# source_says STATUS: what is asked whether a source has what points name says this, and that it lacks something
source_says() {
	printf '#!/bin/sh\necho it has no function f\nexit %s\n' "$1" >"$work/check"
	chmod +x "$work/check"
	echo "int main(void) { return 1; } // $1" >"$tree/main.c"
	KTLAB_SOURCE_CHECK=$work/check kernel-config/kernel.sh build auto
}
rm -f "$builds"
it 'does not compile a source of which no lab can be traced' fails 2 'it has no function f' source_says 1
it 'has not compiled it' test ! -e "$builds"
it 'says what some labs will miss, and compiles' says 'it has no function f' source_says 0
printf 'int main(void) { retrun 1; }\n' >"$tree/main.c"
it "shows the compiler's first error when the build fails" fails 1 'retrun' kernel build auto
printf 'int main(void) { return 1; }\n' >"$tree/main.c"
it 'says how to go on without the compiler' fails 2 "cannot find the compiler 'gcc-99'" env KTLAB_CC=gcc-99 kernel-config/kernel.sh build auto

fake_tree "$work_plain/later" 5.10.9
it 'takes the fragment of the last series before it for a release that has none' \
	says CONFIG_INET_DIAG=y cat "$(kernel build "$work_plain/later")/config"
# a kernel that the user built, with all options; net.config and boot.config say what for
mine=$work_plain/mine
mkdir -p "$mine/arch/x86/boot"
# made WHEN VMLINUX [CODE]: a kernel that was built then
made() {
	echo "const char banner[] __attribute__((used)) = \"Linux version 5.4.78-mine (me@here) (gcc (Debian 12)) #1 $1\\n\"; $3" >"$work/mine.c"
	echo 'int main(void) { return 0; }' >>"$work/mine.c"
	gcc -g -Wl,--build-id=sha1 -o "$2" "$work/mine.c"
}
# packed WHEN VMLINUX COMMAND…: its bzImage, as Documentation/x86/boot.rst has it: a boot header that says what was built
# when, and behind that sector the kernel as COMMAND packs it
packed() {
	local image=$mine/arch/x86/boot/bzImage length
	"${@:3}" <"$2" >"$work/payload"
	length=$(printf '%06x' "$(stat -c %s "$work/payload")")
	rm -f "$image"
	truncate -s 1024 "$image"
	at 0x1f1 '\x01'
	at 0x202 HdrS
	at 0x20e '\x80\x01'
	at 0x248 "\\0\\0\\0\\0\\x${length:4:2}\\x${length:2:2}\\x${length:0:2}\\0"
	at 0x380 "5.4.78-mine (me@here) #1 $1"
	cat "$work/payload" >>"$image"
}
at() { printf '%b' "$2" | dd of="$mine/arch/x86/boot/bzImage" bs=1 seek=$(($1)) conv=notrunc status=none; }
made monday "$mine/vmlinux"
packed monday "$mine/vmlinux" gzip
cat "$work"/fragments/{boot,net,5.4}.config >"$mine/.config"
printf 'NET\n' >"$work/fragments/needed"
it 'refuses a kernel whose stacks nothing can read' fails 2 'neither frame pointers nor ORC tables' kernel build "$mine/vmlinux"
echo CONFIG_UNWINDER_ORC=y >>"$mine/.config"
no_kernel() {
	mkdir "$work_plain/no-kernel"
	cp "$mine/.config" "$mine/arch/x86/boot/bzImage" "$work_plain/no-kernel/"
	cp "$(type -P true)" "$work_plain/no-kernel/vmlinux"
	echo "$work_plain/no-kernel/vmlinux"
}
as_it_is() {
	find "$mine" -type f -exec sha256sum {} + >"$work/before"
	says /5.4.78-mine-own- kernel build "$1" && find "$mine" -type f -exec sha256sum {} + | diff "$work/before" - &&
		cmp "$mine/vmlinux" "$(kernel build "$1")/vmlinux"
}
it 'takes a kernel that the user built, and leaves it as it is' as_it_is "$mine/vmlinux"
it 'takes the folder in which it was built' as_it_is "$mine"
# beside: the same three files in one folder, as a cache of kernels has them; then without one of them
beside() {
	local folder=$work_plain/beside
	mkdir "$folder"
	cp "$mine/vmlinux" "$mine/arch/x86/boot/bzImage" "$folder/"
	fails 2 "it has no '.config'" kernel build "$folder" && cp "$mine/.config" "$folder/config" &&
		says /5.4.78-mine-own- kernel build "$folder" && cmp "$folder/bzImage" "$(kernel build "$folder/vmlinux")/bzImage" &&
		(cd "$work_plain" && says /5.4.78-mine-own- "$OLDPWD/kernel-config/kernel.sh" build beside)
}
it 'takes one whose bzImage and config lie right beside vmlinux' beside
it 'refuses a vmlinux that is no kernel' fails 2 'it names no release' kernel build "$(dirname "$(no_kernel)")"
it 'keeps it whatever becomes of objects' env KTLAB_KEEP_OBJECTS=no kernel-config/kernel.sh build "$mine"
it 'did so' test -e "$mine/vmlinux"
printf '# what ss asks\nCONFIG_INET_DIAG=y\n' >"$work/fragments/5.4.config"
sed -i /INET_DIAG/d "$mine/.config"
it 'says what is lost without an option that it was built without' \
	says 'CONFIG_INET_DIAG is n, not y: what ss asks' kernel build "$mine/vmlinux"
printf '# every lab\nCONFIG_NET=y\n' >"$work/fragments/boot.config"
sed -i 's/CONFIG_NET=y/# CONFIG_NET is not set/' "$mine/.config"
it 'refuses it without one that every lab needs' fails 2 'CONFIG_NET is n, not y: every lab' kernel build "$mine/vmlinux"
sed -i 's/.*CONFIG_NET is.*/CONFIG_NET=y/' "$mine/.config"
# other_build WHEN CODE WHY COMMAND…: only bzImage is of a new build, packed by COMMAND; refused until vmlinux is of it, too
other_build() {
	made "$1" "$work/vmlinux" "$2"
	packed "$1" "$work/vmlinux" "${@:4}"
	fails 2 "bzImage' is another build than '$mine/vmlinux' ($3" kernel build "$mine" && cp "$work/vmlinux" "$mine/" &&
		cmp "$mine/arch/x86/boot/bzImage" "$(kernel build "$mine")/bzImage"
}
for packing in gzip xz 'xz --format=lzma' bzip2; do
	# shellcheck disable=SC2086 # a command with its options
	it "refuses a bzImage of another build, packed by $packing" other_build monday "int ${packing%% *}_${packing##*=};" 'build id' $packing
done
it 'tells it by what the kernel says of its build where the packing is not known' other_build tuesday '' 'Linux version 5.4.78-mine' cat
packed tuesday /dev/null head -c 9000 /dev/zero
truncate -s 1500 "$mine/arch/x86/boot/bzImage"
it 'refuses one that is cut short' fails 2 "bzImage' is damaged: it is cut short" kernel build "$mine"
rm "$mine/arch/x86/boot/bzImage"
it 'refuses a vmlinux without its bzImage' fails 2 "it has no 'arch/x86/boot/bzImage'" kernel build "$mine/vmlinux"

# compiler_is NAME COMMAND…: what the kernel was built with, in a cache of its own
compiler_is() {
	says "KTLAB_CC='gcc -std=gnu11 " cat "$(env KTLAB_CACHE="$work_plain/$1" "${@:2}" kernel-config/kernel.sh build \
		"$work_plain/later")/kernel.env"
}
fake_tree "$work_plain/untried" 5.11.7
it 'says of a release that was never tried that it was not, and goes on' \
	says 'Linux 5.11.7 was never tried' kernel build "$work_plain/untried"
says_nothing() { kernel build "$tree" 2>&1 | fails 1 '' grep 'never tried'; }
it 'says nothing of the kind of one that was' says_nothing
it 'takes a compiler with arguments' compiler_is arguments KTLAB_CC='gcc -std=gnu11'
# a gcc of the year after next
mkdir -p "$work/later"
printf '#!/bin/sh\n[ "$*" != -dumpversion ] || { echo 16; exit; }\nexec %s "$@"\n' "$(command -v gcc)" >"$work/later/gcc"
chmod +x "$work/later/gcc"
it 'tells a gcc that reads C23 which C the kernel is written in' compiler_is gcc16 PATH="$work/later:$PATH"

fake_tree "$work_plain/newer" 5.4.99
it 'registers a second tree' kernel add "$work_plain/newer"
it 'takes the tree that was registered last' says 5.4.99- kernel build auto
rm -r "$work_plain/newer"
it 'goes on without a registered tree that is gone, and says so' says "'$work_plain/newer' is gone" kernel build auto
it 'lists what can be traced' says "$tree" kernel list
tap_end
