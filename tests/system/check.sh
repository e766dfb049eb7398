#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The gate from outside: two files, a suite from its first run to a regression, suspects measured
# again, every form of output, and input that cannot be judged.
. "$PT_SRCDIR/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"
export PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1 HOME=$PT_TMP/home
mkdir -p "$HOME" "$PT_TMP/files" "$PT_TMP/repo"

# ---- files ----
cd "$PT_TMP/files" || exit 99
hyper() { # FILE FACTOR: ten launches of about 100 ms, each a run
	awk -v f="$2" 'BEGIN {
		printf "{\"results\":[{\"command\":\"work\",\"mean\":0.1,\"times\":["
		for (i = 0; i < 10; i++) printf "%s%.6f", i ? "," : "", .1 * f * (1 + (i * 7 % 10 - 4.5) / 2000)
		print "]}]}"
	}' >"$1"
}
hyper a.json 1
hyper b.json 1.0004
hyper slow.json 1.10
hyper bit.json 1.03
run perftop check --baseline a.json --candidate b.json
is "$status" 0 "the same: passed"
like "$stdout" "*work*= same*passed: 1 same*" "the same, in words"
run perftop check -b a.json -c slow.json
is "$status" 1 "10 % slower: blocked"
like "$stdout" "*work*+10.0 %*▲ slower*beyond 5 %*failed: 1 regression*" "with size and direction"
is "$(grep -c ^machine <<<"$stdout")" 0 "files do not know their machine"
run perftop check -b slow.json -c a.json
is "$status" 0 "faster passes"
like "$stdout" "*▼ faster*1 improvement*" "and is called so"
run perftop check -b a.json -c bit.json
is "$status" 0 "3 % slower: only a warning"
like "$stdout" "*passed: 1 warning*" "which is told"
run perftop check -b a.json -c bit.json --block 2% --warn 1
is "$status" 1 "thresholds of the command line"
run perftop check -b a.json -c slow.json --json
is "$status" 1 "--json keeps the status"
is "$(echo "$stdout" | python3 -c '
import json, sys
d = json.load(sys.stdin)
b = d["benchmarks"][0]
print(d["verdict"], d["status"], b["verdict"], round(b["ratio"], 2), b["interval"][0] > 1.09)')" \
	"failed 1 regression 1.1 True" "as JSON"
run perftop check -b a.json -c slow.json --markdown --junit=j.xml --github=g.txt --prometheus=p.txt
like "$stdout" "### perftop: failed*| work |*\*\*+10.0 %\*\**" "as a comment"
is "$(python3 -c 'import xml.dom.minidom as m; print(len(m.parse("j.xml").getElementsByTagName("failure")))')" \
	1 "as JUnit"
like "$(cat g.txt)" "::error title=work::slower:*" "as an annotation"
like "$(cat p.txt)" '*perftop_bench_change_ratio{bench="work",metric="time",suite=""} 1.1*' "for Prometheus"
run perftop check -b a.json -c slow.json --json --markdown
like "$status $stderr" "2 *cannot both go to stdout*" "two forms on stdout"

# Few or wild runs say nothing.
echo '{"results":[{"command":"work","times":[0.1,0.17]}]}' >two.json
echo '{"results":[{"command":"work","times":[0.11,0.19]}]}' >wild.json
run perftop check -b two.json -c wild.json
like "$status $stdout" "3 *inconclusive*" "too few runs: no answer"
run perftop check -b two.json -c wild.json --inconclusive=pass
is "$status" 0 "which may pass"

run perftop check -b nothing.json -c a.json
like "$status $stderr" "2 *no file nothing.json*" "no such file"
: >empty.json
run perftop check -b a.json -c empty.json
like "$status $stderr" "2 *empty.json*empty*" "an empty file"
run perftop check -b - -c -
is "$status" 2 "only one side is standard input"
echo '{"results":[{"command":"work","times":[0.1,-1]}]}' >bad.json
run perftop check -b a.json -c bad.json
like "$status $stderr" "2 *bad.json:1:*" "a negative time, with its place"
echo 'hello, world' >text
run perftop check -b a.json -c text
is "$status" 2 "no known format"
for wrong in --block=x --warn=-1 --rerun=0 --rerun=soon --inconclusive=maybe; do
	run perftop check -b a.json -c b.json $wrong
	like "$status $stderr" "2 *${wrong%%=*}*" "wrong: $wrong"
done
echo '{"results":[{"command":"other","times":[0.1,0.1,0.1]}]}' >other.json
run perftop check -b a.json -c other.json
like "$stdout" "*other*added*" "what was added is listed"
like "$stdout" "*work *100 ms *–*removed*" "what was removed is listed, with what it was"

