/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a screen back: cells, lines, the modes left on, dumps, and comparison with a golden
 * file. A dump holds what can be seen and no more: a blank cell has no foreground, the plain end
 * of a row is left out. So a golden does not change when the program finds a cheaper way to draw
 * the same picture.
 */
#include "vtscreen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vterm.h>

static size_t utf8_put(char *out, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		*out = (char)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	*out = (char)((0xF00u >> n & 0xFF) | c);
	return n;
}

static bool is_second_half(const VTermScreenCell *c)
{
	return c->chars[0] == (uint32_t)-1;
}

static bool is_blank(const VTermScreenCell *c)
{
	return !c->chars[0] || (c->chars[0] == ' ' && !c->chars[1]);
}

static size_t cell_text(const VTermScreenCell *c, char *out)
{
	size_t n = 0;

	if (is_second_half(c))
		return 0;
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c->chars[i]; i++)
		n += utf8_put(out + n, c->chars[i]);
	if (!n)
		out[n++] = ' ';
	return n;
}

static void put_colour(char *out, size_t size, char kind, const VTermColor *c, bool is_default)
{
	size_t n = strlen(out);

	if (is_default)
		return;
	if (VTERM_COLOR_IS_INDEXED(c))
		snprintf(out + n, size - n, "%c%d", kind, c->indexed.idx);
	else
		snprintf(out + n, size - n, "%c#%02x%02x%02x", kind, c->rgb.red, c->rgb.green,
			 c->rgb.blue);
}

static void cell_style(const VTermScreenCell *c, char *out, size_t size)
{
	bool ink = !is_blank(c) || c->attrs.reverse || c->attrs.underline || c->attrs.strike;
	size_t n;

	out[0] = '\0';
	put_colour(out, size, 'f', &c->fg, !ink || VTERM_COLOR_IS_DEFAULT_FG(&c->fg));
	put_colour(out, size, 'b', &c->bg, VTERM_COLOR_IS_DEFAULT_BG(&c->bg));
	n = strlen(out);
	snprintf(out + n, size - n, "%s%s%s%s%s%s", ink && c->attrs.bold ? "B" : "",
		 c->attrs.underline ? "U" : "", ink && c->attrs.italic ? "I" : "",
		 ink && c->attrs.blink ? "K" : "", c->attrs.reverse ? "R" : "",
		 c->attrs.strike ? "S" : "");
	if (!*out)
		snprintf(out, size, ".");
}

static VTermScreenCell get(const struct vts *s, int row, int col)
{
	VTermScreenCell c;

	memset(&c, 0, sizeof c);
	c.fg.type = VTERM_COLOR_DEFAULT_FG; /* stays so outside of the screen */
	c.bg.type = VTERM_COLOR_DEFAULT_BG;
	vterm_screen_get_cell(s->screen, (VTermPos){row < 0 ? s->rows + row : row, col}, &c);
	return c;
}

struct vts_cell vts_cell(const struct vts *s, int row, int col)
{
	VTermScreenCell c = get(s, row, col);
	struct vts_cell cell;

	cell.text[cell_text(&c, cell.text)] = '\0';
	cell_style(&c, cell.style, sizeof cell.style);
	return cell;
}

char *vts_line(const struct vts *s, int row, char *buf, size_t size)
{
	size_t n = 0, end = 0;

	for (int col = 0; col < s->cols && n + 32 < size; col++) {
		VTermScreenCell c = get(s, row, col);

		n += cell_text(&c, buf + n);
		if (!is_blank(&c))
			end = n;
	}
	buf[end] = '\0';
	return buf;
}

bool vts_find(const struct vts *s, const char *text, int *ret_row, int *ret_col)
{
	char line[8192];

	for (int row = 0; row < s->rows; row++) {
		const char *at = strstr(vts_line(s, row, line, sizeof line), text);
		size_t left = at ? (size_t)(at - line) : 0;
		int col = 0;

		if (!at)
			continue;
		for (; left; col++) {
			VTermScreenCell c = get(s, row, col);
			char one[32];
			size_t n = cell_text(&c, one);

			left -= n < left ? n : left;
		}
		while (!vts_cell(s, row, col).text[0])
			col++; /* past the second half of the character before */
		*ret_row = row;
		*ret_col = col;
		return true;
	}
	return false;
}

