# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/app/bench_flame.h \
	include/perftop/app/bench_job.h \
	include/perftop/app/benches.h \
	include/perftop/app/board.h \
	include/perftop/app/doctor.h \
	include/perftop/app/flame.h \
	include/perftop/app/flame_record.h \
	include/perftop/app/log.h \
	include/perftop/app/options.def \
	include/perftop/app/options.h \
	include/perftop/app/project.h \
	include/perftop/app/session.h \
	src/app/benches.c \
	src/app/bench_flame.c \
	src/app/bench_job.c \
	src/app/board.c \
	src/app/config.c \
	src/app/doctor.c \
	src/app/doctor_look.h \
	src/app/doctor_machine.c \
	src/app/doctor_noise.c \
	src/app/flame.c \
	src/app/flame_task.c \
	src/app/flame_task.h \
	src/app/flame_record.c \
	src/app/log.c \
	src/app/noise_watch.c \
	src/app/options.c \
	src/app/paths.c \
	src/app/session.c \
	src/app/trust.c
libperftop_a_SOURCES += \
	include/perftop/app/baselines.h \
	src/app/baselines.c \
	src/app/benches_history.c \
	src/app/benches_side.c
libperftop_a_SOURCES += \
	include/perftop/app/check.h \
	include/perftop/app/measure.h \
	src/app/check.c \
	src/app/check_flames.c \
	src/app/check_rerun.c \
	src/app/check_sides.h \
	src/app/measure.c
libperftop_a_SOURCES += \
	include/perftop/app/newest.h \
	src/app/newest.c
