#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin engine does not begin with: one sentence, before the boot where it can be known then.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready

mapfile -t built < <(kernels)
lab_settings "${built[0]}" handshake "$work/run"
plan=$work/run/plan.json
changed=$work/changed.json

# with PLAN [OUT]: QEMU's plugin with this plan; nothing may boot
with() {
	rm -f "$work/run/console.log"
	KTLAB_PLAN=$1 timeout 60 ./run-qemu.sh
}

# without_boot STATUS TEXT COMMAND…: fails so, and the kernel has said nothing
without_boot() {
	fails "$@" && ! grep -q . "$work/run/console.log"
}

# change JQ: the plan, changed
change() { jq -c "$1" "$plan" >"$changed"; }

it 'refuses a plan that is not there' without_boot 1 "cannot read the plan '/nowhere': No such file" with /nowhere
echo '{"format":2' >"$changed"
it 'refuses a plan that is cut off' without_boot 1 'is not a plan of format 2' with "$changed"
change '.format = 1'
it 'refuses a plan of another format' without_boot 1 'is not a plan of format 2' with "$changed"
change 'del(.facts)'
it 'refuses a plan without the facts' without_boot 1 'is not a plan' with "$changed"
change '.facts.registers[1] = "rax"'
it 'refuses registers of which one is missing' without_boot 1 'is not a plan' with "$changed"
change '.facts.memory = [["0x2000", "0x1000"]]'
it 'refuses memory that ends before it begins' without_boot 1 'is not a plan' with "$changed"
change '.takes[0][0].terms = [["reg", "r99"]]'
it 'refuses an unknown register' without_boot 1 'is not a plan' with "$changed"
change '.takes[0][1].terms = [["field", 9, 0, 8]]'
it 'refuses a field of a block that comes later' without_boot 1 'is not a plan' with "$changed"
change '.takes[0][2].terms = [["field", 1, 8, 8]]'
it 'refuses a field beyond its block' without_boot 1 'is not a plan' with "$changed"
change '.takes[0][2].terms = [["index", 1, 0, 8, 99999]]'
it 'refuses a place in an array of huge things' without_boot 1 'is not a plan' with "$changed"
change '.takes[0][0] = {name: "huge", terms: [["reg", "rsp"]], mask: 0, add: "0x0", len: 1000000}'
it 'refuses a block of a megabyte' without_boot 1 'is not a plan' with "$changed"
change '.sites[0].takes = 9999'
it 'refuses a site without its takes' without_boot 1 'is not a plan' with "$changed"
change '.lines.stack_bytes = 0'
it 'refuses stacks of no size' without_boot 1 'is not a plan' with "$changed"
change '.lines.functions[0][2] = .lines.functions[0][1]'
it 'refuses a function without code' without_boot 1 'is not a plan' with "$changed"
change '.lines.functions += [.lines.functions[0]]'
it 'refuses a function that is there twice' without_boot 1 'is not a plan' with "$changed"

ln -sf /dev/full "$work/run/captures.bin"
it 'refuses a full disk' without_boot 1 'captures.bin' with "$plan"
rm "$work/run/captures.bin"
mkdir "$work/run/captures.bin"
it 'refuses a place that it cannot write to' without_boot 1 'Is a directory' with "$plan"
rmdir "$work/run/captures.bin"

# fills up: no more than 200 KiB can be written
fills_up() (
	trap '' XFSZ
	ulimit -f 200
	with "$plan"
)
it 'ends when the disk is full, and says so' fails 1 'File too large' fills_up

# doctor NAME=VALUE…: what it says, whatever is missing
doctor() { env "$@" KVM_LIMIT_S=0.1 setup/doctor.sh || [ $? = 2 ]; }

it 'is told of by the doctor' says "$QEMU ($("$QEMU" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')): ENGINE=gdb, ENGINE=plugin" doctor
if [ ${#built[@]} -gt 1 ]; then
	gdb-scripts/plan.sh "${built[1]}" labs/handshake "$changed"
	# the other plan's marker is at no function of this kernel: it is put where this one's is
	jq -c --slurpfile own "$plan" '.sites[0].addr = $own[0].sites[0].addr' "$changed" >"$changed.new"
	it 'refuses the plan of another kernel' fails 1 'the plan is for another kernel than the one that booted' with "$changed.new"
else
	skip 'refuses the plan of another kernel' 'only one kernel is built here'
fi

# version_is VERSION: a QEMU that says that it is this one
version_is() {
	printf '#!/bin/sh\necho QEMU emulator version %s\n' "$1" >"$work/older"
	chmod +x "$work/older"
}
# those of Ubuntu 22.04 and 24.04, and the first with registers
for told in '3.1 has no plugins' '6.2.0 has plugins that read neither registers nor memory' \
	'8.2.2 has plugins that read neither registers nor memory' '9.0.2 has plugins that read registers, but no memory'; do
	version_is "${told%% *}"
	it "says what the plugins of QEMU ${told%% *} lack" says "$told: 9.2 is the first" env QEMU="$work/older" qemu-plugin/get-qemu.sh --why
	it 'and that ENGINE=gdb is for it' says "$work/older (${told%% *}): ENGINE=gdb, not ENGINE=plugin: ${told%% *} has" doctor QEMU="$work/older"
done

# a QEMU that loads one version of the interface only, and says so as QEMU does
demands() {
	cat >"$work/demands" <<-SCRIPT
		#!/bin/sh
		case "\$*" in
		--version) echo 'QEMU emulator version 11.9.0' ;;
		-help) echo '-plugin file' ;;
		*ktlab-plugin-$1.so*) ;;
		*) echo 'Could not load plugin: this QEMU supports only a minimum version of $1' >&2; exit 1 ;;
		esac
	SCRIPT
	chmod +x "$work/demands"
}
demands 7
it 'is built for the interface that a newer QEMU demands' says ktlab-plugin-7.so qemu-plugin/load.sh "$work/demands"
it 'finds such a QEMU' says "$work/demands" env QEMU="$work/demands" qemu-plugin/get-qemu.sh --no-fetch
demands 99
it 'is loaded by no QEMU that demands what is not known yet' fails 1 'a minimum version of 99' qemu-plugin/load.sh "$work/demands"
it 'is said by the doctor with the words of that QEMU' says 'not ENGINE=plugin: 11.9.0 does not load the plugin: Could not' \
	doctor QEMU="$work/demands"

old=$(command -v qemu-system-x86_64)
if [ -n "$old" ] && ! nm -D "$old" 2>/dev/null | grep -q qemu_plugin_read_memory_vaddr; then
	it 'cannot be loaded into an old QEMU' env QEMU="$old" KTLAB_PLAN="$plan" bash -c '. tests/tap.sh
		fails 1 "undefined symbol: qemu_plugin_read_memory_vaddr" ./run-qemu.sh'
	it 'looks for another QEMU than one that is too old' says /qemu- env QEMU="$old" qemu-plugin/get-qemu.sh --no-fetch
	it 'is missed by the doctor where there is none' says 'no QEMU here is one for ENGINE=plugin and TREE: make qemu' \
		doctor QEMU="$old" KTLAB_CACHE="$work/cache"
	it 'is told of by the doctor with the reason why it has none' says 'not ENGINE=plugin: ' doctor QEMU="$old"
	it 'says how to get one, and offers gdb' fails 2 'ENGINE=gdb' \
		env QEMU="$old" KTLAB_CACHE="$work/cache" qemu-plugin/get-qemu.sh --no-fetch
else
	skip 'cannot be loaded into an old QEMU' "this machine's QEMU is not old"
fi
tap_end
