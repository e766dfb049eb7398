/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How unusual the newest value is. Several plain questions are asked of it: how far from what was
 * foretold, how far from this time of day, how far has the level drifted, how restless is it, each at
 * once and over the last rows. An answer alone means nothing across series, so each is ranked among
 * its own past (anomaly_tail.c); the sum of the ranks is ranked in turn, and that rarity is the score.
 * An episode is told once: behind a peak only what is clearly rarer counts for a while.
 * Source  Ahmad et al. 2017 (scores by the distribution of errors); Vovk, Gammerman & Shafer 2005
 */
#include "perftop/analyse/anomaly.h"

#include "anomaly_tail.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <stdbool.h>

enum {
	SLOTS = 288, /* of a day, five minutes each */
	HOURS = 24 * 7,
	HOLD_ROWS = 120, /* an episode, unless it gets worse */
	WARM_ROWS = 20,	 /* until then nothing is clipped */
};

#define SLOT_NS (300 * PT_S)
#define HALF_LIFE 3000.0 /* rows until a size counts half */
#define ALARM 2.0	 /* rarity that is worth telling: score 0.5 */
#define WORSE 1.0	 /* rarer by this, ten times: told again */
#define ERROR_ROWS 300	 /* that the errors of predictors are averaged over */
#define INDEX 0.4	 /* of a tail, before it is seen */
#define LEVEL_ROWS 1000
#define DRIFT_SHORT 72
#define DRIFT_LONG 2400
#define CLIP 3 /* usual errors: what a slot takes in from one visit */

enum predictor { BY_LAST, BY_RECENT, BY_SLOT, BY_SHIFTED_SLOT, BY_HOUR, N_PREDICTORS };

/* What is asked. Deviations are from the foretold value or from the slot's, smoothed over rows. */
enum feature {
	FORETOLD_12,
	FORETOLD_48,
	SLOT_1,
	SLOT_5,
	SLOT_12,
	SLOT_48,
	HOURLY_SHARE, /* of what is usual at this hour */
	DRIFT,
	RESTLESS,
	N_FEATURES
};

static const double feature_weight[N_FEATURES] = {
	[FORETOLD_12] = 0.5, [FORETOLD_48] = 0.5,  [SLOT_1] = 0.5, [SLOT_5] = 1,   [SLOT_12] = 1,
	[SLOT_48] = 1,	     [HOURLY_SHARE] = 0.5, [DRIFT] = 1,	   [RESTLESS] = 1,
};

/* A mean by visits: of a slot, an hour. */
struct cell {
	double mean;
	unsigned visits;
};

/* What one question was answered with. */
struct answers {
	struct pt_tail all, above, below;
};

struct pt_anomaly {
	double n; /* rows with a value */
	int64_t row;
	double last, recent, level, drift_short, drift_long;
	struct cell slots[SLOTS], hours[HOURS], hour_error[24];
	int slot;		       /* that is being visited; -1: none */
	double visit, visit_n;	       /* its sum so far */
	double slot_shift, hour_shift; /* what is above those now */
	double predictor_error[N_PREDICTORS];
	double error, recent_error;
	double smooth[N_FEATURES];
	struct answers answers[N_FEATURES];
	struct pt_tail sum;
	double peak; /* of the episode that is being told */
	int since;   /* rows */
};

struct pt_anomaly *pt_anomaly_new(void)
{
	struct pt_anomaly *a = pt_calloc(1, sizeof *a);

	a->slot = -1;
	return a;
}

void pt_anomaly_free(struct pt_anomaly *a)
{
	free(a);
}

/* Moves *mean towards v by 1 / rows, at first by as much as makes it the mean of all. */
static void follow(const struct pt_anomaly *a, double *mean, double v, double rows)
{
	*mean += (v - *mean) / fmin(a->n + 1, rows);
}

/* The same for sizes of errors, of which one is clipped to a few times what is usual. */
static void follow_error(const struct pt_anomaly *a, double *mean, double v, double rows)
{
	follow(a, mean, a->n < WARM_ROWS ? v : fmin(v, 8 * *mean), rows);
}

static void cell_add(struct cell *cell, double v, double least)
{
	cell->visits = PT_MIN(cell->visits + 1, 1000000);
	cell->mean += fmax(1.0 / cell->visits, least) * (v - cell->mean);
}

/* ---- predictions ---- */

struct place {
	int slot, hour_of_day, hour;
};

/* Without times, rows are taken to be five minutes apart. */
static struct place place_of(const struct pt_anomaly *a, int64_t at_ns)
{
	int64_t slot = at_ns == -1 ? a->row : at_ns / SLOT_NS - (at_ns < 0);
	int64_t week = SLOTS * INT64_C(7), in_week = (slot % week + week) % week;

	return (struct place){.slot = (int)(in_week % SLOTS),
			      .hour_of_day = (int)(in_week % SLOTS / 12),
			      .hour = (int)(in_week / 12)};
}

/* A slot counts once a visit, with the mean of its rows. */
static void visit(struct pt_anomaly *a, int slot)
{
	if (slot == a->slot)
		return;
	if (a->visit_n > 0) {
		struct cell *cell = &a->slots[a->slot];
		double v = a->visit / a->visit_n, most = CLIP * a->predictor_error[BY_SLOT];

		if (cell->visits > 1)
			v = fmin(fmax(v, cell->mean - most), cell->mean + most);
		cell_add(cell, v, 0.25);
	}
	a->slot = slot;
	a->visit = a->visit_n = 0;
}

static void predict(const struct pt_anomaly *a, const struct place *at, double *p)
{
	const struct cell *slot = &a->slots[at->slot], *hour = &a->hours[at->hour];

	p[BY_LAST] = a->last;
	p[BY_RECENT] = a->recent;
	p[BY_SLOT] = slot->visits ? slot->mean : a->level;
	p[BY_SHIFTED_SLOT] = p[BY_SLOT] + a->slot_shift;
	p[BY_HOUR] = hour->visits ? hour->mean + a->hour_shift : a->recent;
}

