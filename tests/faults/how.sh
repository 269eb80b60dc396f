# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # lib.sh sets clone, kernel, ktrun_pid; faults.sh release
# How each fault of the table is done. A function's exit status and what it prints are those of the program under test.

# kills NAME SIGNAL OPTION…: while the guest waits in the lab
kills() {
	local name=$1 signal=$2
	shift 2
	FAULT=waits in_lab "$@" && kill -s "$signal" "$(child "$name")"
	wait "$ktrun_pid"
}

# kills_itself: ktrun, whose next run has to clean up
kills_itself() {
	local gdb qemu
	FAULT=waits in_lab || return 9
	gdb=$(child gdb) qemu=$(child qemu)
	kill -KILL "$ktrun_pid"
	wait "$ktrun_pid"
	while kill -0 "$gdb" || kill -0 "$qemu"; do sleep 0.02; done 2>/dev/null
	ls "$XDG_RUNTIME_DIR"/ktlab-run-*/gdb >/dev/null || return 9
	(ktrun)
}

# interrupts PHASE SIGNAL OPTION…: ktrun gets the signal in that phase
interrupts() {
	local PATH=$work/bin:$PATH phase=$1 signal=$2
	shift 2
	case $phase in
	plan) rm -rf "$kernel/plans"; export HOLD=plan; begin "$@" ;;
	report) export HOLD=write; begin "$@" ;;
	untraced) FAULT=waits begin --exact ;;
	lab) FAULT=waits begin "$@" ;;
	boot) begin "$@" ;;
	end) export HOLD=end; begin --qemu "$work/bin/qemu" ;;
	*) export HOLD=$phase; begin "$@" ;;
	esac
	case $phase in
	untraced) wait_for grep -qs '^== fault' "$work/out/fault/untraced/console.log" ;;
	lab) wait_for grep -qs '^== fault' "$work/out/fault/console.log" ;;
	boot) wait_for test -s "$work/out/fault/captures.bin" ;;
	*) wait_for test -e "$work/held" ;;
	esac && kill -s "$signal" "$ktrun_pid"
	wait "$ktrun_pid"
}

# interrupts_terminal: Ctrl-C goes to all that `make lab` has started in the terminal
interrupts_terminal() {
	(cd "$clone" && KTLAB_KDIR=$kernel KTLAB_INITRD=$(initramfs waits) OUT=$work/out ENGINE=gdb \
		exec env --default-signal=INT setsid bash qemu-plugin/engine.sh labs/fault) &
	ktrun_pid=$!
	wait_for grep -qs '^== fault' "$work/out/fault/console.log" && kill -INT -- "-$ktrun_pid"
	wait "$ktrun_pid"
}

# ends_script SIGNAL: what `make lab` runs gets the signal, and nothing else does
ends_script() {
	(cd "$clone" && KTLAB_KDIR=$kernel KTLAB_INITRD=$(initramfs waits) OUT=$work/out ENGINE=gdb \
		exec bash qemu-plugin/engine.sh labs/fault) &
	ktrun_pid=$!
	wait_for grep -qs '^== fault' "$work/out/fault/console.log" && kill -s "$1" "$ktrun_pid"
	wait "$ktrun_pid"
}

# nohup_keeps: the terminal goes while nohup keeps the run
nohup_keeps() {
	via='nohup' begin
	wait_for test -s "$work/out/fault/captures.bin" && kill -HUP "$ktrun_pid"
	wait "$ktrun_pid"
}

# files_outside: the sums of all files that are not the run's own
files_outside() { find "$work/outside" "$clone" "$kernel" ! -path "$kernel/plans*" -type f -exec sha256sum {} +; }

