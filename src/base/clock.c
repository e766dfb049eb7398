/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system's clock and one that is moved by hand.
 */
#include "perftop/base/clock.h"

#include <time.h>

static int64_t clock_read(clockid_t id)
{
	struct timespec ts;

	/* Fails only for an unknown clock or a bad pointer: neither can be here. */
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * PT_S + ts.tv_nsec;
}

static int64_t system_mono(const struct pt_clock *clock)
{
	(void)clock;
	return clock_read(CLOCK_MONOTONIC);
}

static int64_t system_real(const struct pt_clock *clock)
{
	(void)clock;
	return clock_read(CLOCK_REALTIME);
}

static int64_t fake_mono(const struct pt_clock *clock)
{
	return ((const struct pt_clock_fake *)clock->ctx)->mono_ns;
}

static int64_t fake_real(const struct pt_clock *clock)
{
	return ((const struct pt_clock_fake *)clock->ctx)->real_ns;
}

const struct pt_clock pt_clock_system = {.mono = system_mono, .real = system_real};

void pt_clock_fake_init(struct pt_clock_fake *fake, int64_t mono_ns, int64_t real_ns)
{
	*fake = (struct pt_clock_fake){
		.clock = {.mono = fake_mono, .real = fake_real, .ctx = fake},
		.mono_ns = mono_ns,
		.real_ns = real_ns,
	};
}

void pt_clock_fake_advance(struct pt_clock_fake *fake, int64_t ns)
{
	fake->mono_ns += ns;
	fake->real_ns += ns;
}
