# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/store/store.h \
	include/perftop/store/culprits.h \
	src/store/culprits.c \
	src/store/cursor.c \
	src/store/ring.c \
	src/store/ring.h \
	src/store/store.c \
	src/store/store_priv.h
