#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench import: what is read of any tool's results, for people and as JSON, and what cannot be read.
. "$PT_SRCDIR/tests/tap.sh"

results=$PT_SRCDIR/tests/fixtures/bench
cd "$results" || exit 99

run perftop bench import hyperfine/memory.json
is "$status $stderr" "0 " "a file"
like "$stdout" "hyperfine/memory.json: hyperfine, 5 results
METRIC *MEDIAN *RANGE *BETTER *RUNS *SAMPLES *BENCHMARK*" "a head"
like "$stdout" "*time *11.5 ms *11.4 ms..11.6 ms *lower *2 *2 *sleep 0.01*" "a row"
like "$stdout" "*Note: sleep 0.01: 1 of 2 launches failed*" "a note"

run perftop bench import hyperfine/memory.json --json
is "$status" 0 "JSON"
golden bench/hyperfine-memory.json

run perftop bench import criterion/broken
like "$stdout" "criterion/broken: criterion, *change/speed*Saved (see --saved): main*unfinished*" \
	"a folder, what is saved there, and what is broken"
run perftop bench import criterion/broken --saved main
like "$stdout" "*only estimates*" "what is saved"
run perftop bench import github_action/data.js --saved 3333333 --json
like "$stdout" '*"name": "Go/BenchmarkFib20-8"*36500*' "an older commit"

stdout=$(perftop bench import - --json <hyperfine/memory.json)
golden bench/hyperfine-memory.json

run perftop bench import plain/bad-empty.txt
is "$status" 2 "no results"
run perftop bench import google_benchmark/bad-negative.json
is "$status $stdout" "2 " "a negative time"
like "$stderr" "*google_benchmark/bad-negative.json:13:17: time is negative*" "its place"
run perftop bench import "no such file"
is "$status" 2 "no such file"
run perftop bench import
is "$status" 2 "no file"
run perftop bench import hyperfine/memory.json --format nonsense
is "$status" 2 "no such format"
formats=$(sed 's/.*expected //; s/, / /g' <<<"$stderr")
run perftop bench import --help
missing=
for format in $formats; do
	[[ $stdout == *$format* ]] || missing+=" $format"
done
is "$missing" "" "--help names every format"
run perftop bench import hyperfine/memory.json --format jmh
is "$status" 2 "another format than it is"
finish
