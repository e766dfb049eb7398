/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen's time: zoom, pan, crosshair, mark, go to a time, events. */
#include "screen_state.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Cells of the widest graph on the screen: what half a screen of time is. */
int screen_graph_width(const struct pt_screen *s)
{
	int w = s->w;

	for (int i = 0; i < s->n_places; i++)
		if (s->layout.panes[s->places[i].pane] == s->focus)
			w = screen_inner(&s->places[i]).w;
	return PT_MAX(s->zoomed ? s->w - 8 : w - 6, 10);
}

static int64_t clamp(int64_t t, int64_t lo, int64_t hi)
{
	return t < lo ? lo : t > hi ? hi : t;
}

/* Puts the crosshair on a moment and brings that into view. */
void screen_cross_to(struct pt_screen *s, const struct pt_view_env *env, int64_t t_ns)
{
	int64_t first = pt_store_first(env->store), last = pt_store_last(env->store);
	int w = screen_graph_width(s);

	s->tv.crosshair = true;
	s->tv.cross_ns = clamp(t_ns, first, last);
	if (pt_timeview_column(&s->tv, w, s->tv.cross_ns) < 0) {
		s->tv.follow = false;
		s->tv.end_ns = clamp(s->tv.cross_ns + w / 2 * s->tv.cell_ns, first, last);
	}
	s->dirty = true;
}

static void toggle_crosshair(struct pt_screen *s, const struct pt_view_env *env, char *status,
			     size_t size)
{
	if (s->tv.crosshair) {
		s->tv.crosshair = false;
		pt_strlcpy(status, "crosshair off", size);
		return;
	}
	screen_cross_to(s, env, s->tv.end_ns);
	pt_strlcpy(status, "crosshair: h l move it, m marks, y copies, Esc ends", size);
}

static void toggle_mark(struct pt_screen *s, const struct pt_view_env *env, char *status,
			size_t size)
{
	int64_t at = screen_at(s);
	char when[32];

	if (s->tv.marked && s->tv.mark_ns == at) {
		s->tv.marked = false;
		pt_strlcpy(status, "mark taken away", size);
		return;
	}
	s->tv.marked = true;
	s->tv.mark_ns = at;
	pt_time_format(when, sizeof when, pt_store_real_at(env->store, at), false);
	pt_snprintf(status, size, "marked %s; the crosshair shows the change since", when);
}

/* The nearest event before or after the crosshair: the mark or a clock jump. */
static void to_event(struct pt_screen *s, const struct pt_view_env *env, int step, char *status,
		     size_t size)
{
	int64_t at = screen_at(s), best = INT64_MIN, jump_ns, t;
	int64_t from = pt_store_first(env->store);

	if (s->tv.marked && (step < 0 ? s->tv.mark_ns < at : s->tv.mark_ns > at))
		best = s->tv.mark_ns;
	while (pt_store_jump(env->store, from, &t, &jump_ns)) {
		if (step > 0 && t > at && (best == INT64_MIN || t < best))
			best = t;
		if (step < 0 && t < at && t > best)
			best = t;
		from = t + 1;
	}
	if (best == INT64_MIN) {
		pt_snprintf(status, size, "no %s event on the time axis",
			    step < 0 ? "earlier" : "later");
		return;
	}
	screen_cross_to(s, env, best);
	pt_strlcpy(status, s->tv.marked && best == s->tv.mark_ns ? "the mark" : "a clock jump",
		   size);
}

static void cell_words(int64_t ns, char *out, size_t size)
{
	if (ns < PT_S)
		pt_snprintf(out, size, "%lld ms a cell", (long long)(ns / PT_MS));
	else if (ns < 60 * PT_S)
		pt_snprintf(out, size, "%lld s a cell", (long long)(ns / PT_S));
	else
		pt_snprintf(out, size, "%lld min a cell", (long long)(ns / (60 * PT_S)));
}

static void next_scale(struct pt_screen *s, char *status, size_t size)
{
	static const char *const names[] = {[PT_SCALE_ZERO] = "from zero",
					    [PT_SCALE_LINEAR] = "linear",
					    [PT_SCALE_LOG] = "logarithmic"};

	s->tv.scale = (s->tv.scale + 1) % PT_LEN(names);
	pt_snprintf(status, size, "scale: %s", names[s->tv.scale]);
}

static void zoom(struct pt_screen *s, const struct pt_view_env *env, int steps, char *status,
		 size_t size)
{
	char words[40];
	bool moved = pt_timeview_zoom(&s->tv, steps, screen_graph_width(s),
				      pt_store_first(env->store), pt_store_last(env->store));

	cell_words(s->tv.cell_ns, words, sizeof words);
	pt_snprintf(status, size, moved ? "%s" : "%s: no further", words);
}

static void pan(struct pt_screen *s, const struct pt_view_env *env, int cells, char *status,
		size_t size)
{
	bool moved = pt_timeview_pan(&s->tv, cells, pt_store_first(env->store),
				     pt_store_last(env->store));
	char when[32];

	pt_time_format(when, sizeof when, pt_store_real_at(env->store, s->tv.end_ns), false);
	pt_snprintf(status, size, moved ? "up to %s; f follows live" : "%s: no further", when);
}

static void cross_by(struct pt_screen *s, const struct pt_view_env *env, int64_t ns)
{
	screen_cross_to(s, env, s->tv.cross_ns + ns);
}

