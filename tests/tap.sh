# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# TAP for test scripts:
#
#	. "$PT_SRCDIR/tests/tap.sh"
#	run perftop --version        # $status, $stdout, $stderr
#	is "$status" 0 "--version succeeds"
#	like "$stdout" 'perftop *' "--version says what it is"
#	finish
#
# tests/tap-run sets PT_SRCDIR, PT_BUILDDIR, PT_TMP and the rest of the environment.
set -u

tap_n=0
PATH=$PT_BUILDDIR:$PATH

ok() { # STATUS NAME
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
	fi
}

note() { printf '%s\n' "$*" | sed 's/^/# /'; }

is() { # GOT WANTED NAME
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || note "got:    $1
wanted: $2"
}

like() { # GOT PATTERN NAME: a shell pattern
	# shellcheck disable=SC2053 # a pattern
	[[ $1 == $2 ]]
	ok $? "$3"
	# shellcheck disable=SC2053
	[[ $1 == $2 ]] || note "got:    $1
wanted: $2"
}

skip() { # NAME WHY
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

skip_all() { # WHY
	echo "1..0 # SKIP $1"
	exit 0
}

run() { # COMMAND...
	# shellcheck disable=SC2034 # for the caller
	stdout=$("$@" 2>"$PT_TMP/stderr" </dev/null)
	# shellcheck disable=SC2034
	status=$?
	# shellcheck disable=SC2034
	stderr=$(cat "$PT_TMP/stderr")
}

# The last $stdout against a file of tests/golden; PT_GOLDEN_UPDATE=1 writes it anew.
golden() { # FILE
	local file=$PT_SRCDIR/tests/golden/$1 difference
	difference=$(diff -u "$file" - <<<"$stdout" 2>&1)
	[ -z "$difference" ] || note "$difference"
	if [ "${PT_GOLDEN_UPDATE:-}" = 1 ]; then
		mkdir -p "$(dirname "$file")" && printf '%s\n' "$stdout" >"$file"
		difference=
	fi
	[ -z "$difference" ]
	ok $? "as in tests/golden/$1"
}

finish() { echo "1..$tap_n"; }
