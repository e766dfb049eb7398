#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# snapshot over a recorded container: frames of any size, values in three formats, streams.
. "$PT_SRCDIR/tests/tap.sh"

export PERFTOP_ROOT=$PT_SRCDIR/tests/fixtures/roots/container

# -- frames ----------------------------------------------------------------------------------------

run perftop snapshot
is "$status $stderr" "0 " "a frame"
like "$stdout" "*runner-07*cpu*memory*" "of this machine"
is "$(perftop snapshot)" "$stdout" "the same twice"
is "$(wc -l <<<"$stdout")" 24 "80x24 where there is no terminal"
[[ $stdout != *$'\e'* ]]
ok $? "no colours in a pipe"
run perftop snapshot --color 256
like "$stdout" $'*\e[[]*m*' "colours that are asked for"
run perftop snapshot --cgroup nosuch
like "$status $stderr" "0 perftop snapshot: cgroup: *nosuch*" "a group that is not there is told"
like "$stdout" "*runner-07*cpu*" "and the rest is shown"
run env NO_COLOR=1 perftop snapshot --color auto
[[ $stdout != *$'\e'* ]]
ok $? "NO_COLOR"

for size in 1x1 2x2 10x1 20x3 40x12 80x24 160x50 300x80; do
	run perftop snapshot --ascii --size $size
	wide=$(awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }' <<<"$stdout")
	[ "$status" -eq 0 ] && [ "$wide" -le "${size%x*}" ] && [[ $stdout != *[![:ascii:]]* ]] &&
		[ "$(perftop snapshot --ascii --size $size | wc -l)" -eq "${size#*x}" ]
	ok $? "$size: as many lines, none longer, ASCII alone"
done
is "$(LC_ALL=C perftop snapshot --size 100x30)" "$(perftop snapshot --ascii --size 100x30)" \
	"the C locale is --ascii"
run perftop snapshot --view processes --size 100x20
like "$stdout" "*PID*COMMAND*" "processes"
for size in 0x5 5 5x 5x5x5 x5 -1x5 1001x5 5x1001 axb; do
	run perftop snapshot --size $size
	like "$status $stderr" "2 *--size $size: expected WxH*" "--size $size"
done

# -- values ----------------------------------------------------------------------------------------

# perftop's own reader is a strict one: what it says of a file that is no configuration is never
# that it cannot be parsed.
is_json() { # NAME
	printf '%s\n' "$stdout" >"$PT_TMP/json"
	local said
	said=$(perftop info --config "$PT_TMP/json" | sed -n '/^Errors/,$p' |
		grep -vE "unknown setting|is an array, expected an object|^Errors")
	is "$said" "" "$1"
}
stdout='{"time":1,}'
is_json "trailing commas are found" | grep -q '^not ok'
ok $? "broken JSON would be found"

run perftop snapshot --json
is "$status $stderr" "0 " "--json"
is_json "--json is JSON"
like "$stdout" '{"time":1767268801,"values":[[]{"metric":"*' "time and values"
like "$stdout" '*{"metric":"cpu_busy_ratio","labels":{},"value":0.26,"unit":"ratio"}*' "a ratio"
like "$stdout" '*{"metric":"disk_read_bytes_total","labels":{"disk":"sda"},"value":*,"unit":"bytes/s","total":*' \
	"a counter: rate and total"
like "$stdout" '*"value":null,*"reason":"*"*' "no value has its reason"
is "$(grep -o '{[^{}]*{[^{}]*}[^{}]*"value":null[^{}]*}' <<<"$stdout" | grep -v '"reason":"')" "" \
	"none is without"
like "$stdout" '*{"metric":"cpu_seconds_total","labels":{"mode":"user"},"value":11.52,"unit":"seconds/s","total":*' \
	"seconds"

run perftop snapshot --csv
is "$status" 0 "--csv"
# Fields a line, quotes within quotes being doubled.
fields=$(awk '{
	n = 1
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (c == "\"") quoted = !quoted
		else if (c == "," && !quoted) n++
	}
	if (quoted) n = "open"
	print n
}' <<<"$stdout" | sort -u)
is "$fields" 7 "seven fields in each line"
is "$(head -n 1 <<<"$stdout")" "time,metric,labels,value,unit,total,reason" "under their names"
like "$stdout" '*2026-01-01T12:00:01.000Z,load1,,0.92,count,,*' "a value"

