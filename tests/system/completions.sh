#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completions parse in their shells, know every command and option that the help lists, and
# complete words for real: in bash through its own variables, in fish through `complete -C`.
. "$PT_SRCDIR/tests/tap.sh"

options_of() { perftop "$@" --help | sed -n 's/^  \(-., \)\{0,1\}--\([a-z-]*\).*/\2/p'; }
commands=$(perftop --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')

for shell in bash zsh fish; do
	run perftop completions $shell
	is "$status" 0 "completions $shell"
	printf '%s\n' "$stdout" >"$PT_TMP/$shell"
	if command -v $shell >/dev/null; then
		run $shell -n "$PT_TMP/$shell"
		is "$status $stderr" "0 " "$shell reads it"
	else
		skip "$shell reads it" "$shell is not installed"
	fi
	missing=
	for name in $commands; do
		grep -qw -- "$name" "$PT_TMP/$shell" || missing+=" $name"
		for option in $(options_of "$name"); do
			grep -qE -- "(^|[^a-z])(-l |--)(no-)?$option([^a-z]|\$)" "$PT_TMP/$shell" ||
				missing+=" $name:$option"
		done
	done
	is "$missing" "" "$shell: every command and option"
done
is "$(echo "$commands" | wc -w)" \
	"$(grep '^PT_COMMAND' "$PT_SRCDIR/src/commands.def" | grep -vc console)" \
	"the help lists every command"

run perftop completions
is "$status" 2 "without a shell"
run perftop completions tcsh
like "$status $stderr" "2 *tcsh*bash, zsh, fish*" "another shell"

# shellcheck source=/dev/null
. "$PT_TMP/bash"
typed() { # WANTED WORD...: the last word is being completed
	local wanted=$1
	shift
	COMP_WORDS=(perftop "$@") COMP_CWORD=$# COMPREPLY=()
	_perftop
	is "${COMPREPLY[*]}" "$wanted" "bash: $*"
}
mkdir -p "$PT_TMP/dir/a folder" && cd "$PT_TMP/dir" && touch 'a file' || exit 99
typed snapshot sn
typed --size snapshot --siz
typed "overview processes benchmarks flame" snapshot --view ''
typed processes snapshot --view p
typed "overview processes benchmarks flame" snapshot --view =
typed processes --view = p
typed --no-mouse --no-
typed "bash zsh fish" completions ''
typed trust help t
typed "load1 load15" snapshot -m load1
typed "a folder" --root a
typed "a file" --config "a fi"
typed "" --interval ''
typed --yes trust --y
typed "" info --y
typed "diff fold record" flame ''
typed --fail-above flame diff --fai
typed --formats flame profile --form
typed "perf_data perf_script" flame --from perf_
typed perf_script flame fold --from perf_s
typed "speedscope svg" flame record --to s

if command -v fish >/dev/null; then
	asked() { # WANTED LINE; fish 3.1 also offers what has the word within
		run fish -c "source $PT_TMP/fish; complete -C '$2'"
		is "$(echo "$stdout" | cut -f1 | grep "^${2##* }" | sort | xargs)" "$1" "fish: $2"
	}
	asked snapshot "perftop sn"
	asked "benchmarks flame overview processes" "perftop snapshot --view "
	asked "--view=benchmarks --view=flame --view=overview --view=processes" "perftop --view="
	asked "bash fish zsh" "perftop completions "
	asked "" "perftop --view x "
	asked --yes "perftop trust --y"
	asked "perf_data perf_script" "perftop flame --from perf_"
else
	skip "fish completes" "fish is not installed"
fi
finish
