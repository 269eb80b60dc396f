# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# Brings kernel sources over the network into the cache: pinned releases with curl, the distribution's with apt.

# pinned_fetch quietly|insist: src_tarball is in the cache, or 1 and the reason in fetch_why.
# `quietly` does not ask a server again that could not be reached a short while ago.
pinned_fetch() {
	local unreachable=$KTLAB_CACHE/tarballs/unreachable
	fetch_why="${KTLAB_KERNEL_URL#*://} could not be reached"
	[ "${KTLAB_KERNEL_URL#*cdn.kernel.org}" = "$KTLAB_KERNEL_URL" ] || fetch_why="kernel.org could not be reached"
	[ ! -e "$src_tarball" ] || return 0
	if [ "$1" = quietly ] && [ -n "$(find "$unreachable" -mmin -$((KTLAB_RETRY_HOURS * 60)) 2>/dev/null)" ]; then
		return 1
	fi
	cache_lock "tarball-${src_tarball##*/}" 7
	if [ ! -e "$src_tarball" ] && ! pinned_download; then
		cache_unlock 7
		touch "$unreachable"
		return 1
	fi
	cache_unlock 7
	rm -f "$unreachable"
	src_origin=kernel.org
}

pinned_download() {
	local part=$src_tarball.part resumed='' status=0
	cache_room 2000 "the tarball and the sources of Linux $src_release"
	command -v curl >/dev/null || { fetch_why="curl is not installed"; return 1; }
	[ ! -e "$part" ] || resumed=yes
	curl_all "$part" "$KTLAB_KERNEL_URL/$pin_path" || status=$?
	# 33: a server that cannot begin in the middle
	if [ -n "$resumed" ] && { [ $status = 33 ] || { [ $status = 0 ] && ! download_fits "$part"; }; }; then
		say "cannot go on from the part that an earlier download left; downloading the whole"
		status=0
		rm -f "$part"
		curl_all "$part" "$KTLAB_KERNEL_URL/$pin_path" || status=$?
	fi
	[ $status = 0 ] || return 1
	download_keep "$part"
}

download_fits() {
	[ "$(sha256sum <"$1")" = "$pin_sha256  -" ]
}

# a download that is not what is pinned is refused, and deleted so that the next try begins afresh
download_keep() {
	local found
	if ! download_fits "$1"; then
		found=$(sha256sum "$1" | cut -d' ' -f1)
		rm -f "$1"
		die 2 "refused '${src_tarball##*/}' from $KTLAB_KERNEL_URL: it is damaged or not what is pinned" \
			"sha256 found:  $found" "sha256 wanted: $pin_sha256" \
			"run the same command to download again, or trace another kernel: KERNEL=distro"
	fi
	mv "$1" "$src_tarball"
	rm -f "$1.log"
}

# curl_all FILE URL: over a connection that breaks it goes on as long as each try brings more; curl's exit status
curl_all() {
	local before after status verb=downloading
	after=$(file_bytes "$1")
	while true; do
		before=$after
		status=0
		curl_to "$1" "$2" "$verb" || status=$?
		[ $status != 0 ] || return 0
		after=$(file_bytes "$1")
		if ((after <= before)); then
			say "$(tail -n 1 "$1.log")"
			return $status
		fi
		verb='the connection broke; going on with'
	done
}

file_bytes() { stat -c %s "$1" 2>/dev/null || echo 0; }

# curl_to FILE URL VERB: goes on where an interrupted download ended; curl's exit status
curl_to() {
	local scheme=https
	case $2 in
	https://*) ;;
	http://127.0.0.1[:/]* | http://localhost[:/]*) scheme=http ;;
	*) die 2 "refused to download from '$2': only https, or http on this machine" "set KTLAB_KERNEL_URL" ;;
	esac
	curl_file=$1
	run_phase "$3 ${2##*/}" "$1.log" curl_count curl --proto "=$scheme" --fail --location --no-progress-meter \
		--connect-timeout "$KTLAB_CONNECT_S" --speed-limit 1000 --speed-time 30 --continue-at - --output "$1" "$2"
}

curl_count() {
	printf '%d MiB' $(($(file_bytes "$curl_file") / 1048576))
}

# distro_fetch: the tarball of the distribution's linux-source package, without root rights, or 1 and distro_why
distro_fetch() {
	local package version
	command -v apt-get >/dev/null || { distro_why="this is no Debian: apt-get is missing"; return 1; }
	cache_lock distro-source 7
	# another one may have fetched it meanwhile
	distro_there && { cache_unlock 7; return; }
	apt_lists
	package=$(apt-cache "${apt_options[@]}" depends linux-source 2>/dev/null | awk '/Depends: linux-source-/ { print $2; exit }')
	version=$(apt-cache "${apt_options[@]}" show "$package" 2>/dev/null | awk '/^Version:/ { print $2; exit }')
	if [ -z "$package" ] || ! distro_download "$KTLAB_CACHE/tarballs/$package.part" "$package=$version"; then
		distro_why="apt cannot fetch ${package:-linux-source}"
		cache_unlock 7
		return 1
	fi
	cache_unlock 7
}

# distro_download FOLDER PACKAGE=VERSION: apt checks the package against its signed lists; the tarball is taken out of it
distro_download() {
	local found
	cache_room 2000 "the distribution's kernel sources"
	rm -rf "$1"
	mkdir "$1"
	run_phase "fetching ${2%=*} with apt" "$1/log" : \
		env --chdir="$1" apt-get "${apt_options[@]}" -q download "$2" || return 1
	dpkg-deb -x "$1"/*.deb "$1/files" && found=$(find "$1/files/usr/src" -type f -name 'linux-source-*.tar.*') || return 1
	src_tarball=$KTLAB_CACHE/tarballs/${2%=*}_${2#*=}.tar.${found##*.}
	sha256sum "$found" | cut -d' ' -f1 >"$src_tarball.sha256"
	mv "$found" "$src_tarball"
	rm -rf "$1"
}

# apt's lists of packages; where the system has none and may not be changed, lists of our own in the cache
apt_lists() {
	local state=$KTLAB_CACHE/apt
	apt_options=()
	apt-cache show linux-source >/dev/null 2>&1 && return
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	apt_options=(-o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache")
	run_phase "asking apt for its lists" "$state/log" : apt-get "${apt_options[@]}" -q update || :
}
