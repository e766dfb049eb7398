# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_faces_a_SOURCES += \
	include/perftop/view/canvas.h \
	include/perftop/view/chart.h \
	include/perftop/view/roles.def \
	include/perftop/view/theme.h \
	include/perftop/view/theme_builtin.h \
	include/perftop/view/timeview.h \
	src/view/axis.c \
	src/view/canvas.c \
	src/view/canvas_print.c \
	src/view/chart.c \
	src/view/chart_area.c \
	src/view/glyphs.c \
	src/view/theme.c \
	src/view/timeview.c

# Panes, layouts, screens.
libperftop_faces_a_SOURCES += \
	include/perftop/view/actions.def \
	include/perftop/view/actions.h \
	include/perftop/view/env.h \
	include/perftop/view/filter.h \
	include/perftop/view/layout.h \
	include/perftop/view/pane.h \
	include/perftop/view/panes.def \
	include/perftop/view/screen.h \
	src/view/actions.c \
	src/view/bench_view.c \
	src/view/bench_view.h \
	src/view/bench_view_detail.c \
	src/view/bench_view_output.c \
	src/view/bench_view_paint.c \
	src/view/bench_view_plot.c \
	src/view/bench_view_words.c \
	src/view/filter.c \
	src/view/flame_view.c \
	src/view/flame_view.h \
	src/view/flame_view_frames.c \
	src/view/flame_view_graph.c \
	src/view/flame_view_head.c \
	src/view/flame_view_heat.c \
	src/view/flame_view_move.c \
	src/view/flame_view_table.c \
	src/view/flame_view_words.c \
	src/view/layout.c \
	src/view/pane_cgroup.c \
	src/view/pane_cores.c \
	src/view/pane_counters.c \
	src/view/pane_cpu.c \
	src/view/pane_custom.c \
	src/view/pane_disks.c \
	src/view/pane_gpu.c \
	src/view/pane_load.c \
	src/view/pane_memory.c \
	src/view/pane_metric.c \
	src/view/pane_metric.h \
	src/view/pane_metric_paint.c \
	src/view/pane_metric_rows.c \
	src/view/pane_network.c \
	src/view/pane_pressure.c \
	src/view/pane_self.c \
	src/view/pane_top.c \
	src/view/pane_vm.c \
	src/view/panes.c \
	src/view/proc_columns.c \
	src/view/procs_order.c \
	src/view/procs_paint.c \
	src/view/procs_view.c \
	src/view/procs_view.h \
	src/view/screen.c \
	src/view/screen_act.c \
	src/view/screen_bench.c \
	src/view/screen_flame.c \
	src/view/screen_paint.c \
	src/view/screen_procs.c \
	src/view/screen_state.h \
	src/view/screen_time.c
