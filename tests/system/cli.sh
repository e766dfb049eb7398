#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What all commands have in common: help, usage, exit status, and that output which cannot be
# written is no success. A command that others stand below only lists them; these are held to all
# of it. They run in a project that gives each something to print.
. "$PT_SRCDIR/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"

export PERFTOP_ROOT=$PT_SRCDIR/tests/fixtures/roots/container PERFTOP_LOCK=$PT_TMP/lock

# ---- the project: a benchmark that got slower with the second commit, baselines of the first ----

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
cat >.performance/benchmarks.json <<'JSON'
{"suites": [{"name": "suite", "command": ["cat", "result"], "repeats": 1}]}
JSON
git init -q . && git config user.name nobody && git config user.email nobody@example.org
commit() { # VALUE
	echo "pair: $1 ms" >result
	git add . && git commit -q -m "$1"
}
printf 'value\n1\n2\n3\n' >samples.csv
echo 'main;work 5' >stacks.folded
echo 'hyperfine --export-json x.json true' >bench.sh # for bench init
{
	commit 10 && perftop trust --yes && perftop bench run && perftop baseline save &&
		perftop baseline save --name other && commit 20 && perftop bench run
} >"$PT_TMP/log" 2>&1 || {
	note "$(cat "$PT_TMP/log")"
	echo "Bail out! no project"
	exit 99
}

# as_it_was: what commands did to the project is undone.
as_it_was() { git checkout -q . && perftop trust --yes >"$PT_TMP/log"; }

# arguments COMMAND: those that it prints something with; words=1: more words are no mistake.
arguments() {
	args=() words=1
	case $1 in
	"analyze compare") args=(samples.csv samples.csv) words=0 ;;
	"analyze forecast") args=(-n 2 samples.csv) words=0 ;;
	"analyze "*) args=(samples.csv) words=0 ;;
	"baseline accept") args=(pair --why because) ;;
	"baseline diff") args=(baseline) ;;
	"baseline promote") args=(other) ;;
	"baseline prune" | "baseline save" | "baseline show") ;;
	"bench compare") args=(--base "HEAD~1" -n 2) ;;
	"bench history") args=(pair) ;;
	"bench import") args=(result) ;;
	"bench init") args=(--print) words=0 ;;
	"bench run" | "bench show") ;;
	bisect) args=(--good "HEAD~1" pair) ;;
	check) ;;
	completions) args=(bash) ;;
	flame | "flame fold") args=(stacks.folded) ;;
	"flame diff") args=(stacks.folded stacks.folded) words=0 ;;
	"flame record") args=(--to speedscope -- true) ;;
	trust) args=(--yes) words=0 ;;
	*) words=0 ;;
	esac
}

# below [COMMAND]: the commands that its help lists.
below() { perftop "$@" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }

help_of() { # PATTERN COMMAND...
	local pattern=$1 help
	shift
	run perftop "$@" --help
	help=$stdout
	like "$status $stdout" "0 usage: perftop $*$pattern" "$* --help"
	run perftop help "$@"
	is "$stdout" "$help" "help $* is the same"
	perftop "$@" --help >&- 2>/dev/null
	is $? 3 "$*: help into nothing"
	run perftop "$@" --no-such-option
	is "$status $stdout" "2 " "$*: unknown option"
	is "$stderr" "perftop $*: unknown option --no-such-option; --help lists them" \
		"$*: which is named"
	run perftop "$@" --interval 0
	is "$status" 2 "$*: option out of range"
}

parent() { # COMMAND
	help_of " COMMAND*Commands:*" "$1"
	run perftop "$1"
	is "$status $stdout $stderr" "2  perftop $1: needs a command; --help lists them" \
		"$1: no command"
	run perftop "$1" nothing
	is "$status $stdout $stderr" "2  perftop $1: no command 'nothing'; --help lists them" \
		"$1: an unknown one"
}

leaf() { # COMMAND...
	local args words
	help_of "*Options*--root DIR*Exit status:*  0  *" "$@"
	arguments "$*"
	if [ "$words" = 0 ]; then
		run perftop "$@" "${args[@]}" word
		is "$status $stdout" "2 " "$*: a word too many"
	fi
	as_it_was
	perftop "$@" "${args[@]}" </dev/null >&- 2>"$PT_TMP/stderr"
	is $? 3 "$*: stdout is closed"
	like "$(cat "$PT_TMP/stderr")" "*perftop*: cannot write*" "$*: which is told"
	if [ -e /dev/full ]; then
		as_it_was
		perftop "$@" "${args[@]}" </dev/null >/dev/full 2>/dev/null
		is $? 3 "$*: the disk is full"
	fi
	as_it_was
	perftop "$@" "${args[@]}" <&- >&- 2>&-
	is $? 3 "$*: nothing is open"
}

# ---- the program ----

run perftop --version
like "$status $stdout" "0 perftop [0-9]*features: *" "--version"
is "$(perftop -V)" "$stdout" "-V is the same"
perftop --version >&- 2>/dev/null
is $? 3 "--version into nothing"
# Read no further, as by head: nothing to tell.
for command in metrics help "snapshot --json"; do
	exec 9> >(:)
	wait $!
	# shellcheck disable=SC2086 # words
	perftop $command </dev/null >&9 2>"$PT_TMP/stderr"
	is "$? $(cat "$PT_TMP/stderr")" "3 " "$command: nobody reads on"
	exec 9>&-
done

run perftop nothing
is "$status $stderr" "2 perftop: no command 'nothing'; \`perftop --help\` lists them" \
	"unknown command"
run perftop $'\e[31m'
like "$stderr" "*'^[[][[]31m'*" "whose name is made safe"
run perftop help nothing
is "$status" 2 "help of an unknown command"
run perftop --glyphs ascii snapshot
is "$status $stderr" "2 perftop: the command comes first: perftop snapshot [OPTION...]" \
	"options before the command"
run perftop
is "$status $stdout" "3 " "without a terminal there is no console"
like "$stderr" "perftop: *" "which is told"

# The descriptor of the log must not be taken for stdout.
perftop info --debug "$PT_TMP/log" >&- 2>/dev/null
like "$(cat "$PT_TMP/log")" "*perftop * info*" "the log while stdout is closed"
[[ $(cat "$PT_TMP/log") != *Settings* ]]
ok $? "has no output in it"

# ---- its commands ----

for name in $(below); do
	children=$(below "$name")
	# flame has commands below it and does something by itself, too.
	if [ -z "$children" ] || [ "$name" = flame ]; then
		leaf "$name"
	else
		parent "$name"
	fi
	for child in $children; do
		leaf "$name" "$child"
	done
done
finish
