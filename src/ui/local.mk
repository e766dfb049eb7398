# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	include/perftop/ui/input.h \
	include/perftop/ui/term.h \
	src/ui/input.c \
	src/ui/keyname.c \
	src/ui/term.c \
	src/ui/term_copy.c \
	src/ui/term_crash.c \
	src/ui/term_local.h \
	src/ui/term_modes.c \
	src/ui/term_paint.c \
	src/ui/term_shift.c

# The console.
libperftop_faces_a_SOURCES += \
	include/perftop/ui/keymap.h \
	src/ui/console.c \
	src/ui/console.h \
	src/ui/console_bench.c \
	src/ui/console_commands.c \
	src/ui/console_flame.c \
	src/ui/console_keys.c \
	src/ui/dialog.c \
	src/ui/dialog.h \
	src/ui/keymap.c \
	src/ui/plain.c \
	src/ui/plain.h