# escapes OPTION…: each file that a run writes is a link out of OUT beforehand, in the lab's folder, too, and the lab names
# files outside wherever it can
escapes() {
	local folder name status exact=
	[[ $* != *--exact* ]] || { recorded && rm -r "$work/again" && exact=$work/out/fault/untraced; } || return 9
	mkdir "$work/outside"
	for folder in "$work/out/fault" ${exact:+"$exact"} "$clone/labs/fault"; do
		mkdir -p "$folder"
		for name in {captures,recording}.bin {run,plan,settings}.json{,.new} {events,tree}.jsonl{,.new} {console,gdb,qemu}.log \
			wire-{client,server}-eth0.pcap wire.pcapng report.{txt,md,html} junit.xml; do
			echo mine >"$work/outside/$name"
			ln -s "$work/outside/$name" "$folder/$name"
		done
	done
	initramfs escapes >/dev/null
	files_outside >"$work/files"
	(FAULT=escapes ktrun "$@")
	status=$?
	files_outside | diff "$work/files" - >&2 && [ ! -e /tmp/ktlab-escaped ] || status=9
	find "$clone/labs/fault" -type l -delete
	rm -r "$work/outside"
	return $status
}

# folder_elsewhere NAME OPTION…: that folder of OUT is a link to one outside
folder_elsewhere() {
	local status link=$work/out/$1
	shift
	mkdir -p "$work/outside" "$(dirname "$link")"
	ln -s "$work/outside" "$link"
	(ktrun "$@")
	status=$?
	[ -z "$(ls -A "$work/outside")" ] || status=9
	rm -r "$work/outside" "$link"
	return $status
}

# small FOLDER SIZE: a small disk there; only root can
small() {
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2" none "$1"
}

# disk_keep: what is in OUT/LAB on the small disk, without the disk
disk_keep() {
	rm "$work/out/other"
	mv "$work/out/fault" "$work/kept"
	umount "$work/out"
	mv "$work/kept" "$work/out/fault"
}

# disk_full OPTION…: the disk of OUT is full when the lab comes to its fault
disk_full() {
	small "$work/out" 30m || return 9
	FAULT=connects in_lab "$@" && head -c 30M /dev/zero >"$work/out/other" 2>/dev/null
	wait "$ktrun_pid"
	local status=$?
	disk_keep
	return $status
}

# disk_full_late: it is full when the report is to be written
disk_full_late() {
	small "$work/out" 30m || return 9
	(FILL='write' ktrun)
	local status=$?
	disk_keep
	return $status
}

disk_small() {
	small "$work/out" 20m || return 9
	(ktrun)
	local status=$?
	umount "$work/out"
	return $status
}

disk_read_only() {
	small "$work/out" 30m && mount -o remount,ro "$work/out" || return 9
	(ktrun)
	local status=$?
	umount "$work/out"
	return $status
}

# the folder of the kernel, which keeps plans, has no room for one
cache_full() {
	local files=$work/kernel-files status
	mv "$kernel" "$files"
	small "$kernel" 4m || return 9
	cp -r "$files"/{bzImage,kernel.env,config,vmlinux} "$kernel/"
	head -c 4M /dev/zero >"$kernel/other" 2>/dev/null
	(ktrun)
	status=$?
	[ -z "$(find "$kernel/plans" -type f 2>/dev/null)" ] || status=9
	umount "$kernel"
	rmdir "$kernel"
	mv "$files" "$kernel"
	return $status
}

# small_tree RELEASE: kernel sources that build in a second, in $tree; the suite of the kernels has them
small_tree() {
	# shellcheck source=tests/kernel/fake.sh
	. tests/kernel/fake.sh
	trap - EXIT
	tree=$work_plain/linux-$1
	fake_tree "$tree" "$1"
}

small_tree_end() { rm -rf "$work" "$work_plain"; }

# in a subshell, since the kernels' suite has names of its own
cache_small() (
	small_tree 5.4.77
	small "$KTLAB_CACHE" 20m || exit 9
	kernel-config/kernel.sh build "$tree"
	status=$?
	umount "$KTLAB_CACHE"
	small_tree_end
	exit $status
)

# built_once: of eight builds one built, the seven others said that they waited for it, and all found the same
built_once() {
	local built waited found
	cat "$work"/?.said >&2
	built=$(grep -c built "$work_plain/builds") waited=$(grep -l 'another ktlab' "$work"/?.said | wc -l)
	found=$(cat "$work"/[1-8] | sort -u | wc -l)
	[ "$built $waited $found" = '1 7 1' ] || { echo "built $built times, $waited waited, $found results" >&2; return 9; }
}

