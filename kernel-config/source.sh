# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# From SPEC to kernel sources: which tree, which release, and how to get at it.
#
# source_find answers in these variables:
src_release=  # 5.4.286; for a tarball that is still packed perhaps only 6.1
src_folder=   # where the sources are, or will be once src_get has run
src_own=      # the folder of your own that they are, or come from
src_built=    # a folder in which you built the kernel itself: nothing is built then
src_config=   # its configuration
src_identity= # changes whenever the sources are others
src_origin=   # registered, folder, cache, kernel.org, distro, or built: by the user
src_note=     # a sentence for every report when this is not the kernel that was hoped for
src_get=:     # the command that brings the sources into src_folder

source_find() {
	case $1 in
	auto) source_auto ;;
	distro) source_distro || die 4 "no kernel source package of the distribution can be had: $distro_why" \
		"install it (apt-get install linux-source), or register a tree: make kernel-add SRC=DIR" ;;
	vmlinux | */vmlinux) own_find "$1" ;;
	*/*) source_folder_or_own "$1" ;;
	[0-9]*.[0-9]*) source_version "$1" ;;
	*) if [ -d "$1" ]; then source_folder_or_own "$1"; else source_unknown "$1"; fi ;;
	esac
}

# a folder of sources, or one of a build
source_folder_or_own() {
	if [ -e "$1/vmlinux" ] && [ ! -e "$1/Kconfig" ]; then own_find "$1/vmlinux"; else source_folder "$1"; fi
}

# the order of KERNEL=auto: a tree of your own, the cache, kernel.org, the distribution
source_auto() {
	local release folder
	while read -r release folder; do
		source_registered "$release" "$folder"
		return
	done < <(registered_trees)
	release=$(pins | awk 'NR == 1 { print $1 }')
	source_pinned "$release"
	pinned_fetch quietly && return
	source_distro || die 4 "no kernel sources: $fetch_why, and $distro_why" \
		"connect to the network, install linux-source, or register a tree: make kernel-add SRC=DIR"
	src_note="traced $src_release, not ${release%.*}: $fetch_why"
	say "" "*** Linux $src_release, not ${release%.*}: $fetch_why ***" \
		"    KERNEL=$release insists on ${release%.*}; make kernel-add SRC=DIR takes a tree that you have" ""
}

# a release such as 5.4.302, or the best one of a series such as 5.4
source_version() {
	local release folder
	while read -r release folder; do
		version_fits "$release" "$1" || continue
		source_registered "$release" "$folder"
		return
	done < <(registered_trees)
	while read -r release _; do
		version_fits "$release" "$1" || continue
		source_pinned "$release"
		pinned_fetch insist && return
		die 4 "cannot have Linux $release: $fetch_why" \
			"try again later, register a tree (make kernel-add SRC=DIR), or trace another kernel: KERNEL=distro"
	done < <(pins)
	if source_distro && version_fits "$src_release" "$1"; then
		return
	fi
	source_unknown "$1"
}

version_fits() {
	[ "$1" = "$2" ] || [ "${1#"$2".}" != "$1" ]
}

source_unknown() {
	die 2 "unknown KERNEL '$1'" "known here, nearest first:" \
		"$(source_specs | awk -v wanted="$1" -f "$here/nearest.awk" | sed 's/^/  /')"
}

source_specs() {
	printf '%s\n' auto distro
	registered_trees | cut -d' ' -f1
	pins | cut -d' ' -f1
}

source_folder() {
	local folder
	folder=$(tree_path "$1")
	source_registered "$(tree_release "$folder")" "$folder"
	src_origin=folder
}

source_registered() {
	src_release=$1
	src_folder=$2
	src_own=$2
	src_identity=folder:$2
	src_origin=registered
	if tree_in_use "$2"; then
		src_folder=$KTLAB_CACHE/sources/links-$(sha256sum <<<"$2" | cut -c1-8)
		src_get=source_links
	fi
}

# a tree in which a kernel was built: the kernel's makefiles build elsewhere from a clean tree only
tree_in_use() {
	[ -e "$1/.config" ] || [ -e "$1/include/config" ] || [ -e "$1/arch/x86/include/generated" ]
}

# source_links: src_folder becomes a copy of that tree made of links, and is cleaned instead: of the tree nothing changes
source_links() {
	local log=$src_folder.log
	rm -rf "$src_folder"
	mkdir "$src_folder"
	say "a kernel was built in '$src_own': it is left as it is, and built from links to it"
	run_phase "linking to '$src_own'" "$log" : cp -rs "$src_own"/* "$src_folder/" || build_failed "$log" "link to"
	run_phase "cleaning the links" "$log" : make -C "$src_folder" ARCH=x86_64 mrproper || build_failed "$log" "clean"
	rm -f "$log"
}

source_pinned() {
	src_release=$1
	pin_sha256=$(pins | awk -v release="$1" '$1 == release { print $2 }')
	pin_path=$(pins | awk -v release="$1" '$1 == release { print $3 }')
	src_folder=$KTLAB_CACHE/sources/linux-$1
	src_identity=sha256:$pin_sha256
	src_origin=cache
	src_tarball=$KTLAB_CACHE/tarballs/${pin_path##*/}
	src_get=source_unpack
	src_sums=("sha256 $pin_sha256")
}

