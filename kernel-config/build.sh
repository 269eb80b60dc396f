# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# From sources to a built kernel in the cache.

# flags beyond the kernel's own. 5.4 turns variable tracking at assignments off; on, .text stays the same and
# GDB finds arguments and locals that read <optimized out> otherwise.
build_flags=-fvar-tracking-assignments

# about how many objects a build makes, for the progress line
declare -A objects_of_series=([5.4]=1000 [6.1]=1140 [6.12]=1160)

# kernel_build: prints the folder of the built kernel that source_find chose
kernel_build() {
	local inputs link tree
	series=$(cut -d. -f1,2 <<<"$src_release")
	compiler_choose
	inputs=$(build_inputs | sha256sum | cut -c1-16)
	link=$KTLAB_CACHE/kernels/by-inputs/$inputs
	tree=$(sha256sum <<<"$src_identity" | cut -c1-8)
	if ! kernel_current "$link"; then
		cache_lock "kernel-$tree" 9
		kernel_current "$link" || kernel_make "$tree" "$link"
		cache_unlock 9
	fi
	kernel_env "$(readlink -f "$link")"
	readlink -f "$link"
}

# all that decides what is built: of the fragments the options, not the sentences
build_inputs() {
	printf '%s\n' "$src_identity" "$cc_version" "$build_flags"
	config_fragments | tr '\n' '\0' | xargs -0 grep -hE '^(# )?CONFIG_'
}

# kernel_current LINK: it is built, and a tree of your own has not changed since
kernel_current() {
	[ -e "$1/vmlinux" ] || return
	case $src_identity in
	folder:*) [ -z "$(tree_changed "$1/kernel.stamp")" ] ;;
	esac
}

# a source file younger than the stamp; editors' hidden files do not count
tree_changed() {
	find "$src_own" -name .git -prune -o -name Documentation -prune -o \
		-type f ! -name '.*' -newer "$1" -print -quit
}

# the compiler as a command with its arguments. gcc 15 reads C23 where nothing else is said, in which `bool` is a keyword;
# the makefiles of 5.4 say nothing for the code of the boot (b3bee1e7c3f2 in 6.14 does)
compiler_choose() {
	local program
	cc=${KTLAB_CC:-gcc}
	program=${cc%% *}
	command -v "$program" >/dev/null || die 2 "cannot find the compiler '$program'" "install it, or set KTLAB_CC"
	if [ -z "$KTLAB_CC" ] && [ "$(gcc -dumpversion | cut -d. -f1)" -ge 15 ]; then
		cc='gcc -std=gnu11'
	fi
	cc_version="$cc $("$program" -dumpfullversion 2>/dev/null || "$program" --version | head -n 1)"
}

# kernel_make TREE LINK: the objects of one tree lie in one folder, whatever its configuration: what an interrupted
# or earlier build left is used again
kernel_make() {
	local objects=$KTLAB_CACHE/building/$1 started=$SECONDS
	$src_get
	src_release=$(tree_release "$src_folder")
	source_plans
	cache_room 1500 "building Linux $src_release"
	mkdir -p "$objects"
	: >"$objects/build.log"
	touch "$objects/kernel.stamp"
	make_options=(-C "$src_folder" O="$objects" ARCH=x86_64 CC="$cc" KCFLAGS="$build_flags" LOCALVERSION=
		KBUILD_BUILD_USER=ktlab KBUILD_BUILD_HOST=ktlab KBUILD_BUILD_VERSION=1
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970'
		# make 4.4 gives its variables together with its options, where makefiles before 6.2 and early ones of 5.4.y find the
		# `s` of silence (4bf73588165b): nothing would say how far a build is
		quiet=quiet_)
	release_tried || say "Linux $src_release was never tried with ktlab (docs/kernels.md has what was): it goes on, but" \
		"  a point may be missing there, and an expectation may not hold"
	say "building Linux $src_release for the lab in '$objects': this takes some minutes, once"
	config_resolve "$objects"
	objects_wanted=${objects_of_series[$series]:-1200}
	objects_log=$objects/build.log
	run_phase "compiling Linux $src_release" "$objects/build.log" objects_count \
		make "${make_options[@]}" -j "$KTLAB_JOBS" bzImage vmlinux scripts_gdb ||
		build_failed "$objects/build.log" "compile"
	kernel_keep "$objects" "$2" "$src_release-$1"
	objects_keep "$objects"
	say "built Linux $src_release in $(elapsed $((SECONDS - started)))"
}

