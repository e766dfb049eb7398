/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samples as a form byte and, for the two quantised forms, signed variable-length integers: seven bits a
 * byte, the lowest first, zigzag. Two bytes reach 8 % to each side of the median.
 */
#include "samples.h"

#include "perftop/base/err.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum form { FORM_RAW = 0, FORM_WHOLE = 1, FORM_STEPS = 2 };

#define STEPS_MAX 0x1p50 /* that many steps are still exact as a double */

static double step_of(enum form form, double median)
{
	return form == FORM_WHOLE ? 1 : fabs(median) * 1e-5;
}

static double centre_of(enum form form, double median)
{
	return form == FORM_WHOLE ? floor(median) : median;
}

static bool fits(enum form form, const double *v, size_t n, double median)
{
	double step = step_of(form, median), centre = centre_of(form, median);

	for (size_t i = 0; i < n; i++) {
		if (form == FORM_WHOLE && (v[i] != floor(v[i]) || fabs(v[i]) > STEPS_MAX))
			return false;
		if (!(fabs(v[i] - centre) <= step * STEPS_MAX))
			return false;
	}
	return step > 0;
}

static void add_varint(struct pt_str *out, int64_t value)
{
	uint64_t u = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);

	for (; u >= 0x80; u >>= 7)
		pt_str_addc(out, (char)(u | 0x80));
	pt_str_addc(out, (char)u);
}

static void pack_as(enum form form, const double *v, size_t n, double median, struct pt_str *out)
{
	double step = step_of(form, median), centre = centre_of(form, median);

	pt_str_addc(out, (char)form);
	for (size_t i = 0; i < n; i++)
		add_varint(out, llround((v[i] - centre) / step));
}

void pt_samples_pack(const double *v, size_t n, double median, bool exact, struct pt_str *out)
{
	size_t start = out->len;
	struct pt_str steps = PT_STR_INIT;

	if (fits(FORM_WHOLE, v, n, median)) {
		pack_as(FORM_WHOLE, v, n, median, out);
	} else if (exact || !fits(FORM_STEPS, v, n, median)) {
		pt_str_addc(out, (char)FORM_RAW);
		pt_str_addn(out, (const char *)v, n * sizeof *v);
	}
	if (!exact && fits(FORM_STEPS, v, n, median)) {
		pack_as(FORM_STEPS, v, n, median, &steps);
		if (out->len == start || steps.len < out->len - start) {
			out->len = start;
			pt_str_addn(out, steps.s, steps.len);
		}
	}
	pt_str_release(&steps);
}

/* 0 at the end of what is there. */
static size_t take_varint(const unsigned char *p, size_t len, int64_t *ret)
{
	uint64_t u = 0;

	for (size_t i = 0; i < len && i < 9; i++) {
		u |= (uint64_t)(p[i] & 0x7F) << (7 * i);
		if (!(p[i] & 0x80)) {
			*ret = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			return i + 1;
		}
	}
	return 0;
}

int pt_samples_unpack(const void *data, size_t len, double median, double *v, size_t n)
{
	const unsigned char *p = data, *end = p + len;
	enum form form;
	int64_t steps;

	if (len < 1 || p[0] > FORM_STEPS)
		return -PT_ESYNTAX;
	form = (enum form) * p++;
	if (form == FORM_RAW) {
		if (len - 1 != n * sizeof *v)
			return -PT_ESYNTAX;
		memcpy(v, p, n * sizeof *v);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		size_t took = take_varint(p, (size_t)(end - p), &steps);
		if (!took)
			return -PT_ESYNTAX;
		p += took;
		v[i] = centre_of(form, median) + (double)steps * step_of(form, median);
	}
	return p == end ? 0 : -PT_ESYNTAX;
}
