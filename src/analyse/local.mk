# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/analyse/anomaly.h \
	include/perftop/analyse/changepoint.h \
	include/perftop/analyse/compare.h \
	include/perftop/analyse/forecast.h \
	include/perftop/analyse/quantile.h \
	include/perftop/analyse/resample.h \
	src/analyse/changepoint.c \
	src/analyse/changepoint_levels.c \
	src/analyse/changepoint_newest.c \
	src/analyse/changepoint_priv.h \
	src/analyse/quantile.c \
	src/analyse/resample.c
