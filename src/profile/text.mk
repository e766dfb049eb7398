# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/perf_script.h \
	src/profile/perf_script_cache.c \
	src/profile/perf_script_inline.c \
	src/profile/perf_script_line.c \
	src/profile/perf_script_names.c \
	src/profile/read_bpftrace.c \
	src/profile/read_dtrace.c \
	src/profile/read_perf_script.c
