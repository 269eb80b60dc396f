# SPDX-License-Identifier: GPL-2.0-or-later
# The targets of a stand-in kernel: its options are the fragments without those named in $(srctree)/refused. With
# FAKE_KERNEL=DIR what comes out is the kernel that is built there.
srctree := $(dir $(lastword $(MAKEFILE_LIST)))
# as make 4.4 leads those of 5.4.49 to believe: nothing is said of what is compiled
quiet := silent_

# what a build left makes the kernel's makefiles refuse to build elsewhere
mrproper:
	rm -rf $(srctree).config $(srctree)main.o $(srctree)vmlinux $(srctree)include/config

allnoconfig:
	@[ ! -e $(srctree)include/config ] && [ ! -e $(srctree)main.o ] || { echo '*** The source tree is not clean'; exit 1; }
	grep -v -F -f $(srctree)refused $(KCONFIG_ALLCONFIG) >$(O)/.config || cp $(KCONFIG_ALLCONFIG) $(O)/.config

bzImage vmlinux scripts_gdb: build
build:
	@[ $(quiet) = silent_ ] || { echo '  CC      main.o'; echo '  CC      lib/str_error_r.o'; }
	sleep $(or $(FAKE_BUILD_S),1)
	@[ ! -e $(srctree)full ] || { echo 'cannot write: No space left on device'; exit 1; }
	echo built >>$(srctree)../builds
	mkdir -p $(O)/arch/x86/boot $(O)/scripts
	printf '%s\n' 'deps_main.o := \' '    $$(wildcard include/config/NET) \' '  $(abspath $(srctree))/main.c \' '  $(abspath $(srctree))/net/ipv4/tcp_ipv4.c \' '  /usr/include/stdio.h \' '  include/generated/made.h' >$(O)/.main.o.cmd
ifdef FAKE_KERNEL
	cp $(FAKE_KERNEL)/vmlinux $(O)/vmlinux
	cp $(FAKE_KERNEL)/bzImage $(O)/arch/x86/boot/bzImage
	cp $(FAKE_KERNEL)/config $(O)/.config
else
	$(CC) -g -Wl,--build-id=0x$$(cat $(O)/.config $(srctree)main.c | sha1sum | cut -c1-40) -o $(O)/vmlinux $(srctree)main.c
	cp $(O)/vmlinux $(O)/arch/x86/boot/bzImage
endif
	ln -sfn $(abspath $(srctree))/scripts/gdb $(O)/scripts/gdb
	ln -sf scripts/gdb/vmlinux-gdb.py $(O)/vmlinux-gdb.py
