# SPDX-License-Identifier: GPL-3.0-or-later
#
# From outside: bench/run measures the whole program beside its peers (./dev bench).
EXTRA_DIST += bench/load bench/measure.py bench/run bench/tuibench

# Built on demand: `make bench-micro` prints what the hot paths cost.
EXTRA_PROGRAMS += bench/micro_store
bench_micro_store_SOURCES = bench/micro_store.c
bench_micro_store_LDADD = $(PT_LIBS)

bench-micro: bench/micro_store$(EXEEXT)
	bench/micro_store$(EXEEXT)
.PHONY: bench-micro
CLEANFILES += bench/micro_store$(EXEEXT)

# How good the statistics are: `make bench-sim` runs the simulations, SIM_FLAGS=--quick a short form.
EXTRA_PROGRAMS += bench/sim_bisect
bench_sim_bisect_SOURCES = bench/sim_bisect.c
bench_sim_bisect_LDADD = $(PT_LIBS)
SIMULATIONS = bench/sim_bisect$(EXEEXT)

bench-sim: $(SIMULATIONS)
	for sim in $(SIMULATIONS); do $$sim $(SIM_FLAGS) || exit 1; done
.PHONY: bench-sim
CLEANFILES += $(SIMULATIONS)
