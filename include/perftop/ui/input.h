/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_INPUT_H
#define PT_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes from a terminal become events. Ours, because ncurses asks some terminals for the old mouse
 * form and cannot tell paste from typing. Sequences may arrive in any pieces; a lone Esc is decided
 * by ui_input_timeout after 25 ms. Terminal replies are swallowed and bounded; nothing is ever
 * echoed.
 */
enum {
	UI_KEY_NONE = 0,
	/* printable keys and control keys are their code point: 'j', ' ', UI_CTRL('p') */
	UI_KEY_ENTER = 0x0D,
	UI_KEY_TAB = 0x09,
	UI_KEY_ESC = 0x1B,
	UI_KEY_BACKSPACE = 0x7F,
	UI_KEY_UP = 0x110000,
	UI_KEY_DOWN,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_PGUP,
	UI_KEY_PGDN,
	UI_KEY_INS,
	UI_KEY_DEL,
	UI_KEY_BACKTAB,
	UI_KEY_F1, /* .. F1 + 11 */
	UI_KEY_F12 = UI_KEY_F1 + 11,
};

#define UI_CTRL(c) ((c)&0x1F)
#define UI_KEY_ALT 0x1000000   /* or-ed */
#define UI_KEY_SHIFT 0x2000000 /* on special keys only */
#define UI_KEY_CTRL 0x4000000  /* on special keys only */

enum ui_event_type {
	UI_EVENT_KEY,
	UI_EVENT_PASTE, /* a piece of pasted text: never keys */
	UI_EVENT_CLICK, /* button pressed at x,y */
	UI_EVENT_WHEEL, /* key: -1 up, +1 down */
	UI_EVENT_FOCUS, /* key: 1 in, 0 out */
};

struct ui_event {
	enum ui_event_type type;
	uint32_t key;
	int x, y;	  /* 0-based cell */
	int button;	  /* 0 left, 1 middle, 2 right */
	unsigned mods;	  /* UI_KEY_* bits of a click */
	const char *text; /* paste: borrowed until the next call */
	size_t text_len;
};

struct ui_input {
	unsigned char buf[256];
	size_t n;
	bool in_paste;
	int swallow; /* state of a reply being skipped */
	size_t swallowed;
};

void ui_input_init(struct ui_input *in);

/* Feeds bytes; calls fn for each event. Returns true when an unfinished Esc waits for more: call
 * ui_input_timeout after 25 ms of silence. */
bool ui_input_feed(struct ui_input *in, const unsigned char *bytes, size_t n,
		   void (*fn)(void *arg, const struct ui_event *event), void *arg);
void ui_input_timeout(struct ui_input *in, void (*fn)(void *arg, const struct ui_event *event),
		      void *arg);

/* "C-p", "Enter", "g", "F2", "M-x", "Space", "PgDn" <-> key. Parse: -PT_ESYNTAX. */
int ui_key_parse(const char *name, uint32_t *ret);
const char *ui_key_name(uint32_t key, char *buf, size_t size);

#endif
