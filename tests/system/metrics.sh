#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# metrics: every metric that can be reported is listed, a project's own among them, in three forms.
. "$PT_SRCDIR/tests/tap.sh"

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
cat >.performance/config.json <<'JSON'
{"sources": [{"name": "queue_depth", "file": "depth", "help": "Jobs, \"waiting\""},
             {"name": "bare_file", "file": "depth", "unit": "ms"},
             {"name": "bare_command", "command": ["./count", "all jobs"]}]}
JSON
echo 7 >depth

run perftop metrics
is "$status $stderr" "0 " "metrics"
like "$stdout" "METRIC *LABEL *UNIT *KIND *SOURCE *WHAT IT SAYS*" "a head"
like "$stdout" '*queue_depth  * count *gauge *custom *Jobs, "waiting"*' "the project's own"
like "$stdout" '*bare_file  * seconds *gauge *custom *file depth*' "without help: its file"
like "$stdout" '*bare_command  * gauge *custom *command ./count all jobs*' "or command"
[[ $stdout != *…* ]]
ok $? "no line is cut where there is no terminal"
table=$(sed 1d <<<"$stdout" | cut -d' ' -f1)
is "$(sort <<<"$table" | uniq -d)" "" "no name twice"

run perftop metrics --csv
is "$(head -n 1 <<<"$stdout")" "name,label,unit,kind,source,help" "CSV: a head"
is "$(sed 1d <<<"$stdout" | cut -d, -f1)" "$table" "CSV: the same names"
like "$stdout" '*queue_depth,,count,gauge,custom,"Jobs, ""waiting"""*' "CSV: quotes"

run perftop metrics --json
is "$status" 0 "JSON"
is "$(grep -o '"name":"[a-z0-9_]*"' <<<"$stdout" | cut -d'"' -f4)" "$table" "JSON: the same names"
like "$stdout" '*{"name":"queue_depth","label":"","unit":"count","kind":"gauge","source":"custom","help":"Jobs, \\"waiting\\""}*' \
	"JSON: a row"

# What a snapshot reports is in the list.
listed=$table
for root in container sensors hybrid old-kernel; do
	run perftop snapshot --csv --root "$PT_SRCDIR/tests/fixtures/roots/$root"
	is "$(sed 1d <<<"$stdout" | cut -d, -f2 | sort -u | grep -vxF "$listed")" "" \
		"$root: nothing that is not listed"
done
finish
