/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of custom sources. The first byte chooses the format; the rest is the text. */
#include "perftop/base/mem.h"
#include "perftop/collect/custom.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *arg, const struct pt_custom_value *value)
{
	int *n = arg;

	if (!value->name[0] || strlen(value->labels) >= PT_LABELS_MAX ||
	    ++*n > PT_CUSTOM_SERIES_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum pt_custom_format formats[] = {PT_CUSTOM_NUMBER, PT_CUSTOM_JSON,
							PT_CUSTOM_PROMETHEUS};
	struct pt_custom_source source = {.name = "x",
					  .json_path = "a[1].b",
					  .unit = PT_UNIT_NS,
					  .factor = 1e6,
					  .max_output = 65536};
	struct pt_err err = {0};
	int n = 0, rc;
	char *text;

	if (!size)
		return 0;
	source.format = formats[data[0] % PT_LEN(formats)];
	text = pt_malloc(size > 1 ? size - 1 : 1); /* no more: a step beyond it is seen */
	memcpy(text, data + 1, size - 1);
	rc = pt_custom_parse(&source, text, size - 1, check, &n, &err);
	if (rc >= 0 ? rc != n : !err.code)
		abort();
	free(text);
	return 0;
}
