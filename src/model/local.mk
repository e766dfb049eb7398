# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/model/bench.h \
	include/perftop/model/board.h \
	include/perftop/model/cursor.h \
	include/perftop/model/metric.h \
	include/perftop/model/proc.h \
	include/perftop/model/run.h \
	include/perftop/model/sink.h \
	include/perftop/model/verdict.h \
	src/model/bench.c \
	src/model/board.c \
	src/model/metric.c \
	src/model/run.c \
	src/model/verdict.c
