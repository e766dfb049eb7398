/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console, seen and typed at: every action has an answer, Esc steps back in order, text that is
 * pasted is text, the mouse points, a frozen view misses nothing.
 */
#include "console.h"

#include "perftop/base/mem.h"
#include "perftop/view/actions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

/* A machine at rest: its three moments have gone by. */
static struct vts *start_still(int cols, int rows)
{
	struct vts *s = console_start(
		&(struct console_options){.root = "busy", .frames = 3, .cols = cols, .rows = rows});

	assert_true(console_wait_end(s, "12:00:02"));
	return s;
}

static bool has(struct vts *s, const char *text)
{
	int row, col;

	return vts_find(s, text, &row, &col);
}

/* The answer to the last action is wiped away by opening a dialog and closing it. */
static void clear_status(struct vts *s)
{
	vts_keys(s, ":");
	assert_true(vts_wait_text(s, "▸command"));
	vts_keys(s, ESC);
	assert_true(vts_wait_gone(s, "▸command"));
}

/* ---- every action, everywhere ---- */

struct action {
	const char *name, *keys;
	unsigned contexts;
};

#define PT_ACTION(id, actname, actkeys, actctx, actlabel, acthelp) {actname, actkeys, actctx},
static const struct action actions[] = {
#include "perftop/view/actions.def"
};
#undef PT_ACTION

/* The first of an action's keys, in the notation of vts_keys. */
static const char *first_key(const struct action *a)
{
	static char text[32];
	int n = (int)strcspn(a->keys, " ");

	if (n == 1)
		snprintf(text, sizeof text, *a->keys == '<' ? "<lt>" : "%.1s", a->keys);
	else
		snprintf(text, sizeof text, strncmp(a->keys, "Esc", 3) ? "<%.*s>" : ESC, n,
			 a->keys);
	return text;
}

static bool at_root(struct vts *s)
{
	return has(s, "this is the root");
}

static bool moved_or_root(struct vts *s, const void *before)
{
	char *now = console_dump(s);
	bool ok = at_root(s) || strcmp(now, before) != 0;

	free(now);
	return ok;
}

static void to_root(struct vts *s)
{
	bool root = false;

	for (int i = 0; i < 8 && !root; i++) {
		char *before = console_dump(s);

		vts_keys(s, ESC);
		assert_true(vts_wait(s, moved_or_root, before, "a step back"));
		free(before);
		root = at_root(s);
	}
	assert_true(root);
	if (has(s, "FROZEN"))
		assert_true(console_changes(s, " "));
}

/* These leave, and are tested where they do; or need another program. */
static bool is_exit(const struct action *a)
{
	return !strcmp(a->name, "suspend") || !strcmp(a->name, "quit");
}

static void walk(const char *to_context, const char *shows, unsigned context)
{
	struct vts *s = start_still(100, 40);
	int n = 0;

	for (size_t i = 0; i < PT_LEN(actions); i++) {
		if (is_exit(&actions[i]) || !(actions[i].contexts & context))
			continue;
		to_root(s);
		clear_status(s);
		vts_keys(s, to_context);
		assert_true(vts_wait_text(s, shows));
		if (!console_changes(s, first_key(&actions[i])))
			fail_msg("%s: no answer", actions[i].name);
		assert_false(s->gone);
		n++;
	}
	print_message("# %d actions\n", n);
	assert_true(n >= 20);
	console_quit(s);
}

static void test_actions_overview(void **state)
{
	(void)state;
	walk("", "? help", PT_CTX_OVERVIEW);
}

static void test_actions_zoom(void **state)
{
	(void)state;
	walk("<Enter>", "Esc back", PT_CTX_ZOOM);
}

static void test_actions_processes(void **state)
{
	(void)state;
	walk("2", "t tree", PT_CTX_PROCESSES);
}

static void test_actions_details(void **state)
{
	(void)state;
	walk("2<Enter>", "Tab section", PT_CTX_DETAILS);
}

