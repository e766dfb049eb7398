/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV: every row has the header's cells, and each cell can be read as a number and as a time. */
#include "perftop/base/clock.h"
#include "perftop/base/csv.h"
#include "perftop/base/mem.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_cells(const struct pt_csv *csv)
{
	struct pt_err err = {0};
	double number;
	int64_t at_ns;

	for (int i = 0; i < pt_csv_columns(csv); i++) {
		if (strlen(pt_csv_cell(csv, i)) > PT_CSV_ROW_MAX)
			abort();
		if (pt_csv_number(csv, i, &number, &err) < 0 && !err.code)
			abort();
		pt_time_parse(pt_csv_cell(csv, i), &at_ns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = pt_malloc(size + !size); /* no more: a step beyond it is seen */
	struct pt_err err = {0};
	struct pt_csv *csv;
	int r;

	memcpy(text, data, size);
	r = pt_csv_text("x", text, size, &csv, &err);
	if (r == 0) {
		while ((r = pt_csv_next(csv, &err)) > 0)
			read_cells(csv);
		pt_csv_free(csv);
	}
	if (r < 0 && !err.code)
		abort();
	free(text);
	return 0;
}
