# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += tests/fixtures/profile
include tests/unit/profile_tree.mk
include tests/unit/profile_text.mk
include tests/unit/profile_perfdata.mk
include tests/unit/profile_symbols.mk
include tests/unit/profile_live.mk
include tests/unit/profile_formats1.mk
include tests/unit/profile_formats2.mk
include tests/unit/profile_out.mk