/* A key that means nothing is answered too, and so is each that is none of a view. */
static void test_unknown_keys(void **state)
{
	struct vts *s = start_still(80, 24);

	(void)state;
	vts_keys(s, "z");
	assert_true(vts_wait_text(s, "z has no meaning here"));
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "K has no meaning here"));
	vts_keys(s, "<F9>");
	assert_true(vts_wait_text(s, "F9 has no meaning here"));
	vts_keys(s, "2c");
	assert_true(vts_wait_text(s, "c has no meaning here"));
	console_quit(s);
}

/* All at once, as over a slow line: each key acts on what the one before has made. */
static void test_typed_ahead(void **state)
{
	static const char keys[] = "\r\033[27uj\r";
	struct vts *s = start_still(100, 40);

	(void)state;
	vts_write(s, keys, sizeof keys - 1);
	assert_true(vts_wait_text(s, "Esc back"));
	assert_true(vts_wait_text(s, "▸cores"));
	assert_false(has(s, "▸cpu"));
	console_quit(s);
}

/* ---- Esc and q ---- */

static void test_esc_order(void **state)
{
	struct vts *s = start_still(100, 40);

	(void)state;
	vts_keys(s, "/cpu<Enter>");
	assert_true(vts_wait_row(s, 0, "/cpu"));
	vts_keys(s, "<Enter>c");
	assert_true(vts_wait_text(s, "crosshair"));
	vts_keys(s, ":");
	assert_true(vts_wait_text(s, "▸command"));

	vts_keys(s, ESC); /* the dialog */
	assert_true(vts_wait_gone(s, "▸command"));
	assert_true(vts_wait_row(s, 0, "/cpu"));
	vts_keys(s, ESC); /* the filter */
	assert_true(vts_wait_text(s, "filter taken away"));
	assert_false(has(s, "/cpu"));
	assert_true(has(s, "┊"));
	vts_keys(s, ESC); /* the crosshair */
	assert_true(vts_wait_gone(s, "┊"));
	assert_true(has(s, "Esc back"));
	vts_keys(s, ESC); /* the zoom */
	assert_true(vts_wait_gone(s, "Esc back"));
	vts_keys(s, ESC);
	assert_true(vts_wait_text(s, "this is the root"));

	vts_keys(s, "2/post<Enter><Enter>");
	assert_true(vts_wait_text(s, "[environment]"));
	vts_keys(s, ESC); /* details */
	assert_true(vts_wait_gone(s, "[environment]"));
	assert_true(vts_wait_row(s, 0, "/post"));
	vts_keys(s, ESC); /* the filter */
	assert_true(vts_wait_gone(s, "/post  5 of"));
	assert_true(has(s, "t tree"));
	vts_keys(s, ESC); /* the view */
	assert_true(vts_wait_gone(s, "t tree"));
	console_quit(s);
}

/* A lone Esc byte acts after 25 ms without another, not after the second that curses would wait; 10
 * tries, as a loaded machine may be late. */
static void test_esc_soon(void **state)
{
	struct vts *s = start_still(80, 24);
	int best = 1000;

	(void)state;
	for (int i = 0; i < 10; i++) {
		int64_t begin;

		vts_keys(s, ":");
		assert_true(vts_wait_text(s, "▸command"));
		begin = console_now_ms();
		vts_keys(s, "<Esc>");
		assert_true(vts_wait_gone(s, "▸command"));
		if (console_now_ms() - begin < best)
			best = (int)(console_now_ms() - begin);
	}
	print_message("# Esc closes a dialog within %d ms\n", best);
	assert_true(best >= 20 && best < 500);
	console_quit(s);
}

