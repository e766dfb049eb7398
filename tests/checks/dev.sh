#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ./dev itself, as far as it goes without building: its help, its words where it may not install.
. "$PT_SRCDIR/tests/tap.sh"

run bash "$PT_SRCDIR/dev" help
is "$status" 0 "help succeeds"
for command in run test bench lint format fuzz shot bare build clean; do
	like "$stdout" "*
  $command *" "help tells of $command"
done

run bash "$PT_SRCDIR/dev" no-such-command
is "$status" 2 "an unknown command is a usage error"
like "$stderr" "usage: ./dev *" "and shows the usage"

run bash "$PT_SRCDIR/dev" test no-such-suite
is "$status" 2 "an unknown suite is a usage error"
like "$stderr" "*gcc clang asan notui dist lint*" "and names the suites"

# A machine that has none of our packages, made of a package manager that knows of none.
mkdir "$PT_TMP/bin"
printf '#!/bin/sh\nexit 1\n' | tee "$PT_TMP/bin/dpkg-query" "$PT_TMP/bin/rpm" >"$PT_TMP/bin/brew"
printf '#!/bin/sh\necho installing >>"$PT_TMP/installed"\nexit 1\n' |
	tee "$PT_TMP/bin/apt-get" "$PT_TMP/bin/dnf" >"$PT_TMP/bin/sudo"
chmod +x "$PT_TMP"/bin/*
if [ "$(. /etc/os-release 2>/dev/null && echo "$ID ${ID_LIKE-}" | grep -cE 'debian|ubuntu|fedora')" = 0 ]; then
	skip "PERFTOP_NO_INSTALL" "no package table for this system"
else
	PATH=$PT_TMP/bin:$PATH PERFTOP_NO_INSTALL=1 run bash "$PT_SRCDIR/dev" build
	is "$status" 3 "PERFTOP_NO_INSTALL=1 with packages missing: status 3"
	like "$stderr" "*missing: *libuv*install -y*libuv*" "it names what is missing and the command"
	[ ! -e "$PT_TMP/installed" ]
	ok $? "nothing was installed"
fi
finish