# a release of this series has a row in the table of what was run
release_tried() {
	grep -q "^| $series\." "$here/../docs/kernels.md"
}

# source_plans: what points name and this source does not have is known now, not after minutes of compiling
source_plans() {
	local lacks status=0
	lacks=$("$KTLAB_SOURCE_CHECK" "$src_folder") || status=$?
	[ "$status" != 1 ] || die 2 "no lab can be traced on Linux $src_release" "$lacks" \
		"trace another kernel (KERNEL=5.4), or teach ktlab its names: CONTRIBUTING.md, Add a kernel release"
	[ -z "$lacks" ] || say "Linux $src_release lacks what some points need; a lab that lists one will name it, and end:" "$lacks"
}

objects_count() {
	printf '%s of about %s objects' "$(grep -cE '^  (CC|AS) ' "$objects_log" || :)" "$objects_wanted"
}

# the first line of a build's log that is an error: of the compiler, the linker or another program; else that something
# is not there; else what make says of it, which names neither
first_error() {
	awk '
		/\*\*\*/ { if (!make) make = $0; next }
		/(^|[^_[:alnum:]])([Ee]rror|ERROR)(:|\])|undefined reference|multiple definition|can.t open|missing symbol table/ {
			found = $0
			exit
		}
		/: not found|No such file or directory/ && !missing { missing = $0 }
		END { print found ? found : missing ? missing : make ? make : "make failed" }' "$1"
}

# build_failed LOG VERB: the first error of the log, and where the rest is
build_failed() {
	if grep -q 'No space left on device' "$1"; then
		die 2 "cannot $2 Linux $src_release: no space left on the disk of '$KTLAB_CACHE'" \
			"make room, or set KTLAB_CACHE to a folder on a larger disk"
	fi
	die 1 "cannot $2 Linux $src_release with $cc_version: $(first_error "$1")" \
		"the whole log: $1"
}

# where the parts of a build lie: in its folder, or, as in the cache, right beside vmlinux
built_images=(arch/x86/boot/bzImage bzImage)
built_configs=(.config config)

# built_part FOLDER NAME…: the path of the first of them that is there
built_part() {
	local name
	for name in "${@:2}"; do
		[ ! -e "$1/$name" ] || { printf '%s\n' "$1/$name"; return; }
	done
	return 1
}

build_id_of() {
	readelf -n "$1" | awk '/Build ID:/ { print $3 }'
}

# kernel_keep OBJECTS LINK FAMILY: what the lab needs of a finished build goes into the cache, at once or not at all
kernel_keep() {
	local config sum build_id part family=$KTLAB_CACHE/kernels/$3 kept new=$KTLAB_CACHE/building/$3.new
	config=$(built_part "$1" "${built_configs[@]}")
	sum=$(sha256sum <"$config" | cut -c1-64)
	build_id=$(build_id_of "$1/vmlinux")
	kept=$family-${build_id:0:8}
	rm -rf "$new"
	mkdir "$new"
	cp "$(built_part "$1" "${built_images[@]}")" "$1/vmlinux" "$new/"
	cp "$config" "$new/config"
	[ ! -e "$1/kernel.stamp" ] || cp -p "$1/kernel.stamp" "$new/"
	gdb_scripts_keep "$1" "$new"
	sources_keep "$1" "$new"
	{
		env_line KTLAB_RELEASE "$src_release"
		env_line KTLAB_SOURCE "${src_own:-$src_folder}"
		env_line KTLAB_CONFIG_SHA256 "$sum"
		env_line KTLAB_CC "$cc_version"
		env_line KTLAB_BUILD_ID "$build_id"
	} >"$new/kernel.built"
	if [ -e "$kept" ]; then
		# the very same kernel is there, and a run may be using it
		for part in kernel.stamp sources.sha256; do
			[ ! -e "$new/$part" ] || cp -p "$new/$part" "$kept/"
		done
		rm -rf "$new"
	else
		mv "$new" "$kept"
	fi
	ln -sfn "../${kept##*/}" "$2"
	kernels_prune "$family" "$kept"
}

