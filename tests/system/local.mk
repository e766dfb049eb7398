# SPDX-License-Identifier: GPL-3.0-or-later
#
# The longest first, as in tests/local.mk.
SAMPLING_TESTS = tests/system/bench_flame.sh tests/system/flame_record.sh
dist_check_SCRIPTS += $(SAMPLING_TESTS)
dist_check_SCRIPTS += \
	tests/system/baseline.sh \
	tests/system/analyze.sh \
	tests/system/bench_import.sh \
	tests/system/bench_run.sh \
	tests/system/cli.sh \
	tests/system/completions.sh \
	tests/system/doctor.sh \
	tests/system/info.sh \
	tests/system/install.sh \
	tests/system/metrics.sh \
	tests/system/snapshot.sh \
	tests/system/trust.sh
dist_check_SCRIPTS += \
	tests/system/bisect.sh \
	tests/system/check.sh
dist_check_SCRIPTS += tests/system/ci.sh
# Tools of others that really run, and build: long, and once is enough.
SOURCE_TESTS += \
	tests/system/bench_criterion.sh \
	tests/system/bench_go.sh \
	tests/system/bench_google.sh \
	tests/system/bench_hyperfine.sh
dist_check_SCRIPTS += tests/system/bench_newest.sh
dist_check_SCRIPTS += tests/system/flame.sh
dist_check_SCRIPTS += tests/system/flame_pprof.sh
dist_check_SCRIPTS += tests/system/flame_fold.sh