pins() {
	grep -v '^#' "${KTLAB_PINS:-$here/pins}"
}

# the distribution's own sources: installed, in the cache, or fetched without root rights
source_distro() {
	local name package version=
	distro_why=
	distro_tarball || return
	name=${src_tarball##*/}
	name=${name%.tar.*}
	package=${name%%_*}
	case $src_tarball in
	*/"${package}_"*) version=${name#*_} ;;
	/usr/src/*) version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || : ;;
	esac
	src_release=${version%%[-+~]*}
	src_release=${src_release:-${package#linux-source-}}
	version=${version:-$(stat -c '%s.%Y' "$src_tarball")}
	src_identity=distro:$package:$version
	src_folder=$KTLAB_CACHE/sources/$package-$version
	src_origin=distro
	src_get=source_unpack
	mapfile -t src_sums < <(distro_sums "$package")
}

# sets src_tarball
distro_tarball() { distro_there || distro_fetch; }

# the newest of those that are here; Ubuntu has its in a folder of its own
distro_there() {
	src_tarball=$(find -L "$KTLAB_DISTRO_DIR" "$KTLAB_CACHE/tarballs" -maxdepth 2 -type f \( -name 'linux-source-*.tar.xz' \
		-o -name 'linux-source-*.tar.bz2' \) -printf '%f %p\n' 2>/dev/null | sort -V | tail -n 1 | cut -d' ' -f2-)
	[ -n "$src_tarball" ]
}

# the checksums that the package, or the fetch, recorded for src_tarball
distro_sums() {
	local recorded=/var/lib/dpkg/info/$1.md5sums
	if [ -e "$src_tarball.sha256" ]; then
		printf 'sha256 %s\n' "$(cat "$src_tarball.sha256")"
	elif [ -e "$recorded" ]; then
		awk -v name="${src_tarball#/}" '$2 == name { print "md5", $1 }' "$recorded"
	fi
}

# source_verify: every recorded checksum of src_tarball must hold; a tarball that fails is named and not unpacked
source_verify() {
	local sum kind wanted found
	for sum in "${src_sums[@]}"; do
		kind=${sum% *}
		wanted=${sum#* }
		found=$("${kind}sum" "$src_tarball" | cut -d' ' -f1)
		[ "$found" = "$wanted" ] || die 2 "refused '$src_tarball': it is damaged or not what it should be" \
			"$kind found:  $found" "$kind wanted: $wanted" "delete it to have it fetched again"
	done
}

source_unpack() {
	[ ! -e "$src_folder/Makefile" ] || return 0
	cache_lock "source-${src_folder##*/}" 8
	if [ ! -e "$src_folder/Makefile" ]; then
		cache_room 1200 "the sources of Linux $src_release"
		source_verify
		rm -rf "$src_folder.part"
		mkdir "$src_folder.part"
		: >"$src_folder.log"
		# whoever packed it, the files are the caller's
		run_phase "unpacking ${src_tarball##*/}" "$src_folder.log" : tar -x -f "$src_tarball" -C "$src_folder.part" \
			--no-same-owner --no-same-permissions --warning=no-timestamp \
			--strip-components=1 --wildcards --exclude-from=<(grep -v '^#' "$here/leave-packed") ||
			unpack_failed
		unpack_stays_inside
		rm -f "$src_folder.log"
		tree_check "$src_folder.part"
		mv "$src_folder.part" "$src_folder"
	fi
	cache_unlock 8
}

