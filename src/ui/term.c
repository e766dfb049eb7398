/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal as the console sees it: frames go into a queue of bytes, the queue goes out as far
 * as the terminal takes it, and no frame is painted before the last has gone out. Title, mouse and
 * clipboard wait for the same moment, so nothing ever comes into the middle of a frame and the
 * queue cannot grow.
 *
 * A byte budget is a bucket that fills with time, up to one second's worth. A frame may overdraw
 * it; the next then waits until the debt is paid. The debt is never more than a second's worth, so
 * that a key is answered within about a second however large the frame before was; frames that are
 * larger than that (a first one, a new size) are the only ones by which the budget is exceeded.
 */
#include "perftop/ui/term.h"
#include "term_local.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { KEEP_BYTES = 1 << 14 };

static const char sync_begin[] = "\033[?2026h", sync_end[] = "\033[?2026l";
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

/* For those of whom terminfo knows nothing, from the most capable on. */
static const char *const fallbacks[] = {"xterm-256color", "xterm", "vt100"};

struct ui_term {
	int fd;
	char name[64];
	bool utf8;
	bool active; /* false while suspended */
	bool gone;   /* a write has failed for good */
	struct termios saved;
	struct ui_modes modes;
	struct ui_paint *paint;
	struct pt_str out; /* bytes from `sent` on wait for the terminal */
	size_t sent;
	bool mouse, mouse_sent;
	char title[256];
	bool title_due;
	long rate; /* bytes a second; 0: no budget */
	double bucket;
	int64_t filled_ns;
	struct ui_term_stats stats;
};

/* ---- the queue ---- */

static bool is_idle(const struct ui_term *t)
{
	return t->sent == t->out.len;
}

static double bucket_now(const struct ui_term *t, int64_t now_ns)
{
	double level = t->bucket + (double)(now_ns - t->filled_ns) / 1e9 * (double)t->rate;

	return PT_MIN(level, (double)t->rate);
}

double ui_bucket_spend(double level, double rate, size_t bytes)
{
	return PT_MAX(level - (double)bytes, -rate);
}

static void spend(struct ui_term *t, size_t bytes)
{
	int64_t now = t->rate ? pt_clock_mono(&pt_clock_system) : 0;

	if (!t->rate)
		return;
	t->bucket = ui_bucket_spend(bucket_now(t, now), (double)t->rate, bytes);
	t->filled_ns = now;
}

static void add_controls(struct ui_term *t)
{
	size_t before = t->out.len;

	if (!t->active || !t->modes.modern || !is_idle(t))
		return;
	if (t->mouse != t->mouse_sent)
		pt_str_add(&t->out, t->mouse ? mouse_on : mouse_off);
	if (t->title_due)
		pt_str_addf(&t->out, "\033]2;%s\a", t->title);
	t->mouse_sent = t->mouse;
	t->title_due = false;
	spend(t, t->out.len - before);
}

static void drop_queue(struct ui_term *t)
{
	if (t->out.cap > KEEP_BYTES)
		pt_str_release(&t->out); /* a whole screen, a copy */
	pt_str_clear(&t->out);
	t->sent = 0;
}

