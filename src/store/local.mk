# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/store/culprits.h \
	include/perftop/store/db.h \
	include/perftop/store/runs.h \
	include/perftop/store/store.h \
	src/store/culprits.c \
	src/store/cursor.c \
	src/store/ring.c \
	src/store/ring.h \
	src/store/store.c \
	src/store/store_priv.h
