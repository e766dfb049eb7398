/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scaling and unit text. Each family of units is a ladder of steps; a number climbs until what
 * would be shown, after rounding, is below the next step. So 999.95 is "1.00 k" and never
 * "1000.0", and the digits of a moving number keep their width.
 */
#include "perftop/present/value.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <math.h>
#include <string.h>

/* A step: what a number is divided by, and the text that says so. */
struct step {
	double factor;
	const char *text, *ascii; /* ascii: NULL when text is */
};

static const struct step steps_si[] = {
	{1, "", NULL},	   {1e3, "k", NULL},  {1e6, "M", NULL},	 {1e9, "G", NULL},
	{1e12, "T", NULL}, {1e15, "P", NULL}, {1e18, "E", NULL}, {1e21, "Z", NULL},
	{1e24, "Y", NULL}, {1e27, "R", NULL}, {1e30, "Q", NULL},
};

static const struct step steps_iec[] = {
	{0x1p0, "", NULL},    {0x1p10, "Ki", NULL}, {0x1p20, "Mi", NULL}, {0x1p30, "Gi", NULL},
	{0x1p40, "Ti", NULL}, {0x1p50, "Pi", NULL}, {0x1p60, "Ei", NULL}, {0x1p70, "Zi", NULL},
};

static const struct step steps_time[] = {
	{1, "ns", NULL},     {1e3, "µs", "us"},	  {1e6, "ms", NULL},	{1e9, "s", NULL},
	{60e9, "min", NULL}, {3600e9, "h", NULL}, {86400e9, "d", NULL},
};

static const struct step steps_percent[] = {{0.01, "%", NULL}};
static const struct step steps_celsius[] = {{1, "°C", "C"}};

/* How a unit is written. */
struct style {
	const struct step *steps;
	size_t n;
	const char *unit; /* after the step's text, which is a scale letter then; NULL: it is all */
	/* Decimals of a number that needs no scaling: */
	enum { FRACTION, IF_ANY, NEVER, PERCENT } fraction;
};

#define STEPS(table) table, PT_LEN(table)

static const struct style styles[PT_UNIT_N] = {
	[PT_UNIT_COUNT] = {STEPS(steps_si), "", IF_ANY},
	[PT_UNIT_NS] = {STEPS(steps_time), NULL, IF_ANY},
	[PT_UNIT_BYTES] = {STEPS(steps_iec), "B", NEVER},
	[PT_UNIT_RATIO] = {STEPS(steps_percent), NULL, PERCENT},
	[PT_UNIT_HERTZ] = {STEPS(steps_si), "Hz", FRACTION},
	[PT_UNIT_CELSIUS] = {STEPS(steps_celsius), NULL, FRACTION},
	[PT_UNIT_WATT] = {STEPS(steps_si), "W", FRACTION},
	[PT_UNIT_PER_SECOND] = {STEPS(steps_si), "", IF_ANY},
	[PT_UNIT_BYTES_PER_SECOND] = {STEPS(steps_si), "B", NEVER},
};

/* Time each second, of processors or of waiting, is a share: ns a second in per cent. */
static const struct step steps_share[] = {{1e7, "%", NULL}};
static const struct style style_share = {STEPS(steps_share), NULL, PERCENT};

/* Bytes each second scale as other rates do; a gauge that is a rate says so itself. */
static const struct style *style_of(enum pt_unit unit, unsigned *flags)
{
	if (unit == PT_UNIT_NS && *flags & PT_VALUE_RATE) {
		*flags &= ~(unsigned)PT_VALUE_RATE;
		return &style_share;
	}
	if (unit == PT_UNIT_PER_SECOND || unit == PT_UNIT_BYTES_PER_SECOND)
		*flags |= PT_VALUE_RATE;
	if (unit == PT_UNIT_BYTES && *flags & PT_VALUE_RATE)
		unit = PT_UNIT_BYTES_PER_SECOND;
	return &styles[unit];
}

/* x is scaled and not negative. */
static int decimals(const struct style *style, size_t step, double x)
{
	if (step == 0 && (style->fraction == NEVER || (style->fraction == IF_ANY && x == rint(x))))
		return 0;
	/* One decimal says enough of a share, so that its width stands still: "9.0", "63.2"; what
	 * would show as zero and is none gets a second one. */
	if (style->fraction == PERCENT && x < 9.995)
		return x > 0 && x < 0.095 ? 2 : 1;
	return x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
}