# tar follows neither links nor `..` out of the folder, and says which names it changed for that; a link that it made
# may still lead out, and root's tar makes devices
unpack_stays_inside() {
	find "$src_folder.part" ! -type f ! -type d ! -type l -printf 'it has a device or a pipe: %P\n' -quit >>"$src_folder.log"
	find "$src_folder.part" -type l -print0 | xargs -0 -r realpath -z -m --relative-to="$src_folder.part" |
		grep -zq '^\.\.' && echo 'it has a link that leads out of its folder' >>"$src_folder.log"
	[ ! -s "$src_folder.log" ] || unpack_failed
}

unpack_failed() {
	rm -rf "$src_folder.part"
	die 2 "cannot unpack '$src_tarball': $(head -n 1 "$src_folder.log")" "delete it, or install its package again"
}

source_add() {
	local folder release
	folder=$(tree_path "$1")
	release=$(tree_release "$folder")
	{ grep -vxF "$folder" "$KTLAB_CACHE/registered" 2>/dev/null || :; printf '%s\n' "$folder"; } >"$KTLAB_CACHE/registered.$$"
	mv "$KTLAB_CACHE/registered.$$" "$KTLAB_CACHE/registered"
	say "registered Linux $release in '$folder'; make lab will build and trace it"
}

# RELEASE FOLDER of every registered tree, the newest registration first
registered_trees() {
	local folder
	[ -e "$KTLAB_CACHE/registered" ] || return 0
	tac "$KTLAB_CACHE/registered" | while read -r folder; do
		if [ -e "$folder/Makefile" ]; then
			printf '%s %s\n' "$(tree_release "$folder")" "$folder"
		else
			say "kernel.sh: the registered folder '$folder' is gone; it is left out"
		fi
	done
}

# tree_path DIR: its absolute path, once it is known to be a tree that can be built
tree_path() {
	local folder
	folder=$(cd "$1" 2>/dev/null && pwd -P) || die 2 "cannot open the folder '$1'" "give the folder of unpacked kernel sources"
	case $folder in
	*[[:space:]:]*) die 2 "cannot build '$folder': the kernel's makefiles split paths at spaces and colons" \
		"move the tree to a path without them" ;;
	esac
	tree_check "$folder"
	printf '%s\n' "$folder"
}

tree_check() {
	local needed
	for needed in Makefile Kconfig arch/x86/Kconfig scripts/kconfig/Makefile net/ipv4/tcp_ipv4.c; do
		[ -e "$1/$needed" ] || die 2 "'$1' is no Linux source tree: it has no '$needed'" \
			"give the folder of unpacked kernel sources"
	done
	[ -n "$(tree_release "$1")" ] || die 2 "'$1' is no Linux source tree: its Makefile names no version" \
		"give the folder of unpacked kernel sources"
}

tree_release() {
	awk -F' *= *' '
		NR > 30 { exit }
		$1 == "VERSION" || $1 == "PATCHLEVEL" || $1 == "SUBLEVEL" || $1 == "EXTRAVERSION" { part[$1] = $2 }
		END {
			if (part["VERSION"] != "" && part["PATCHLEVEL"] != "")
				print part["VERSION"] "." part["PATCHLEVEL"] "." part["SUBLEVEL"] part["EXTRAVERSION"]
		}' "$1/Makefile"
}

source_list() {
	local release folder path
	registered_trees | while read -r release folder; do
		printf '%-12s registered  %s\n' "$release" "$folder"
	done
	pins | while read -r release _ path; do
		if [ -e "$KTLAB_CACHE/tarballs/${path##*/}" ]; then
			printf '%-12s in the cache\n' "$release"
		else
			printf '%-12s to be downloaded from %s\n' "$release" "$KTLAB_KERNEL_URL"
		fi
	done
	printf '%-12s %s\n' distro "$(distro_name)"
}

# what KERNEL=distro is here, as far as it can be told without a network
distro_name() {
	local package
	if distro_there; then
		package=${src_tarball##*/}
		printf '%s, in %s' "${package%.tar.*}" "${src_tarball%/*}"
	elif package=$(apt-cache depends linux-source 2>/dev/null | awk '/Depends: linux-source-/ { print $2; exit }') &&
		[ -n "$package" ]; then
		printf '%s of this distribution, to be fetched with apt' "$package"
	else
		printf 'the linux-source package of this distribution, which apt does not know yet'
	fi
}
