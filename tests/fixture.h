/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_FIXTURE_H
#define PT_TESTS_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Folder of the root NAME (tests/fixtures/README): kept in the source tree, or composed into the
 * build tree. False if there is none, as where python3 was missing: skip() then.
 */
static inline bool fixture_root(const char *name, char *path, size_t size)
{
	static const struct {
		const char *variable, *folder;
	} places[] = {
		{"PT_SRCDIR", "tests/fixtures/roots"},
		{"PT_BUILDDIR", "tests/fixtures/composed"},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *top = getenv(places[i].variable);

		snprintf(path, size, "%s/%s/%s", top ? top : ".", places[i].folder, name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

#endif