/* Predictors count by the inverse fourth power of their errors. */
static double foretell(const struct pt_anomaly *a, const double *p, double tiny)
{
	double least = INFINITY, sum = 0, all = 0;

	for (int i = 0; i < N_PREDICTORS; i++)
		least = fmin(least, a->predictor_error[i] + tiny);
	for (int i = 0; i < N_PREDICTORS; i++) {
		double w = least / (a->predictor_error[i] + tiny);

		w *= w;
		w *= w;
		sum += w * p[i];
		all += w;
	}
	return sum / all;
}

/* ---- questions ---- */

static void smooth(const struct pt_anomaly *a, double *mean, double v, int rows)
{
	follow(a, mean, v, (rows + 1) / 2.0);
}

/* Fills the answers: sizes, larger is stranger. */
static void ask(struct pt_anomaly *a, const struct place *at, double off, double off_slot,
		double tiny, double *x)
{
	const struct cell *hour = &a->hour_error[at->hour_of_day];
	double usual = hour->visits > 5 ? 0.7 * hour->mean + 0.3 * a->error : a->error;

	smooth(a, &a->smooth[FORETOLD_12], off, 12);
	smooth(a, &a->smooth[FORETOLD_48], off, 48);
	smooth(a, &a->smooth[SLOT_1], off_slot, 1);
	smooth(a, &a->smooth[SLOT_5], off_slot, 5);
	smooth(a, &a->smooth[SLOT_12], off_slot, 12);
	smooth(a, &a->smooth[SLOT_48], off_slot, 48);
	a->smooth[HOURLY_SHARE] = fabs(off) > tiny ? off / (usual + tiny) : 0;
	a->smooth[DRIFT] = a->drift_short - a->drift_long;
	a->smooth[RESTLESS] = a->error > tiny ? a->recent_error / a->error : 0;
	for (int i = 0; i < N_FEATURES; i++)
		x[i] = fabs(a->smooth[i]) > tiny ? fabs(a->smooth[i]) : 0;
}

/* How rare an answer is whatever its sign, and how rare on its own side: a fall to nothing is small
 * beside the bursts of a busy series, but not among its falls. */
static double answer_rarity(const struct answers *past, double x, bool above)
{
	const struct pt_tail *side = above ? &past->above : &past->below;

	return (pt_tail_rarity(&past->all, x, INDEX) + pt_tail_rarity(side, x, INDEX)) / 2;
}

/* Each side counts the other's answers as nothing, so that its share of all is right. */
static void answer_add(struct answers *past, double x, bool above, double grow)
{
	pt_tail_add(&past->all, x, grow);
	pt_tail_add(&past->above, above ? x : 0, grow);
	pt_tail_add(&past->below, above ? 0 : x, grow);
}

static double rarity(struct pt_anomaly *a, const double *x)
{
	double grow = exp2(1 / HALF_LIFE), sum = 0, r;

	for (int i = 0; i < N_FEATURES; i++) {
		bool above = a->smooth[i] >= 0;

		sum += feature_weight[i] * answer_rarity(&a->answers[i], x[i], above);
		answer_add(&a->answers[i], x[i], above, grow);
	}
	r = pt_tail_rarity(&a->sum, sum, INDEX);
	pt_tail_add(&a->sum, sum, grow);
	return r;
}

static void learn(struct pt_anomaly *a, const struct place *at, double v, double off,
		  const double *p)
{
	struct cell *hour = &a->hour_error[at->hour_of_day];

	for (int i = 0; i < N_PREDICTORS; i++)
		follow_error(a, &a->predictor_error[i], fabs(v - p[i]), ERROR_ROWS);
	follow(a, &a->recent, v, 5);
	follow(a, &a->level, v, LEVEL_ROWS);
	follow(a, &a->drift_short, v, DRIFT_SHORT);
	follow(a, &a->drift_long, v, DRIFT_LONG);
	follow_error(a, &a->recent_error, fabs(off), 12);
	follow_error(a, &a->error, fabs(off), ERROR_ROWS);
	cell_add(hour, fmin(fabs(off), 8 * a->error), 0.01);
	a->slot_shift += 0.2 * (v - p[BY_SLOT] - a->slot_shift);
	a->hour_shift += 0.2 * (v - p[BY_HOUR]);
	cell_add(&a->hours[at->hour], v, 0.05);
	a->visit += v;
	a->visit_n++;
	a->last = v;
	a->n++;
}

/* What is told of a row's rarity: peaks, and little of what belongs to one that was told. */
static double tell(struct pt_anomaly *a, double r)
{
	if (++a->since > HOLD_ROWS)
		a->peak = 0;
	if (r <= a->peak + (a->peak > ALARM ? WORSE : 0))
		return r / 100;
	a->peak = r;
	a->since = 0;
	return r;
}

double pt_anomaly_score(struct pt_anomaly *a, int64_t at_ns, double value)
{
	struct place at = place_of(a, at_ns);
	double p[N_PREDICTORS], x[N_FEATURES], tiny = 1e-9 * fabs(value) + 1e-300, off, told;

	a->row++;
	if (!isfinite(value))
		return 0;
	if (a->n == 0)
		a->last = a->recent = a->level = a->drift_short = a->drift_long = value;
	visit(a, at.slot);
	predict(a, &at, p);
	off = value - foretell(a, p, tiny);
	ask(a, &at, off, value - p[BY_SLOT], tiny, x);
	told = tell(a, rarity(a, x));
	learn(a, &at, value, off, p);
	return told / (told + ALARM);
}