static void test_quit(void **state)
{
	static const char *const places[] = {"2", "<Enter>", "2<Enter>"};
	struct vts *s = start_still(80, 24);

	(void)state;
	for (size_t i = 0; i < PT_LEN(places); i++) {
		vts_keys(s, places[i]);
		assert_true(vts_wait_text(s, "Esc back"));
		vts_keys(s, "q");
		if (i == 2)
			assert_true(vts_wait_gone(s, "[environment]"));
		if (i == 2)
			vts_keys(s, "q");
		assert_true(vts_wait_gone(s, "Esc back"));
	}
	vts_keys(s, "/q:q");
	assert_true(vts_wait_row(s, -1, "/q:q"));
	vts_keys(s, ESC ":qqq");
	assert_true(vts_wait_text(s, ": qqq"));
	vts_keys(s, ESC "?q"); /* a list that is only read is left with q */
	assert_true(vts_wait_gone(s, "Enter chooses"));
	assert_false(s->gone);
	vts_keys(s, "q");
	console_ended(s, 0);

	/* Where it was started is the root, whatever view that is. */
	s = console_start(&(struct console_options){
		.root = "busy", .frames = 3, .args = {"--view", "processes"}});
	assert_true(vts_wait_text(s, "t tree"));
	vts_keys(s, "q");
	console_ended(s, 0);
}

/* ---- filter ---- */

static void test_filter(void **state)
{
	struct vts *s = start_still(100, 40);

	(void)state;
	vts_keys(s, "2");
	assert_true(vts_wait_text(s, "/sbin/init"));
	vts_keys(s, "/postg");
	assert_true(vts_wait_row(s, 0, "/postg  5 of 42"));
	assert_true(has(s, "checkpointer"));
	assert_false(has(s, "/sbin/init"));
	vts_keys(s, "res: (wal"); /* not a regex yet */
	assert_true(vts_wait_row(s, -1, "/postgres: (wal"));
	assert_true(vts_wait_row(s, -1, "nmatched")); /* why, in the words of the library */
	assert_true(has(s, "checkpointer"));	      /* the last good one holds */
	vts_keys(s, ")");
	assert_true(vts_wait_row(s, 0, "/postgres: (wal)  1 of 42"));
	assert_false(has(s, "checkpointer"));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_row(s, -1, "help"));
	assert_true(has(s, "/postgres: (wal)  1 of 42")); /* the chip stays */
	vts_keys(s, "/<C-u>!root<Enter>");
	assert_true(vts_wait_row(s, 0, "/!root"));
	assert_false(has(s, " root "));
	vts_keys(s, "/<C-u>-f pgckpt<Enter>");
	assert_true(vts_wait_row(s, 0, "/-f pgckpt  1 of 42"));
	assert_true(has(s, "checkpointer"));
	vts_keys(s, "/<C-u>nosuch");
	assert_true(vts_wait_text(s, "No process matches"));
	vts_keys(s, ESC); /* what was there before comes back */
	assert_true(vts_wait_row(s, 0, "/-f pgckpt  1 of 42"));
	vts_keys(s, ESC);
	assert_true(vts_wait_gone(s, "pgckpt"));
	console_quit(s);
}

/* In graphs it highlights, and n visits. */
static void test_filter_overview(void **state)
{
	struct vts *s = start_still(160, 50);

	(void)state;
	vts_keys(s, "/^mem|^disks<Enter>");
	assert_true(vts_wait_row(s, 0, "/^mem|^disks  2 of "));
	assert_true(vts_wait_text(s, "▸memory"));
	vts_keys(s, "n");
	assert_true(vts_wait_text(s, "▸disks"));
	vts_keys(s, "n");
	assert_true(vts_wait_text(s, "▸memory"));
	vts_keys(s, "N");
	assert_true(vts_wait_text(s, "▸disks"));
	vts_keys(s, ESC "/nosuch<Enter>n");
	assert_true(vts_wait_text(s, "nothing matches"));
	console_quit(s);
}

/* ---- paste ---- */

static void test_paste(void **state)
{
	static const char text[] = "q\n:q\rqq\t\033q";
	struct vts *s = start_still(80, 24);

	(void)state;
	vts_paste(s, text); /* nowhere: it is not typed, and that is said */
	assert_true(vts_wait_text(s, "paste"));
	vts_keys(s, "2");
	assert_true(vts_wait_text(s, "t tree"));
	vts_paste(s, text);
	assert_true(vts_wait_text(s, "paste"));
	vts_keys(s, "/");
	assert_true(vts_wait_row(s, -1, "/"));
	vts_paste(s, "postg\nq\n:q");
	assert_true(vts_wait_row(s, 0, "/postg  5 of 42"));
	vts_keys(s, ESC ":");
	assert_true(vts_wait_text(s, "▸command"));
	vts_paste(s, "theme li\nq");
	assert_true(vts_wait_text(s, ": theme li"));
	assert_true(has(s, "theme light"));
	vts_keys(s, ESC "?");
	assert_true(vts_wait_text(s, "Enter chooses"));
	vts_paste(s, text);
	vts_keys(s, ESC "K");
	assert_true(vts_wait_text(s, "SIGKILL"));
	vts_paste(s, "\r");
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "Sure?"));
	vts_paste(s, "y\ny");
	vts_keys(s, ESC);
	assert_true(vts_wait_text(s, "nothing was done"));
	assert_false(s->gone);
	console_quit(s);
}

