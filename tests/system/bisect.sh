#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The guilty commit of a real repository, by command and by suite: found, among commits that do not
# build, after an interruption, and when there is nothing to find.
. "$PT_SRCDIR/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"
export PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1
mkdir -p "$PT_TMP/repo/sub"
cd "$PT_TMP/repo" || exit 99

git init -q . && git config user.name t && git config user.email t@t
# 1.5 % of noise, the same in every run of this test; costs of the commits 1..24 are those of the table.
COUNT=$PT_TMP/count
cat >bench.sh <<EOF
#!/bin/sh
read -r cost <sub/cost
echo "launched" >>"$COUNT"
n=0
while read -r _; do n=\$((n + 1)); done <"$COUNT"
echo "parse: \$((cost * (10000 + (n * 7919 % 13 - 6) * 25))) ns"
echo "other: 5000000 ns"
EOF
chmod +x bench.sh
guilty=
for i in $(seq 1 24); do
	[ "$i" -lt 15 ] && cost=100 || cost=106
	echo "$cost" >sub/cost
	echo "$i" >sub/number
	[ "$i" = 9 ] && chmod -x bench.sh
	[ "$i" = 10 ] && chmod +x bench.sh
	git add -A && git commit -q -m "commit number $i"
	[ "$i" = 15 ] && guilty=$(git rev-parse HEAD)
	[ "$i" = 1 ] && git tag good
done
culprit() { echo "$stdout" | python3 -c 'import json, sys; print(json.load(sys.stdin)["culprit"])'; }
field() { echo "$stdout" | python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

run perftop bisect --good good --json parse -- ./bench.sh
is "$status" 0 "a command: found"
is "$(culprit)" "$guilty" "the guilty commit"
is "$(echo "$stdout" | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["confidence"] >= .98 and 1.04 < d["ratio"] < 1.08)')" True "with confidence and effect"
is "$(field '["launches"]')" "$(wc -l <"$COUNT")" "launches are counted"
is "$(git status --porcelain)" "" "the checkout was not touched"
run perftop bisect --good good parse -- ./bench.sh
like "$stdout" "$guilty  commit number 15*first bad commit*slower*" "for people"
like "$stderr" "*23 commits after*" "progress on stderr"

# Commits that do not run are passed over; when they hide the guilty one, all it could be are named.
git checkout -q -b hidden good
for i in 2 3 4 5 6; do
	[ $i -lt 4 ] && echo 100 >sub/cost || echo 108 >sub/cost
	case $i in 3 | 4) echo 'exit 1' >bench.sh ;; *) git checkout -q good -- bench.sh ;; esac
	echo "hidden $i" >sub/number
	git add -A && git commit -q -m "hidden $i"
done
run perftop bisect --good good --json parse -- ./bench.sh
is "$status $(culprit) $(field '["state"]')" "0 None found among skipped" "hidden by what does not run"
is "$(field '["candidates"].__len__()')" 3 "three candidates"
git checkout -q -

# Interrupted, it goes on where it was.
rm -f "$COUNT"
cat >"$PT_TMP/slow.sh" <<'EOF'
#!/bin/sh
sleep 0.1
exec ./bench.sh
EOF
chmod +x "$PT_TMP/slow.sh"
perftop bisect --good good parse -- "$PT_TMP/slow.sh" >/dev/null 2>"$PT_TMP/log" &
pid=$!
while [ ! -s "$COUNT" ] || [ "$(wc -l <"$COUNT")" -lt 4 ]; do sleep 0.05; done
kill -INT $pid
wait $pid
is "$?" 3 "interrupted"
like "$(cat "$PT_TMP/log")" "*goes on where*" "and says that it can go on"
before=$(wc -l <"$COUNT")
run perftop bisect --good good --json parse -- "$PT_TMP/slow.sh"
is "$status $(culprit)" "0 $guilty" "found at the second go"
like "$stderr" "*  1  * kept*" "what is known is told without a unit"
total=$(field '["launches"]')
[ $((total - ($(wc -l <"$COUNT") - before))) -ge 3 ]
ok $? "what was measured before was not measured again"

# Nothing to find, and what cannot be looked for.
run perftop bisect --good good --bad good~0 parse -- ./bench.sh
like "$status $stderr" "2 *same commit*" "the same commit twice"
run perftop bisect --good HEAD --bad good parse -- ./bench.sh
like "$status $stderr" "2 *no ancestor*" "the wrong way round"
run perftop bisect --good nothing parse -- ./bench.sh
is "$status" 2 "no such revision"
run perftop bisect --good good -- ./bench.sh
like "$status $stderr" "3 *several benchmarks (*parse*)*" "which benchmark?"
run perftop bisect --good good missing -- ./bench.sh
like "$status $stderr" "3 *no missing*parse*" "a benchmark that is not printed"
run perftop bisect --good good parse -- ./no-such-program
is "$status" 3 "a command that is not there"
run perftop bisect --good good other -- ./bench.sh
like "$status $stdout" "3 *measure alike*" "no difference"
run perftop bisect parse -- ./bench.sh
like "$status $stderr" "2 *--good*" "no good commit"
run perftop bisect --good good --confidence 2 parse -- ./bench.sh
is "$status" 2 "an impossible confidence"
cd "$PT_TMP" && run perftop bisect --good a parse -- true
like "$status $stderr" "2 *not in a git repository*" "outside of a repository"

# A benchmark of a suite, with a build, from the baseline's commit.
cd "$PT_TMP/repo" || exit 99
git checkout -q -b suite good
mkdir .performance
cat >.performance/benchmarks.json <<EOF
{"suites": [{"name": "s", "build": ["sh", "-c", "echo x >>$PT_TMP/builds"], "command": ["./bench.sh"],
	"repeats": 5}]}
EOF
git add -A && git commit -q -m suite
run perftop bench run --trust
run perftop baseline save
git add -A && git commit -q -m baseline
for i in 1 2 3 4; do
	[ $i = 3 ] && echo 110 >sub/cost
	echo "suite $i" >sub/number
	git add -A && git commit -q -m "suite $i"
	[ $i = 3 ] && guilty=$(git rev-parse HEAD)
done
run perftop bisect parse
is "$status" 3 "a suite's command wants trust"
: >"$PT_TMP/builds"
run perftop bisect --trust --json parse
is "$status $(culprit)" "0 $guilty" "a benchmark of a suite, from its baseline"
[ "$(wc -l <"$PT_TMP/builds")" -le 6 ]
ok $? "each commit was built once"
finish
