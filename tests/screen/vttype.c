/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Typing: keys by name, mouse and paste. libvterm knows how the program wants them encoded, so
 * whatever has a name goes through its keyboard; plain text is written as it is.
 */
#include "vtscreen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <vterm.h>

static const struct {
	const char *name;
	VTermKey key; /* or, if none, the character */
	uint32_t c;
} key_names[] = {
	{"BS", VTERM_KEY_BACKSPACE, 0}, {"Del", VTERM_KEY_DEL, 0},
	{"Down", VTERM_KEY_DOWN, 0},	{"End", VTERM_KEY_END, 0},
	{"Enter", VTERM_KEY_ENTER, 0},	{"Esc", VTERM_KEY_ESCAPE, 0},
	{"Home", VTERM_KEY_HOME, 0},	{"Ins", VTERM_KEY_INS, 0},
	{"Left", VTERM_KEY_LEFT, 0},	{"PgDn", VTERM_KEY_PAGEDOWN, 0},
	{"PgUp", VTERM_KEY_PAGEUP, 0},	{"Right", VTERM_KEY_RIGHT, 0},
	{"Space", VTERM_KEY_NONE, ' '}, {"Tab", VTERM_KEY_TAB, 0},
	{"Up", VTERM_KEY_UP, 0},	{"lt", VTERM_KEY_NONE, '<'},
};

/* Length of the UTF-8 character at p, whose code goes to *ret; text of ours, so not checked. */
static int utf8_get(const char *p, uint32_t *ret)
{
	unsigned char lead = (unsigned char)*p;
	int n = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

	*ret = n == 1 ? lead : lead & (0x7Fu >> n);
	for (int i = 1; i < n && p[i]; i++)
		*ret = *ret << 6 | ((unsigned char)p[i] & 0x3F);
	return n;
}

/* What stands between < and >, without them. */
static bool press_named(struct vts *s, const char *name)
{
	VTermModifier mod = VTERM_MOD_NONE;
	uint32_t c;
	int n;

	for (; name[0] && name[1] == '-' && name[2]; name += 2) {
		if (!strchr("CMS", name[0]))
			return false;
		mod |= name[0] == 'C'	? VTERM_MOD_CTRL
		       : name[0] == 'M' ? VTERM_MOD_ALT
					: VTERM_MOD_SHIFT;
	}
	for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
		if (strcasecmp(name, key_names[i].name))
			continue;
		if (key_names[i].key)
			vterm_keyboard_key(s->vt, key_names[i].key, mod);
		else
			vterm_keyboard_unichar(s->vt, key_names[i].c, mod);
		return true;
	}
	if (name[0] == 'F' && name[1] && (n = atoi(name + 1)) >= 1 && n <= 12) {
		vterm_keyboard_key(s->vt, (VTermKey)VTERM_KEY_FUNCTION(n), mod);
		return true;
	}
	if (!name[0] || name[utf8_get(name, &c)])
		return false;
	vterm_keyboard_unichar(s->vt, c, mod);
	return true;
}

/* What is written at once: a sequence that comes in pieces is another one when the machine is busy. */
struct run {
	char bytes[256];
	size_t n;
};

static void end_run(struct vts *s, struct run *run)
{
	if (run->n)
		vts_write(s, run->bytes, run->n);
	run->n = 0;
}

static void add(struct vts *s, struct run *run, char c)
{
	if (run->n == sizeof run->bytes)
		end_run(s, run);
	run->bytes[run->n++] = c;
}

/* After a backslash: what it stands for goes to *ret; returns the characters used. */
static size_t read_escape(const char *p, char *ret)
{
	static const char from[] = "ernt", to[] = "\033\r\n\t";
	const char *at = *p ? strchr(from, *p) : NULL;
	char hex[3] = {p[1], p[1] ? p[2] : '\0', '\0'};

	if (*p != 'x') {
		*ret = at ? to[at - from] : *p;
		return 1;
	}
	*ret = (char)strtol(hex, NULL, 16);
	return 1 + strlen(hex);
}

static bool press(struct vts *s, const char *from, const char *end)
{
	char name[16];

	snprintf(name, sizeof name, "%.*s", (int)(end - from), from);
	if (press_named(s, name))
		return true;
	fprintf(stderr, "vtscreen: no key <%s>\n", name);
	return false;
}

bool vts_keys(struct vts *s, const char *keys)
{
	struct run run = {.n = 0};
	const char *p = keys;

	while (*p) {
		const char *end = *p == '<' ? strchr(p, '>') : NULL;
		char c = *p;

		if (end) {
			end_run(s, &run);
			if (!press(s, p + 1, end))
				return false;
			p = end + 1;
			continue;
		}
		p += c == '\\' && p[1] ? 1 + read_escape(p + 1, &c) : 1;
		add(s, &run, c);
	}
	end_run(s, &run);
	return true;
}

void vts_click(struct vts *s, int row, int col)
{
	vterm_mouse_move(s->vt, row, col, VTERM_MOD_NONE);
	vterm_mouse_button(s->vt, 1, true, VTERM_MOD_NONE);
	vterm_mouse_button(s->vt, 1, false, VTERM_MOD_NONE);
}

void vts_wheel(struct vts *s, int row, int col, int lines)
{
	vterm_mouse_move(s->vt, row, col, VTERM_MOD_NONE);
	for (int i = abs(lines); i > 0; i--)
		vterm_mouse_button(s->vt, lines < 0 ? 4 : 5, true, VTERM_MOD_NONE);
}

void vts_paste(struct vts *s, const char *text)
{
	vterm_keyboard_start_paste(s->vt);
	vts_write(s, text, strlen(text));
	vterm_keyboard_end_paste(s->vt);
}