int vts_count_raw(const struct vts *s, size_t from, const char *bytes)
{
	size_t len = strlen(bytes);
	int n = 0;

	while (from < s->raw_len) {
		const char *at = memmem(s->raw + from, s->raw_len - from, bytes, len);

		if (!at)
			break;
		n++;
		from = (size_t)(at - s->raw) + len;
	}
	return n;
}

/* ---- modes ---- */

static const struct mode {
	int number;
	bool normal; /* as a fresh terminal has it */
	const char *name;
} modes[] = {
	{1, false, "cursor-keys"},   {7, true, "no-wrap"},
	{25, true, "hidden-cursor"}, {47, false, "alternate-screen"},
	{1000, false, "mouse"},	     {1002, false, "mouse"},
	{1003, false, "mouse"},	     {1004, false, "focus"},
	{1006, false, "mouse-sgr"},  {1049, false, "alternate-screen"},
	{2004, false, "paste"},	     {2026, false, "sync"},
};

#define N_MODES (sizeof modes / sizeof *modes)

static void set_mode(bool *state, long number, bool on)
{
	if (number == 1047)
		number = 47;
	for (size_t i = 0; i < N_MODES; i++)
		if (modes[i].number == number)
			state[i] = on;
}

/* p is at the numbers of CSI ? n ; n … */
static void follow_private(const char *p, bool *state)
{
	long numbers[16];
	int n = 0;
	char *end;

	do {
		numbers[n++] = strtol(p, &end, 10);
		p = end + 1;
	} while (*end == ';' && n < 16);
	for (int i = 0; i < n && (*end == 'h' || *end == 'l'); i++)
		set_mode(state, numbers[i], *end == 'h');
}

struct left {
	bool modes[N_MODES];
	bool keypad;
	int titles; /* pushed and not popped */
};

/* CSI 22 ; n t pushes the title; CSI 22 ; n H only moves the cursor. */
static bool is_title(const char *p, const char *start)
{
	size_t n = strlen(start);

	return !strncmp(p, start, n) && p[n + strspn(p + n, "0123456789;")] == 't';
}

static void follow_log(const struct vts *s, struct left *left)
{
	for (size_t i = 0; i < s->raw_len; i++) {
		const char *p = s->raw + i + 1; /* terminated, so p[0] can always be read */

		if (s->raw[i] != '\033')
			continue;
		if (p[0] == '=' || p[0] == '>')
			left->keypad = p[0] == '=';
		else if (!strncmp(p, "[?", 2))
			follow_private(p + 2, left->modes);
		else if (is_title(p, "[22;"))
			left->titles++;
		else if (is_title(p, "[23;"))
			left->titles--;
	}
}

static bool tty_changed(const struct vts *s)
{
	struct termios t;

	return s->fd >= 0 && !tcgetattr(s->fd, &t) &&
	       (t.c_iflag != s->tio.c_iflag || t.c_oflag != s->tio.c_oflag ||
		t.c_lflag != s->tio.c_lflag);
}

static void add_word(char *buf, size_t size, const char *word)
{
	size_t n = strlen(buf);

	if (!strstr(buf, word))
		snprintf(buf + n, size - n, "%s%s", n ? " " : "", word);
}

char *vts_left_on(const struct vts *s, char *buf, size_t size)
{
	struct left left = {.keypad = false};

	buf[0] = '\0';
	for (size_t i = 0; i < N_MODES; i++)
		left.modes[i] = modes[i].normal;
	follow_log(s, &left);
	for (size_t i = 0; i < N_MODES; i++)
		if (left.modes[i] != modes[i].normal)
			add_word(buf, size, modes[i].name);
	if (left.keypad)
		add_word(buf, size, "keypad");
	if (left.titles > 0)
		add_word(buf, size, "title");
	if (tty_changed(s))
		add_word(buf, size, "tty");
	return buf;
}

/* ---- dumps ---- */

