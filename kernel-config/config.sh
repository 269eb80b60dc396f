# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the other parts of kernel.sh
# The kernel's configuration: nothing, plus the fragments; and the proof that each option was taken.

# the fragments of a release: the common ones, then those of its series if there are any
config_fragments() {
	local name series
	series=$(cut -d. -f1,2 <<<"$src_release")
	for name in boot debug net trace "$series"; do
		[ ! -e "$KTLAB_FRAGMENTS/$name.config" ] || printf '%s\n' "$KTLAB_FRAGMENTS/$name.config"
	done
}

# config_resolve FOLDER: FOLDER/.config = allnoconfig with the fragments' answers, each of them kept
config_resolve() {
	config_fragments | tr '\n' '\0' | xargs -0 cat >"$1/wanted.config"
	run_phase "configuring Linux $src_release" "$1/build.log" : \
		make "${make_options[@]}" KCONFIG_ALLCONFIG="$1/wanted.config" allnoconfig ||
		build_failed "$1/build.log" "configure"
	config_assert "$1/wanted.config" "$1/.config"
}

# config_assert WANTED RESOLVED: names every option that did not come out as wanted
config_assert() {
	local refused option
	refused=$(awk '
		/^# CONFIG_.* is not set$/ { line = $2; value = "n" }
		/^CONFIG_/ { split($0, part, "="); line = part[1]; value = substr($0, length(line) + 2) }
		!/^(# )?CONFIG_/ { next }
		FNR == NR { wanted[line] = value; next }
		{ found[line] = value }
		END {
			for (line in wanted)
				if (wanted[line] != (line in found ? found[line] : "n"))
					print line, wanted[line], (line in found ? found[line] : "n")
		}' "$1" "$2" | sort)
	[ -n "$refused" ] || return 0
	say "kernel.sh: Linux $src_release refuses options of the fragments in '$KTLAB_FRAGMENTS'"
	while read -r option wanted found; do
		say "  $option=$wanted was resolved to $found: $(config_reason "${option#CONFIG_}")"
	done <<<"$refused"
	exit 2
}

# where the option is defined, or that it is not
config_reason() {
	local place
	place=$(cd "$src_folder" && grep -rnE --include='Kconfig*' "^(menu)?config $1\$" . | head -n 1 | cut -d: -f1,2)
	if [ -n "$place" ]; then
		printf 'see its dependencies in %s' "${place#./}"
	else
		printf 'no such option in this release'
	fi
}
