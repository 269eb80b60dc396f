#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Finds a QEMU that the plugin engine can be loaded into, and prints its path: get-qemu.sh [--no-fetch]; or why $QEMU is
# none: get-qemu.sh --why.
# It takes $QEMU if that can; else the system's; else the one in the cache; else it fetches the one of Debian's
# backports into the cache, with apt and apt's own checks, without root rights. Nothing of the system is changed.
# Exit status: 0 found; 2 none to be had.
set -euo pipefail

# where the fetched QEMU is kept
KTLAB_CACHE=${KTLAB_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or KTLAB_CACHE}/.cache}/ktlab}
# the one that is asked first
QEMU=${QEMU:-qemu-system-x86_64}
# the oldest QEMU whose plugins can read memory (plugin interface 4)
OLDEST=9.2
# what the plugins of a QEMU can from this release on, up to the next one (its include/qemu/qemu-plugin.h)
PLUGINS='0 has no plugins
4.2 has plugins that read neither registers nor memory
9.0 has plugins that read registers, but no memory'
# seconds that a server may take to answer
KTLAB_CONNECT_S=${KTLAB_CONNECT_S:-10}
# MiB that the packages and their unpacked files take
NEEDED_MIB=250

here=$(cd "$(dirname "$0")" && pwd)

say() { printf 'get-qemu: %s\n' "$1" >&2; }

die() {
	say "$1"
	say "the gdb engine needs no such QEMU: ENGINE=gdb"
	exit 2
}

# why the first that was asked cannot
why=

# at_least OLDEST VERSION
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# plugins_of VERSION: what the table says of it
plugins_of() {
	local since what said=
	while read -r since what; do
		! at_least "$since" "$1" || said=$what
	done <<<"$PLUGINS"
	printf '%s' "$said"
}