static void dump_styles(const struct vts *s, int row, FILE *out)
{
	char prev[40], style[40];
	int run = 0;
	bool any = false;

	prev[0] = '\0';
	for (int col = 0; col <= s->cols; col++) {
		if (col < s->cols) {
			VTermScreenCell c = get(s, row, col);

			if (is_second_half(&c)) {
				run++;
				continue;
			}
			cell_style(&c, style, sizeof style);
		}
		if (run && (col == s->cols || strcmp(style, prev) != 0)) {
			if (!(col == s->cols && !strcmp(prev, "."))) {
				if (!any)
					fprintf(out, "%3d~", row);
				fprintf(out, " %s*%d", prev, run);
				any = true;
			}
			run = 0;
		}
		memcpy(prev, style, sizeof prev);
		run++;
	}
	if (any)
		fputc('\n', out);
}

void vts_dump(const struct vts *s, FILE *out)
{
	char line[8192];

	fprintf(out, "screen %dx%d ", s->cols, s->rows);
	if (s->cur_shown)
		fprintf(out, "cursor row %d column %d\n", s->cur_row, s->cur_col);
	else
		fprintf(out, "cursor hidden\n");
	for (int row = 0; row < s->rows; row++) {
		fprintf(out, "%3d|%s\n", row, vts_line(s, row, line, sizeof line));
		dump_styles(s, row, out);
	}
}

/* ---- goldens ---- */

static char *dump_text(const struct vts *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	vts_dump(s, f);
	fclose(f);
	return text;
}

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t cap = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &cap, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

static bool write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fputs(text, f) >= 0;

	if (f && fclose(f))
		ok = false;
	if (!ok)
		fprintf(stderr, "vtscreen: cannot write %s: %s\n", path, strerror(errno));
	return ok;
}

/* Order of a dump's lines: by row, the text before the styles; the head is first of all. */
static int line_key(const char *line)
{
	char *end;
	long row = strtol(line, &end, 10);

	return !*line ? 1000000 : end == line ? -1 : (int)row * 2 + (*end == '~');
}

static const char *next_line(const char *line)
{
	const char *nl = strchr(line, '\n');

	return nl ? nl + 1 : line + strlen(line);
}

static void tell(char sign, const char *line)
{
	fprintf(stderr, "%c%.*s\n", sign, (int)strcspn(line, "\n"), line);
}

/* Both are dumps, so lines pair up by their keys. */
static void tell_difference(const char *old, const char *new)
{
	while (*old || *new) {
		int a = line_key(old), b = line_key(new);
		const char *old_next = next_line(old), *new_next = next_line(new);
		bool same = a == b && old_next - old == new_next - new &&
			    !memcmp(old, new, (size_t)(old_next - old));

		if (a <= b) {
			if (!same)
				tell('-', old);
			old = old_next;
		}
		if (b <= a) {
			if (!same)
				tell('+', new);
			new = new_next;
		}
	}
}

static bool is_as(struct vts *s, const void *golden)
{
	char *text = dump_text(s);
	bool same = !strcmp(text, golden);

	free(text);
	return same;
}

static const char *folder(const char *variable)
{
	const char *path = getenv(variable);

	return path && *path ? path : ".";
}

bool vts_golden(struct vts *s, const char *name)
{
	char path[4096], fresh[4096];
	const char *variable = getenv("PT_GOLDEN_UPDATE");
	bool update = variable && !strcmp(variable, "1"), ok;
	char *golden, *text;

	snprintf(path, sizeof path, "%s/tests/screen/golden/%s.txt", folder("PT_SRCDIR"), name);
	golden = read_text(path);
	if (!golden || update)
		vts_settle(s);
	if (golden && (update ? is_as(s, golden) : vts_becomes(s, is_as, golden))) {
		free(golden);
		return true;
	}
	text = dump_text(s);
	snprintf(fresh, sizeof fresh, "%s/golden-new", folder("PT_BUILDDIR"));
	mkdir(fresh, 0777);
	snprintf(fresh, sizeof fresh, "%s/golden-new/%s.txt", folder("PT_BUILDDIR"), name);
	fprintf(stderr, "vtscreen: %s %s; the screen is in %s\n", path,
		golden ? "is not what is shown" : "does not exist", fresh);
	tell_difference(golden ? golden : "", text);
	write_text(fresh, text);
	ok = update && write_text(path, text);
	free(golden);
	free(text);
	return ok;
}