run perftop snapshot --prometheus
is "$status" 0 "--prometheus"
wrong=$(awk '
	/^# (HELP|TYPE) [a-z][a-z0-9_]* ./ { if ($2 == "TYPE" && seen[$3]++) print "twice: " $0; next }
	/^[a-z][a-z0-9_]*({[a-z]+="[^"]*"(,[a-z]+="[^"]*")*})? -?[0-9.]+(e[-+][0-9]+)?$/ {
		name = $0
		sub(/[{ ].*/, "", name)
		if (!seen[name]) print "no type: " $0
		next
	}
	{ print "no such line: " $0 }' <<<"$stdout")
is "$wrong" "" "the text format, each metric under one TYPE"
like "$stdout" "*
# TYPE disk_read_bytes_total counter
disk_read_bytes_total{disk=\"sda\"} *" "counters as totals"

run perftop snapshot --csv --metric load1
is "$(sed 1d <<<"$stdout" | cut -d, -f2 | xargs)" "load1 load15" "--metric takes what begins so"
run perftop snapshot --json --metric nothing
is "$status $stdout$stderr" "2 perftop snapshot: no metric begins with 'nothing'; \`perftop metrics\` lists them" \
	"or says that nothing does"
run perftop snapshot --metric load1
like "$status $stdout$stderr" "2 perftop snapshot: --metric is for values*" "frames have no metrics to choose"
run perftop snapshot --json --csv
is "$status" 2 "one format at a time"

# -- streams ---------------------------------------------------------------------------------------

run perftop snapshot --json --count 2 --interval 0.05 --metric load1
is "$(cut -d, -f1 <<<"$stdout" | xargs)" "{time:1767268801 {time:1767268802" "--count 2: two moments"
run perftop snapshot --csv -n2 --interval 0.05 --metric cpu_online
is "$(wc -l <<<"$stdout")" 3 "CSV: one head"
is "$(perftop snapshot --ascii --size 30x2 -n 2 --interval 0.05 | wc -l)" 4 "two frames"
for count in -1 x 1.5 ''; do
	run perftop snapshot --count "$count"
	is "$status" 2 "--count '$count'"
done

perftop snapshot --json --count 0 --interval 0.05 2>"$PT_TMP/stderr" | head -n 3 >"$PT_TMP/three"
is "${PIPESTATUS[0]} $(wc -l <"$PT_TMP/three")" "3 3" "--count 0 goes on until nobody reads"
is "$(cat "$PT_TMP/stderr")" "" "and has nothing to tell"
for signal in INT TERM; do
	: >"$PT_TMP/stream" # the last one's lines are not of this one
	set -m # else SIGINT is ignored in the background
	perftop snapshot --csv --count 0 --interval 0.05 >"$PT_TMP/stream" 2>&1 &
	set +m
	for _ in {1..1500}; do
		[ "$(wc -l <"$PT_TMP/stream")" -gt 1 ] && break
		sleep 0.02
	done
	kill -$signal $!
	wait $!
	is $? 0 "until SIG$signal"
done

# -- what cannot be --------------------------------------------------------------------------------

run perftop snapshot --root "$PT_TMP/nowhere"
like "$status $stdout$stderr" "3 perftop snapshot: *nowhere*" "no such root"
run perftop snapshot --theme neon
like "$status $stderr" "2 *no theme is called 'neon'*" "no such theme"
run perftop snapshot --layout neon
like "$status $stderr" "2 *no layout is called 'neon'*" "no such layout"
run perftop snapshot --debug "$PT_TMP/nowhere/log"
like "$status $stderr" "2 *--debug *" "a log that cannot be written"

# -- the log ---------------------------------------------------------------------------------------

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
echo '{"sources": [{"name": "depth", "file": "depth", "interval": 1}]}' >.performance/config.json
perftop snapshot --json --count 3 --interval 0.05 --debug "$PT_TMP/log" >/dev/null
is "$(grep -c 'gpu_busy_ratio: no NVIDIA driver is loaded' "$PT_TMP/log")" 1 \
	"--debug: why a collector has nothing, once"
like "$(grep ' depth: ' "$PT_TMP/log")" "*depth: *No such file*" "and why a custom source failed"
finish
