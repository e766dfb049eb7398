/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sets of runs. Each run counts as one number, the logarithm of its median: samples of one
 * launch share its memory layout and its luck, so they are no independent evidence. The difference
 * of the means has Welch's interval over the runs. What is known of the benchmark's spread between
 * launches from earlier widens it, and stands in for it where a side has a single run.
 */
#include "compare_priv.h"

#include "perftop/analyse/ranktest.h"
#include "perftop/analyse/student.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/*
 * Spread between launches where nothing is known and a side has but one. Launches of JMH
 * benchmarks spread by 1.7 % (median) to 8.7 % (90th percentile); an interval made from 4 % holds
 * the difference of two launches in 91 % of such benchmarks, and lets a single pair block from
 * about +17 % on.
 */
static const double DEFAULT_SPREAD = 0.04;

/* Below so many runs a side's own variance is too uncertain to stand alone: both are pooled. */
enum { FEW_RUNS = 5 };

/* Variances of two sides of 10 runs that vary alike differ by more in 5 % of cases. */
static const double ALIKE = 4;

/* Of eight launches one may be wild, of sixteen two. */
enum { WILD_SHARE = 8 };

struct side {
	const struct pt_run *runs;
	size_t n_runs;
	size_t n_launches; /* those of them that have samples */
	double *v;	   /* log of their medians, without wild ones */
	size_t n;
	double mean, var; /* var: of one launch; NaN of one run */
	double within;	  /* variance of a single run's median, from its samples */
};

