#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real program of Google Benchmark, from bench init to the gate.
. "$PT_SRCDIR/tests/tap.sh"
. "$PT_SRCDIR/tests/bench_real.sh"
wants g++ g++
wants git git
echo '#include <benchmark/benchmark.h>' | g++ -E -x c++ - >/dev/null 2>&1 ||
	skip_all "no benchmark/benchmark.h: install libbenchmark-dev"

project
cat >speed.cc <<'CC'
#include <benchmark/benchmark.h>

static void sum(benchmark::State &state)
{
	for (auto _ : state) {
		volatile long n = 0;
		for (long i = 0; i < state.range(0) * ROUNDS; i++)
			n = n + i % 7;
	}
}
BENCHMARK(sum)->Arg(10)->Arg(20)->MinTime(0.02);
BENCHMARK(sum)->Arg(30)->MinTime(0.02)->Repetitions(3);
BENCHMARK_MAIN();
CC
echo build >.gitignore
mkdir build
build() { g++ -O1 -DROUNDS="$1" -o build/speed-bench speed.cc -lbenchmark -lpthread; }
build 100 || skip_all "this Google Benchmark cannot be linked: install libbenchmark-dev"
commit "start"

slower() {
	build 5000
	echo 5000 >rounds
}

real_init speed-bench 5
real_gate slower
like "$stdout" "*sum/10*" "names as the program tells them"
finish
