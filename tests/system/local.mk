# SPDX-License-Identifier: GPL-3.0-or-later
dist_check_SCRIPTS += \
	tests/system/completions.sh \
	tests/system/doctor.sh \
	tests/system/install.sh
