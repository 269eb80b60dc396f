# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# A kernel that you built yourself: taken as it is, once its options are known to allow it.

# own_find VMLINUX: what kernel_own takes
own_find() {
	src_built=$(cd "$(dirname "$1")" 2>/dev/null && pwd -P) || die 2 "cannot open the folder of '$1'" "give a built vmlinux"
	own_part vmlinux
	own_part "${built_images[@]}"
	own_part "${built_configs[@]}"
	# what the kernel itself prints first
	own_banner=$(LC_ALL=C grep -m 1 -aoE 'Linux version [0-9].*' "$src_built/vmlinux") ||
		die 2 "'$src_built/vmlinux' is no kernel: it names no release" "give a built vmlinux"
	src_release=$(cut -d' ' -f3 <<<"$own_banner")
	src_folder=$(readlink -f "$src_built/source" || printf '%s' "$src_built")
	[ -d "$src_folder" ] || src_folder=$src_built
	src_origin=built
	src_note="the kernel was built by the user in '$src_built'"
	src_config=$(built_part "$src_built" "${built_configs[@]}")
	cc_version=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$src_config")
}

# own_part NAME…: one of them is there
own_part() {
	built_part "$src_built" "$@" >/dev/null || die 2 "'$src_built' is not where a kernel for x86 was built: it has no '$1'" \
		"make -C '$src_built' vmlinux bzImage, or let ktlab build from your sources: make kernel-add SRC=DIR"
}

# kernel_own: prints the folder of the copy in the cache
kernel_own() {
	local link image
	own_check
	image=$(built_part "$src_built" "${built_images[@]}")
	link=$KTLAB_CACHE/kernels/by-inputs/$({ echo "$src_built"; stat -c '%s %y' "$src_built/vmlinux" "$image" "$src_config"; } | sha256sum | cut -c1-16)
	cache_lock "kernel-own" 9
	if [ ! -e "$link/vmlinux" ]; then
		own_one_build "$image"
		kernel_keep "$src_built" "$link" "$src_release-own-$(sha256sum <<<"$src_built" | cut -c1-8)"
	fi
	cache_unlock 9
	kernel_env "$(readlink -f "$link")"
	readlink -f "$link"
}

# own_one_build BZIMAGE: it holds the kernel whose symbols are in vmlinux
own_one_build() {
	local said status=0
	said=$(KTLAB_IMAGE=$1 KTLAB_VMLINUX=$src_built/vmlinux KTLAB_BUILD_ID=$(build_id_of "$src_built/vmlinux") KTLAB_BANNER=$own_banner \
		"$here/../gdb-scripts/run.sh" image) || status=$?
	[ "$status" = 0 ] || die 2 "${said:-'$1' cannot be read}" "give both of one build: make -C '$src_built' vmlinux bzImage"
}

# own_check: refuses what no lab can do without (`needed`), and names what is lost without the others
own_check() {
	local option wanted found lost=() refused=()
	own_stacks
	while read -r option wanted found; do
		if grep -q "^${option#CONFIG_}\$" "$KTLAB_FRAGMENTS/needed"; then
			refused+=("  $option is $found, not $wanted: $(own_reason "$option")")
		elif ! config_absent "${option#CONFIG_}"; then
			lost+=("  $option is $found, not $wanted: $(own_reason "$option")")
		fi
	done < <(config_differs <(config_fragments | tr '\n' '\0' | xargs -0 cat) "$src_config")
	[ ${#refused[@]} = 0 ] || die 2 "the kernel in '$src_built' was built without what every lab needs" "${refused[@]#  }" \
		"set them and build again, or let ktlab build from your sources: make kernel-add SRC=DIR"
	[ ${#lost[@]} = 0 ] || say "the kernel in '$src_built' was built with other options; what they are for may be lost:" "${lost[@]}"
}

# own_stacks: how the stacks of a kernel can be read: by frame pointers, else by the tables of its own unwinder
own_stacks() {
	grep -qE '^CONFIG_(FRAME_POINTER|UNWINDER_ORC)=y' "$src_config" || die 2 "the kernel in '$src_built' was built with neither frame pointers nor ORC tables: nothing tells the callers of a hit" \
		"set CONFIG_UNWINDER_FRAME_POINTER or CONFIG_UNWINDER_ORC and build again"
}

# own_reason OPTION: the sentence before it in its fragment
own_reason() {
	config_fragments | tr '\n' '\0' | xargs -0 awk -v option="$1" '
		/^#( |$)/ && !/ is not set$/ { said = substr($0, 3); next }
		/^$/ { said = "" }
		index($0, option "=") == 1 || index($0, "# " option " ") == 1 { print said; exit }'
}
