# SPDX-License-Identifier: GPL-3.0-or-later
#
# Checks of the source tree itself: once is enough, so ./dev test leaves them out of the other
# configurations with `make check SOURCE_TESTS=`.
SOURCE_TESTS = \
	tests/checks/bench.sh \
	tests/checks/dev.sh \
	tests/checks/docs.sh \
	tests/checks/headers.sh \
	tests/checks/layers.sh \
	tests/checks/registry.sh
dist_check_SCRIPTS += tests/checks/missing.sh
EXTRA_DIST += $(SOURCE_TESTS) \
	tools/check-headers \
	tools/check-layers \
	tools/check-registry \
	tools/layers.txt