# gdb_scripts_keep OBJECTS FOLDER: the kernel's own commands for GDB, where it was built with them
gdb_scripts_keep() {
	[ -e "$1/vmlinux-gdb.py" ] || return 0
	cp -rL "$1/vmlinux-gdb.py" "$2/"
	mkdir "$2/scripts"
	cp -rL "$1/scripts/gdb" "$2/scripts/"
	# before 6.2 some constants keep their C suffix, which Python refuses: LX_SB_RDONLY = ((((1UL))) << (0))
	sed -i -E 's/\b(0x[0-9a-fA-F]+|[0-9]+)[uUlL]+\b/\1/g' "$2/scripts/gdb/linux/constants.py"
}

# sources_keep OBJECTS FOLDER: the checksum of each file of the tree that the build has read, by what make has noted of it,
# and that is not younger than vmlinux; no file where nothing was noted
sources_keep() {
	local path
	find "$1" -name '.*.cmd' -exec grep -hoE '[^ ()]+\.[chS]\b' {} + | awk -v tree="$src_folder/" '
		index($0, tree) == 1 { $0 = substr($0, length(tree) + 1) }
		!/^\/|\.\./ && !seen[$0]++' | while read -r path; do
		[ ! -f "$src_folder/$path" ] || [ "$src_folder/$path" -nt "$1/vmlinux" ] || printf '%s\0' "$path"
	done | (cd "$src_folder" && xargs -0 -r sha256sum --) >"$2/sources.sha256"
	[ -s "$2/sources.sha256" ] || rm "$2/sources.sha256"
}

# kernels_prune FAMILY KEPT: of one tree's earlier builds the last three stay: other runs may be using them
kernels_prune() {
	find "$KTLAB_CACHE/kernels" -maxdepth 1 -path "$1-*" ! -path "$2" -printf '%T@ %p\n' | sort -rn |
		tail -n +4 | cut -d' ' -f2- | tr '\n' '\0' | xargs -0 -r rm -rf
	find "$KTLAB_CACHE/kernels/by-inputs" -xtype l -delete
}

# the objects of a tree of your own stay: after a change in it only what changed is compiled
objects_keep() {
	case $KTLAB_KEEP_OBJECTS:$src_identity in
	yes:* | registered:folder:*) ;;
	*) rm -rf "$1" ;;
	esac
}

# kernel_env KDIR: kernel.env, with how this run came to this kernel
kernel_env() {
	{
		cat "$1/kernel.built"
		env_line KTLAB_ORIGIN "$src_origin"
		env_line KTLAB_NOTE "$src_note"
	} >"$1/kernel.env.$$"
	if cmp -s "$1/kernel.env.$$" "$1/kernel.env"; then rm "$1/kernel.env.$$"; else mv "$1/kernel.env.$$" "$1/kernel.env"; fi
}

# NAME='VALUE', whatever VALUE is
env_line() {
	printf "%s='%s'\n" "$1" "${2//\'/\'\\\'\'}"
}

# the folders of all built kernels
kernel_built() {
	local folder
	for folder in "$KTLAB_CACHE"/kernels/*/bzImage; do
		[ ! -e "$folder" ] || printf '%s\n' "${folder%/bzImage}"
	done
}
