/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dialogs: what keys do to them, and how they look. */
#include "dialog.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <string.h>

void ui_dialog_open(struct ui_dialog *d, enum ui_dialog_type type, int purpose, const char *title)
{
	d->type = type;
	d->purpose = purpose;
	d->n_items = 0;
	d->n_shown = 0;
	d->cursor = d->scroll = 0;
	d->input[0] = d->error[0] = '\0';
	d->typing = d->yes = false;
	pt_text_safe(d->title, sizeof d->title, title, strlen(title), false);
}

void ui_dialog_close(struct ui_dialog *d)
{
	d->type = UI_DIALOG_NONE;
}

void ui_dialog_release(struct ui_dialog *d)
{
	free(d->items);
	memset(d, 0, sizeof *d);
}

void ui_dialog_set_input(struct ui_dialog *d, const char *text)
{
	pt_strlcpy(d->input, text, sizeof d->input);
	if (d->type == UI_DIALOG_LIST)
		ui_dialog_match(d);
}

struct ui_item *ui_dialog_add(struct ui_dialog *d, int id, const char *text, const char *key,
			      const char *help)
{
	if (d->n_items >= UI_ITEMS)
		return NULL;
	struct ui_item *it = PT_PUSH(d->items, d->n_items, d->cap_items);
	*it = (struct ui_item){.id = id};
	pt_text_safe(it->text, sizeof it->text, text, strlen(text), false);
	pt_strlcpy(it->key, key, sizeof it->key);
	pt_strlcpy(it->help, help, sizeof it->help);
	return it;
}

/* From line i on in steps to the first that is no heading; -1 when there is none. */
static int past_headings(const struct ui_dialog *d, int i, int step)
{
	while (i >= 0 && i < d->n_shown && d->items[d->shown[i]].id < 0)
		i += step;
	return i < d->n_shown ? i : -1;
}

/* Headings are passed over; at an end the cursor turns back to the nearest line that runs. */
static void move(struct ui_dialog *d, int by)
{
	int end = PT_MAX(0, PT_MIN(d->cursor + by, d->n_shown - 1)), step = by < 0 ? -1 : 1;
	int to = past_headings(d, end, step);

	if (to < 0)
		to = past_headings(d, end, -step);
	d->cursor = PT_MAX(to, 0);
}

/* Best score first; equal ones in their own order. */
void ui_dialog_match(struct ui_dialog *d)
{
	d->n_shown = 0;
	d->cursor = d->scroll = 0;
	for (size_t i = 0; i < d->n_items; i++) {
		struct ui_item *it = &d->items[i];
		bool in_help = strcasestr(it->help, d->input) != NULL;
		it->score = d->input[0] ? pt_text_fuzzy(d->input, it->text, NULL, 0) : 1;
		if (it->score == 0 && in_help)
			it->score = 1; /* a word of the help is worth less than one of the name */
		else
			it->score *= 4;
		if (it->score == 0 || (it->id < 0 && d->input[0]))
			continue;
		int at = d->n_shown++;
		while (at > 0 && d->items[d->shown[at - 1]].score < it->score) {
			d->shown[at] = d->shown[at - 1];
			at--;
		}
		d->shown[at] = (int)i;
	}
	move(d, 0);
}

void ui_dialog_select(struct ui_dialog *d, int id)
{
	for (int i = 0; i < d->n_shown; i++)
		if (d->items[d->shown[i]].id == id)
			d->cursor = i;
}

const struct ui_item *ui_dialog_item(const struct ui_dialog *d)
{
	const struct ui_item *it;

	if (d->type != UI_DIALOG_LIST || d->cursor >= d->n_shown)
		return NULL;
	it = &d->items[d->shown[d->cursor]];
	return it->id >= 0 ? it : NULL;
}

/* ---- keys ---- */

static void insert(struct ui_dialog *d, uint32_t cp)
{
	char utf8[4];
	size_t n = pt_utf8_put(utf8, cp), len = strlen(d->input);

	if (len + n + 1 > sizeof d->input)
		return;
	memcpy(d->input + len, utf8, n);
	d->input[len + n] = '\0';
}

