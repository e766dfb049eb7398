# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/present/export.h \
	include/perftop/present/gate.h \
	include/perftop/present/table.h \
	include/perftop/present/value.h \
	src/present/export.c \
	src/present/field.c \
	src/present/field.h \
	src/present/gate.c \
	src/present/gate_ci.c \
	src/present/gate_words.h \
	src/present/table.c \
	src/present/time.c \
	src/present/value.c
