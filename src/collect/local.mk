# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/collect/cgroup.h \
	include/perftop/collect/collect.h \
	include/perftop/collect/custom.h \
	include/perftop/collect/procs.h \
	include/perftop/collect/root.h \
	include/perftop/collect/roster.h \
	include/perftop/collect/scan.h \
	include/perftop/collect/source.h \
	src/collect/cgroup.c \
	src/collect/cgroup_folder.c \
	src/collect/cgroup_place.c \
	src/collect/cgroup_place.h \
	src/collect/collect.c \
	src/collect/collectors.def \
	src/collect/cpu.c \
	src/collect/disks.c \
	src/collect/load.c \
	src/collect/memory.c \
	src/collect/network.c \
	src/collect/pressure.c \
	src/collect/root.c \
	src/collect/roster.c \
	src/collect/scan.c \
	src/collect/self.c \
	src/collect/sensors.c \
	src/collect/source.c \
	src/collect/tcp.c \
	src/collect/vm.c
libperftop_a_SOURCES += \
	include/perftop/collect/perf.h \
	src/collect/custom.c \
	src/collect/custom_fetch.c \
	src/collect/custom_fetch.h \
	src/collect/custom_parse.c \
	src/collect/gpu.c \
	src/collect/perf.c \
	src/collect/perf_open.c \
	src/collect/procs.c \
	src/collect/procs_act.c \
	src/collect/procs_detail.c \
	src/collect/procs_read.c \
	src/collect/procs_row.h
