/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sets of runs. Each run counts as one number, the logarithm of its median: samples of one
 * launch share its memory layout and its luck, so they are no independent evidence. The difference of the
 * means has Welch's interval over the runs. What is known of the benchmark's spread between launches from earlier
 * widens it, and stands in for it where a side has a single run.
 */
#include "compare_priv.h"

#include "perftop/analyse/ranktest.h"
#include "perftop/analyse/student.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* Spread between launches where nothing is known. */
static const double DEFAULT_SPREAD = 0.03;

struct side {
	double *v; /* log of run medians */
	size_t n;
	double mean, var; /* var: of one launch; NaN of one run */
	double within;	  /* variance of a single run's median, from its samples */
};

void pt_compare_options_init(struct pt_compare_options *options)
{
	*options = (struct pt_compare_options){.block = 0.05, .warn = 0.02, .spread = NAN};
}

/* All samples as those of one run; yours. */
static struct pt_run join(const struct pt_run *runs, size_t n)
{
	struct pt_run all = {0};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < runs[i].n; k++)
			*PT_PUSH(all.samples, all.n, all.cap) = runs[i].samples[k];
	return all;
}

static int check(const struct pt_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		if (!(run->samples[i] > 0) || isinf(run->samples[i]))
			return -PT_ERANGE;
	return 0;
}

/* Variance of the median of one run's samples, as if these were independent. */
static double median_error(const struct pt_run *run)
{
	double centre = log(pt_run_median(run)), scale;
	struct pt_run away = {.n = run->n};

	away.samples = pt_malloc((run->n + 1) * sizeof *away.samples);
	for (size_t i = 0; i < run->n; i++)
		away.samples[i] = fabs(log(run->samples[i]) - centre);
	scale = run->n > 1 ? 1.4826 * pt_run_median(&away) : 0;
	free(away.samples);
	return M_PI / 2 * scale * scale / (double)PT_MAX(run->n, 1);
}

static int side_init(struct side *s, const struct pt_run *runs, size_t n, double told)
{
	const struct pt_run *last = NULL;
	double ss = 0;

	*s = (struct side){.v = pt_malloc((n + 1) * sizeof *s->v), .var = NAN};
	for (size_t i = 0; i < n; i++) {
		if (check(&runs[i]) < 0)
			return -PT_ERANGE;
		if (runs[i].n > 0) {
			last = &runs[i];
			s->v[s->n] = log(pt_run_median(last));
			s->mean += s->v[s->n++];
		}
	}
	if (s->n == 0)
		return -PT_ENODATA;
	s->mean /= (double)s->n;
	for (size_t i = 0; i < s->n; i++)
		ss += (s->v[i] - s->mean) * (s->v[i] - s->mean);
	if (s->n > 1)
		s->var = ss / (double)(s->n - 1);
	else
		s->within = fmax(median_error(last), told * told);
	return 0;
}

/* Variance of the difference of means and its degrees of freedom. */
struct error {
	double var, df;
};

static struct error error_of(const struct side *a, const struct side *b,
			     const struct pt_compare_options *o, struct pt_comparison *c)
{
	double n_a = (double)a->n, n_b = (double)b->n, df = n_a + n_b - 2;
	double pooled = (a->n > 1 ? a->var * (n_a - 1) : 0) + (b->n > 1 ? b->var * (n_b - 1) : 0);
	double known = isnan(o->spread) ? DEFAULT_SPREAD : o->spread, within = 0;
	struct error e;

	if (df > 0) {
		pooled /= df;
	} else {
		pooled = known * known;
		df = isnan(o->spread) ? INFINITY : (double)PT_MAX(o->spread_n, 2) - 1;
		within = isnan(o->spread) ? a->within + b->within : 0;
	}
	if (!isnan(o->spread) && known * known > pooled) {
		double known_df = (double)PT_MAX(o->spread_n, 2) - 1;

		pooled = (pooled * df + known * known * known_df) / (df + known_df);
		df += known_df;
		c->widened = true;
	}
	e.var = pooled * (1 / n_a + 1 / n_b) + within;
	e.df = df;
	if (!c->widened && a->n > 4 && b->n > 4) {
		double va = a->var / n_a, vb = b->var / n_b;

		e.var = va + vb;
		if (e.var > 0)
			e.df = e.var * e.var / (va * va / (n_a - 1) + vb * vb / (n_b - 1));
	}
	c->spread = sqrt(pooled);
	return e;
}

static void measure(const struct side *a, const struct side *b,
		    const struct pt_compare_options *options, struct pt_comparison *c)
{
	struct error e = error_of(a, b, options, c);
	double change = b->mean - a->mean, half = pt_student_quantile(0.95, e.df) * sqrt(e.var);

	c->base = exp(a->mean);
	c->candidate = exp(b->mean);
	c->ratio = exp(change);
	c->lo = exp(change - half);
	c->hi = exp(change + half);
	c->p = change == 0 ? 1 : pt_student_p(change / sqrt(e.var), e.df);
	c->p_rank = a->n > 1 && b->n > 1 ? pt_rank_test(a->v, a->n, b->v, b->n) : NAN;
	c->base_runs = a->n;
	c->candidate_runs = b->n;
	c->weak = a->n == 1 || b->n == 1;
}

int pt_compare(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
	       size_t n_candidate, const struct pt_compare_options *options,
	       struct pt_comparison *ret)
{
	struct pt_run one_base = {0}, one_candidate = {0};
	struct side a = {0}, b = {0};
	struct pt_comparison c = {0};
	int rc;

	if (options->exact)
		return pt_compare_exact(base, n_base, candidate, n_candidate, options, ret);
	if (options->single_launch) {
		one_base = join(base, n_base);
		one_candidate = join(candidate, n_candidate);
		base = &one_base;
		candidate = &one_candidate;
		n_base = n_candidate = 1;
	}
	if ((rc = side_init(&a, base, n_base, options->base_error)) < 0 ||
	    (rc = side_init(&b, candidate, n_candidate, options->candidate_error)) < 0)
		goto out;
	measure(&a, &b, options, &c);
	pt_compare_judge(&c, options);
	*ret = c;
out:
	free(a.v);
	free(b.v);
	free(one_base.samples);
	free(one_candidate.samples);
	return rc;
}