static void delete_last(struct ui_dialog *d)
{
	size_t len = strlen(d->input);

	while (len > 0 && ((unsigned char)d->input[--len] & 0xC0) == 0x80)
		;
	d->input[len] = '\0';
}

static void delete_word(struct ui_dialog *d)
{
	size_t len = strlen(d->input);

	while (len > 0 && d->input[len - 1] == ' ')
		len--;
	while (len > 0 && d->input[len - 1] != ' ')
		len--;
	d->input[len] = '\0';
}

/* Keys that edit a line. True when the text changed. */
static bool edit(struct ui_dialog *d, uint32_t key)
{
	switch (key) {
	case UI_KEY_BACKSPACE:
	case UI_CTRL('h'): delete_last(d); return true;
	case UI_CTRL('u'): d->input[0] = '\0'; return true;
	case UI_CTRL('w'): delete_word(d); return true;
	default:
		if (key < 0x20 || key >= UI_KEY_UP)
			return false;
		insert(d, key);
		return true;
	}
}

static enum ui_answer list_key(struct ui_dialog *d, uint32_t key)
{
	switch (key) {
	case UI_KEY_UP:
	case UI_CTRL('p'):
	case UI_CTRL('k'): move(d, -1); return UI_ANSWER_NONE;
	case UI_KEY_DOWN:
	case UI_CTRL('n'):
	case UI_CTRL('j'): move(d, 1); return UI_ANSWER_NONE;
	case UI_KEY_PGUP: move(d, -10); return UI_ANSWER_NONE;
	case UI_KEY_PGDN: move(d, 10); return UI_ANSWER_NONE;
	case UI_KEY_HOME: move(d, -UI_ITEMS); return UI_ANSWER_NONE;
	case UI_KEY_END: move(d, UI_ITEMS); return UI_ANSWER_NONE;
	default: break;
	}
	if (!d->typing && (key == 'j' || key == 'k')) {
		move(d, key == 'j' ? 1 : -1);
		return UI_ANSWER_NONE;
	}
	if (!d->typing && (key == 'q' || key == '?'))
		return UI_ANSWER_CANCEL;
	if (!d->typing && key == '/') {
		d->typing = true;
		return UI_ANSWER_NONE;
	}
	if (!d->typing || !edit(d, key))
		return UI_ANSWER_NONE;
	ui_dialog_match(d);
	return UI_ANSWER_CHANGED;
}

static enum ui_answer confirm_key(struct ui_dialog *d, uint32_t key)
{
	switch (key) {
	case 'y':
	case 'Y': d->yes = true; return UI_ANSWER_OK;
	case 'n':
	case 'N':
	case 'q': return UI_ANSWER_CANCEL;
	case UI_KEY_ENTER: return d->yes ? UI_ANSWER_OK : UI_ANSWER_CANCEL;
	case UI_KEY_TAB:
	case UI_KEY_BACKTAB:
	case UI_KEY_LEFT:
	case UI_KEY_RIGHT:
	case 'h':
	case 'l': d->yes = !d->yes; return UI_ANSWER_NONE;
	default: return UI_ANSWER_NONE;
	}
}

enum ui_answer ui_dialog_key(struct ui_dialog *d, uint32_t key)
{
	if (key == UI_KEY_ESC || key == UI_CTRL('c'))
		return UI_ANSWER_CANCEL;
	if (d->type == UI_DIALOG_CONFIRM)
		return confirm_key(d, key);
	if (key == UI_KEY_ENTER)
		return UI_ANSWER_OK;
	if (d->type == UI_DIALOG_LIST)
		return list_key(d, key);
	/* Backspace on an empty line steps back, as in less and vi. */
	if (key == UI_KEY_BACKSPACE && !d->input[0])
		return UI_ANSWER_CANCEL;
	return edit(d, key) ? UI_ANSWER_CHANGED : UI_ANSWER_NONE;
}

