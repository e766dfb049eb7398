# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_app_config
tests_unit_test_app_config_SOURCES = tests/unit/test_app_config.c
tests_unit_test_app_config_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_doctor
tests_unit_test_app_doctor_SOURCES = tests/unit/test_app_doctor.c
tests_unit_test_app_doctor_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_log
tests_unit_test_app_log_SOURCES = tests/unit/test_app_log.c
tests_unit_test_app_log_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_options
tests_unit_test_app_options_SOURCES = tests/unit/test_app_options.c
tests_unit_test_app_options_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_paths
tests_unit_test_app_paths_SOURCES = tests/unit/test_app_paths.c
tests_unit_test_app_paths_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_session
tests_unit_test_app_session_SOURCES = tests/unit/test_app_session.c
tests_unit_test_app_session_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_trust
tests_unit_test_app_trust_SOURCES = tests/unit/test_app_trust.c
tests_unit_test_app_trust_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_noise_watch
tests_unit_test_app_noise_watch_SOURCES = tests/unit/test_app_noise_watch.c tests/unit/collect_tree.h
tests_unit_test_app_noise_watch_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_benches_side
tests_unit_test_app_benches_side_SOURCES = tests/unit/test_app_benches_side.c \
	tests/unit/store_runs.h
tests_unit_test_app_benches_side_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_benches
tests_unit_test_app_benches_SOURCES = tests/unit/test_app_benches.c tests/unit/collect_tree.h
tests_unit_test_app_benches_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_app_board
tests_unit_test_app_board_SOURCES = tests/unit/test_app_board.c tests/unit/collect_tree.h \
	tests/unit/store_runs.h
tests_unit_test_app_board_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_app_flame
tests_unit_test_app_flame_SOURCES = tests/unit/test_app_flame.c
tests_unit_test_app_flame_LDADD = $(TEST_LIBS)