/* True when the action is one of time. */
bool screen_time_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		     char *status, size_t size)
{
	int half = PT_MAX(screen_graph_width(s) / 2, 1);

	if ((pt_actions[action].contexts & PT_CTX_ALL) == PT_CTX_TIME && action != PT_ACT_SCALE &&
	    pt_store_last(env->store) == INT64_MIN) {
		pt_strlcpy(status, "nothing has been read yet", size);
		return true;
	}
	switch (action) {
	case PT_ACT_CROSSHAIR: toggle_crosshair(s, env, status, size); return true;
	case PT_ACT_MARK: toggle_mark(s, env, status, size); return true;
	case PT_ACT_FOLLOW:
	case PT_ACT_ZOOM_RESET:
		if (action == PT_ACT_ZOOM_RESET)
			pt_timeview_reset(&s->tv, pt_store_last(env->store));
		if (s->frozen)
			screen_freeze(s, env, false);
		s->tv.follow = true;
		s->tv.crosshair = false; /* it would hold every number at its moment */
		pt_strlcpy(status, "following live", size);
		return true;
	case PT_ACT_ZOOM_IN: zoom(s, env, 1, status, size); return true;
	case PT_ACT_ZOOM_OUT: zoom(s, env, -1, status, size); return true;
	case PT_ACT_PAN_LEFT: pan(s, env, -half, status, size); return true;
	case PT_ACT_PAN_RIGHT: pan(s, env, half, status, size); return true;
	case PT_ACT_PREV_EVENT: to_event(s, env, -1, status, size); return true;
	case PT_ACT_NEXT_EVENT: to_event(s, env, 1, status, size); return true;
	case PT_ACT_SCALE: next_scale(s, status, size); return true;
	default: break;
	}
	if (!s->tv.crosshair)
		return false;
	switch (action) {
	case PT_ACT_LEFT: cross_by(s, env, -s->tv.cell_ns); return true;
	case PT_ACT_RIGHT: cross_by(s, env, s->tv.cell_ns); return true;
	case PT_ACT_TOP: screen_cross_to(s, env, pt_store_first(env->store)); return true;
	case PT_ACT_BOTTOM: screen_cross_to(s, env, pt_store_last(env->store)); return true;
	default: return false;
	}
}

/* Real time when local clocks show tm's hour on a day, under summer time or not; -1 if they never do:
 * an hour is left out when summer begins, and comes twice when it ends. */
static time_t when_shown(struct tm tm, int days_ago, int isdst)
{
	int hour = tm.tm_hour;
	time_t t;

	tm.tm_mday -= days_ago;
	tm.tm_isdst = isdst;
	t = mktime(&tm);
	return tm.tm_hour == hour && tm.tm_isdst == isdst ? t : -1;
}

/* "12:30" or "12:30:44", the last time that local clocks showed it, to real ns. */
static bool parse_clock(const char *text, int64_t now_real, int64_t *ret)
{
	int h, m, sec = 0, used = 0;
	time_t now = (time_t)(now_real / PT_S), best = -1;
	struct tm tm;

	if (text[strspn(text, "0123456789:")] ||
	    sscanf(text, "%2d:%2d%n:%2d%n", &h, &m, &used, &sec, &used) < 2 || text[used] ||
	    h > 23 || m > 59 || sec > 59)
		return false;
	if (!localtime_r(&now, &tm))
		return false;
	tm.tm_hour = h;
	tm.tm_min = m;
	tm.tm_sec = sec;
	for (int days = 0; days < 3 && best < 0; days++)
		for (int dst = 0; dst < 2; dst++) {
			time_t t = when_shown(tm, days, dst);
			if (t <= now)
				best = PT_MAX(best, t);
		}
	*ret = (int64_t)best * PT_S;
	return best >= 0;
}

/* "-90", "-90s", "-5m", "-2h" to ns. */
static bool parse_ago(const char *text, int64_t *ret_ns)
{
	static const char units[] = "smh";
	static const int seconds[] = {1, 60, 3600};
	const char *unit;
	char *end;
	double n;

	if (text[0] != '-' || text[1] < '0' || text[1] > '9')
		return false;
	n = strtod(text + 1, &end);
	unit = *end ? strchr(units, *end) : units;
	if (!unit || (*end && end[1]) || !(n <= 1e6))
		return false;
	*ret_ns = (int64_t)(n * 1e9) * seconds[unit - units];
	return true;
}

/* The moment that bears a real time: clocks may have been set since, so the distance is taken anew
 * from where the last one led. */
static int64_t mono_of(const struct pt_store *store, int64_t real_ns)
{
	int64_t t = pt_store_last(store);

	for (int i = 0; i < 4; i++)
		t -= pt_store_real_at(store, t) - real_ns;
	return t;
}

int pt_screen_goto(struct pt_screen *s, const struct pt_view_env *env, const char *text,
		   struct pt_err *err)
{
	int64_t first = pt_store_first(env->store), last = pt_store_last(env->store), t, v;
	char when[32];

	if (last == INT64_MIN)
		return pt_err_set(err, PT_ENODATA, "nothing has been read yet");
	if (parse_ago(text, &v))
		t = last - v;
	else if (parse_clock(text, pt_store_real_at(env->store, last), &v))
		t = mono_of(env->store, v);
	else
		return pt_err_set(err, PT_ESYNTAX,
				  "'%s' is no time; expected 12:30, 12:30:44, -90s, -5m or -2h",
				  text);
	if (t < first - s->tv.cell_ns) {
		pt_time_format(when, sizeof when, pt_store_real_at(env->store, first), false);
		return pt_err_set(err, PT_ERANGE, "history begins at %s", when);
	}
	screen_cross_to(s, env, t);
	return 0;
}
