# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	src/cli/completions.c \
	src/cli/doctor.c \
	src/cli/doctor_terminal.c \
	src/cli/doctor_terminal.h \
	src/cli/info.c \
	src/cli/metrics.c \
	src/cli/snapshot.c \
	src/cli/trust.c
