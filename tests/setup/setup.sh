#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Finding and installing what is missing, with a table and an apt-get of the test's own.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-setup ü.XXXXXX")
trap 'rm -rf "$work"' EXIT
export KTLAB_TOOLS=$work/tools
mkdir "$work/bin" "$work/got"
here_path=$PATH
PATH=$work/bin:$work/got:$PATH

# the table: what is there, what apt-get brings, what only make check needs
cat >"$KTLAB_TOOLS" <<ROWS
# a comment
bash        bash        4  lab    runs this
kt-missing  kt-package  1  lab    is not there
kt-other    kt-second   -  test   is not there either
kt-lint     kt-third    -  check  is for make check
ROWS

# an apt-get that notes what it is asked for, and installs unless $work/broken says otherwise
cat >"$work/bin/apt-get" <<SCRIPT
#!/bin/sh
echo "\$@" >>'$work/asked'
case "\$*" in
*install*) [ ! -e '$work/broken' ] || exit 100 ;;
*) exit 0 ;;
esac
for package; do
	case \$package in
	kt-package) tool=kt-missing ;;
	kt-second) tool=kt-other ;;
	*) continue ;;
	esac
	printf '#!/bin/sh\n' >'$work/got/'\$tool
	chmod +x '$work/got/'\$tool
done
SCRIPT
# a sudo without a password, and an id that says who asks
printf '#!/bin/sh\n[ -e "%s/may" ] || exit 1\nshift\nexec env "$@"\n' "$work" >"$work/bin/sudo"
printf '#!/bin/sh\ncat "%s/uid"\n' "$work" >"$work/bin/id"
chmod +x "$work/bin"/*

none_there() {
	rm -f "$work"/got/* "$work/asked" "$work/broken" "$work/may"
	echo "$1" >"$work/uid"
}

asked() {
	says "$1" cat "$work/asked"
}

none_there 1000
it 'prints the command where it may not install' \
	fails 2 'apt-get install -y --no-install-recommends kt-package' setup/setup.sh lab
it 'does nothing then' test ! -e "$work/asked"
none_there 0
it 'installs as root without a question' setup/setup.sh lab
it 'asks apt-get for what is missing, no more' asked 'install --no-install-recommends kt-package'
it 'leaves what only make test needs' fails 1 '' grep kt-second "$work/asked"
rm "$work/asked"
it 'asks nothing once all is there' setup/setup.sh lab
it 'has not called apt-get for that' test ! -e "$work/asked"
it 'installs for make test what that needs besides' setup/setup.sh test
it 'asks for that alone' asked 'recommends kt-second'
none_there 1000
touch "$work/may"
it 'installs with a sudo that asks no password' setup/setup.sh lab
none_there 0
touch "$work/broken"
it 'says what to type when apt-get fails' fails 2 'sudo apt-get update && sudo apt-get install' setup/setup.sh lab
none_there 0
it 'prints the command when told not to install' fails 2 'kt-package' env KTLAB_INSTALL=no setup/setup.sh lab
it 'does not install then' test ! -e "$work/asked"
none_there 1000
it 'ends make lab with the command that is missing' fails 2 'kt-package' make -s lab
it 'shows in make doctor what is missing and how to get it' \
	fails 2 'apt-get install -y --no-install-recommends kt-package' make -s doctor
touch "$work/got/kt-missing"
chmod +x "$work/got/kt-missing"
it 'is content with what make lab needs when nothing else was asked' setup/doctor.sh
it 'is not when asked for make test' fails 2 'for make test' make -s doctor FOR=test
# a gcc of a later year, which builds 5.4 with the C that it is told
printf '#!/bin/sh\necho 16\n' >"$work/got/gcc"
chmod +x "$work/got/gcc"
no_other_gcc() { setup/doctor.sh >"$work/said" && fails 1 '' grep -E 'gcc-[0-9]' "$work/said"; }
it 'asks for no other gcc beside the one that is there, as new as it is' no_other_gcc
rm "$work/got/gcc"
printf '#!/bin/sh\necho glibc 2.31\n' >"$work/bin/getconf"
chmod +x "$work/bin/getconf"
it 'refuses a machine that is too old in one sentence, before it installs anything' fails 2 'Debian 12' setup/setup.sh lab
it 'says so in make doctor' fails 2 'glibc 2.31 is too old' setup/doctor.sh
rm "$work/bin/getconf"

# elsewhere CALL: what install_command says where apt-get is missing and only this package manager is there
elsewhere() (
	mkdir -p "$work/$1"
	ln -sf "$(type -P true)" "$work/$1/$1"
	for tool in awk paste dirname; do ln -sf "$(type -P "$tool")" "$work/$1/"; done
	. setup/tools.sh
	PATH=$work/$1 install_command "${@:2}"
)
it "knows Fedora's names" says 'dnf install elfutils-libelf-devel gcc' elsewhere dnf libelf-dev gcc
it "knows Arch's names, each once" says 'pacman -S --needed glibc gcc' elsewhere pacman libc6-dev gcc locales

PATH=$here_path
KTLAB_TOOLS=$PWD/setup/tools
nothing_said() { [ -z "$(setup/setup.sh test 2>&1)" ]; }
it 'says and does nothing when nothing is missing' nothing_said
tap_end
