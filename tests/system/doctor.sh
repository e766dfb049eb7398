#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# doctor: what it says of a recorded laptop that is hot and busy, for people and for programs, and
# of this machine, where only the form of the answer is known.
. "$PT_SRCDIR/tests/tap.sh"

root=$PT_SRCDIR/tests/fixtures/roots/sensors

# A terminal of its own, so that nothing depends on what terminfo is installed: a header of six
# numbers of 16 bits, a name, and 14 numbers of which the last says 256 colours.
mkdir -p "$PT_TMP/terminfo/p"
{
	printf '\032\001\010\0\0\0\016\0\0\0\0\0perftop\0'
	printf '\0\0%.0s' {1..13}
	printf '\0\001'
} >"$PT_TMP/terminfo/p/perftop"
export TERM=perftop TERMINFO=$PT_TMP/terminfo

run perftop doctor --root "$root"
is "$status $stderr" "1 " "a hot laptop: something to mend"
golden cli/doctor-sensors.txt
run env LC_ALL=C perftop doctor --root "$root"
like "$stdout" '*locale * warn *ANSI*' "the C locale"
[[ $stdout != *[![:ascii:]]* ]]
ok $? "which gets ASCII alone"

run perftop doctor --json --root "$root"
is "$status" 1 "JSON: the same status"
is "${stdout:0:1}${stdout: -1}" "[]" "JSON: an array"
if command -v python3 >/dev/null; then
	run python3 -c '
import json, sys
rows = json.loads(sys.argv[1])
assert all(list(row) == ["group", "check", "verdict", "found", "fix", "why"] for row in rows)
print(len(rows), *sorted({row["verdict"] for row in rows}))' "$stdout"
	is "$stdout" "27 bad ok unknown warn" "JSON: rows and verdicts"
else
	skip "JSON: rows and verdicts" "python3 is not installed"
fi

run perftop doctor
[ "$status" -le 1 ]
ok $? "this machine: well or not"
like "$stdout" '*CHECK*VERDICT*FOUND*governor*' "this machine: a table"
run perftop doctor --root "$PT_TMP/nowhere"
is "$status $stdout" "3 " "no such root"
like "$stderr" "perftop doctor: *nowhere*" "and which"
run perftop doctor now
is "$status" 2 "a word too many"
finish
