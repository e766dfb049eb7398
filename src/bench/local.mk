# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/bench/baseline.h \
	include/perftop/bench/gate.h \
	include/perftop/bench/git.h \
	include/perftop/bench/parser.h \
	include/perftop/bench/runner.h \
	include/perftop/bench/suite.h \
	src/bench/budget.c \
	src/bench/cgroup.c \
	src/bench/cgroup.h \
	src/bench/environment.c \
	src/bench/git.c \
	src/bench/launch.c \
	src/bench/launch.h \
	src/bench/lock.c \
	src/bench/lock.h \
	src/bench/runner.c \
	src/bench/suite.c \
	src/bench/suite_fields.c \
	src/bench/suite_fields.h
libperftop_a_SOURCES += \
	include/perftop/bench/parsers.def \
	src/bench/criterion.c \
	src/bench/criterion.h \
	src/bench/json_stream.c \
	src/bench/json_stream.h \
	src/bench/parse_benchmarkdotnet.c \
	src/bench/parse_bmf.c \
	src/bench/parse_cargo_criterion.c \
	src/bench/parse_critcmp.c \
	src/bench/parse_github_action.c \
	src/bench/parse_google_benchmark.c \
	src/bench/parse_gungraun.c \
	src/bench/parse_jmh.c \
	src/bench/parse_nanobench.c \
	src/bench/parse_pytest_benchmark.c \
	src/bench/parse_criterion.c \
	src/bench/parse_hyperfine.c \
	src/bench/parse_util.c \
	src/bench/parse_util.h \
	src/bench/parser.c \
	src/bench/read.c \
	src/bench/set_json.c
libperftop_a_SOURCES += \
	src/bench/gate.c \
	src/bench/gate_limits.c \
	src/bench/gate_limits.h
libperftop_a_SOURCES += \
	include/perftop/bench/discover.h \
	src/bench/discover.c \
	src/bench/discover_kinds.h \
	src/bench/discover_rust.c \
	src/bench/discover_tools.c \
	src/bench/discover_write.c \
	src/bench/parse_catch2.c \
	src/bench/parse_criterion_text.c \
	src/bench/parse_go.c \
	src/bench/parse_iai_callgrind.c \
	src/bench/parse_libtest.c \
	src/bench/parse_lines.c \
	src/bench/parse_lines.h \
	src/bench/parse_plain.c \
	src/bench/parse_time_v.c
libperftop_a_SOURCES += \
	include/perftop/bench/bisect.h \
	include/perftop/bench/worktree.h \
	src/bench/bisect.c \
	src/bench/worktree.c
libperftop_a_SOURCES += \
	src/bench/baseline.c \
	src/bench/baseline_write.c
