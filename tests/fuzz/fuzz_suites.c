/* SPDX-License-Identifier: GPL-3.0-or-later */
/* benchmarks.json: a stranger's file is read before anybody has trusted it. */
#include "perftop/bench/suite.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = {"a*", "slow"};
	struct pt_suites all;
	struct pt_err err = {0};
	char *text = malloc(size + 1);
	bool *chosen;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (pt_suites_parse("fuzz", text, size, &all, &err) == 0) {
		chosen = calloc(all.n + 1, sizeof *chosen);
		if (chosen)
			pt_suites_select(&all, words, 2, chosen, &err);
		free(chosen);
		pt_suites_release(&all);
	} else if (!err.code || !err.msg[0]) {
		abort(); /* an error without a word */
	}
	free(text);
	return 0;
}
