/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forecast of a series from its last value, with the spread of its steps.
 */
#include "perftop/analyse/forecast.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>

void pt_forecast_options_init(struct pt_forecast_options *options)
{
	*options = (struct pt_forecast_options){.lo = NAN, .hi = NAN};
}

static struct pt_forecast bounded(struct pt_forecast f, const struct pt_forecast_options *options)
{
	double *v[] = {&f.mean, &f.lo80, &f.hi80, &f.lo95, &f.hi95};

	/* fmax and fmin leave what is compared with NaN as it is. */
	for (size_t i = 0; i < PT_LEN(v); i++)
		*v[i] = fmin(fmax(*v[i], options->lo), options->hi);
	return f;
}

int pt_forecast(const double *v, size_t n, size_t h, const struct pt_forecast_options *options,
		struct pt_forecast *ret)
{
	double last = NAN, sum = 0;
	size_t steps = 0;

	for (size_t i = 0; i < n; i++) {
		if (isinf(v[i]))
			return -PT_EINVAL;
		if (isnan(v[i]))
			continue;
		if (!isnan(last)) {
			sum += (v[i] - last) * (v[i] - last);
			steps++;
		}
		last = v[i];
	}
	if (!steps)
		return -PT_ENODATA;
	for (size_t i = 0; i < h; i++) {
		double sd = sqrt(sum / (double)steps * (double)(i + 1));

		ret[i] = (struct pt_forecast){last, last - 1.282 * sd, last + 1.282 * sd,
					      last - 1.96 * sd, last + 1.96 * sd};
		ret[i] = bounded(ret[i], options);
	}
	return 0;
}
