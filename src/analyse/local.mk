# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/analyse/anomaly.h \
	include/perftop/analyse/bisect.h \
	include/perftop/analyse/changepoint.h \
	include/perftop/analyse/compare.h \
	include/perftop/analyse/confirm.h \
	include/perftop/analyse/forecast.h \
	include/perftop/analyse/quantile.h \
	include/perftop/analyse/ranktest.h \
	include/perftop/analyse/resample.h \
	include/perftop/analyse/student.h \
	src/analyse/anomaly.c \
	src/analyse/bisect.c \
	src/analyse/changepoint.c \
	src/analyse/changepoint_bends.c \
	src/analyse/changepoint_levels.c \
	src/analyse/changepoint_newest.c \
	src/analyse/changepoint_priv.h \
	src/analyse/changepoint_season.c \
	src/analyse/changepoint_shape.c \
	src/analyse/changepoint_steps.c \
	src/analyse/changepoint_util.c \
	src/analyse/compare.c \
	src/analyse/compare_exact.c \
	src/analyse/compare_judge.c \
	src/analyse/compare_priv.h \
	src/analyse/compare_serial.c \
	src/analyse/compare_spread.c \
	src/analyse/confirm.c \
	src/analyse/forecast.c \
	src/analyse/quantile.c \
	src/analyse/ranktest.c \
	src/analyse/resample.c \
	src/analyse/student.c
