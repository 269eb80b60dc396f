# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# The kernel's configuration: nothing, plus the fragments; and the proof that each option was taken.

# the fragments of a release: the common ones, then that of its series, or of the last series before it that has one
config_fragments() {
	local name series
	series=$(cut -d. -f1,2 <<<"$src_release")
	for name in boot debug net trace "$(config_series "$series")"; do
		[ ! -e "$KTLAB_FRAGMENTS/$name.config" ] || printf '%s\n' "$KTLAB_FRAGMENTS/$name.config"
	done
}

config_series() {
	(cd "$KTLAB_FRAGMENTS" && ls) | sed -n 's/^\([0-9]*\.[0-9]*\)\.config$/\1/p' | sort -V |
		awk -v series="$1" '
			function number(text, part) { split(text, part, "."); return part[1] * 1000 + part[2] }
			number($1) <= number(series) { last = $1 }
			END { print last }'
}

# config_resolve FOLDER: FOLDER/.config = allnoconfig with the fragments' answers, each of them kept
config_resolve() {
	config_fragments | tr '\n' '\0' | xargs -0 cat >"$1/wanted.config"
	run_phase "configuring Linux $src_release" "$1/build.log" : \
		make "${make_options[@]}" KCONFIG_ALLCONFIG="$1/wanted.config" allnoconfig ||
		build_failed "$1/build.log" "configure"
	config_assert "$1/wanted.config" "$1/.config"
}

# config_assert WANTED RESOLVED: names every option that did not come out as wanted, and refuses the release for them;
# what its Kconfig does not have, and the table `absent` says that the lab does without, is left out
config_assert() {
	local refused=() option wanted found place
	while read -r option wanted found; do
		place=$(config_place "${option#CONFIG_}")
		if [ -z "$place" ] && config_absent "${option#CONFIG_}"; then
			continue
		fi
		refused+=("  $option=$wanted was resolved to $found: ${place:-no such option in this release}")
	done < <(config_differs "$1" "$2")
	[ ${#refused[@]} -gt 0 ] || return 0
	say "kernel.sh: Linux $src_release refuses options of the fragments in '$KTLAB_FRAGMENTS'" "${refused[@]}" \
		"  trace another kernel (KERNEL=5.4), or, if the lab does without one, name it in '$KTLAB_FRAGMENTS/absent'"
	exit 2
}

# OPTION WANTED FOUND of every option that was resolved to other than wanted
config_differs() {
	awk '
		/^# CONFIG_.* is not set$/ { line = $2; value = "n" }
		/^CONFIG_/ { split($0, part, "="); line = part[1]; value = substr($0, length(line) + 2) }
		!/^(# )?CONFIG_/ { next }
		FNR == NR { wanted[line] = value; next }
		{ found[line] = value }
		END {
			for (line in wanted)
				if (wanted[line] != (line in found ? found[line] : "n"))
					print line, wanted[line], (line in found ? found[line] : "n")
		}' "$1" "$2" | sort
}

# where the option is defined; nothing if it is not
config_place() {
	local place
	place=$(cd "$src_folder" && grep -rnE --include='Kconfig*' "^[[:space:]]*(menu)?config $1\$" . | head -n 1 | cut -d: -f1,2)
	[ -z "$place" ] || printf 'see its dependencies in %s' "${place#./}"
}

# whether the table says that a release may lack the option
config_absent() {
	grep -qs "^$1[[:space:]]" "$KTLAB_FRAGMENTS/absent"
}
