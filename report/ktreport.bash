# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of ktreport for bash: source report/ktreport.bash. It reads the names from ktreport --help.

_ktreport() {
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} help
	help=$(LC_ALL=C "$program" --help 2>/dev/null) || return 0
	COMPREPLY=()
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '--[a-z]+=?' <<<"$help" | sort -u)" -- "$word")
		# no file's name, so its '=' is not quoted; its value follows without a space
		compopt +o filenames 2>/dev/null
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
	elif [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/^usage:/,/^RUN/s/^  \([a-z]\+\) .*/\1/p' <<<"$help")" -- "$word")
	else
		[[ ${COMP_WORDS[1]} != show || $COMP_CWORD != 2 ]] ||
			mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/^Views:/,$s/^  \([a-z]\+\) .*/\1/p' <<<"$help")" -- "$word")
		while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _ktreport ktreport build/ktreport ./build/ktreport
