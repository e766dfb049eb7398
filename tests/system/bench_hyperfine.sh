#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real script of hyperfine, from bench init to the gate. Its times are launches, and so runs.
. "$PT_SRCDIR/tests/tap.sh"
. "$PT_SRCDIR/tests/bench_real.sh"
wants hyperfine hyperfine
wants git git

project
cat >work.sh <<'SH'
#!/bin/sh
i=0
while [ $i -lt 500 ]; do i=$((i + 1)); done
SH
cat >speed.sh <<'SH'
#!/bin/sh
hyperfine -N --style none --warmup 1 --runs 10 --export-json speed.json 'sh work.sh'
SH
chmod +x work.sh speed.sh
echo speed.json >.gitignore
commit "start"

slower() { sed -i 's/-lt 500/-lt 40000/' work.sh; }

real_init speed 1
real_gate slower
like "$stdout" "*sh work.sh*" "the command is its name"
finish
