# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154 # status, stdout and stderr are tap.sh's
#
# For the tests that drive a real benchmark tool from `perftop bench init` to the gate's verdict:
#
#	. "$PT_SRCDIR/tests/tap.sh"
#	. "$PT_SRCDIR/tests/bench_real.sh"
#	wants go golang-go
#	project			# an empty repository, and there
#	...			# its files
#	real_init SUITE 5	# bench init, and what the test wants otherwise
#	real_gate slower	# runs, baseline, A/A, the function `slower`, verdict
#
# Other tests run beside these, so nothing here judges small changes: the slow-down is by a factor
# of ten and more, and the gate lets pass what is below three.

wants() { # PROGRAM|FILE PACKAGE
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac || skip_all "no $1: install $2"
}

commit() { # SUBJECT
	git add -A && git commit -qm "$1"
}

project() {
	export PERFTOP_LOCK=$PT_TMP/lock # a benchmark elsewhere on this machine is not waited for
	export GIT_CONFIG_GLOBAL=$PT_TMP/gitconfig GIT_CONFIG_NOSYSTEM=1
	git config --global user.name Tester
	git config --global user.email tester@example.com
	git init -q "$PT_TMP/project" && cd "$PT_TMP/project" || exit 99
	git symbolic-ref HEAD refs/heads/main # --initial-branch is younger than the oldest git
}

real_init() { # SUITE LAUNCHES [SED-COMMAND]
	run perftop bench init
	is "$status $stderr" "0 " "bench init"
	like "$stdout" "*  $1 *Wrote *Next: *perftop bench run*" "it found $1"
	run perftop bench list
	like "$stdout" "*$1 *" "bench list"
	run perftop bench init
	is "$status" 2 "it writes nothing over"
	sed -i 's/"repeats": [0-9]*/"repeats": '"$2"'/; s/"block": "5 %"/"block": "200 %"/
		s/"warn": "2 %"/"warn": "150 %"/; '"${3-}" .performance/benchmarks.json
	commit "benchmarks"
	run perftop bench run
	like "$status $stderr" "[23] *trust*" "changed, so not trusted"
}

# The launches of HEAD; diag says why when one has failed.
real_run() { # NAME
	run perftop bench run --trust
	is "$status" 0 "$1"
	[ "$status" = 0 ] || note "$stdout$stderr"
}

real_check() { # STATUS NAME [OPTION]
	run perftop check ${3:+"$3"}
	is "$status" "$1" "$2"
	[ "$status" = "$1" ] || note "$stdout$stderr"
}

real_gate() { # FUNCTION
	real_run "launches"
	real_check 0 "no baseline yet: passes"
	run perftop baseline save
	is "$status" 0 "baseline save"
	[ "$status" = 0 ] || note "$stdout$stderr"
	commit "baseline"
	real_run "the same code again"
	# What is too noisy to be judged is no false alarm.
	real_check 0 "A/A passes" --inconclusive=pass
	"$1"
	commit "slower"
	real_run "slower code"
	real_check 1 "the slow-down is found"
	like "$stdout" "*slower*" "and called so"
}
