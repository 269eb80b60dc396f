# SPDX-License-Identifier: GPL-2.0-or-later
# Every verb of ktlab. All paths are relative, so that a clone may lie in any folder.

# settings, on the command line or in the environment; a pair of apps/examples is a client and a server like any
EXAMPLE ?=
CLIENT ?= $(EXAMPLE:%=apps/examples/%/client.c)
SERVER ?= $(EXAMPLE:%=apps/examples/%/server.c)
LAB    ?= $(if $(CLIENT)$(SERVER),programs,handshake)
KERNEL ?= auto
OUT    ?= out
TREE   ?=
# a shell has a variable of this name, too, which is a number: no function and no folder begins with one
KTLAB_LINES := $(filter-out 0% 1% 2% 3% 4% 5% 6% 7% 8% 9%,$(LINES))
# a tree of calls, and lines, are followed inside QEMU; a class takes the fastest that there is
ENGINE ?= $(if $(TREE)$(KTLAB_LINES),plugin,$(if $(SUBMISSIONS),auto,gdb))
# event of the run at which the guest's memory is kept; the gdb engine's own stops would have moved the guest's clock
DUMP_AT ?=
EXACT  ?= $(if $(DUMP_AT),$(if $(filter gdb,$(ENGINE)),1))
EXERCISE ?=
FROM   ?=
EVENT  ?=
AT     ?=
COUNT  ?=
QEMU   ?= qemu-system-x86_64
ACCEL  ?= tcg
LIMIT  ?=
CLIENT_ARGS ?=
SERVER_ARGS ?=
CLIENTS ?=
TOGETHER ?=
NODES  ?=
FILES  ?=
POINTS ?=
SRC    ?=
WATCH  ?=
T      ?=
V      ?=
MUTATE ?=
SUBMISSIONS ?=
GRADES ?= $(OUT)/grades
EXPECT ?=
JOBS   ?=
MACHINES ?=
BY     ?=
export LAB KERNEL OUT ENGINE EXACT EXERCISE FROM EVENT DUMP_AT AT COUNT QEMU ACCEL LIMIT CLIENT SERVER CLIENT_ARGS SERVER_ARGS CLIENTS TOGETHER NODES FILES \
	POINTS TREE KTLAB_LINES SRC WATCH MUTATE SUBMISSIONS GRADES EXPECT JOBS MACHINES BY T V

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
Q := $(if $(V),,@)

CC     := gcc
CFLAGS := -std=c11 -Wall -Wextra -Werror -O2 -g
# each object's headers, noted by the compiler
DEPS    = -MMD -MP -MF $(@:%=build/deps/%.d)