/* The step whose number, rounded as it will be shown, is below the next step. */
static size_t step_find(const struct style *style, double v)
{
	static const double powers[] = {1, 10, 100};
	size_t i = 0;

	for (; i + 1 < style->n; i++) {
		double x = v / style->steps[i].factor;
		double tens = powers[decimals(style, i, x)];

		if (rint(x * tens) / tens < style->steps[i + 1].factor / style->steps[i].factor)
			break;
	}
	return i;
}

static void unit_write(char *out, size_t size, const struct style *style, const struct step *step,
		       unsigned flags)
{
	const char *text = flags & PT_VALUE_ASCII && step->ascii ? step->ascii : step->text;

	if (!(flags & PT_VALUE_NO_UNIT))
		pt_snprintf(out, size, "%s%s%s", text, style->unit ? style->unit : "",
			    flags & PT_VALUE_RATE ? "/s" : "");
	else if (style->unit)
		pt_snprintf(out, size, "%.1s", text);
	else
		pt_strlcpy(out, style->n > 1 ? text : "", size);
}

void pt_value_split(char *num, size_t num_size, char *unit_text, size_t unit_size, double v,
		    enum pt_unit unit, unsigned flags)
{
	const struct style *style = style_of(unit, &flags);
	const bool ascii = flags & PT_VALUE_ASCII;
	const struct step *step;
	const char *sign = "";
	char digits[32];
	double x;

	if (!isfinite(v)) {
		pt_strlcpy(num, isnan(v) ? (ascii ? "-" : "–") : v < 0 ? "-inf" : "inf", num_size);
		pt_strlcpy(unit_text, "", unit_size);
		return;
	}
	step = &style->steps[step_find(style, fabs(v))];
	x = fabs(v) / step->factor;
	if (x < 1e6)
		pt_snprintf(digits, sizeof digits, "%.*f",
			    decimals(style, (size_t)(step - style->steps), x), x);
	else
		pt_snprintf(digits, sizeof digits, "%.0e", x); /* beyond the last step */
	if (strpbrk(digits, "123456789"))		       /* what shows as zero has no sign */
		sign = v < 0 ? "-" : flags & PT_VALUE_SIGN ? "+" : "";
	pt_snprintf(num, num_size, "%s%s", sign, digits);
	unit_write(unit_text, unit_size, style, step, flags);
}

int pt_value_format(char *out, size_t size, double v, enum pt_unit unit, unsigned flags)
{
	char num[40], text[16], both[64];

	pt_value_split(num, sizeof num, text, sizeof text, v, unit, flags);
	pt_snprintf(both, sizeof both, "%s%s%s", num,
		    text[0] && !(flags & PT_VALUE_NO_UNIT) ? " " : "", text);
	pt_strlcpy(out, both, size);
	return size ? pt_text_width(out) : 0;
}

/* Smallest of 1, 2, 2.5, 5 times a power of ten that is not below x > 0. */
static double nice(double x)
{
	static const double of_ten[] = {1, 2, 2.5, 5};
	double power = pow(10, floor(log10(x)));

	for (size_t i = 0; i < PT_LEN(of_ten); i++)
		if (x <= of_ten[i] * power * (1 + 1e-9))
			return of_ten[i] * power;
	return 10 * power;
}

double pt_value_nice_max(double v, enum pt_unit unit, unsigned flags)
{
	const struct style *style = style_of(unit, &flags);
	const struct step *step;
	size_t i;
	double x;

	if (!isfinite(v) || v <= 0)
		return style->steps[0].factor;
	i = step_find(style, v);
	step = &style->steps[i];
	x = nice(style->fraction == NEVER ? PT_MAX(v / step->factor, 1) : v / step->factor);
	/* 1000 KiB and 100 min are not nice: the next step's one is. */
	if (i + 1 < style->n && x * 2 > step[1].factor / step->factor)
		return PT_MAX(step[1].factor, v);
	return PT_MAX(x * step->factor, v);
}