/* Pasted text is text, of which the first line is taken: Enter is never pressed, and what controls a
 * terminal becomes a visible mark. */
enum ui_answer ui_dialog_paste(struct ui_dialog *d, const char *text, size_t n)
{
	char safe[UI_INPUT];
	size_t line = 0;

	if (d->type == UI_DIALOG_CONFIRM || (d->type == UI_DIALOG_LIST && !d->typing))
		return UI_ANSWER_NONE;
	while (line < n && text[line] != '\r' && text[line] != '\n')
		line++;
	pt_text_safe(safe, sizeof safe, text, line, false);
	size_t len = strlen(d->input);
	pt_strlcpy(d->input + len, safe, sizeof d->input - len);
	if (d->type == UI_DIALOG_LIST)
		ui_dialog_match(d);
	return UI_ANSWER_CHANGED;
}

/* ---- looks ---- */

/* Where a list stands, and its columns: keys, names, help. Widths are those of all items, so that
 * nothing moves while typing. */
struct frame {
	int x, y, w, h;
	int border; /* none where it would leave no lines */
	int key_w, text_w, help_w;
	bool cut; /* some help does not fit: that of the chosen line has a line of its own */
};

static struct frame list_frame(const struct ui_dialog *d, const struct pt_canvas *cv)
{
	struct frame f = {.border = cv->h >= 6 && cv->w >= 24};
	int need = (int)d->n_items + 3;

	f.w = PT_MIN(cv->w, PT_MAX(80, PT_MIN(cv->w - 8, 100)));
	f.h = f.border ? PT_MIN(need, PT_MAX(cv->h * 3 / 4, PT_MIN(cv->h - 2, 14))) : cv->h;
	f.x = (cv->w - f.w) / 2;
	f.y = (cv->h - f.h) / 3;
	for (size_t i = 0; i < d->n_items; i++) {
		const struct ui_item *it = &d->items[i];
		if (it->id < 0)
			continue;
		f.key_w = PT_MAX(f.key_w, pt_text_width(it->key));
		f.text_w = PT_MAX(f.text_w, pt_text_width(it->text));
		f.help_w = PT_MAX(f.help_w, pt_text_width(it->help));
	}
	f.key_w = PT_MIN(f.key_w, 12);
	f.text_w = f.help_w ? PT_MIN(f.text_w, 26) : f.w;
	int left = f.w - 2 * f.border - 4 - f.key_w - 2 - f.text_w - 2;
	f.cut = f.help_w > left && f.h >= 8;
	f.help_w = left >= 12 ? left : 0;
	return f;
}

static int list_top(const struct ui_dialog *d, const struct frame *f)
{
	return f->y + f->border + d->typing;
}

static int list_lines(const struct ui_dialog *d, const struct frame *f)
{
	return PT_MAX(f->h - 2 * f->border - d->typing - f->cut, 0);
}

static void paint_input(struct ui_dialog *d, struct pt_canvas *cv, int x, int y, int w)
{
	char safe[UI_INPUT * 2];
	int used;

	pt_text_safe(safe, sizeof safe, d->input, strlen(d->input), false);
	/* The end of a long line is what is being typed. */
	const char *from = safe;
	while (pt_text_width(from) > w - 1 && *from)
		pt_utf8_next(&from);
	used = pt_canvas_text(cv, x, y, from, w - 1, PT_ROLE_INPUT);
	cv->cursor_x = PT_MIN(x + used, cv->w - 1);
	cv->cursor_y = y;
	if (d->error[0])
		pt_canvas_text(cv, x + used + 2, y, d->error, w - used - 2, PT_ROLE_STATUS_ERROR);
}