void pt_compare_options_init(struct pt_compare_options *options)
{
	*options = (struct pt_compare_options){
		.block = 0.05, .warn = 0.02, .spread = NAN, .usual = NAN};
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

static int read_medians(struct side *s, double told)
{
	const struct pt_run *last = NULL;

	for (size_t i = 0; i < s->n_runs; i++) {
		if (check(&s->runs[i]) < 0)
			return -PT_ERANGE;
		if (s->runs[i].n > 0) {
			last = &s->runs[i];
			s->v[s->n++] = log(pt_run_median(last));
		}
	}
	if (s->n == 0)
		return -PT_ENODATA;
	if (s->n == 1)
		s->within = fmax(median_error(last), told * told);
	return 0;
}

/*
 * A launch that something struck (a fifth off at least, and far beyond what the others do) would
 * make an interval of many launches useless; one in eight may be left out. When there are more,
 * that is how the benchmark behaves.
 */
static void leave_out_wild(struct side *s)
{
	struct pt_run all = {s->v, s->n, s->n}, away = {.n = s->n};
	double centre = pt_run_median(&all), far;
	size_t wild = 0, kept = 0;

	if (s->n < WILD_SHARE)
		return;
	away.samples = pt_malloc(s->n * sizeof *away.samples);
	for (size_t i = 0; i < s->n; i++)
		away.samples[i] = fabs(s->v[i] - centre);
	far = fmax(log(1.2), 8 * 1.4826 * pt_run_median(&away));
	for (size_t i = 0; i < s->n; i++)
		wild += away.samples[i] > far;
	for (size_t i = 0; wild <= s->n / WILD_SHARE && i < s->n; i++)
		if (away.samples[i] <= far)
			s->v[kept++] = s->v[i];
	if (kept > 0)
		s->n = kept;
	free(away.samples);
}

static int side_init(struct side *s, const struct pt_run *runs, size_t n, double told)
{
	double ss = 0;
	int rc;

	*s = (struct side){runs, n, .v = pt_malloc((n + 1) * sizeof *s->v), .var = NAN};
	rc = read_medians(s, told);
	if (rc < 0)
		return rc;
	s->n_launches = s->n;
	leave_out_wild(s);
	for (size_t i = 0; i < s->n; i++)
		s->mean += s->v[i] - s->v[0]; /* equal ones have no spread */
	s->mean = s->v[0] + s->mean / (double)s->n;
	for (size_t i = 0; i < s->n; i++)
		ss += (s->v[i] - s->mean) * (s->v[i] - s->mean);
	if (s->n > 1)
		s->var = ss / (double)(s->n - 1);
	return 0;
}

/* Variance of the difference of means and its degrees of freedom. */
struct error {
	double var, df;
};

/* What is known from earlier runs, as an estimate of the variance of one launch. */
static struct error known_error(const struct pt_compare_options *o)
{
	if (isnan(o->spread))
		return (struct error){DEFAULT_SPREAD * DEFAULT_SPREAD, INFINITY};
	return (struct error){o->spread * o->spread, (double)PT_MAX(o->spread_n, 2) - 1};
}

static struct error blend(struct error a, struct error b)
{
	return (struct error){(a.var * a.df + b.var * b.df) / (a.df + b.df), a.df + b.df};
}

/* Variance of one launch where both sides are taken to vary alike. */
static struct error launch_error(const struct side *a, const struct side *b,
				 const struct pt_compare_options *o, struct pt_comparison *c)
{
	struct error known = known_error(o), e = {.df = (double)(a->n + b->n) - 2};

	if (e.df == 0) {
		c->widened = !isnan(o->spread);
		return known;
	}
	e.var = ((a->n > 1 ? a->var * (double)(a->n - 1) : 0) +
		 (b->n > 1 ? b->var * (double)(b->n - 1) : 0)) /
		e.df;
	if (isnan(o->spread))
		return e;
	c->widened = known.var > e.var;
	return c->widened || e.df < 2 * FEW_RUNS - 2 ? blend(e, known) : e;
}

/*
 * Welch's error. His degrees of freedom are meant for sides that vary differently; as long as
 * theirs could well be the same, those of the pooled test hold, else intervals would be too wide
 * where launches have two modes.
 */
static struct error welch(const struct side *a, const struct side *b)
{
	double va = a->var / (double)a->n, vb = b->var / (double)b->n;
	double spare = va * va / (double)(a->n - 1) + vb * vb / (double)(b->n - 1);
	bool alike = a->var <= ALIKE * b->var && b->var <= ALIKE * a->var;

	return (struct error){va + vb, alike || spare == 0 ? (double)(a->n + b->n) - 2
							   : (va + vb) * (va + vb) / spare};
}

/* From the runs at hand and what is known of launches. */
static struct error runs_error(const struct side *a, const struct side *b,
			       const struct pt_compare_options *o, struct pt_comparison *c)
{
	struct error e = launch_error(a, b, o, c);
	bool many = a->n >= FEW_RUNS && b->n >= FEW_RUNS;
	double f;

	c->spread = sqrt(e.var);
	if (many && !c->widened)
		e = welch(a, b);
	else
		e.var *= 1 / (double)a->n + 1 / (double)b->n;
	if (a->n == 1 && b->n == 1 && isnan(o->spread))
		e.var += a->within + b->within;
	f = many ? pt_compare_inflation(a->runs, a->n_runs, b->runs, b->n_runs) : 1;
	if (f > 1) {
		e.var *= f;
		e.df = fmax(e.df / 2, FEW_RUNS - 1);
	}
	return e;
}

/*
 * The machine is not the same from one day to the next: where medians are known to move by more
 * than the runs of two days can tell, that counts.
 */
static struct error error_of(const struct side *a, const struct side *b,
			     const struct pt_compare_options *o, struct pt_comparison *c)
{
	struct error e = runs_error(a, b, o, c);

	if (isnan(o->usual) || o->usual * o->usual <= e.var)
		return e;
	c->widened = true;
	c->usual = o->usual;
	/* a median of distances is worth about half of them, squared */
	return (struct error){o->usual * o->usual, PT_MAX((double)o->usual_n / 2, 2)};
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
	c->base_runs = a->n_launches;
	c->candidate_runs = b->n_launches;
	c->left_out = a->n_launches - a->n + b->n_launches - b->n;
	c->weak = a->n == 1 || b->n == 1;
}

int pt_compare(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
	       size_t n_candidate, const struct pt_compare_options *options,
	       struct pt_comparison *ret)
{
	struct side a = {0}, b = {0};
	struct pt_comparison c = {0};
	int rc;

	if (options->exact)
		return pt_compare_exact(base, n_base, candidate, n_candidate, options, ret);
	if ((rc = side_init(&a, base, n_base, options->base_error)) < 0 ||
	    (rc = side_init(&b, candidate, n_candidate, options->candidate_error)) < 0)
		goto out;
	measure(&a, &b, options, &c);
	pt_compare_judge(&c, options);
	*ret = c;
out:
	free(a.v);
	free(b.v);
	return rc;
}
