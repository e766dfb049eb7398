# SPDX-License-Identifier: GPL-3.0-or-later
#
# From outside: bench/run measures the whole program beside its peers (./dev bench).
EXTRA_DIST += bench/check_start bench/fold_speed bench/make_perf_script bench/perf_data_speed bench/stacks.c bench/recorded.perf_script.gz bench/live_sampling bench/load bench/make_folded bench/measure.py bench/recorded.folded.gz bench/run bench/suite bench/tuibench bench/while_benchmarking

# Built on demand: `make bench-micro` prints what the hot paths cost.
EXTRA_PROGRAMS += bench/micro_store
bench_micro_store_SOURCES = bench/micro_store.c
bench_micro_store_LDADD = $(PT_LIBS)

EXTRA_PROGRAMS += bench/micro_changepoint
bench_micro_changepoint_SOURCES = bench/micro_changepoint.c bench/sim.h
bench_micro_changepoint_LDADD = $(PT_LIBS)

EXTRA_PROGRAMS += bench/micro_gate
bench_micro_gate_SOURCES = bench/micro_gate.c
bench_micro_gate_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/micro_criterion
bench_micro_criterion_SOURCES = bench/micro_criterion.c
bench_micro_criterion_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/micro_runs
bench_micro_runs_SOURCES = bench/micro_runs.c tests/unit/store_runs.h
bench_micro_runs_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/micro_flame
bench_micro_flame_SOURCES = bench/micro_flame.c
bench_micro_flame_LDADD = $(PT_LIBS) -lpthread
EXTRA_PROGRAMS += bench/micro_series
bench_micro_series_SOURCES = bench/micro_series.c bench/sim.h
bench_micro_series_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/micro_symbols
bench_micro_symbols_SOURCES = bench/micro_symbols.c
bench_micro_symbols_LDADD = $(PT_LIBS)
MICROS = bench/micro_flame$(EXEEXT) bench/micro_symbols$(EXEEXT) bench/micro_series$(EXEEXT) bench/micro_runs$(EXEEXT) bench/micro_criterion$(EXEEXT) bench/micro_store$(EXEEXT) bench/micro_changepoint$(EXEEXT) bench/micro_gate$(EXEEXT)

bench-programs: $(MICROS) $(SIMULATIONS)
bench-micro: $(MICROS)
	for micro in $(MICROS); do PT_SRCDIR=$(srcdir) $$micro || exit 1; done
.PHONY: bench-micro bench-programs
CLEANFILES += $(MICROS)

# How good the statistics are: `make bench-sim` runs the simulations, SIM_FLAGS=--quick a short form.
EXTRA_PROGRAMS += bench/sim_bisect
bench_sim_bisect_SOURCES = bench/sim_bisect.c
bench_sim_bisect_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/sim_history
bench_sim_history_SOURCES = bench/sim.h bench/sim_history.c
bench_sim_history_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/sim_gate
bench_sim_gate_SOURCES = bench/sim.h bench/sim_gate.c
bench_sim_gate_LDADD = $(PT_LIBS)
EXTRA_PROGRAMS += bench/sim_forecast
bench_sim_forecast_SOURCES = bench/sim.h bench/sim_forecast.c bench/sim_series.c bench/sim_series.h
bench_sim_forecast_LDADD = $(PT_LIBS)
SIMULATIONS = bench/sim_forecast$(EXEEXT) bench/sim_gate$(EXEEXT) bench/sim_bisect$(EXEEXT) \
	bench/sim_history$(EXEEXT)

bench-sim: $(SIMULATIONS)
	for sim in $(SIMULATIONS); do $$sim $(SIM_FLAGS) || exit 1; done
.PHONY: bench-sim
CLEANFILES += $(SIMULATIONS)
