#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench list, bench run: what a suite's command does, whatever it is, becomes a result; nothing of it
# is left behind; a stranger's suites do not run.
# shellcheck disable=SC2016 # scripts within JSON
. "$PT_SRCDIR/tests/tap.sh"

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
export PERFTOP_LOCK=$PT_TMP/lock
unset PERFTOP_MACHINE_CLASS
file=.performance/benchmarks.json

suites() { # SUITE... : each the members of an object
	local all='' suite
	for suite; do all+="${all:+,
}{$suite}"; done
	printf '{"suites": [\n%s\n]}\n' "$all" >$file
}

suite() { # NAME SCRIPT [MEMBERS]: a script with neither quotes nor backslashes
	printf '"name": "%s", "command": ["sh", "-c", "%s"], "repeats": 1%s' "$1" "$2" "${3:+, $3}"
}

# Sleeps of this test alone: others may run the same one.
id=4$$
left() { cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -q "sleep [4]${id#4}"; }

# ---- files ----

run perftop bench list
like "$status $stderr" "2 *no */benchmarks.json; \`perftop bench init\` makes one" "no file: what to do"
run perftop bench run
is "$status" 2 "nothing to run either"

printf '{"suites": [\n  {"name": "a",\n   "comand": ["x"]}]}' >$file
run perftop bench run --trust
like "$status $stderr" "2 *benchmarks.json:3:*: unknown key 'comand' in a suite; did you mean 'command'?" \
	"a misspelt key, with its place"
printf '{"suites": [\n  {"name": "a"}]}' >$file
run perftop bench list
like "$status $stderr" "2 *benchmarks.json:2:*: a suite has no command*" "no command"
printf '{"suites": [' >$file
run perftop bench list
like "$status $stderr" "2 *benchmarks.json:1:*" "no JSON"

# ---- choosing ----

suites "$(suite quick 'echo alpha: 12 ms' '"tags": ["fast"], "owner": "me"')" \
	"$(suite other 'echo beta: 3 us')"
run perftop bench list
like "$status $stdout" "0 SUITE*quick*fast*me*never*sh -c echo alpha*other*" "list"
run perftop bench list --json
like "$stdout" '\[{"name":"quick","tags":"fast","owner":"me","repeats":1,"last_run":"never",*' \
	"list --json"
run perftop bench run nothing --trust
like "$status $stderr" "2 *no suite or tag 'nothing'; there are quick, other" "what there is not"
run perftop bench run --repeats 0
like "$status $stderr" "2 *--repeats 0*" "no launches"
run perftop bench run --dry-run fast
like "$status $stdout" "0 quick: 1 launch *command sh -c echo alpha*" "--dry-run"
[[ $stdout != *beta* ]]
ok $? "of what was chosen"

# ---- trust ----

suites "$(suite quick 'touch ran; echo alpha: 12 ms')"
run perftop bench run
like "$status $stderr" "3 *not trusted: \`perftop trust\`*" "a stranger's suite does not run"
[ ! -e ran ]
ok $? "really"
run perftop trust --show
like "$status $stdout" "1 *quick, benchmark: sh -c 'touch ran; echo alpha: 12 ms'*" "trust shows it"
perftop trust --yes >/dev/null
run perftop bench run
like "$status $stdout" "0 quick 1: alpha 12.0 ms*alpha *12.0 ms*1 run" "trusted: it runs"
[ -e ran ]
ok $? "in the project"
run perftop bench list --json
[[ $stdout != *never* ]]
ok $? "list knows when"
sed -i 's/12 ms/13 ms/' $file
run perftop bench run
is "$status" 3 "changed: it does not run"
run perftop trust --show
like "$stdout" "*Changed since*- *12 ms*+ *13 ms*" "and the difference is shown"
run perftop bench run --trust
is "$status" 0 "--trust runs it"

# ---- ends ----

suites "$(suite fails 'echo why >&2; exit 4')" "$(suite works 'echo alpha: 1 ms')"
run perftop bench run --trust
like "$status $stdout" "1 fails 1: failed after *: exit status 4: why*works 1: alpha 1.00 ms*" \
	"a failure is a result, and others go on"
like "$stderr" "*| why*" "its output is shown"
suites "$(suite crashes 'kill -SEGV $$')"
run perftop bench run --trust --repeats 9
like "$status $stdout$stderr" "1 *ended by signal 11*3 launches in a row failed*" "a crash, given up"
[[ $stdout != *"crashes 4"* ]]
ok $? "after three"
suites "$(suite slow "setsid sleep ${id}1" '"timeout": 0.2')"
run perftop bench run --trust
like "$status $stdout" "1 slow 1: timed out after *: took longer than 0.2 s*" "a timeout"
left
is $? 1 "nothing left of it"
printf '#!/bin/sh\nsetsid sh -c "(sleep %s2 &); exec sleep %s3" >/dev/null 2>&1 &\necho alpha: 1 ms\n' \
	"$id" "$id" >stray && chmod +x stray
