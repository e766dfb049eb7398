# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/profile/export.h \
	include/perftop/profile/exports.def \
	include/perftop/profile/frames.h \
	include/perftop/profile/graph.h \
	include/perftop/profile/grown.h \
	include/perftop/profile/perf_stacks.h \
	include/perftop/profile/profile.h \
	include/perftop/profile/reader.h \
	include/perftop/profile/readers.def \
	include/perftop/profile/sampler.h \
	include/perftop/profile/shown.h \
	include/perftop/profile/symbols.h \
	include/perftop/profile/tree.h
include src/profile/tree.mk
include src/profile/text.mk
include src/profile/perfdata.mk
include src/profile/symbols.mk
include src/profile/live.mk
include src/profile/formats1.mk
include src/profile/formats2.mk
include src/profile/out.mk
