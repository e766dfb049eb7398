# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/model/cursor.h \
	include/perftop/model/metric.h \
	include/perftop/model/proc.h \
	include/perftop/model/sink.h \
	src/model/metric.c
