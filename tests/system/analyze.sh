#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# analyze: what is printed to the letter, what input is taken, and what bad input gets.
. "$PT_SRCDIR/tests/tap.sh"
cd "$PT_TMP" || exit 99

# series N EXPRESSION: a CSV of `time,value` at five minutes, of awk's i (0..) and r (random 0..1).
series() {
	awk -v n="$1" 'function r() { s = (s * 16807) % 2147483647; return s / 2147483647 }
		BEGIN { s = 4711; print "time,value"
			for (i = 0; i < n; i++) print 1700000000 + 300 * i "," ('"$2"') }'
}

series 600 'i == 500 ? 90 : 20 + 5 * sin(i / 20) + r()' >spike.csv
cut -d, -f2 spike.csv >values.csv

# ---- anomalies ----
run perftop analyze anomalies spike.csv
is "$status $stderr" "0 " "anomalies"
is "$(wc -l <<<"$stdout")" 600 "one score a row, no header"
is "$(grep -cvE '^(0|1|0\.[0-9]+|[0-9.]+e-[0-9]+)$' <<<"$stdout")" 0 "each a number in 0..1"
is "$(awk '$1 > m { m = $1; at = NR - 1 } END { print at }' <<<"$stdout")" 500 \
	"the spike scores highest"
scores=$stdout
head -n 401 spike.csv >prefix.csv
run perftop analyze anomalies prefix.csv
is "$stdout" "$(head -n 400 <<<"$scores")" "later rows change no score"
is "$(perftop analyze anomalies <spike.csv)" "$scores" "standard input"
is "$(perftop analyze anomalies - <spike.csv)" "$scores" "standard input as -"

# A row is scored before the next is there.
coproc FOLLOW { perftop analyze anomalies; }
follow=$FOLLOW_PID to=${FOLLOW[1]} # which go once it has ended
printf 'value\n1\n' >&"$to"
read -r -t 60 first <&"${FOLLOW[0]}"
is "$first" 0 "a pipe is followed"
exec {to}>&-
wait "$follow"

# ---- changepoints ----
series 200 '(i < 120 ? 10 : 14) + r()' >step.csv
run perftop analyze changepoints step.csv
is "$status $stdout" "0 [120]" "changepoints"
run perftop analyze changepoints --json step.csv
like "$stdout" '\[{"index":120,"magnitude":0.3*,"confidence":*,"before":10.*,"after":14.*}\]' \
	"changepoints --json"
printf 'value\n5\n' >one.csv
run perftop analyze changepoints one.csv
is "$status $stdout" "0 []" "one row has no change"

# ---- forecast ----
run perftop analyze forecast values.csv --horizon 7
is "$status $stderr" "0 " "forecast"
is "$(wc -l <<<"$stdout")" 7 "N rows, no header"
awk -F, 'NF != 5 || !($4 <= $2 && $2 <= $1 && $1 <= $3 && $3 <= $5) { bad = 1 }
	END { exit bad }' <<<"$stdout"
ok $? "mean,lo80,hi80,lo95,hi95 in order"
rows=$stdout
run perftop analyze forecast --horizon 7 --header values.csv
is "$stdout" "mean,lo80,hi80,lo95,hi95
$rows" "--header"
run perftop analyze forecast --horizon 2 --json values.csv
like "$stdout" '\[{"mean":*,"lo80":*,"hi80":*,"lo95":*,"hi95":*},{"mean":*}\]' "forecast --json"
run perftop analyze forecast --horizon 30 --min 0 --max 21 values.csv
is "$(awk -F, '$4 < 0 || $5 > 21 { print }' <<<"$stdout")" "" "bounds are kept"
run perftop analyze forecast --horizon 3 one.csv
is "$status $stdout" "3 " "one value is too few to forecast"
for bad in "" "--horizon 0" "--horizon x" "--horizon 1e9" "--horizon 3 --min 2 --max 1" \
	"--horizon 3 --period -1"; do
	# shellcheck disable=SC2086 # words
	run perftop analyze forecast $bad values.csv
	is "$status $stdout" "2 " "forecast ${bad:-without horizon}: wrong usage"
done

# ---- compare ----
awk 'BEGIN { print "value"; for (i = 0; i < 12; i++) print 100 + (i * 7) % 5 / 5 }' >a.csv
awk 'NR > 1 { $1 *= 1.1 } 1' a.csv >b.csv
run perftop analyze compare a.csv b.csv
like "$status $stderr $stdout" \
	'0  {"verdict":"regression","ratio":1.*,"interval":\[1.0*,1.1*\],"p":*}' "compare: slower"
