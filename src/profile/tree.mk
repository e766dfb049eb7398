# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/profile.c
