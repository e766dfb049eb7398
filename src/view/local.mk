# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	include/perftop/view/canvas.h \
	include/perftop/view/chart.h \
	include/perftop/view/roles.def \
	include/perftop/view/theme.h \
	include/perftop/view/theme_builtin.h \
	src/view/canvas.c \
	src/view/canvas_print.c \
	src/view/chart.c \
	src/view/chart_area.c \
	src/view/glyphs.c \
	src/view/theme.c
