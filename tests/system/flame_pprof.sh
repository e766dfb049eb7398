#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pprof as written here is what go tool pprof reads: it says of it what it says of Go's own file.
. "$PT_SRCDIR/tests/tap.sh"
cd "$PT_TMP" || exit 99
fixtures=$PT_SRCDIR/tests/fixtures/profile

# top FILE: a line a function: flat, share, sum, cumulative, share, name
top() {
	PPROF_TMPDIR=$PT_TMP go tool pprof -top -nodecount=1000 -nodefraction=0 "$1" 2>/dev/null |
		awk '$2 ~ /%$/ && $5 ~ /%$/ { $3 = ""; print }' | sort
}

for name in pprof-go-cpu pprof-go-heap; do
	run perftop flame -o $name.pb.gz "$fixtures/$name.pb.gz"
	is "$status $stdout" "0 " "$name: written"
	if ! command -v go >/dev/null; then
		skip "$name: go tool pprof -top" "no go"
		continue
	fi
	[ "$(top "$fixtures/$name.pb.gz" | wc -l)" -gt 30 ]
	ok $? "$name: go tool pprof -top of Go's own file"
	is "$(top $name.pb.gz)" "$(top "$fixtures/$name.pb.gz")" "$name: the same of ours"
done
finish
