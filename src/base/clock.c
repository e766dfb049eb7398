/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system's clock, one that is moved by hand, and times as text.
 */
#include "perftop/base/clock.h"

#include "perftop/base/err.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
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

/* Exactly n digits at *s, within lo..hi. */
static bool take_digits(const char **s, int n, int lo, int hi, int *ret)
{
	int v = 0;

	for (int i = 0; i < n; i++, ++*s) {
		if (!isdigit((unsigned char)**s))
			return false;
		v = v * 10 + (**s - '0');
	}
	*ret = v;
	return v >= lo && v <= hi;
}

/* Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that a leap day ends one. */
static int64_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

static bool take_date(const char **s, int64_t *ret_days)
{
	static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!take_digits(s, 4, 1700, 2250, &year) || *(*s)++ != '-' ||
	    !take_digits(s, 2, 1, 12, &month) || *(*s)++ != '-' ||
	    !take_digits(s, 2, 1, length[month - 1], &day))
		return false;
	*ret_days = days_of(year, month, day);
	return true;
}

/* HH:MM, with seconds and their fraction if there are any. */
static bool take_clock(const char **s, int64_t *ret_ns)
{
	int hour, minute, second = 0;
	int64_t ns = 0, unit = PT_S / 10;

	if (!take_digits(s, 2, 0, 24, &hour) || *(*s)++ != ':' ||
	    !take_digits(s, 2, 0, 59, &minute))
		return false;
	if (**s == ':') {
		++*s;
		if (!take_digits(s, 2, 0, 60, &second))
			return false;
		if (**s == '.' || **s == ',')
			for (++*s; isdigit((unsigned char)**s); ++*s, unit /= 10)
				ns += (**s - '0') * unit;
	}
	*ret_ns = ns + ((hour * 60 + minute) * INT64_C(60) + second) * PT_S;
	return true;
}

/* Z, +HH:MM, +HHMM, +HH or nothing. */
static bool take_zone(const char **s, int64_t *ret_ns)
{
	int sign, hours, minutes = 0;

	*ret_ns = 0;
	if (**s == 'Z' || **s == 'z') {
		++*s;
		return true;
	}
	if (**s != '+' && **s != '-')
		return true;
	sign = *(*s)++ == '-' ? -1 : 1;
	if (!take_digits(s, 2, 0, 14, &hours))
		return false;
	if (**s == ':')
		++*s;
	if (**s && !take_digits(s, 2, 0, 59, &minutes))
		return false;
	*ret_ns = sign * (hours * 60 + minutes) * 60 * PT_S;
	return true;
}

static int number_time(double v, int64_t *ret_ns)
{
	double ns = v * 1e9;

	for (int i = 0; i < 3 && fabs(v) >= 1e11; i++, v /= 1e3)
		ns /= 1e3;
	if (fabs(ns) > 9e18)
		return -PT_ERANGE;
	*ret_ns = (int64_t)ns;
	return 0;
}

int pt_time_parse(const char *s, int64_t *ret_ns)
{
	int64_t days, clock = 0, zone = 0;
	double number;

	if (pt_parse_double(s, &number) == 0)
		return number_time(number, ret_ns);
	if (!take_date(&s, &days))
		return -PT_ESYNTAX;
	if (*s == 'T' || *s == 't' || *s == ' ') {
		s++;
		if (!take_clock(&s, &clock))
			return -PT_ESYNTAX;
		while (*s == ' ')
			s++;
		if (!take_zone(&s, &zone))
			return -PT_ESYNTAX;
	}
	if (*s)
		return -PT_ESYNTAX;
	*ret_ns = days * 86400 * PT_S + clock - zone;
	return 0;
}
