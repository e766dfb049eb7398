# SPDX-License-Identifier: GPL-3.0-or-later
#
# One program a parser: tests/fuzz/fuzz_<name>.c with LLVMFuzzerTestOneInput, seeds in
# tests/fuzz/seeds/<name>/. `make check` replays the seeds; ./dev fuzz links libFuzzer instead.
#
#	check_PROGRAMS += tests/fuzz/fuzz_json
#	tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_MAIN)
#	tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
if FUZZING
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz/replay.c
endif
FUZZ_LIBS = $(PT_LIBS) $(FUZZ_ENGINE)
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/seeds

check_PROGRAMS += tests/fuzz/fuzz_baseline
tests_fuzz_fuzz_baseline_SOURCES = tests/fuzz/fuzz_baseline.c $(FUZZ_MAIN)
tests_fuzz_fuzz_baseline_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_csv
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c $(FUZZ_MAIN)
tests_fuzz_fuzz_csv_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_bench
tests_fuzz_fuzz_bench_SOURCES = tests/fuzz/fuzz_bench.c $(FUZZ_MAIN)
tests_fuzz_fuzz_bench_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_MAIN)
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_text
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c $(FUZZ_MAIN)
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_theme
tests_fuzz_fuzz_theme_SOURCES = tests/fuzz/fuzz_theme.c $(FUZZ_MAIN)
tests_fuzz_fuzz_theme_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_custom
tests_fuzz_fuzz_custom_SOURCES = tests/fuzz/fuzz_custom.c $(FUZZ_MAIN)
tests_fuzz_fuzz_custom_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_proc
tests_fuzz_fuzz_proc_SOURCES = tests/fuzz/fuzz_proc.c $(FUZZ_MAIN)
tests_fuzz_fuzz_proc_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_screen
tests_fuzz_fuzz_screen_SOURCES = tests/fuzz/fuzz_screen.c $(FUZZ_MAIN)
tests_fuzz_fuzz_screen_LDADD = $(FUZZ_LIBS)
if HAVE_TUI
check_PROGRAMS += tests/fuzz/fuzz_input
tests_fuzz_fuzz_input_SOURCES = tests/fuzz/fuzz_input.c $(FUZZ_MAIN)
tests_fuzz_fuzz_input_LDADD = $(FUZZ_LIBS)
endif
check_PROGRAMS += tests/fuzz/fuzz_suites
tests_fuzz_fuzz_suites_SOURCES = tests/fuzz/fuzz_suites.c $(FUZZ_MAIN)
tests_fuzz_fuzz_suites_LDADD = $(FUZZ_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_profile
tests_fuzz_fuzz_profile_SOURCES = tests/fuzz/fuzz_profile.c $(FUZZ_MAIN)
tests_fuzz_fuzz_profile_LDADD = $(FUZZ_LIBS)
