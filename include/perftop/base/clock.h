/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_CLOCK_H
#define PT_BASE_CLOCK_H

#include <stdint.h>

#define PT_US INT64_C(1000)
#define PT_MS INT64_C(1000000)
#define PT_S INT64_C(1000000000)

/*
 * Time comes through this handle, so that fixtures, replay and tests are exact. Monotonic time
 * orders and measures; real time is only shown. Both in nanoseconds.
 */
struct pt_clock {
	int64_t (*mono)(const struct pt_clock *clock);
	int64_t (*real)(const struct pt_clock *clock); /* since 1970-01-01 UTC */
	void *ctx;
};

extern const struct pt_clock pt_clock_system;

/* A clock that a test or a fixture moves by hand: pass its .clock where a clock is wanted. */
struct pt_clock_fake {
	struct pt_clock clock;
	int64_t mono_ns, real_ns;
};

void pt_clock_fake_init(struct pt_clock_fake *fake, int64_t mono_ns, int64_t real_ns);
void pt_clock_fake_advance(struct pt_clock_fake *fake, int64_t ns); /* both clocks */

/*
 * A time as files tell it, in ns since 1970-01-01 UTC: 2026-03-01, 2026-03-01 09:30, 2026-03-01T09:30:15.25Z,
 * …+02:00; without a zone it is UTC. Or a number: seconds, and milliseconds, microseconds or
 * nanoseconds when it is too large for a date before the year 5138. 0, -PT_ESYNTAX or -PT_ERANGE.
 */
int pt_time_parse(const char *s, int64_t *ret_ns);

static inline int64_t pt_clock_mono(const struct pt_clock *c)
{
	return c->mono(c);
}
static inline int64_t pt_clock_real(const struct pt_clock *c)
{
	return c->real(c);
}

#endif