# the host's programs: sources in NAME/, objects in build/obj/NAME/
ktrun_sources     := $(wildcard ktrun/*.c)
ktreport_sources  := $(sort $(wildcard report/*.c report/*/*.c))
ktrun_libraries    := -ljansson
ktreport_libraries := -lpcap -lm -lzstd -ldw -lelf
# the plugin, for each version of QEMU's interface
plugins           := build/ktlab-plugin-4.so build/ktlab-plugin-7.so
# the guest's programs: one source, one static binary each
apps              := $(patsubst apps/%.c,build/apps/%,$(wildcard apps/*.c))
# C tests: linked with the sources of the part that they test, all but its main()
unit_tests        := $(patsubst tests/%.c,build/tests/%.t,$(wildcard tests/report/*.c tests/ktrun/*.c) tests/plugin/tree.c)

c_files           := $(wildcard apps/*.[ch] apps/examples/*.h apps/examples/*/*.c ktrun/*.[ch] report/*.[ch] report/*/*.[ch] qemu-plugin/*.[ch] tests/*/*.[ch] tests/report/mutate/*.[ch])
shell_files       := $(wildcard *.sh */*.sh */*/*.sh .ci/run tests/run tests/*/refresh tests/e2e/checks/* tests/explain/confirm rootfs/init)
python_files      := $(wildcard setup/*.py gdb-scripts/*.py gdb-scripts/ktlab/*.py gdb-scripts/ktlab/*/*.py tests/*/*.py tests/*/*/*.py)

# programs of the user's own lie beside the others, in an initramfs of their own
own    := $(if $(CLIENT)$(SERVER)$(CLIENT_ARGS)$(SERVER_ARGS)$(CLIENTS)$(NODES)$(FILES),build/own/)
initrd := $(or $(own),build/)initramfs.cpio
export KTLAB_INITRD := $(initrd)

.PHONY: lab labs lesson lessons grade bench prove shell attach vscode debug report kernel kernel-add rootfs apps own test mutants check check-shell check-form check-c check-python \
	qemu doctor setup clean help

## run
lab: setup build/ktrun build/ktreport $(plugins) rootfs ## run one lab and report: make lab LAB=handshake KERNEL=auto OUT=out
	$(Q)[ -e "labs/$$LAB/guest.sh" ] || exec build/ktrun "labs/$$LAB"
	$(Q)[ -z "$$DUMP_AT" ] || [ -z "$$FROM" ] || { echo "DUMP_AT is of a new run, FROM=$$FROM of an old one: make debug FROM=$$FROM EVENT=$$DUMP_AT, there kt dump FILE" >&2; exit 2; }
	$(Q)KTLAB_KDIR=$$(kernel-config/kernel.sh build "$$KERNEL"); export KTLAB_KDIR; \
		[ -n "$$DUMP_AT" ] || exec qemu-plugin/engine.sh "labs/$$LAB"; held=0; qemu-plugin/engine.sh "labs/$$LAB" || held=$$?; [ $$held -le 1 ] || exit $$held; \
		EXACT="" FROM="$$OUT/$$LAB" EVENT=$$DUMP_AT DUMP="$$OUT/$$LAB/vmcore" gdb-scripts/debug.sh "$$OUT/debug"; exit $$held

labs: setup build/ktrun build/ktreport $(plugins) rootfs ## run every lab; one summary table
	$(Q)KTLAB_KDIR=$$(kernel-config/kernel.sh build "$$KERNEL"); export KTLAB_KDIR; exec labs/all.sh

prove: setup build/ktrun build/ktreport $(plugins) rootfs $(if $(MUTATE),build/mutate) ## prove that nothing is missed and that runs repeat: ENGINES="gdb plugin" COUNT=130 RUNS=3
	$(Q)setup/setup.sh test
	$(Q)KTLAB_KDIR=$$(kernel-config/kernel.sh build "$$KERNEL"); export KTLAB_KDIR; [ -z "$$WATCH" ] || exec labs/watch.sh; exec labs/prove.sh

bench: setup setup-test build/ktrun build/ktreport $(plugins) rootfs ## measure what a run, a stop of GDB, tracing and reporting cost; KERNEL_BUILD=1: the build of the kernel, too
	$(Q)kernel=$$(kernel-config/kernel.sh build "$$KERNEL"); for bench in labs gdb-scripts qemu-plugin; do $$bench/bench.sh "$$kernel"; echo; done; \
		[ -z "$$KERNEL_BUILD" ] || kernel-config/bench.sh "$$kernel"; exec tests/report/bench

lessons: setup build/ktreport ## refresh the output in the lessons from the runs in OUT (run the labs first: make labs)
	$(Q)labs/lessons.sh

lesson: setup build/ktreport ## ten minutes with a run of LAB, question by question; boots one if there is none in OUT
	$(Q)[ -r "labs/$$LAB/lesson" ] || { echo "make lesson: lab '$$LAB' has no lesson to walk through; those that have:" $$(ls labs/*/lesson | cut -d/ -f2); exit 2; } >&2
	$(Q)[ -e "$$OUT/$$LAB/events.jsonl" ] || $(MAKE) lab
	$(Q)exec build/ktreport lesson "$$OUT/$$LAB"

grade: setup build/ktrun build/ktreport $(plugins) apps ## run and judge a class: make grade SUBMISSIONS=DIR, with a folder a student in it; MACHINES=a,b or Slurm: on many
	$(Q)KTLAB_KDIR=$$(kernel-config/kernel.sh build "$$KERNEL"); export KTLAB_KDIR; exec labs/grade.sh

report: setup build/ktreport ## report again from the stored events of LAB, without booting
	$(Q)build/ktreport write "$$OUT/$$LAB"; build/ktreport show ladder "$$OUT/$$LAB"

shell: setup rootfs ## a shell in the guest (Ctrl-A x ends it); GDB=1: with a GDB in another window, by make attach
	$(Q)mkdir -p "$$OUT/shell"
	$(Q)kernel=$$(kernel-config/kernel.sh build "$$KERNEL"); [ -z "$(GDB)" ] || exec env -u GDB gdb-scripts/shell.sh "$$OUT/shell" "$$kernel"; \
		KTLAB_MODE=person KTLAB_KERNEL=$$kernel/bzImage KTLAB_RUN=$$OUT/shell KTLAB_LAB=$$LAB ./run-qemu.sh || :