# ---- a suite ----
cd "$PT_TMP/repo" || exit 99
git init -q . && git config user.name t && git config user.email t@t
mkdir .performance
cat >.performance/benchmarks.json <<'EOF'
{"suites": [{"name": "work", "build": ["sh", "-c", "cp cost built"], "command": ["./bench.sh"], "repeats": 8}]}
EOF
# Half a per mille of noise. A file that is not committed makes this checkout, and no other, slow.
cat >bench.sh <<'EOF'
#!/bin/sh
read -r cost <built
[ ! -e hot ] || cost=$((cost * 12 / 10))
echo "work: $((cost * (10000 + $$ % 5))) ns"
echo "steady: $((70000 + $$ % 3)) ns"
EOF
chmod +x bench.sh
echo built >.gitignore
commit() { # COST
	echo "$1" >cost && git add -A && git commit -q -m "cost $1"
}
commit 100
run perftop check
like "$status $stderr" "3 *bench run*" "nothing has been run"
run perftop bench run
is "$status" 3 "not trusted"
run perftop bench run --trust
is "$status" 0 "bench run"
run perftop check
like "$status $stdout" "0 *no baseline*passed*" "the first run passes, and says why"
run perftop check -b baseline:release
like "$status $stdout" "0 *no baseline release yet*--name release*" "so does the first of a name"
run perftop check -b runs:main
is "$status" 0 "and of a branch"
run perftop check -b mian
like "$status $stderr" "2 *no file 'mian', and no such commit*" "a misspelt side is no first run"
git commit -q --allow-empty -m "not measured"
run perftop check -b HEAD -c HEAD~1
like "$status $stdout" "3 *has not been run at*not comparable*" "nor is a commit that was not measured"
run perftop baseline diff baseline:release HEAD~1
is "$status" 3 "no difference to nothing"
git reset -q --soft HEAD~1
run perftop baseline save
is "$status" 0 "baseline save"
git add -A && git commit -qm "baseline"
run perftop check
like "$status $stdout" "0 *2 same*" "a commit of the baseline alone keeps its runs"
run perftop bench run --trust
run perftop check
like "$status $stdout" "0 *2 same*" "nothing has changed"
commit 110
run perftop bench run --trust
run perftop check
like "$status $stdout" "1 *work*+10.0 %*slower*" "a regression"
like "$stdout" "*steady*same*" "of one benchmark alone"
run perftop check --rerun=10
like "$status $stderr" "3 *not trusted*" "reruns run commands"
run perftop check --rerun=10 --trust
like "$status $stdout" "1 *work*slower*measured again*" "confirmed by reruns"
is "$(git status --porcelain)" "" "the checkout was not touched"
is "$(git worktree list | wc -l)" 3 "two revisions were checked out elsewhere"

# Not one launch ends well: that is neither a suite that was left out nor a pass.
git commit -q --allow-empty -m "crashes"
mv bench.sh aside && printf '#!/bin/sh\nexit 3\n' >bench.sh && chmod +x bench.sh
run perftop bench run --trust
is "$status" 1 "every launch fails"
run perftop check
like "$status $stdout" "1 *steady *failed*3 of 3 launches failed*failed: 2 failed launches*" "so does the gate"
mv .performance/baselines ../
run perftop check
like "$status $stdout" "1 *every launch *failed*" "also without a baseline"
mv ../baselines .performance/
mv aside bench.sh

# A noisy candidate is cleared: what was slow was this place, not the code.
commit 100
touch hot
run perftop bench run --trust
rm hot
run perftop check
is "$status" 1 "a suspect"
run perftop check --rerun --trust
like "$status $stdout" "0 *measured again*passed*" "is cleared"

# Two revisions here and now, without any stored run.
run perftop bench compare --base HEAD~1 --head HEAD --runs 4 --json --trust
is "$status $(echo "$stdout" | python3 -c '
import json, sys
b = json.load(sys.stdin)["benchmarks"]
print([(x["name"], x["verdict"], x["base_runs"]) for x in b])')" \
	"0 [('work', 'improvement', 4), ('steady', 'none', 4)]" "two revisions in turns"
run perftop bench compare --base HEAD --head HEAD~1 --runs 4 --trust
is "$status" 1 "the other way round"
echo 120 >cost
run perftop bench compare --base HEAD --runs 4 --trust
like "$status $stdout" "1 *with changes*" "changes of the work tree"
git checkout -q cost
run perftop bench compare --base nothing --trust
is "$status" 2 "no such revision"

run perftop baseline accept work --why "checks bounds now" --change 25
touch hot
run perftop bench run --trust
rm hot
run perftop check
like "$status $stdout" "0 *accepted: checks bounds now*" "an accepted regression passes, and is shown"

# Another machine class cannot be judged here.
run perftop check --machine-class other-box-4c
is "$status" 3 "no runs of that machine class"
run perftop bench run --trust --machine-class other-box-4c
run perftop check --machine-class other-box-4c
like "$status $stdout" "3 *not comparable*" "a baseline of another machine class"
sed -i '2i <<<<<<< HEAD' .performance/baselines/*/*.json
run perftop check
like "$status $stderr" "2 *merge*" "a merge conflict is explained"
finish