bool ui_term_flush(struct ui_term *t, bool *gone)
{
	add_controls(t);
	while (!is_idle(t) && !t->gone) {
		ssize_t n = write(t->fd, t->out.s + t->sent, t->out.len - t->sent);

		if (n > 0) {
			t->sent += (size_t)n;
			t->stats.bytes += (uint64_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else if (n == 0 || errno != EINTR) {
			t->gone = true;
		}
	}
	if (is_idle(t) || t->gone)
		drop_queue(t);
	*gone = t->gone;
	return !is_idle(t);
}

bool ui_term_ready(const struct ui_term *t)
{
	return t->active && is_idle(t) && ui_term_wait_ns(t) == 0;
}

int64_t ui_term_wait_ns(const struct ui_term *t)
{
	double level = t->rate ? bucket_now(t, pt_clock_mono(&pt_clock_system)) : 0;

	return level < 0 ? (int64_t)(-level / (double)t->rate * 1e9) + 1 : 0;
}

/* ---- frames ---- */

int ui_term_show(struct ui_term *t, const struct pt_canvas *cv)
{
	size_t before;
	bool some;

	if (!ui_term_ready(t)) {
		t->stats.dropped++;
		ui_paint_missed(t->paint);
		return -PT_ECANCELED;
	}
	drop_queue(t);
	add_controls(t);
	before = t->out.len;
	pt_str_add(&t->out, t->modes.modern ? sync_begin : "");
	some = ui_paint_add(t->paint, cv, &t->out);
	if (!some) {
		t->out.len = before;
		return before > 0;
	}
	pt_str_add(&t->out, t->modes.modern ? sync_end : "");
	t->stats.frames++;
	spend(t, t->out.len - before);
	return 1;
}

void ui_term_redraw(struct ui_term *t)
{
	ui_paint_all(t->paint);
}

/* ---- what the console may ask for ---- */

int ui_term_fd(const struct ui_term *t)
{
	return t->fd;
}

void ui_term_size(const struct ui_term *t, int *ret_w, int *ret_h)
{
	ui_tty_size(t->fd, ret_w, ret_h);
}

enum pt_colors ui_term_colors(const struct ui_term *t)
{
	return ui_paint_colors(t->paint);
}

void ui_term_set_theme(struct ui_term *t, const struct pt_theme *theme)
{
	ui_paint_set_theme(t->paint, theme);
}

void ui_term_set_mouse(struct ui_term *t, bool on)
{
	t->mouse = on;
}

void ui_term_set_title(struct ui_term *t, const char *title)
{
	char safe[sizeof t->title];

	pt_text_safe(safe, sizeof safe, title, strlen(title), !t->utf8);
	if (!strcmp(safe, t->title))
		return;
	memcpy(t->title, safe, sizeof safe);
	t->title_due = true;
}

int ui_term_copy(struct ui_term *t, const char *text, size_t n)
{
	enum ui_mux mux = ui_mux_of(t->name, getenv("TMUX"), getenv("STY"));
	size_t before = t->out.len;

	if (n > UI_COPY_MAX)
		return -PT_ELIMIT;
	if (!t->active || !t->modes.modern)
		return -PT_ENOTSUP;
	if (t->out.len - t->sent > UI_COPY_MAX)
		return -PT_ECANCELED; /* the last copy is still on its way */
	ui_copy_add(&t->out, text, n, mux);
	spend(t, t->out.len - before);
	return 0;
}

struct ui_term_stats ui_term_stats(const struct ui_term *t)
{
	return t->stats;
}

/* ---- having the terminal, and giving it back ---- */

static int enter(struct ui_term *t)
{
	bool gone;

	if (ui_tty_raw(t->fd, &t->saved))
		return -PT_EIO;
	ui_crash_arm(t->fd, &t->modes.leave, &t->saved);
	drop_queue(t);
	pt_str_addn(&t->out, t->modes.enter.s, t->modes.enter.len);
	t->active = true;
	t->mouse_sent = false;
	t->title_due = t->title[0] != '\0';
	ui_paint_all(t->paint);
	ui_term_flush(t, &gone);
	return 0;
}

void ui_term_suspend(struct ui_term *t)
{
	if (!t->active)
		return;
	t->active = false;
	ui_crash_disarm();
	drop_queue(t);
	ui_tty_leave(t->fd, t->modes.leave.s, t->modes.leave.len, &t->saved);
}

void ui_term_resume(struct ui_term *t)
{
	if (!t->active && enter(t))
		t->gone = true; /* the next flush tells */
}

void ui_term_close(struct ui_term *t)
{
	if (!t)
		return;
	ui_term_suspend(t);
	ui_paint_free(t->paint);
	ui_modes_release(&t->modes);
	pt_str_release(&t->out);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* Finds the terminal's description, or one that will do. */
static int describe(struct ui_term *t, char *note, size_t note_size, struct pt_err *err)
{
	int rc = ui_terminfo_check(t->name, t->fd);
	char safe[64];

	pt_text_safe(safe, sizeof safe, t->name, strlen(t->name), true);
	for (size_t i = 0; rc == -PT_ENOENT && i < PT_LEN(fallbacks); i++) {
		rc = ui_terminfo_check(fallbacks[i], t->fd);
		if (rc)
			continue;
		pt_snprintf(note, note_size, "terminal type \"%s\" is not known here: using %s",
			    safe, fallbacks[i]);
		pt_strlcpy(t->name, fallbacks[i], sizeof t->name);
	}
	if (rc == -PT_ENOENT)
		return pt_err_set(err, PT_ENOTSUP,
				  "terminfo knows neither terminal type \"%s\" nor xterm: "
				  "install ncurses-base (ncurses-term)",
				  safe);
	return !rc ? 0
		   : pt_err_set(err, PT_ENOTSUP,
				"a terminal of type \"%s\" cannot place its cursor: "
				"try `perftop snapshot` or `perftop --plain`",
				safe);
}

static const char *type_of(const struct ui_term_options *options)
{
	const char *term = options->term ? options->term : getenv("TERM");

	return term && *term ? term : "dumb";
}

int ui_term_open(const struct ui_term_options *options, struct ui_term **ret, char *note,
		 size_t note_size, struct pt_err *err)
{
	const char *type = type_of(options);
	struct ui_term *t;
	int rc;

	if (note_size)
		note[0] = '\0';
	if (!strcmp(type, "dumb"))
		return pt_err_set(err, PT_ENOTSUP,
				  "TERM=dumb cannot place its cursor: try `perftop snapshot` "
				  "or `perftop --plain`");
	t = pt_calloc(1, sizeof *t);
	pt_strlcpy(t->name, type, sizeof t->name);
	t->utf8 = options->utf8;
	t->mouse = options->mouse;
	t->rate = PT_MAX(options->max_bytes_per_second, 0);
	t->bucket = (double)t->rate;
	t->filled_ns = t->rate ? pt_clock_mono(&pt_clock_system) : 0;
	t->fd = ui_tty_open();
	if (t->fd < 0)
		rc = pt_err_set(err, PT_ENOENT, "there is no terminal: try `perftop snapshot`");
	else
		rc = describe(t, note, note_size, err);
	if (!rc && ui_paint_new(t->name, options->colors, options->utf8, &t->paint))
		rc = pt_err_set(err, PT_EIO, "no memory file to draw into: %s", strerror(errno));
	if (!rc) {
		ui_modes_init(&t->modes, t->name);
		rc = enter(t);
		if (rc)
			pt_err_set(err, PT_EIO, "the terminal does not take our settings: %s",
				   strerror(errno));
	}
	if (rc) {
		ui_term_close(t);
		return rc;
	}
	*ret = t;
	return 0;
}
