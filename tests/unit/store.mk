# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_store_store
tests_unit_test_store_store_SOURCES = tests/unit/test_store_store.c tests/unit/store_feed.h \
	tests/unit/allocations.h
tests_unit_test_store_store_LDADD = $(TEST_LIBS)
# Allocations are counted.
tests_unit_test_store_store_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

check_PROGRAMS += tests/unit/test_store_cursor
tests_unit_test_store_cursor_SOURCES = tests/unit/test_store_cursor.c tests/unit/store_feed.h
tests_unit_test_store_cursor_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_store_culprits
tests_unit_test_store_culprits_SOURCES = tests/unit/test_store_culprits.c
tests_unit_test_store_culprits_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_store_samples
tests_unit_test_store_samples_SOURCES = tests/unit/test_store_samples.c tests/unit/store_runs.h
tests_unit_test_store_samples_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_store_runs
tests_unit_test_store_runs_SOURCES = tests/unit/test_store_runs.c tests/unit/store_runs.h
tests_unit_test_store_runs_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_store_db
tests_unit_test_store_db_SOURCES = tests/unit/test_store_db.c tests/unit/store_runs.h
tests_unit_test_store_db_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_store_flames
tests_unit_test_store_flames_SOURCES = tests/unit/test_store_flames.c tests/unit/store_runs.h
tests_unit_test_store_flames_LDADD = $(TEST_LIBS)
