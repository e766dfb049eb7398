#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real Go package, from bench init to the gate.
. "$PT_SRCDIR/tests/tap.sh"
. "$PT_SRCDIR/tests/bench_real.sh"
wants go golang-go
wants git git

export GOPROXY=off GOTOOLCHAIN=local GOFLAGS=
project
cat >go.mod <<'GO'
module example.com/sums

go 1.13
GO
cat >sums.go <<'GO'
package sums

// Sum is as slow as Rounds.
func Sum() (sum int) {
	for i := 0; i < Rounds; i++ {
		sum += i * i % 7
	}
	return sum
}
GO
echo 'package sums

const Rounds = 1000' >rounds.go
cat >sums_test.go <<'GO'
package sums

import "testing"

var sink int

func BenchmarkSum(b *testing.B) {
	for _, name := range []string{"a", "b=2"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				sink = Sum()
			}
		})
	}
}
GO
commit "start"

slower() { sed -i 's/= 1000/= 50000/' rounds.go; }

# Without -benchmem: in 5 ms Go's own few bytes are now 0, now 1 a round.
real_init project 5 's/"-benchmem", /"-benchtime", "5ms", /'
real_gate slower
like "$stdout" "*example.com/sums.BenchmarkSum/a *" "names with their package, without GOMAXPROCS"
finish
