#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What kernel.sh says of a build: how far it is, and its first error.
. "$(dirname "$0")/fake.sh"

. kernel-config/build.sh

# first_of LINE…: the first error of a log of these lines, between those of a build
first_of() {
	{ printf '  CC      lib/str_error_r.o\n'; printf '%s\n' "$@"; printf '  AR      lib/lib.a\n'; } >"$work/log"
	first_error "$work/log"
}
failed='make[2]: *** [scripts/Makefile.build:262: main.o] Error 1'
it "takes the compiler's error, not a file that is called after one" says 'main.c:3:2: error: bad' \
	first_of '  HOSTCC  scripts/error.o' "main.c:3:2: error: bad" "$failed"
it 'takes that of a warning which is one' says "main.c:3:2: error: unused variable 'a' [-Werror=unused-variable]" \
	first_of "main.c:3:2: error: unused variable 'a' [-Werror=unused-variable]" 'cc1: all warnings being treated as errors' "$failed"
it 'takes the header that is missing' says 'fatal error: gelf.h: No such file' first_of 'elf.h:10:10: fatal error: gelf.h: No such file or directory' "$failed"
it 'takes the program that is missing, not what make says of it' says '/bin/sh: 1: bc: not found' \
	first_of '/bin/sh: 1: bc: not found' 'make[1]: *** [Kbuild:21: include/generated/timeconst.h] Error 127'
it "takes the linker's" says "undefined reference to \`f'" first_of "ld: main.o: in function \`g': undefined reference to \`f'" "$failed"
it 'takes a symbol that is there twice' says 'multiple definition' first_of "ld: b.o: multiple definition of \`__force_order'; a.o: first defined here" "$failed"
it "takes objtool's" says 'objtool: missing symbol table' first_of 'arch/x86/entry/thunk_64.o: warning: objtool: missing symbol table' "$failed"
it "takes make's own where nothing else is said" says "*** No rule to make target 'a'" first_of "make: *** No rule to make target 'a', needed by 'b'.  Stop."
it 'takes the last word of all' says "$failed" first_of "$failed"

# on a terminal, where each step of it is shown
fake_tree "$work_plain/untried" 5.11.7
it 'says about how many objects there will be of a release that was never built' says 'of about 1200 objects' \
	script -qec "kernel-config/kernel.sh build '$work_plain/untried'" /dev/null
tap_end
