# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_analyse_bisect
tests_unit_test_analyse_bisect_SOURCES = tests/unit/test_analyse_bisect.c
tests_unit_test_analyse_bisect_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_changepoint
tests_unit_test_analyse_changepoint_SOURCES = tests/unit/test_analyse_changepoint.c
tests_unit_test_analyse_changepoint_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_quantile
tests_unit_test_analyse_quantile_SOURCES = tests/unit/test_analyse_quantile.c
tests_unit_test_analyse_quantile_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_resample
tests_unit_test_analyse_resample_SOURCES = tests/unit/test_analyse_resample.c
tests_unit_test_analyse_resample_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_compare
tests_unit_test_analyse_compare_SOURCES = tests/unit/test_analyse_compare.c
tests_unit_test_analyse_compare_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_ranktest
tests_unit_test_analyse_ranktest_SOURCES = tests/unit/test_analyse_ranktest.c
tests_unit_test_analyse_ranktest_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_student
tests_unit_test_analyse_student_SOURCES = tests/unit/test_analyse_student.c
tests_unit_test_analyse_student_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_confirm
tests_unit_test_analyse_confirm_SOURCES = tests/unit/test_analyse_confirm.c
tests_unit_test_analyse_confirm_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_anomaly
tests_unit_test_analyse_anomaly_SOURCES = tests/unit/test_analyse_anomaly.c \
	tests/unit/allocations.h
# It counts the allocations of scoring.
tests_unit_test_analyse_anomaly_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
tests_unit_test_analyse_anomaly_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_forecast
tests_unit_test_analyse_forecast_SOURCES = tests/unit/test_analyse_forecast.c
tests_unit_test_analyse_forecast_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_analyse_anomaly_tail
tests_unit_test_analyse_anomaly_tail_SOURCES = tests/unit/test_analyse_anomaly_tail.c
tests_unit_test_analyse_anomaly_tail_LDADD = $(TEST_LIBS)
