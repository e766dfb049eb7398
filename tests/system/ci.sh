#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The examples of continuous integration call perftop as it is: commands and options exist, YAML is
# YAML, and the steps work in their order in a repository of their own.
. "$PT_SRCDIR/tests/tap.sh"
ci=$PT_SRCDIR/doc/ci

for file in benchmarking.yml gitlab-ci.yml Jenkinsfile README; do
	unknown=
	# Each command with what follows it on its line and on lines that continue it.
	while read -r line; do
		read -r -a words <<<"${line#*perftop }"
		command=${words[0]}
		case $command in bench | baseline) command+=" ${words[1]}" ;; esac
		# shellcheck disable=SC2086 # one or two words
		help=$(perftop $command --help 2>/dev/null) || unknown+=" $command"
		for word in "${words[@]}"; do
			[[ $word == --* ]] || continue
			word=${word%%=*}
			grep -qE -- "^  (-., )?$word([ =]|\[|\$)" <<<"$help" || unknown+=" $command:$word"
		done
	done < <(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$ci/$file" |
		grep -oE "perftop (bench|baseline|check|doctor)( .*)?" | tr -d "'\"\`")
	is "$unknown" "" "$file: commands and options"
done
for file in benchmarking.yml gitlab-ci.yml; do
	if python3 -c 'import yaml' 2>/dev/null; then
		run python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$ci/$file"
		is "$status $stderr" "0 " "$file is YAML"
	else
		skip "$file is YAML" "python3-yaml is not installed"
	fi
done

# The three steps.
command -v git >/dev/null || {
	skip "the steps" "git is not installed"
	finish
}
export PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1
mkdir -p "$PT_TMP/repo/.performance" && cd "$PT_TMP/repo" || exit 99
git init -q . && git symbolic-ref HEAD refs/heads/main && git config user.name t && git config user.email t@t
echo '{"suites": [{"name": "s", "command": ["./bench.sh"], "repeats": 6}]}' >.performance/benchmarks.json
printf '#!/bin/sh\nread -r cost <cost\necho "work: $((cost * (10000 + $$ %% 5))) ns"\n' >bench.sh
chmod +x bench.sh
echo 100 >cost
git add -A && git commit -qm one
run perftop bench run --trust
run perftop check --trust --rerun=6 --github --markdown=perftop.md --json=perftop.json --junit=perftop.xml
is "$status" 0 "on main: the first check passes"
run perftop baseline save --from "runs:main:20"
is "$status" 0 "its runs become the baseline"
git add .performance && git commit -qm baseline
git checkout -qb change
echo 110 >cost
git commit -qam slower
run perftop bench run --trust
run perftop check --trust --rerun=6 --github --markdown=perftop.md --json=perftop.json --junit=perftop.xml
like "$status $stdout" "1 ::error file=.performance/benchmarks.json,line=1,title=s%3A work::slower: *" "in a pull request: blocked, annotated"
like "$(cat perftop.md)" "### perftop: failed*measured again*" "and commented"
run perftop baseline accept work --why "checks bounds now"
is "$status" 0 "accepted with a reason"
run perftop check --trust --rerun=6
is "$status" 0 "which lets it pass"
finish