/* ---- mouse ---- */

static void click_on(struct vts *s, const char *text)
{
	int row, col;

	assert_true(vts_find(s, text, &row, &col));
	vts_click(s, row, col);
}

static void test_mouse(void **state)
{
	struct vts *s = start_still(160, 50);
	int row, col;
	size_t before;

	(void)state;
	click_on(s, " memory ");
	assert_true(vts_wait_text(s, "▸memory"));
	click_on(s, "memory ");
	assert_true(vts_wait_text(s, "Esc back")); /* a click on what has the focus opens it */
	vts_keys(s, ESC "2");
	assert_true(vts_wait_text(s, "t tree"));
	click_on(s, "/sbin/init");
	assert_true(vts_find(s, "/sbin/init", &row, &col));
	assert_true(vts_wait_row(s, row, "▸"));
	click_on(s, "RSS");
	assert_true(vts_wait_text(s, "▼RSS"));
	vts_wheel(s, 10, 10, 2);
	assert_true(vts_find(s, "/sbin/init", &row, &col));
	vts_keys(s, "g");
	assert_true(vts_wait_row(s, 2, "▸"));
	vts_wheel(s, 10, 10, 1);
	assert_true(vts_wait_row(s, 5, "▸")); /* three rows a notch */
	vts_wheel(s, 10, 10, -1);
	assert_true(vts_wait_row(s, 2, "▸"));

	/* A list: a line is chosen by a click, and a click beside it closes. */
	vts_keys(s, ":theme hi");
	assert_true(vts_wait_text(s, ": theme hi")); /* all typed: lines stay where they are */
	assert_true(vts_wait_text(s, "theme high-contrast"));
	click_on(s, "theme high-contrast");
	assert_true(vts_wait_text(s, " theme high-contrast"));
	assert_true(vts_wait_gone(s, "▸command"));
	vts_keys(s, "?");
	assert_true(vts_wait_text(s, "Enter chooses"));
	vts_click(s, 0, 0);
	assert_true(vts_wait_gone(s, "Enter chooses"));

	before = s->raw_len;
	vts_keys(s, "<F2>");
	assert_true(vts_wait_text(s, "mouse off"));
	assert_true(vts_wait_raw(s, before, "\033[?1000l"));
	before = s->raw_len;
	vts_keys(s, "<F2>");
	assert_true(vts_wait_text(s, "mouse on"));
	assert_true(vts_wait_raw(s, before, "\033[?1006h"));
	console_quit(s);

	s = console_start(
		&(struct console_options){.root = "busy", .frames = 3, .args = {"--mouse=false"}});
	assert_true(console_wait_end(s, "12:00:02"));
	assert_int_equal(vts_count_raw(s, 0, "\033[?1000h"), 0);
	console_quit(s);
}

/* ---- focus, title, clipboard ---- */

static int frames(const struct vts *s, size_t from)
{
	return vts_count_raw(s, from, "\033[?2026h");
}

static void test_focus(void **state)
{
	struct vts *s = console_start(&(struct console_options){.root = "busy"});
	int64_t begin;
	size_t before;
	int n, ms;

	(void)state;
	assert_true(vts_wait_row(s, -1, "help"));
	vts_keys(s, "\\e[Oz");
	assert_true(vts_wait_text(s, "z has no meaning here")); /* so it has been read */
	before = s->raw_len;
	begin = console_now_ms();
	console_sleep_ms(s, 800); /* 16 ticks */
	n = frames(s, before);
	ms = (int)(console_now_ms() - begin);
	print_message("# %d frames in %d ms without the focus\n", n, ms);
	assert_true(n <= 1 + ms / 900);
	before = s->raw_len;
	vts_keys(s, "\\e[I");
	assert_true(
		vts_wait_raw(s, before, "\033[?2026h")); /* at once, and with every tick again */
	assert_true(console_wait_end(s, "12:00:29"));
	console_quit(s);
}

