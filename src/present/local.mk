# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/present/value.h \
	src/present/time.c \
	src/present/value.c