static void paint_item(const struct ui_dialog *d, struct pt_canvas *cv, int i, int y,
		       const struct frame *f, enum pt_glyphs glyphs)
{
	const struct ui_item *it = &d->items[d->shown[i]];
	int x = f->x + f->border, end = f->x + f->w - f->border;

	if (it->id < 0) {
		pt_canvas_text(cv, x + 1, y, it->text, end - x - 2, PT_ROLE_TITLE);
		return;
	}
	if (i == d->cursor)
		pt_canvas_put(cv, x, y, pt_sign(PT_SIGN_SELECTED, glyphs), PT_ROLE_ACCENT);
	pt_canvas_text(cv, x + 2, y, it->key, f->key_w, PT_ROLE_KEY);
	x += 2 + f->key_w + (f->key_w ? 2 : 0);
	pt_canvas_text(cv, x, y, it->text, PT_MIN(f->text_w, end - 1 - x), PT_ROLE_STRONG);
	x += f->text_w + 2;
	bool cut = pt_text_width(it->help) > f->help_w;
	if (f->help_w > 0)
		pt_canvas_text(cv, x, y, it->help, f->help_w - cut, PT_ROLE_TEXT);
	if (f->help_w > 0 && cut)
		pt_canvas_put(cv, x + f->help_w - 1, y, pt_sign(PT_SIGN_MORE, glyphs), PT_ROLE_DIM);
	if (i == d->cursor)
		pt_canvas_mark(cv, (struct pt_rect){f->x + f->border, y, f->w - 2 * f->border, 1},
			       PT_CELL_SELECTED);
}

static void paint_list_frame(struct ui_dialog *d, struct pt_canvas *cv, const struct frame *f,
			     enum pt_glyphs glyphs)
{
	struct pt_rect rect = {f->x, f->y, f->w, f->h};
	int x = f->x + 2 * f->border, y = f->y + f->border;
	char count[32];

	pt_canvas_fill(cv, rect, ' ', PT_ROLE_TEXT);
	pt_snprintf(count, sizeof count, "%d of %zu", d->n_shown, d->n_items);
	if (f->border)
		pt_chart_frame(cv, rect, d->title,
			       d->typing ? count : "Enter chooses, / finds, Esc closes", glyphs,
			       true);
	if (d->typing) {
		pt_canvas_text(cv, x, y, ":", 1, PT_ROLE_ACCENT);
		paint_input(d, cv, x + 2, y, f->w - 2 - 4 * f->border);
	}
}

static void paint_list(struct ui_dialog *d, struct pt_canvas *cv, enum pt_glyphs glyphs)
{
	struct frame f = list_frame(d, cv);
	int top = list_top(d, &f), lines = list_lines(d, &f);
	const struct ui_item *chosen = ui_dialog_item(d);

	paint_list_frame(d, cv, &f, glyphs);
	if (d->cursor < d->scroll)
		d->scroll = d->cursor;
	if (d->cursor >= d->scroll + lines)
		d->scroll = d->cursor - lines + 1;
	/* The heading above the first line that runs is seen too. */
	if (d->scroll == 1 && d->cursor < lines)
		d->scroll = 0;
	for (int i = 0; i < lines && d->scroll + i < d->n_shown; i++)
		paint_item(d, cv, d->scroll + i, top + i, &f, glyphs);
	if (f.cut && chosen)
		pt_canvas_text(cv, f.x + 1 + f.border, top + lines, chosen->help,
			       f.w - 2 - 2 * f.border, PT_ROLE_ACCENT);
	if (d->n_shown == 0)
		pt_canvas_text(cv, f.x + 1 + f.border, top, "nothing matches", -1, PT_ROLE_DIM);
}

static void paint_prompt(struct ui_dialog *d, struct pt_canvas *cv)
{
	int y = cv->h - 1, x;

	pt_canvas_fill(cv, (struct pt_rect){0, y, cv->w, 1}, ' ', PT_ROLE_INPUT);
	x = pt_canvas_text(cv, 0, y, d->title, cv->w, PT_ROLE_ACCENT);
	paint_input(d, cv, x, y, cv->w - x);
}

