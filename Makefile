# SPDX-License-Identifier: GPL-2.0-or-later
# Every verb of ktlab. All paths are relative, so that a clone may lie in any folder.

# settings, on the command line or in the environment
LAB    ?= handshake
KERNEL ?= auto
OUT    ?= out
ENGINE ?= gdb
EXACT  ?=
QEMU   ?= qemu-system-x86_64
ACCEL  ?= tcg
LIMIT  ?= 120
CLIENT ?=
SERVER ?=
POINTS ?=
SRC    ?=
T      ?=
V      ?=
export LAB KERNEL OUT ENGINE EXACT QEMU ACCEL LIMIT CLIENT SERVER POINTS SRC T V

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
Q := $(if $(V),,@)

CC     ?= gcc
CFLAGS := -std=c11 -Wall -Wextra -Werror -O2 -g
DEPS    = -MMD -MP -MF $(@:%=build/deps/%.d)

# the host's programs: sources in NAME/, objects in build/obj/NAME/, binary build/NAME
ktrun_objects    := $(patsubst ktrun/%.c,build/obj/ktrun/%.o,$(wildcard ktrun/*.c))
ktreport_objects := $(patsubst report/%.c,build/obj/report/%.o,$(wildcard report/*.c))
# the guest's programs: one source, one static binary each
apps             := $(patsubst apps/%.c,build/apps/%,$(wildcard apps/*.c))

# with a program of the user's own, the guest gets it in an initramfs of its own
own    := $(if $(CLIENT)$(SERVER),build/own/)
initrd := $(or $(own),build/)initramfs.cpio
export KTLAB_INITRD := $(initrd)

.PHONY: lab labs kernel kernel-add rootfs apps test check doctor setup clean help own

## running
setup:
	$(Q)setup/setup.sh lab

kernel: setup ## build the kernel that KERNEL names (auto, 5.4, 5.4.302, distro, a folder), or find it in the cache
	$(Q)kernel-config/kernel.sh build "$$KERNEL"

kernel-add: ## register kernel sources of your own: make kernel-add SRC=DIR
	$(Q)kernel-config/kernel.sh add "$$SRC"

rootfs: $(initrd) $(if $(own),own) ## pack the guest: busybox, programs, labs

apps: $(apps) ## compile the guest's programs

build/apps/%: apps/%.c | setup
	@mkdir -p $(@D) build/deps/$(@D)
	$(Q)$(CC) $(CFLAGS) -static $(DEPS) -o $@ $<

build/obj/%.o: %.c | setup
	@mkdir -p $(@D) build/deps/$(@D)
	$(Q)$(CC) $(CFLAGS) $(DEPS) -c -o $@ $<

build/ktrun: $(ktrun_objects)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ -ljansson

build/ktreport: $(ktreport_objects)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ -ljansson -lpcap -lm

build/initramfs.cpio: $(apps) $(wildcard rootfs/* labs/*/guest.sh labs/topology/*)
	$(Q)rootfs/pack.sh $@

clean: ## remove everything that was built here (not the cache of kernels)
	$(Q)rm -rf build

help: ## list the verbs
	$(Q)awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

-include $(shell find build/deps -name '*.d' 2>/dev/null)
