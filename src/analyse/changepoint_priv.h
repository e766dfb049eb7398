/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_CHANGEPOINT_PRIV_H
#define PT_ANALYSE_CHANGEPOINT_PRIV_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PT_CHANGEPOINT_REACH = 50, /* points on each side that a step is judged by */
	PT_CHANGEPOINT_LEAST = 8,  /* values that a general series needs */
	PT_CHANGEPOINT_BENDS = 32, /* at most */
};

/* Parts of the change point finder. Series have no gaps unless it is said. */

/*
 * Segments of constant level under the biweight loss: each point costs the square of its distance,
 * at most `cap`, and each change costs `penalty`; the sum is least possible.
 *
 * y        n values in units of their noise
 * grain    levels closer than this are not told apart; 0: exact
 * starts   room for n indexes: first points of the segments after the first, ascending
 * Returns  how many there are
 * Source   Fearnhead & Rigaill 2019 (functional pruning, linear in practice)
 */
size_t pt_changepoint_levels(const double *y, size_t n, double cap, double penalty, double grain,
			     size_t *starts);

/* Quantile q of n values; scratch has room for n. NaN of none. */
double pt_changepoint_quantile(const double *v, size_t n, double q, float *scratch);

/* Sum of the products. */
double pt_changepoint_dot(const double *a, const double *b, size_t n);

/* Standard deviation of the noise around a level that steps now and then: from differences of
 * neighbours, of which neither steps nor spikes are many; q: the part of them that must be noise.
 * scratch has room for n. */
double pt_changepoint_noise(const double *y, size_t n, double q, float *scratch);

/* How much of itself the noise keeps from one point to the next: from differences over one and two
 * points. 0 of white noise, 1 of a random walk, up to 3 of a slope. scratch has room for n. */
double pt_changepoint_memory(const double *y, size_t n, float *scratch);

struct pt_changepoint_step {
	size_t at;
	double p; /* of means so far apart without a step */
	bool stays;
};

/* Steps of a benchmark's history in logarithms. noise: NaN if not known; least: as a
 * ratio. ret has room for n. */
size_t pt_changepoint_steps(const double *y, size_t n, double noise, double least,
			    struct pt_changepoint_step *ret);

struct pt_changepoint_bend {
	size_t at;
	bool step; /* the level jumps; else only the slope changes */
	double confidence;
};

/* A series of any kind, NaN where a value is missing. ret has room for PT_CHANGEPOINT_BENDS. */
size_t pt_changepoint_shape(const double *v, size_t n, struct pt_changepoint_bend *ret);

/* Steps and bends of a series without gaps, spikes and seasons, in units of its range. */
size_t pt_changepoint_bends(const double *y, size_t n, struct pt_changepoint_bend *ret);

/* Takes a strong season out of y. Returns its period, or 0. */
size_t pt_changepoint_season(double *y, size_t n);

#endif
