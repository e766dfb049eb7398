#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A commit that looks like a step in history is told right after its runs, and measured again at
# once when asked: confirmed when the code is slower, cleared when this place was.
. "$PT_SRCDIR/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"
export PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1
mkdir -p "$PT_TMP/repo/.performance" && cd "$PT_TMP/repo" || exit 99

git init -q . && git config user.name t && git config user.email t@t
echo '{"suites": [{"name": "work", "command": ["./bench.sh"], "repeats": 3}]}' >.performance/benchmarks.json
cat >bench.sh <<'EOF'
#!/bin/sh
read -r cost <cost
[ ! -e hot ] || cost=$((cost * 12 / 10))
echo "work: $((cost * (10000 + $$ % 37))) ns"
echo "steady: $((70000 + $$ % 97)) ns"
EOF
chmod +x bench.sh
commit() { # COST
	echo "$1" >cost
	date +%s.%N >number
	git add -A && git commit -q -m "cost $1"
}
for _ in 1 2 3 4 5 6 7; do
	commit 100
	run perftop bench run --trust
	[ "$status" = 0 ] || note "$stderr"
done
like "$status $stderr" "0 *" "seven commits alike"
is "$(grep -c 'looks like a step' <<<"$stderr")" 0 "nothing to tell"

commit 110
run perftop bench run --trust
like "$status $stderr" "0 *work: work (time) looks like a step of +*.? %*--rerun*" "a step is told at once"
is "$(grep -c 'looks like' <<<"$stderr")" 1 "of one benchmark alone"
run perftop bench run --trust --rerun=6
like "$status $stdout" "1 *work*slower*measured again*" "and confirmed by reruns"
is "$(grep -c steady <<<"${stdout##*VERDICT}")" 0 "which look at it alone"

commit 110
run perftop bench run --trust
is "$(grep -c 'looks like' <<<"$stderr")" 0 "the commit after it is not told of again"

# Back to normal, measured while the machine was hot.
commit 100
run perftop bench run --trust
commit 100
run perftop bench run --trust
touch hot
commit 100
run perftop bench run --trust
like "$stderr" "*looks like a step*" "slow here"
rm hot
git rm -q --cached hot 2>/dev/null
git commit -qam cool
touch hot
run perftop bench run --trust
rm hot
run perftop bench run --trust --repeats 1 --rerun=6
is "$status" 0 "cleared: the code is not slower"
run perftop bench run --trust --rerun=never
is "$status" 2 "a budget that is none"
finish