run perftop analyze compare a.csv a.csv
like "$stdout" '{"verdict":"none","ratio":1,"interval":\[0.9*,1.0*\],"p":1}' "compare: the same"
run perftop analyze compare b.csv a.csv
like "$stdout" '{"verdict":"improvement","ratio":0.909*' "compare: faster"
run perftop analyze compare --better higher b.csv a.csv
like "$stdout" '{"verdict":"regression","ratio":0.909*' "compare: less of what should be more"
run perftop analyze compare --block 20 a.csv b.csv
like "$stdout" '{"verdict":"warn","ratio":1.*' "compare: within the threshold to block"
run perftop analyze compare --block 20 --warn 15 a.csv b.csv
like "$stdout" '{"verdict":"none","ratio":1.*' "compare: within both"
awk 'NR == 1 { print "run,value" } NR > 1 { print "only," $1 }' b.csv >run.csv
run perftop analyze compare a.csv run.csv
like "$stdout" '{"verdict":*,"why":"single run: weak"}' "compare: samples of one run"
is "$(perftop analyze compare a.csv - <b.csv)" "$(perftop analyze compare a.csv b.csv)" \
	"compare: B from standard input"
printf 'value\n1\nNA\n' >gap.csv
run perftop analyze compare a.csv gap.csv
is "$status $stderr" "2 perftop analyze compare: gap.csv:3:1: a missing value, expected a sample" \
	"compare: a missing sample"
printf 'value\n-1\n' >minus.csv
run perftop analyze compare a.csv minus.csv
is "$status $stdout" "2 " "compare: a negative time"
printf 'value\n' >none.csv
run perftop analyze compare none.csv a.csv
is "$status $stderr" "2 perftop analyze compare: none.csv: no samples" "compare: no samples"
for bad in "" a.csv "a.csv b.csv a.csv" "--block x a.csv b.csv" "--better so a.csv b.csv" \
	"--warn 9 a.csv b.csv"; do
	# shellcheck disable=SC2086 # words
	run perftop analyze compare $bad
	is "$status $stdout" "2 " "compare ${bad:-nothing}: wrong usage"
done

# ---- what input is taken ----
printf '\357\273\277when,"load"\r\n2026-03-01T00:00Z,1\r\n2026-03-01T00:05Z,NA\r\n' >other.csv
run perftop analyze anomalies other.csv
is "$status $stdout" "0 0
0" "other names, CRLF, a mark, a missing value"
printf 'a,b,c\n1,2,3\n' >wide.csv
run perftop analyze anomalies wide.csv
is "$status $stderr" "2 perftop analyze anomalies: wide.csv:1:1: no column 'value'; --column names another" \
	"which of three columns?"
run perftop analyze anomalies --column b wide.csv
is "$status $stdout" "0 0" "--column says"
printf 'value\n1\n\n3\n\n' >blank.csv
run perftop analyze anomalies blank.csv
is "$(wc -l <<<"$stdout")" 3 "a blank line is a missing value, but not at the end"
printf 'value\n' >none.csv
run perftop analyze changepoints none.csv
is "$status $stdout" "0 []" "no rows: no changes"
run perftop analyze anomalies none.csv
is "$status $stdout" "0 " "no rows: no scores"

# ---- what is refused ----
: >empty.csv
printf '1\n2\n' >bare.csv
printf 'time,value\n2026-03-01,1\n2026-03-02,fast\n' >text.csv
printf 'time,value\nyesterday,1\n' >when.csv
printf 'value\n1\n1e999\n' >large.csv
printf 'value\n1\ninf\n' >infinite.csv
printf 'time,value\n1,2,3\n' >ragged.csv
printf 'value\n"1\n' >quote.csv
head -c 70000 /dev/zero | tr '\0' x >long.csv
refused() { # FILE MESSAGE
	run perftop analyze "$command" "${flags[@]}" "$1"
	is "$status $stderr" "2 perftop analyze $command: $1$2" "$command: $1"
}
for command in anomalies changepoints forecast; do
	flags=()
	[ $command = forecast ] && flags=(--horizon 3)
	refused missing.csv ": cannot open: No such file or directory"
	refused . ": is a folder, expected a file"
	refused empty.csv ": empty, expected a header row such as \`value\` or \`time,value\`"
	refused bare.csv ":1:1: '1' in the first row: expected a header such as \`value\` or \`time,value\`"
	refused text.csv ":3:12: 'fast' is no number"
	refused large.csv ":3:1: 1e999 is too large a number"
	refused infinite.csv ":3:1: 'inf' is no number"
	refused ragged.csv ":2:1: 3 cells, expected 2 as in the header"
	refused quote.csv ":2:1: this quote is not closed"
	refused long.csv ":1:65537: a row of more than 64 KiB"
done
command=anomalies flags=()
refused when.csv ":2:1: 'yesterday' is no time, expected 2026-03-01 09:30:00 or a number"
run perftop analyze anomalies one.csv two.csv
is "$status" 2 "one file at a time"
run perftop analyze nonsense
is "$status" 2 "an unknown analysis"
run perftop analyze
is "$status" 2 "which analysis?"
for command in anomalies changepoints compare forecast; do
	run perftop analyze $command --help
	like "$status $stdout" "0 usage: perftop analyze $command *" "$command --help"
done
perftop analyze anomalies spike.csv 2>stderr >/dev/full
is "$?" 3 "a full disk is no success"
finish
