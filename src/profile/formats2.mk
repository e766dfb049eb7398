# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/call_graph.c \
	src/profile/call_graph.h \
	src/profile/gperf.c \
	src/profile/gperf.h \
	src/profile/read_callgrind.c \
	src/profile/read_flamegraph_svg.c \
	src/profile/read_gperftools_cpu.c \
	src/profile/read_heaptrack.c \
	src/profile/read_massif.c \
	src/profile/read_tcmalloc.c \
	src/profile/scan.c \
	src/profile/scan.h