attach: setup ## a GDB in the guest of make shell GDB=1; POINTS="tcp_ack": with breakpoints
	$(Q)exec gdb-scripts/shell.sh "$$OUT/shell"

vscode: setup ## write .vscode/launch.json: VS Code in the guest of make shell GDB=1
	$(Q)exec gdb-scripts/vscode.sh "$$OUT/shell" "$$(kernel-config/kernel.sh build "$$KERNEL")"

debug: setup build/ktrun $(if $(FROM),build/ktreport,rootfs) ## a GDB of your own in the guest, where LAB begins; FROM=out/handshake EVENT=88: at that event of that run
	$(Q)[ -n "$$FROM" ] || [ -r "labs/$$LAB/points" ] || exec build/ktrun "labs/$$LAB"
	$(Q)[ -z "$$FROM" ] || exec gdb-scripts/debug.sh "$$OUT/debug"; \
		kernel=$$(kernel-config/kernel.sh build "$$KERNEL"); exec gdb-scripts/debug.sh "$$OUT/debug" "$$kernel" "labs/$$LAB"

## set up
setup:
	$(Q)setup/setup.sh lab

qemu: $(plugins) ## find a QEMU for ENGINE=plugin, or fetch one into the cache
	$(Q)qemu-plugin/get-qemu.sh

doctor: ## what this machine has, what is missing, how to get it; tries KVM; FOR=test: for make test
	$(Q)setup/doctor.sh $(FOR)

kernel: setup ## build the kernel that KERNEL names (auto, 5.4, 5.4.302, distro, a folder), or find it in the cache
	$(Q)kernel-config/kernel.sh build "$$KERNEL"

kernel-add: ## register kernel sources of your own: make kernel-add SRC=DIR
	$(Q)kernel-config/kernel.sh add "$$SRC"

rootfs: $(or $(own),$(initrd)) ## pack the guest: busybox, programs, labs

apps: $(apps) ## compile the guest's programs

## build
build/apps/%: apps/%.c | setup
	@mkdir -p $(@D) build/deps/$(@D)
	$(Q)$(CC) $(CFLAGS) -static $(DEPS) -o $@ $<

build/obj/%.o: %.c | setup
	@mkdir -p $(@D) build/deps/$(@D)
	$(Q)$(CC) $(CFLAGS) -Ireport $(DEPS) -c -o $@ $<

build/ktrun: $(ktrun_sources:%.c=build/obj/%.o)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(ktrun_libraries)

build/ktreport: $(ktreport_sources:%.c=build/obj/%.o) | build/locale/zh_CN/LC_MESSAGES/ktreport.mo
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(ktreport_libraries)

# the proof of the report's checks
build/mutate: $(wildcard tests/report/mutate/*.[ch]) $(filter-out build/obj/report/main.o,$(ktreport_sources:%.c=build/obj/%.o))
	$(Q)$(CC) $(CFLAGS) -Ireport -o $@ $(filter-out %.h,$^) $(ktreport_libraries)

# which explanation stands beside which event, for tests/explain/confirm
build/rules: tests/explain/rules.c $(filter-out build/obj/report/main.o,$(ktreport_sources:%.c=build/obj/%.o))
	$(Q)$(CC) $(CFLAGS) -Ireport -o $@ $^ $(ktreport_libraries)

# the page as one file: "@include NAME" in page.html is that file
build/page.html: $(wildcard report/forms/page/*)
	@mkdir -p $(@D)
	$(Q)cd report/forms/page; awk '$$1 != "@include" { print; next } { while ((more = getline line < $$2) > 0) print line; \
		if (more < 0) { print "page.html: cannot read \047" $$2 "\047" >"/dev/stderr"; exit 1 } }' page.html >../../../$@

build/obj/report/forms/form_html.o: build/page.html

# the report in Chinese, with the sentences of points and labs, which may be the same
build/locale/zh_CN/LC_MESSAGES/ktreport.mo: report/po/zh_CN.po $(wildcard gdb-scripts/ktlab/*.zh.po labs/*/*.zh.po) | setup
	@mkdir -p $(@D)
	$(Q)cat $^ | msguniq --use-first | msgfmt -o $@ -

