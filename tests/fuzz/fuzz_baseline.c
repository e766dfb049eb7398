/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baselines: what is read is written in a form that reads back to the same text; errors say why. */
#include "perftop/base/mem.h"
#include "perftop/bench/baseline.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once written, a baseline does not change by being read and written. */
static void write_twice(const struct pt_baseline *b)
{
	struct pt_str one = PT_STR_INIT, two = PT_STR_INIT;
	struct pt_baseline back, again;

	pt_baseline_format(b, &one);
	/* Names that are no UTF-8 may fall together; then it is refused, and so not written. */
	if (pt_baseline_parse("x", one.s, one.len, &back, NULL) == 0) {
		pt_baseline_format(&back, &two);
		if (pt_baseline_parse("x", two.s, two.len, &again, NULL) < 0 || again.n != back.n)
			abort();
		pt_baseline_release(&again);
		pt_baseline_release(&back);
	}
	pt_str_release(&one);
	pt_str_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = pt_malloc(size + 1);
	struct pt_err err = {0};
	struct pt_baseline b;

	memcpy(text, data, size);
	text[size] = '\0';
	if (pt_baseline_parse("x", text, size, &b, &err) == 0) {
		write_twice(&b);
		pt_baseline_release(&b);
	} else if (!err.code || !err.msg[0]) {
		abort();
	}
	free(text);
	return 0;
}