static void test_title(void **state)
{
	struct vts *s = start_still(80, 24);

	(void)state;
	assert_string_equal(s->title, "perftop runner-07");
	assert_true(vts_count_raw(s, 0, "\033[22;") > 0); /* the old one is kept by the terminal */
	console_quit(s);
}

static size_t base64_decode(const char *in, char *out, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0;
	int n_bits = 0;
	size_t n = 0;

	for (; *in && strchr(digits, *in) && n + 1 < size; in++) {
		bits = bits << 6 | (unsigned)(strchr(digits, *in) - digits);
		n_bits += 6;
		if (n_bits >= 8)
			out[n++] = (char)(bits >> (n_bits -= 8) & 0xFF);
	}
	out[n] = '\0';
	return n;
}

static void check_copy(const char *term, const char *const env[], const char *start)
{
	struct vts *s = console_start(&(struct console_options){
		.root = "busy", .frames = 3, .cols = 120, .rows = 40, .term = term, .env = env});
	char text[600];
	const char *at;

	assert_true(console_wait_end(s, "12:00:02"));
	vts_keys(s, "2y");
	assert_true(vts_wait_text(s, "sent to the clipboard: "));
	assert_true(has(s, "sent to the clipboard: 3044"));
	at = memmem(s->raw, s->raw_len, start, strlen(start));
	assert_non_null(at);
	base64_decode(at + strlen(start), text, sizeof text);
	assert_non_null(strstr(text, "rustc --crate-name parser --edition"));
	assert_null(strpbrk(text, "\n\r\033"));
	vts_keys(s, "1cy");
	assert_true(vts_wait_text(s, "sent to the clipboard: runner-07  12:00:02  cpu "));
	console_quit(s);
}

static void test_copy(void **state)
{
	(void)state;
	check_copy(NULL, NULL, "\033]52;c;");
	check_copy("tmux-256color", (const char *const[]){"TMUX=/tmp/tmux-0/default,1,0", NULL},
		   "\033Ptmux;\033\033]52;c;");
}

/* ---- frozen ---- */

/* Without processes: whose list takes longer to read than a tick shows shares of longer times. */
static void test_freeze(void **state)
{
	static const struct console_options options = {
		.root = "busy", .cols = 160, .rows = 50, .args = {"--layout", "system"}};
	struct vts *s = console_start(&options), *other = console_start(&options);
	size_t before;

	(void)state;
	assert_true(vts_wait_row(s, -1, "help"));
	vts_keys(s, " ");
	assert_true(vts_wait_row(s, 0, "FROZEN"));
	assert_true(console_wait_end(other, "12:00:29"));
	clear_status(s);
	before = s->raw_len;
	console_sleep_ms(s, 300);
	assert_int_equal(s->raw_len, before); /* a screen that does not change costs no bytes */
	/* It can be read meanwhile: other size, other pane, back in time. */
	vts_resize(s, 120, 40);
	assert_true(vts_wait_row(s, 39, "help"));
	vts_resize(s, 160, 50);
	assert_true(vts_wait_row(s, 49, "help"));
	vts_keys(s, " ");
	assert_true(console_wait_end(s, "12:00:29"));
	/* To the cell what a console shows that was never frozen: no gap. */
	clear_status(s);
	clear_status(other);
	console_same(s, other);
	console_quit(s);
	console_quit(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_actions_overview),
		cmocka_unit_test(test_actions_zoom),
		cmocka_unit_test(test_actions_processes),
		cmocka_unit_test(test_actions_details),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_esc_order),
		cmocka_unit_test(test_esc_soon),
		cmocka_unit_test(test_quit),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_overview),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_focus),
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_freeze),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
