# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/base/banned.h \
	include/perftop/base/base64.h \
	include/perftop/base/child.h \
	include/perftop/base/clock.h \
	include/perftop/base/csv.h \
	include/perftop/base/err.h \
	include/perftop/base/fs.h \
	include/perftop/base/json.h \
	include/perftop/base/json_pull.h \
	include/perftop/base/loop.h \
	include/perftop/base/map.h \
	include/perftop/base/mem.h \
	include/perftop/base/str.h \
	include/perftop/base/text.h \
	include/perftop/base/unit.h \
	src/base/base64.c \
	src/base/child.c \
	src/base/child_place.c \
	src/base/child_spawn.c \
	src/base/child_spawn.h \
	src/base/child_sweep.c \
	src/base/clock.c \
	src/base/csv.c \
	src/base/err.c \
	src/base/fs.c \
	src/base/json.c \
	src/base/json_pull.c \
	src/base/json_scan.c \
	src/base/json_scan.h \
	src/base/json_write.c \
	src/base/loop.c \
	src/base/loop_guard.h \
	src/base/map.c \
	src/base/mem.c \
	src/base/str.c \
	src/base/text.c \
	src/base/text_distance.c \
	src/base/text_fuzzy.c \
	src/base/text_width.c \
	src/base/text_width.h \
	src/base/unit.c
EXTRA_DIST += tools/gen-width
