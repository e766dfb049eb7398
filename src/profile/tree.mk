# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/frames.c \
	src/profile/profile.c \
	src/profile/tree.c \
	src/profile/tree_build.h
