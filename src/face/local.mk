# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	include/perftop/face/command.h \
	include/perftop/face/console.h \
	include/perftop/face/face.h \
	src/face/args.c \
	src/face/face.c \
	src/face/help.c
