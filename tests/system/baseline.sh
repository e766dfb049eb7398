#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Baselines from runs to git and back: saved, compared, accepted, merged, broken, killed while saved;
# what `bench show` and `bench history` tell of the same runs.
# shellcheck source=tests/tap.sh
. "$PT_SRCDIR/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"

export PERFTOP_MACHINE_CLASS=test-2c PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1
project=$PT_TMP/project
file=.performance/baselines/toy/test-2c.json
mkdir -p "$project/.performance" && cd "$project" || exit 1
git init -q . && git checkout -q -b main
git config user.name "Ann Example" && git config user.email ann@example.org
git config commit.gpgsign false

# Three benchmarks; launches differ by up to 1 %.
cat >toy <<'TOY'
#!/bin/sh
n=$(cat "$TOY_COUNT"); echo $((n + 1)) >"$TOY_COUNT"
j=$(echo "$n" | cksum | cut -d' ' -f1)
j=$((j % 11))
. ./levels
echo "parse/large: $((A * (1000 + j))) ns"
echo "parse/small: $((B * (1000 + j))) ns"
[ -z "$C" ] || echo "write: $((C * (1000 + j))) ns"
TOY
chmod +x toy
echo 0 >"$PT_TMP/count"
cat >.performance/benchmarks.json <<JSON
{"suites": [{"name": "toy", "command": ["./toy"], "repeats": 6,
	"env": {"TOY_COUNT": "$PT_TMP/count"}}]}
JSON
levels() { echo "A=$1 B=$2 C=$3" >levels; }
commit() { git add -A && git commit -q -m "$1"; }
bench() { perftop bench run --trust "$@" >"$PT_TMP/run.out" 2>&1; }

levels 1000 50 7
commit "first"

run perftop baseline list
is "$status" 0 "no baseline is no error"
like "$stderr" "*no baseline yet*" "and is said"
run perftop baseline save
is "$status" 3 "nothing was run: no answer"
like "$stderr" "*perftop bench run toy*" "and it says what to do"
run perftop bench show
is "$status" 3 "nor is there anything to show"
run perftop bench history parse/large
is "$status" 3 "nor a history"

bench
is $? 0 "the suite runs"
run perftop baseline save
is "$status" 0 "the runs are saved"
like "$stdout" "saved $file: 3 benchmarks, main@*, 6 runs" "what was saved is said"
is "$(stat -c %a .performance/baselines/toy)" "$(stat -c %a .performance)" "its folder is for whom the others are"
run perftop baseline show toy
like "$stdout" "*1.0? ms*parse/large*" "it holds the medians"
run perftop baseline show --json
like "$stdout" '*"name": "parse/large"*"median": 100????,*"runs": 6*' "and so does JSON"
run perftop baseline list --json
like "$stdout" '*"suite":"toy","name":"main"*"benchmarks":3,"runs":6,"machine_class":"test-2c"*' \
	"it is listed"
run perftop bench show 'parse/*'
like "$stdout" "toy  * first*6 launches, on test-2c*parse/large*parse/small*" "bench show tells runs"
[[ $stdout != *write* ]]
ok $? "of the benchmarks that match"
run perftop bench show nothing
is "$status" 3 "a word that matches nothing is told"
commit "baseline"

# -- accepted changes
echo other >code
commit "other code"
run perftop baseline save
is "$status" 3 "runs of another commit are not those of HEAD"
levels 1100 50 7
bench
run perftop baseline save
is "$status" 2 "runs with uncommitted changes are not saved"
like "$stderr" "*--dirty*" "and it says what to do"
commit "slower"
bench
run perftop check
is "$status" 1 "the gate stops it"
run perftop baseline diff baseline latest
is "$status" 0 "diff shows the same and stops nothing"
like "$stdout" "*parse/large*slower*" "the rows are the gate's"
run perftop baseline accept parse/large
is "$status" 2 "a reason is needed"
run perftop baseline accept parse/small --why "because"
is "$status" 2 "what is not worse cannot be accepted"
run perftop baseline accept nothing --why "because"
is "$status" 2 "nor what is not there"
run perftop baseline accept parse/large --why $'checks\n its\tinput '
is "$status" 0 "a regression is accepted"
is "$(git diff --numstat -- .performance | cut -f1)" 3 "three lines of the file change"
run perftop check
is "$status" 0 "the gate passes it"
like "$stdout" "*accepted: checks its input*" "and shows the reason"
run perftop baseline show
like "$stdout" "*accepted +10* %: checks its input (Ann Example, *" "so does the baseline"
commit "accepted"
bench
run perftop baseline save
run perftop baseline show
like "$stdout" "*measured with it since: checks its input*" "a new baseline has taken it in"
commit "new baseline"

# -- history
for i in $(seq 1 16); do
	[ "$i" != 9 ] || levels 1000 50 7
	echo "$i" >n
	commit "change $i"
	bench -n 3
done
run perftop bench history parse/large --points 18
is "$status" 0 "a history is drawn"
like "$stdout" "*% faster*change 9*" "the step and its first commit are named"
run perftop bench history parse/large --points 18 --json
like "$stdout" '*"changepoints"*"subject": "change 9"*"worse": false*' "in JSON too"
run perftop bench history parse/small
like "$stdout" "*no step*" "a steady one has none"
git checkout -q -b side HEAD~3
echo side >n
commit "aside"
bench -n 3
run perftop bench history parse/large --json
[[ $stdout == *aside* && $stdout != *"change 16"* ]]
ok $? "history follows the line of HEAD"
run perftop bench history parse/large --branch main --json
[[ $stdout != *aside* && $stdout == *"change 16"* ]]
ok $? "or that of a branch"
run perftop bench history parse/large --all --json
[[ $stdout == *aside* && $stdout == *"change 16"* ]]
ok $? "or everything"
git checkout -q main

