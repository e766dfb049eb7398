# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/perf_abi.h \
	src/profile/perf_data.h \
	src/profile/perf_data_collapse.c \
	src/profile/perf_data_script.c \
	src/profile/perf_file.c \
	src/profile/perf_file.h \
	src/profile/perf_procs.c \
	src/profile/perf_procs.h \
	src/profile/perf_queue.c \
	src/profile/perf_queue.h \
	src/profile/perf_sample.c \
	src/profile/perf_stacks.c \
	src/profile/perf_unpack.c \
	src/profile/perf_unpack.h \
	src/profile/read_perf_data.c