# eight COMMAND…: at once, each with its number as the last word; fails if one does
eight() {
	local n status=0 pids=()
	for n in 1 2 3 4 5 6 7 8; do
		"$@" $n &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n" || status=$?; done
	return $status
}

build_nth() { FAKE_BUILD_S=3 kernel-config/kernel.sh build "$tree" >"$work/$1" 2>"$work/$1.said"; }

# eight clones on an empty cache
builds_at_once() (
	small_tree 5.4.77
	eight build_nth && built_once
	status=$?
	small_tree_end
	exit $status
)

# eight labs in eight folders on an empty cache; the sources are a stand-in, what their build gives is the real kernel
labs_at_once() (
	faults=$work
	small_tree "$release"
	export FAKE_KERNEL=$kernel
	lab_nth() { build_nth "$1" && (work=$faults && ktrun --kernel "$(cat "$builds/$1")" --limit 600 --out "$faults/out/$1"); }
	builds=$work
	eight lab_nth && built_once
	status=$?
	n=$(tail -qn 1 "$faults"/out/?/fault/events.jsonl | jq -r .sha256 | sort -u | wc -l)
	[ "$n" = 1 ] || { echo "$n digests" >&2; status=9; }
	mv "$faults/out/8/fault" "$faults/out/fault"
	small_tree_end
	exit $status
)

# with_kernel COMMAND OPTION…: the lab with kernel files that the command has changed
with_kernel() {
	local change=$1 status
	shift
	mv "$kernel" "$work/kernel-whole"
	cp -rL "$work/kernel-whole" "$kernel"
	rm -rf "$kernel/plans"
	"$change"
	(ktrun "$@")
	status=$?
	rm -rf "$kernel"
	mv "$work/kernel-whole" "$kernel"
	return $status
}
image_damaged() { dd if=/dev/urandom of="$kernel/bzImage" bs=1000 count=1 seek=1000 conv=notrunc status=none; }
image_cut() { truncate -s 1M "$kernel/bzImage"; }
symbols_stripped() { strip --strip-debug "$kernel/vmlinux"; }
# a build differs from another in its id at least
symbols_foreign() {
	python3 - "$kernel/vmlinux" <<-'EOF'
	import sys
	note = bytes.fromhex("040000001400000003000000474e5500")
	with open(sys.argv[1], "r+b") as file:
	    data = file.read()
	    at = data.index(note)
	    while at >= 0:
	        file.seek(at + len(note))
	        file.write(bytes(20))
	        at = data.find(note, at + 1)
	EOF
}

# with_initramfs COMMAND
with_initramfs() {
	cp "$clone/build/none.cpio" "$work/initramfs"
	"$1" "$work/initramfs"
	(ktrun --initrd "$work/initramfs")
}
all_noise() { head -c 1M /dev/urandom >"$1"; }
cut_to_half() { truncate -s $(($(stat -c %s "$1") / 2)) "$1"; }

# defective FILE SED: our own Python has a fault there
defective() {
	local file=$clone/gdb-scripts/ktlab/$1 status
	cp "$file" "$work/whole.py"
	sed -i "$2" "$file"
	(ktrun)
	status=$?
	mv "$work/whole.py" "$file"
	return $status
}

no_card() { (NIC=e1000-none ktrun --qemu "$work/bin/qemu"); }

# recorded: an exact run, made once
recorded() {
	[ -e "$work/recorded/fault/untraced/recording.bin" ] ||
		{ (ktrun --exact --out "$work/recorded") >/dev/null 2>&1 && reference_keep exact "$work/recorded"; } || return
	cp -r "$work/recorded" "$work/again"
}