suites "$(suite stray ./stray)"
run perftop bench run --trust
is "$status" 0 "one that leaves daemons behind"
left
is $? 1 "has none any more"
suites "$(suite silent 'echo nothing to see')"
run perftop bench run --trust
like "$status $stdout" "1 silent 1: no result after *no known format*" "no result"
suites "$(suite stale 'true' '"results": "out"')"
echo 'alpha: 1 ms' >out
touch -d '1 hour ago' out
sleep 0.1
run perftop bench run --trust
like "$status $stdout" "1 *stale results*" "results of another launch"
printf '{"suites": [{"name": "gone", "command": ["./gone"]}]}' >$file
run perftop bench run --trust
like "$status $stderr" "3 *cannot run ./gone: No such file*" "no such program"

# ---- build ----

suites "$(suite built 'cat built' '"build": ["sh", "-c", "echo making; echo alpha: 5 ms >built"]')"
run perftop bench run --trust
like "$status $stdout$stderr" "0 *alpha 5.00 ms*| making*" "built first, shown live"
rm built
run perftop bench run --trust --no-build
is "$status" 1 "--no-build"
suites "$(suite broken 'echo alpha: 1 ms' '"build": ["sh", "-c", "echo no such header >&2; exit 1"]')"
run perftop bench run --trust
like "$status $stderr" "3 *| no such header*the build of broken failed with exit status 1*" \
	"a build that fails"

# ---- output ----

suites "$(suite two 'echo alpha: 12 ms; echo beta: 3 us' '"warmup": 1')" "$(suite bad 'exit 1')"
run perftop bench run --trust --repeats 2 --json
is "$status" 1 "--json: same status"
python3 - "$stdout" <<'PY'
import json, sys
d = json.loads(sys.argv[1])
two, bad = d["suites"]
assert d["machine_class"] and d["environment"]["kernel"] and not d["canceled"]
assert [l["status"] for l in two["launches"]] == ["ok", "ok"]
assert [b["name"] for b in two["launches"][1]["results"]["benchmarks"]] == ["alpha", "beta"]
assert two["launches"][0]["results"]["benchmarks"][0]["runs"] == [[12e6]]
assert bad["launches"][0]["status"] == "failed" and bad["launches"][0]["exit_status"] == 1
assert two["batch"] > 0 and two["error"] is None
PY
ok $? "--json: one document"
suites "$(suite evil 'printf \\\\033[31m; echo; echo alpha: 1 ms')"
run perftop bench run --trust --verbose
[[ $stdout$stderr != *$'\e'* && $stderr == *'| ^[[31m'* ]]
ok $? "--verbose: what the command prints, made safe"
if [ -w /dev/full ]; then
	perftop bench run --trust --json >/dev/full 2>"$PT_TMP/stderr" </dev/null
	is "$?" 3 "a full disk for the output"
fi

# ---- one at a time ----

suites "$(suite long 'echo started; while [ ! -e go ]; do sleep 0.05; done; echo alpha: 1 ms')"
perftop bench run --trust --verbose >"$PT_TMP/first" 2>&1 </dev/null &
first=$!
until grep -q started "$PT_TMP/first"; do sleep 0.05; done
run perftop bench run --trust --no-wait
like "$status $stderr" "3 *a benchmark runs on this machine*long (pid $first,*" "--no-wait: who holds it"
perftop bench run --trust >"$PT_TMP/second" 2>&1 </dev/null &
second=$!
until grep -q waiting "$PT_TMP/second"; do sleep 0.05; done
like "$(cat "$PT_TMP/second")" "*long (pid $first,*" "else it waits, and says for whom"
touch go
wait "$first"
is "$?" 0 "the first ends"
wait "$second"
is "$?" 0 "then the second runs"
rm go

# ---- cancel ----

for signal in INT TERM; do
	suites "$(suite once 'echo alpha: 1 ms')" \
		"$(suite endless "setsid sleep ${id}4 & (trap : TERM INT; sleep ${id}5; sleep ${id}6) & echo started; wait")"
	perftop bench run --trust --verbose >"$PT_TMP/out.$signal" 2>&1 </dev/null &
	pid=$!
	until grep -q started "$PT_TMP/out.$signal"; do sleep 0.05; done
	kill -$signal $pid
	wait $pid
	is "$?" 3 "SIG$signal: exit status"
	left
	is $? 1 "no process is left"
	like "$(cat "$PT_TMP/out.$signal")" "*once 1: alpha*canceled*" "what was told stays told"
done

# ---- a full disk ----

if [ "$(id -u)" -eq 0 ] && mkdir -p "$PT_TMP/state" && mount -t tmpfs -o size=64k none "$PT_TMP/state" 2>/dev/null; then
	head -c 60000 /dev/zero >"$PT_TMP/state/filler"
	suites "$(suite once 'echo alpha: 1 ms')"
	XDG_STATE_HOME=$PT_TMP/state run perftop bench run --trust
	[ "$status" -eq 3 ] && [[ $stderr == *"full"* || $stderr == *"space"* || $stderr == *"I/O"* ]]
	ok $? "no room for history: said, and nothing is called kept"
	umount "$PT_TMP/state"
else
	skip "no room for history" "needs root and mount"
fi
finish
