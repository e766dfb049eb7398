#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make install with DESTDIR: what a package gets, nothing outside of it, and nothing left after
# make uninstall. The installed program runs.
. "$PT_SRCDIR/tests/tap.sh"

tree=$PT_TMP/tree
install() { make -C "$PT_BUILDDIR" --no-print-directory "$1" DESTDIR="$tree" \
	prefix=/usr datadir=/usr/share mandir=/usr/share/man bindir=/usr/bin; }

run install install
is "$status" 0 "make install with DESTDIR"
[ "$status" -eq 0 ] || note "$stderr"
run "$tree/usr/bin/perftop" --version
like "$status $stdout" "0 perftop *" "the installed program runs"
case $stdout in
*-console*) is "$(ldd "$tree/usr/bin/perftop" | grep curses)" "" "no console, no ncurses" ;;
*) like "$(ldd "$tree/usr/bin/perftop")" "*curses*" "the console has ncurses" ;;
esac
is "$(cd "$tree" && find . -mindepth 1 -maxdepth 2 ! -path ./usr ! -path './usr/*')" "" \
	"nothing is installed outside of the prefix"

for file in share/bash-completion/completions/perftop share/zsh/site-functions/_perftop \
	share/fish/vendor_completions.d/perftop.fish share/man/man1/perftop.1; do
	[ -s "$tree/usr/$file" ]
	ok $? "installed: $file"
done

run install uninstall
is "$status" 0 "make uninstall"
is "$(find "$tree" ! -type d)" "" "nothing is left after it"
finish