# can QEMU: whether it is new enough, was built with plugins, and loads ours where that is built
can() {
	local version reason=
	version=$("$1" --version 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	if [ -z "$version" ]; then
		reason="cannot be run"
	elif ! at_least "$OLDEST" "$version"; then
		reason="$version $(plugins_of "$version"): $OLDEST is the first whose plugins read both"
	elif ! "$1" -help 2>/dev/null | grep -q '^-plugin '; then
		reason="$version was built without plugins"
	elif ls "$here"/../build/ktlab-plugin-*.so >/dev/null 2>&1 && ! "$here/load.sh" "$1" >/dev/null 2>"$refusal"; then
		reason="$version does not load the plugin: $(cat "$refusal")"
	fi
	why=${why:-$1 $reason}
	[ -z "$reason" ]
}
refusal=$(mktemp)
trap 'rm -f "$refusal"' EXIT

# the path of the first that can, or 1
there() {
	local qemu
	for qemu in "$QEMU" qemu-system-x86_64 "$KTLAB_CACHE"/qemu-*/bin/qemu-system-x86_64; do
		if can "$qemu"; then
			command -v "$qemu"
			return
		fi
	done
	return 1
}

# the system's Debian archive as `SITE CODENAME`, from what apt would ask
archive() {
	local codename
	codename=$(. /etc/os-release && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_CODENAME:-}") || return 1
	apt-get update --print-uris 2>/dev/null |
		sed -nE "s,^'(.*)/dists/($codename|stable|oldstable|testing)/InRelease'.*,\\1 $codename,p" | head -n 1
}

# archive_key SITE: the key that signs the archive, as its list of sources says, or as Debian packages it; empty: apt's own
archive_key() {
	local key
	key=$(grep -rlF "$1" /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
		xargs -r sed -nE 's,^Signed-By:[[:space:]]*(/.*),\1,p; s,^deb .*signed-by=([^] ]*).*,\1,p' | head -n 1)
	[ -n "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -r "$key" ] || printf '%s' "$key"
}

# apt VERB…: apt-get with lists, cache and sources of our own, and none of the system's hooks
apt() {
	env APT_CONFIG= apt-get -c "$work/apt.conf" -q "$@" >>"$work/log" 2>&1
}

# configure SITE CODENAME KEY
configure() {
	mkdir -p "$work"/{lists,archives}/partial "$work/root"
	{
		printf 'Types: deb\nURIs: %s\nSuites: %s %s-backports\nComponents: main\n' "$1" "$2" "$2"
		[ -z "$3" ] || printf 'Signed-By: %s\n' "$3"
	} >"$work/debian.sources"
	cat >"$work/apt.conf" <<-EOF
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		APT::Update::Error-Mode "any";
		APT::Sandbox::User "";
		Acquire::http::Timeout "$KTLAB_CONNECT_S";
		Acquire::https::Timeout "$KTLAB_CONNECT_S";
		Acquire::Retries "1";
		Acquire::Languages "none";
		Debug::NoLocking "1";
		Dir::Cache "$work";
		Dir::Cache::archives "$work/archives";
		Dir::Etc::SourceList "$work/debian.sources";
		Dir::Etc::SourceParts "-";
		Dir::State::Lists "$work/lists";
	EOF
}

unpack() {
	local package
	for package in "$work"/archives/*.deb; do
		dpkg-deb -x "$package" "$work/root" 2>>"$work/log" || return 1
		printf '%s\n' "${package##*/}" >>"$work/packages"
	done
	mkdir "$work/bin"
	cp "$here/qemu-wrapper.sh" "$work/bin/qemu-system-x86_64"
	chmod +x "$work/bin/qemu-system-x86_64"
}

# what apt or dpkg-deb said went wrong
reason() {
	grep -E '^(E|W|dpkg-deb|tar): ' "$work/log" | head -n 1 | sed 's/^[EW]: //'
}

fetch() {
	local site codename version free
	command -v apt-get >/dev/null || die "no QEMU for plugins here: $why, and this is no Debian; install one, or name it: QEMU=…"
	read -r site codename < <(archive) ||
		die "no QEMU for plugins here: $why, and apt knows no Debian archive; install one, or name it: QEMU=…"
	free=$(df -Pm "$KTLAB_CACHE" | awk 'NR == 2 { print $4 }')
	((free >= NEEDED_MIB)) || die "cannot fetch QEMU: $free MiB are free in '$KTLAB_CACHE', $NEEDED_MIB MiB are needed"
	rm -rf "$work"
	mkdir -p "$work"
	configure "$site" "$codename" "$(archive_key "$site")"
	say "asking $site for $codename-backports"
	apt update || die "cannot reach the backports of $codename: $(reason)"
	say "fetching QEMU into '$KTLAB_CACHE'"
	apt install --yes --download-only --no-install-recommends --reinstall --target-release "$codename-backports" qemu-system-x86 ||
		die "cannot fetch QEMU from $codename-backports: $(reason)"
	unpack || die "cannot unpack QEMU: $(reason)"
	can "$work/bin/qemu-system-x86_64" || die "the QEMU of $codename-backports is older than $OLDEST or has no plugins"
	version=$("$work/bin/qemu-system-x86_64" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	rm -rf "$work"/{lists,archives,*.bin,apt.conf,debian.sources} "$KTLAB_CACHE/qemu-$version"
	mv "$work" "$KTLAB_CACHE/qemu-$version"
}

case ${1:-} in
"" | --no-fetch) ;;
--why)
	can "$QEMU" || printf '%s\n' "${why#"$QEMU "}"
	exit
	;;
*)
	echo "usage: get-qemu.sh [--no-fetch|--why]" >&2
	exit 2
	;;
esac

there && exit 0
[ "${1:-}" != --no-fetch ] || die "no QEMU for plugins here: $why; fetch one with: make qemu"
mkdir -p "$KTLAB_CACHE/locks" 2>/dev/null || die "cannot create the cache '$KTLAB_CACHE'; set KTLAB_CACHE to a folder that you may write to"
exec 9>"$KTLAB_CACHE/locks/qemu"
flock 9
# another one may have fetched it meanwhile
there && exit 0
work=$KTLAB_CACHE/qemu.part
fetch
there
