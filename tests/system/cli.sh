#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What all commands have in common: help, usage, exit status, and that output which cannot be
# written is no success.
. "$PT_SRCDIR/tests/tap.sh"

export PERFTOP_ROOT=$PT_SRCDIR/tests/fixtures/roots/container
commands=$(perftop --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
arguments() { case $1 in completions) echo bash ;; esac }

run perftop --version
like "$status $stdout" "0 perftop [0-9]*features: *" "--version"
is "$(perftop -V)" "$stdout" "-V is the same"

for name in $commands; do
	run perftop "$name" --help
	like "$status $stdout" "0 usage: perftop $name*Options*--root DIR*Exit status:*  0  *" \
		"$name --help"
	help=$stdout
	run perftop help "$name"
	is "$stdout" "$help" "help $name is the same"
	run perftop "$name" --no-such-option
	is "$status $stdout" "2 " "$name: unknown option"
	is "$stderr" "perftop $name: unknown option --no-such-option; --help lists them" \
		"$name: which is named"
	run perftop "$name" --interval 0
	is "$status" 2 "$name: option out of range"
	if [ "$name" != completions ]; then
		run perftop "$name" word
		is "$status" 2 "$name: a word too many"
	fi
	# shellcheck disable=SC2046 # words
	perftop "$name" $(arguments "$name") >&- 2>"$PT_TMP/stderr"
	is $? 3 "$name: stdout is closed"
	like "$(cat "$PT_TMP/stderr")" "perftop*: cannot write*" "$name: which is told"
	if [ -e /dev/full ]; then
		# shellcheck disable=SC2046
		perftop "$name" $(arguments "$name") >/dev/full 2>/dev/null
		is $? 3 "$name: the disk is full"
	fi
	# shellcheck disable=SC2046
	perftop "$name" $(arguments "$name") <&- >&- 2>&-
	is $? 3 "$name: nothing is open"
	perftop "$name" --help >&- 2>/dev/null
	is $? 3 "$name: help into nothing"
done
perftop --version >&- 2>/dev/null
is $? 3 "--version into nothing"

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
finish