# asks_again COMMAND OPTION…: traces a recording again that the command has changed
asks_again() {
	local change=$1 status
	shift
	recorded || return 9
	"$change" "$work/again/fault"
	(ktrun --from "$work/again/fault" "$@")
	status=$?
	rm -rf "$work/again"
	mv "$work/out/fault-again" "$work/out/fault" 2>/dev/null
	return $status
}
recording_cut() { cut_to_half "$1/untraced/recording.bin"; }
# as if an older ktlab had recorded it
sum_unknown() { jq 'del(.sha256["recording.bin"])' "$1/run.json" >"$1/run" && mv "$1/run" "$1/run.json"; }
recording_cut_unknown() { sum_unknown "$1"; recording_cut "$1"; }
recording_wiped_unknown() {
	sum_unknown "$1"
	dd if=/dev/zero of="$1/untraced/recording.bin" bs=64 count=1 conv=notrunc status=none \
		seek=$(($(stat -c %s "$1/untraced/recording.bin") / 128))
}
recording_whole() { :; }
# as if QEMU had replayed another run
console_other() { sed -i 's/^== connect/== connext/' "$1/untraced/console.log"; }

# without TOOL: a PATH that has all but the tool
without() {
	local folder
	mkdir "$work/path"
	for folder in /usr/local/bin /usr/bin /bin /usr/sbin /sbin; do
		ln -s "$folder"/* "$work/path/" 2>/dev/null
	done
	rm "$work/path/$1"
	(PATH=$work/path ktrun)
	local status=$?
	rm -r "$work/path"
	return $status
}

# clock_jumps: two days on while the guest boots, four days back in the lab
clock_jumps() {
	local library=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 status
	echo '+0' >"$work/clock"
	export LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
	begin
	unset LD_PRELOAD
	wait_for test -s "$work/out/fault/captures.bin" && echo '+2d' >"$work/clock"
	wait_for grep -qs '^== connect' "$work/out/fault/console.log" && echo '-2d' >"$work/clock"
	wait "$ktrun_pid"
	status=$?
	LD_PRELOAD=$library date +%s >"$work/jumped"
	[ $(($(date +%s) - $(cat "$work/jumped"))) -gt 170000 ] || { echo 'the clock did not jump' >&2; status=9; }
	rm "$work/clock" "$work/jumped"
	return $status
}

# in_language NAME
in_language() {
	mkdir -p "$work/locale"
	[ "$1" = C ] || localedef -i "${1%.*}" -f "${1#*.}" "$work/locale/$1" || return 9
	(LOCPATH=$work/locale LC_ALL=$1 LANGUAGE=${1%.*} ktrun)
}

# out_taken: another run is in the folder, and goes on
out_taken() {
	local first status
	begin
	first=$ktrun_pid
	wait_for test -s "$work/out/fault/captures.bin" || return 9
	(ktrun)
	status=$?
	wait "$first" || status=9
	# the record there is the other run's
	mv "$work/out/fault/run.json" "$work/out/first.json"
	return $status
}

# reader_leaves: as `make lab | head -1`; what ktrun says to a reader that is gone ends nothing
reader_leaves() {
	(ktrun 2>&1) | head -n 1
	jq -r '"verdict: " + .verdict' "$work/out/fault/run.json"
}

# nothing_given: no terminal, no stdin, no home, a folder for temporary files that is not there
nothing_given() (
	unset HOME
	via='setsid -w' TMPDIR=/nonexistent ktrun <&-
)

# deep_out: the path of OUT is longer than the 107 bytes that a socket's may have
deep_out() {
	local deep status
	deep=$work/deep/$(printf '%0200d' 0)
	(ktrun --out "$deep")
	status=$?
	mv "$deep" "$work/out"
	return $status
}

with_umask() { (umask "$1" && ktrun); }

# as_other_user: one without rights, with a home of its own
as_other_user() {
	local status
	mkdir -p "$work/home/out" "$work/home/sockets"
	cp -rL "$kernel" "$work/home/kernel"
	rm -rf "$work/home/kernel/plans"
	chown -R 65534:65534 "$work/home"
	(cd "$clone" && exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/home" \
		XDG_RUNTIME_DIR="$work/home/sockets" build/ktrun --kernel "$work/home/kernel" \
		--initrd build/none.cpio --out "$work/home/out" labs/fault)
	status=$?
	[ -z "$(ls -A "$work/home/sockets")" ] || status=9
	mv "$work/home/out" "$work/out"
	rm -rf "${work:?}/home"
	return $status
}