# QEMU, which loads it, brings what is undefined in it
$(plugins): build/ktlab-plugin-%.so: $(wildcard qemu-plugin/*.[ch]) | setup
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -DQEMU_PLUGIN_VERSION=$* -fPIC -fvisibility=hidden -shared -o $@ $(filter %.c,$^) -ljansson -lzstd

build/initramfs.cpio: $(apps) $(wildcard rootfs/* labs/*/guest.sh labs/topology/*)
	$(Q)rootfs/pack.sh $@

# made each time: what they are made from may be anywhere
build/own/: $(apps)
	@mkdir -p $@
	$(Q)rootfs/own.sh build/own
	$(Q)OWN=build/own APPS=build/own/apps rootfs/pack.sh $(initrd)
.PHONY: build/own/

## test
# all that a test makes for itself stands before the first begins: two of them run at a time, and a program is linked by one
test: setup-test $(unit_tests) build/ktrun build/ktreport build/mutate build/rules $(plugins) build/initramfs.cpio ## run the tests; T=PATTERN runs those with that in their path
	$(Q)tests/run "$$T"

mutants: setup-test build/ktrun build/ktreport $(plugins) ## break the sources in each way of tests/mutants/table.tsv, and see the test for it fail; T=PATTERN: those with that in their row
	$(Q)python3 -B tests/mutants/mutants.py $$T

setup-test:
	$(Q)setup/setup.sh test
.PHONY: setup-test

# C tests and what they test, each compiled once for all of them
build/checked/%.o: %.c | setup
	@mkdir -p $(@D) build/deps/$(@D)
	$(Q)$(CC) $(CFLAGS) -fsanitize=address,undefined -Ireport -Iktrun $(DEPS) -c -o $@ $<

build/checked/report/forms/form_html.o: build/page.html

build/tests/report/%.t: build/checked/tests/report/%.o $(filter-out build/checked/report/main.o,$(ktreport_sources:%.c=build/checked/%.o))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fsanitize=address,undefined -o $@ $^ $(ktreport_libraries)

build/tests/ktrun/%.t: build/checked/tests/ktrun/%.o $(filter-out build/checked/ktrun/main.o,$(ktrun_sources:%.c=build/checked/%.o))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fsanitize=address,undefined -o $@ $^ $(ktrun_libraries)

build/tests/plugin/tree.t: tests/plugin/tree.c qemu-plugin/tree.c qemu-plugin/tree.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fsanitize=address,undefined -Iqemu-plugin -o $@ $(filter %.c,$^)

check: check-tests check-shell check-form check-c check-python build/ktrun build/ktreport $(plugins) $(apps) $(unit_tests) ## look the sources over

# one that may not be executed is not run
check-tests:
	$(Q)for test in tests/*/*.sh; do \
		[ -x $$test ] || [ "$$(head -c 2 $$test)" != '#!' ] || { echo "$$test begins with #! and may not be executed: chmod +x, or take the line out" >&2; exit 1; }; \
	done

check-shell: setup-check
	$(Q)shellcheck -x -P SCRIPTDIR -S warning $(shell_files)

check-form: setup-check
	$(Q)clang-format --dry-run -Werror $(c_files)

check-c: setup-check
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=normalCheckLevelMaxBranches --error-exitcode=1 $(c_files)

check-python: setup-check
	$(Q)pyflakes3 $(python_files)

setup-check:
	$(Q)setup/setup.sh check
.PHONY: setup-check

compile_commands.json: Makefile $(filter %.c,$(c_files)) ## for editors: how each C file is compiled
	$(Q)python3 setup/compile_commands.py "$(CC) $(CFLAGS) -Ireport -Iktrun" $(filter %.c,$(c_files)) >$@

## other
clean: ## remove what was built here; the kernels in the cache and the runs in $(OUT)/ stay
	$(Q)rm -rf build compile_commands.json

help: ## list the verbs
	$(Q)awk -F':.*## ' '/^[a-z_.-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' Makefile
	$(Q)echo "settings: LAB KERNEL OUT ENGINE POINTS TREE LINES DUMP_AT QEMU ACCEL LIMIT V=1 (print each command)"
	$(Q)echo "programs: EXAMPLE CLIENT SERVER CLIENT_ARGS SERVER_ARGS CLIENTS TOGETHER NODES FILES (labs/programs)"
	$(Q)echo "a class: SUBMISSIONS GRADES EXPECT JOBS MACHINES BY (docs/grade.md)"

-include $(shell find build/deps -name '*.d' 2>/dev/null)
