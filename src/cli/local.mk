# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	src/cli/analyze.c \
	src/cli/analyze_anomalies.c \
	src/cli/analyze_changepoints.c \
	src/cli/analyze_compare.c \
	src/cli/analyze_forecast.c \
	src/cli/analyze_read.c \
	src/cli/analyze_read.h \
	src/cli/bench.c \
	src/cli/bench_compare.c \
	src/cli/bench_import.c \
	src/cli/bench_init.c \
	src/cli/bench_list.c \
	src/cli/bench_run.c \
	src/cli/bench_run.h \
	src/cli/bench_run_flame.c \
	src/cli/bench_run_newest.c \
	src/cli/bench_run_tell.c \
	src/cli/bisect.c \
	src/cli/check.c \
	src/cli/completions.c \
	src/cli/doctor.c \
	src/cli/doctor_terminal.c \
	src/cli/doctor_terminal.h \
	src/cli/flame.c \
	src/cli/flame_diff.c \
	src/cli/flame_fold.c \
	src/cli/flame_read.c \
	src/cli/flame_read.h \
	src/cli/flame_record.c \
	src/cli/flame_write.c \
	src/cli/flame_write.h \
	src/cli/gate_print.c \
	src/cli/gate_print.h \
	src/cli/info.c \
	src/cli/measuring.c \
	src/cli/measuring.h \
	src/cli/metrics.c \
	src/cli/snapshot.c \
	src/cli/trust.c
libperftop_faces_a_SOURCES += \
	src/cli/baseline.c \
	src/cli/baseline.h \
	src/cli/baseline_accept.c \
	src/cli/baseline_diff.c \
	src/cli/baseline_list.c \
	src/cli/baseline_promote.c \
	src/cli/baseline_prune.c \
	src/cli/baseline_save.c \
	src/cli/baseline_show.c \
	src/cli/bench_history.c \
	src/cli/bench_show.c
