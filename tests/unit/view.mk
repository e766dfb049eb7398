# SPDX-License-Identifier: GPL-3.0-or-later
GOLDEN = tests/golden.c tests/golden.h
EXTRA_DIST += tests/golden

check_PROGRAMS += tests/unit/test_view_canvas
tests_unit_test_view_canvas_SOURCES = tests/unit/test_view_canvas.c
tests_unit_test_view_canvas_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_chart
tests_unit_test_view_chart_SOURCES = tests/unit/test_view_chart.c $(GOLDEN)
tests_unit_test_view_chart_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_theme
tests_unit_test_view_theme_SOURCES = tests/unit/test_view_theme.c
tests_unit_test_view_theme_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_timeview
tests_unit_test_view_timeview_SOURCES = tests/unit/test_view_timeview.c $(GOLDEN)
tests_unit_test_view_timeview_LDADD = $(TEST_LIBS)

# A card of all charts to look at: make tests/view/chartcard
EXTRA_PROGRAMS += tests/view/chartcard
tests_view_chartcard_SOURCES = tests/view/chartcard.c
tests_view_chartcard_LDADD = $(PT_LIBS)
CLEANFILES += tests/view/chartcard$(EXEEXT)

check_PROGRAMS += tests/unit/test_view_actions
tests_unit_test_view_actions_SOURCES = tests/unit/test_view_actions.c
tests_unit_test_view_actions_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_filter
tests_unit_test_view_filter_SOURCES = tests/unit/test_view_filter.c
tests_unit_test_view_filter_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_layout
tests_unit_test_view_layout_SOURCES = tests/unit/test_view_layout.c
tests_unit_test_view_layout_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_panes
tests_unit_test_view_panes_SOURCES = tests/unit/test_view_panes.c tests/unit/machine.h \
	tests/fixture.h tests/golden.c tests/golden.h
tests_unit_test_view_panes_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_proc_columns
tests_unit_test_view_proc_columns_SOURCES = tests/unit/test_view_proc_columns.c
tests_unit_test_view_proc_columns_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_procs_view
tests_unit_test_view_procs_view_SOURCES = tests/unit/test_view_procs_view.c \
	tests/unit/collect_tree.h
tests_unit_test_view_procs_view_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_pane_metric
tests_unit_test_view_pane_metric_SOURCES = tests/unit/test_view_pane_metric.c
tests_unit_test_view_pane_metric_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_screen
tests_unit_test_view_screen_SOURCES = tests/unit/test_view_screen.c tests/unit/machine.h \
	tests/unit/allocations.h tests/fixture.h
tests_unit_test_view_screen_LDADD = $(TEST_LIBS)
# Allocations are counted.
tests_unit_test_view_screen_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
check_PROGRAMS += tests/unit/test_view_screen_time
tests_unit_test_view_screen_time_SOURCES = tests/unit/test_view_screen_time.c
tests_unit_test_view_screen_time_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_bench_view
tests_unit_test_view_bench_view_SOURCES = tests/unit/test_view_bench_view.c tests/unit/machine.h \
	tests/unit/bench_board.h tests/fixture.h $(GOLDEN)
tests_unit_test_view_bench_view_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_flame_view
tests_unit_test_view_flame_view_SOURCES = tests/unit/test_view_flame_view.c tests/unit/machine.h \
	tests/unit/flame_shown.h tests/unit/allocations.h tests/fixture.h $(GOLDEN)
tests_unit_test_view_flame_view_LDADD = $(TEST_LIBS)
# Allocations are counted.
tests_unit_test_view_flame_view_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
