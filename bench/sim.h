/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_SIM_H
#define PT_BENCH_SIM_H

#include <math.h>
#include <stdint.h>

/* What simulations draw from: splitmix64, the same numbers everywhere for the same seed. */
struct sim_random {
	uint64_t state;
	double spare;
	int has_spare;
};

static inline uint64_t sim_bits(struct sim_random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static inline double sim_uniform(struct sim_random *r)
{
	return (double)(sim_bits(r) >> 11) * 0x1p-53;
}

/* Standard normal, Marsaglia's polar method. */
static inline double sim_normal(struct sim_random *r)
{
	double u, v, s;

	if (r->has_spare) {
		r->has_spare = 0;
		return r->spare;
	}
	do {
		u = 2 * sim_uniform(r) - 1;
		v = 2 * sim_uniform(r) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	s = sqrt(-2 * log(s) / s);
	r->spare = v * s;
	r->has_spare = 1;
	return u * s;
}

#endif
