/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Budgets as people write them: "p99 < 20 ms", "mean <= 1.5 GiB", "max < 3".
 */
#include "perftop/bench/suite.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const struct {
	const char *name;
	double quantile;
} statistics[] = {{"mean", NAN}, {"median", 0.5}, {"min", 0}, {"max", 1}};

static int parse_statistic(const char *word, double *ret)
{
	double percent;

	for (size_t i = 0; i < PT_LEN(statistics); i++)
		if (strcmp(word, statistics[i].name) == 0) {
			*ret = statistics[i].quantile;
			return 0;
		}
	if (word[0] != 'p' || !isdigit((unsigned char)word[1]) ||
	    pt_parse_double(word + 1, &percent) < 0 || percent > 100)
		return -PT_ESYNTAX;
	*ret = percent / 100;
	return 0;
}

/*
 * Copies the longest stretch of characters that are (or are not) in set, without blanks around it.
 */
static const char *take(const char *text, const char *set, bool in, char *out, size_t size)
{
	size_t n;

	text += strspn(text, " \t");
	n = in ? strspn(text, set) : strcspn(text, set);
	pt_snprintf(out, size, "%.*s", (int)PT_MIN(n, size - 1), text);
	for (size_t end = strlen(out); end > 0 && isspace((unsigned char)out[end - 1]); end--)
		out[end - 1] = '\0';
	return text + n;
}

int pt_budget_parse(const char *text, struct pt_budget *ret, struct pt_err *err)
{
	struct pt_budget b = {.unit = PT_UNIT_COUNT};
	char statistic[16], sign[4], number[40], unit[24];
	const char *rest = take(text, "<>=", false, statistic, sizeof statistic);
	double factor = 1;

	rest = take(rest, "<>=", true, sign, sizeof sign);
	rest = take(rest, "0123456789.eE+-", true, number, sizeof number);
	take(rest, "", false, unit, sizeof unit);
	if (parse_statistic(statistic, &b.quantile) < 0)
		return pt_err_set(err, PT_ESYNTAX,
				  "budget \"%s\": expected mean, median, min, max or p0 to p100 "
				  "first, as in \"p99 < 20 ms\"",
				  text);
	if ((sign[0] != '<' && sign[0] != '>') || (sign[1] && strcmp(sign + 1, "=") != 0))
		return pt_err_set(err, PT_ESYNTAX, "budget \"%s\": expected <, <=, > or >=", text);
	if (pt_parse_double(number, &b.limit) < 0)
		return pt_err_set(err, PT_ESYNTAX, "budget \"%s\": expected a number after %s",
				  text, sign);
	if (unit[0] && pt_unit_parse(unit, &b.unit, &factor) < 0)
		return pt_err_set(
			err, PT_ESYNTAX,
			"budget \"%s\": no unit is called \"%s\"; there are ns, us, ms, s, B, "
			"KiB, MiB, GiB, %%, /s…",
			text, unit);
	b.below = sign[0] == '<';
	b.equal = sign[1] == '=';
	b.limit *= factor;
	*ret = b;
	return 0;
}
