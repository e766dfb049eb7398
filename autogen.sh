#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes ./configure. Needs autoconf, automake and pkg-config; ./dev installs them and calls this.
set -eu
cd "$(dirname "$0")"
mkdir -p build-aux m4
autoreconf --install --force "$@"