/* Bytes of the first line of a text that is broken at blanks; a longer word is cut. */
static size_t line_len(const char *text, int w)
{
	size_t fits = 0;
	int used = 0;

	for (const char *p = text; *p;) {
		const char *word = p;
		char piece[sizeof((struct ui_dialog *)0)->title];

		p += strspn(p, " ");
		p += strcspn(p, " ");
		pt_snprintf(piece, sizeof piece, "%.*s", (int)(p - word), word);
		used += pt_text_width(piece);
		if (used > w && fits > 0)
			return fits;
		fits = (size_t)(p - text);
	}
	return fits;
}

/* The question, in as many lines as it takes; painted where cv is given. Returns their number. */
static int question_lines(const char *text, struct pt_canvas *cv, struct pt_rect r)
{
	int n = 0;

	while (*text && n < r.h) {
		char line[sizeof((struct ui_dialog *)0)->title];
		size_t len = line_len(text, r.w);

		pt_snprintf(line, sizeof line, "%.*s", (int)len, text);
		if (cv)
			pt_canvas_text(cv, r.x, r.y + n, line, r.w, PT_ROLE_STRONG);
		text += len;
		text += strspn(text, " ");
		n++;
	}
	return n;
}

static void paint_confirm(struct ui_dialog *d, struct pt_canvas *cv, enum pt_glyphs glyphs)
{
	enum { WIDEST = 78, LINES = 8 };
	int w = PT_MIN(PT_MIN(PT_MAX(pt_text_width(d->title) + 6, 40), WIDEST), cv->w);
	int lines = question_lines(d->title, NULL, (struct pt_rect){0, 0, w - 6, LINES});
	int h = PT_MIN(4 + PT_MAX(lines, 1), cv->h);
	struct pt_rect r = {(cv->w - w) / 2, PT_MAX((cv->h - h) / 2, 0), w, h};
	int mid = r.x + w / 2, y = r.y + h - 2;

	pt_canvas_fill(cv, r, ' ', PT_ROLE_TEXT);
	pt_chart_frame(cv, r, "Sure?", "", glyphs, true);
	question_lines(d->title, cv,
		       (struct pt_rect){r.x + 3, r.y + 1, PT_MAX(w - 6, 0),
					PT_MAX(PT_MIN(lines, h - 3), 1)});
	pt_canvas_text(cv, mid - 10, y, d->yes ? "  No   " : "[ No ] ", -1,
		       d->yes ? PT_ROLE_TEXT : PT_ROLE_ACCENT);
	pt_canvas_text(cv, mid + 2, y, d->yes ? "[ Yes ]" : "  Yes  ", -1,
		       d->yes ? PT_ROLE_WARN : PT_ROLE_TEXT);
	pt_canvas_mark(cv, (struct pt_rect){d->yes ? mid + 2 : mid - 10, y, d->yes ? 7 : 6, 1},
		       PT_CELL_SELECTED);
}

void ui_dialog_paint(struct ui_dialog *d, struct pt_canvas *cv, enum pt_glyphs glyphs)
{
	switch (d->type) {
	case UI_DIALOG_LIST: paint_list(d, cv, glyphs); break;
	case UI_DIALOG_PROMPT: paint_prompt(d, cv); break;
	case UI_DIALOG_CONFIRM: paint_confirm(d, cv, glyphs); break;
	case UI_DIALOG_NONE: break;
	}
}

enum ui_answer ui_dialog_click(struct ui_dialog *d, const struct pt_canvas *cv, int x, int y)
{
	struct frame f = list_frame(d, cv);
	int line = y - list_top(d, &f), i = d->scroll + line;

	if (d->type != UI_DIALOG_LIST)
		return UI_ANSWER_NONE;
	if (x < f.x || x >= f.x + f.w || y < f.y || y >= f.y + f.h)
		return UI_ANSWER_CANCEL;
	if (line < 0 || line >= list_lines(d, &f) || i >= d->n_shown ||
	    d->items[d->shown[i]].id < 0)
		return UI_ANSWER_NONE;
	d->cursor = i;
	return UI_ANSWER_OK;
}
