# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/store/culprits.h \
	include/perftop/store/db.h \
	include/perftop/store/flames.h \
	include/perftop/store/runs.h \
	include/perftop/store/store.h \
	src/store/culprits.c \
	src/store/cursor.c \
	src/store/db.c \
	src/store/flames.c \
	src/store/ring.c \
	src/store/ring.h \
	src/store/runs.c \
	src/store/runs_history.c \
	src/store/runs_priv.h \
	src/store/runs_prune.c \
	src/store/runs_read.c \
	src/store/samples.c \
	src/store/samples.h \
	src/store/sql.h \
	src/store/store.c \
	src/store/store_priv.h
