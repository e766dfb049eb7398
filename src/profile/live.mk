# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/perf_pipe.c \
	src/profile/perf_pipe.h \
	src/profile/sampler.c \
	src/profile/sampler_by_perf.c \
	src/profile/sampler_cut.c \
	src/profile/sampler_event.c \
	src/profile/sampler_offcpu.c \
	src/profile/sampler_past.c \
	src/profile/sampler_perf.c \
	src/profile/sampler_poll.c \
	src/profile/sampler_priv.h \
	src/profile/sampler_refused.c \
	src/profile/sampler_rings.c \
	src/profile/sampler_start.c \
	src/profile/sampler_take.c \
	src/profile/sampler_tasks.c \
	src/profile/sampler_uprobe.c