# -- names, other machines
bench
run perftop baseline save --name next
is "$status" 0 "a named baseline is saved"
run perftop baseline save --name ../evil
is "$status" 2 "a name is no path"
run perftop check --baseline baseline:next
is "$status" 0 "check compares with it"
run perftop baseline promote next
is "$status" 0 "it becomes the main one"
[ ! -e .performance/baselines/toy/test-2c.next.json ]
ok $? "and its file goes"
run perftop baseline promote next
is "$status" 2 "which works once"
PERFTOP_MACHINE_CLASS=other-4c run perftop check --candidate latest
is "$status" 3 "another machine class has no runs"
PERFTOP_MACHINE_CLASS=other-4c bench
PERFTOP_MACHINE_CLASS=other-4c run perftop check
is "$status" 3 "and its runs are not comparable"
like "$stdout$stderr" "*test-2c*" "the machine class that there is is named"
commit "promoted"

# -- git merges what two branches did to different benchmarks
git checkout -q -b left
run perftop baseline accept parse/large --why "left" --change 6
git commit -q -am left
git checkout -q -b right main
run perftop baseline accept parse/small --why "right" --change 6
git commit -q -am right
git merge -q -m merge left >/dev/null 2>&1
is $? 0 "two benchmarks merge"
run perftop baseline show
[[ $stdout == *left* && $stdout == *right* ]]
ok $? "and both changes are there"

# -- and a conflict is explained
git checkout -q -b north main
run perftop baseline accept write --why "north" --change 6
git commit -q -am north
git checkout -q -b south main
run perftop baseline accept write --why "south" --change 9
git commit -q -am south
git merge -q -m merge north >/dev/null 2>&1
run perftop baseline show
is "$status" 2 "a merge conflict is an input error"
like "$stderr" "*$file:*merge conflict*lines*perftop baseline save*" "that is explained"
bench
run perftop check
is "$status" 2 "for check too"
like "$stderr" "*merge conflict*" "in the same words"
run perftop baseline save --dirty
is "$status" 0 "saving anew replaces the broken file"
like "$stderr" "*is lost*merge conflict*" "and says what is lost"
git reset -q --hard main

# -- benchmarks that are gone
levels 1000 50 ""
commit "no write"
bench
run perftop baseline save
like "$stdout" "*1 more*were kept*baseline prune*" "what was not measured is kept"
run perftop baseline prune --dry-run
like "$stdout" "would drop write (time) from $file" "prune says what would go"
run perftop baseline prune
like "$stdout" "dropped write (time) from $file" "and drops it"
run perftop baseline prune
is "$stdout" "nothing to prune" "once"

# A new name's base is kept until there is one of its own.
sed 's/"repeats": 6,/"repeats": 6, "renamed_from": {"parse\/renamed": "parse\/small"},/' .performance/benchmarks.json \
	>"$PT_TMP/suites" && cp .performance/benchmarks.json "$PT_TMP/suites.before"
cp toy "$PT_TMP/toy.before" && sed 's/parse.small/parse\/renamed/' "$PT_TMP/toy.before" >toy
cp "$PT_TMP/suites" .performance/benchmarks.json && bench
run perftop baseline prune
is "$stdout" "nothing to prune" "the base of what was renamed stays"
cp "$PT_TMP/suites.before" .performance/benchmarks.json
run perftop baseline prune --dry-run
like "$stdout" "would drop parse/small (time)*" "that of what is gone does not"
cp "$PT_TMP/toy.before" toy && bench

# -- from a file, and bad files
printf 'a: 5 ns\na: 5.1 ns\nb: 7 ns\n' >"$PT_TMP/results.txt"
run perftop baseline save --from "$PT_TMP/results.txt" --suite imported
is "$status" 0 "a file's results make a baseline"
[ -e .performance/baselines/imported/test-2c.json ]
ok $? "of the suite that was said"
run perftop baseline prune
[ ! -e .performance/baselines/imported/test-2c.json ]
ok $? "which prune removes when no file names the suite"
cp $file "$PT_TMP/whole"
sed 's/"schema": 1/"schema": 9/' "$PT_TMP/whole" >$file
run perftop baseline show
is "$status" 2 "a newer schema is refused"
like "$stderr" "*newer perftop*" "with words"
run perftop check
like "$status $stdout" "3 *$file:*newer perftop*not comparable*" "nor is it a first run for the gate"
run perftop baseline save
is "$status" 2 "and not overwritten"
cmp -s <(sed 's/"schema": 1/"schema": 9/' "$PT_TMP/whole") $file
ok $? "nor touched"
head -c 300 "$PT_TMP/whole" >$file
run perftop baseline list
is "$status" 2 "half a file is told"
like "$stderr" "*$file:*" "with its place"
cp "$PT_TMP/whole" $file

# -- killed while it saves: the file is the old one or the new one
bad=0
for i in $(seq 1 15); do
	perftop baseline save >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$((i % 10))$((i * 7 % 10))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	perftop baseline show --json >"$PT_TMP/shown" 2>&1 || bad=1
done
is $bad 0 "kill -9 while saving leaves a whole file"
run perftop baseline save extra words --suite toy
is "$status" 2 "--suite and words exclude each other"
finish
