/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_DIALOG_H
#define PT_UI_DIALOG_H

#include "perftop/ui/input.h"
#include "perftop/view/chart.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Dialogs over a screen: a list to choose from (palette, help, signals), a line to type (filter,
 * time, nice value), a question whose default is No. One at a time. They act on what they were opened
 * for, never on what lies below them by then.
 */
enum ui_dialog_type { UI_DIALOG_NONE, UI_DIALOG_LIST, UI_DIALOG_PROMPT, UI_DIALOG_CONFIRM };

struct ui_item {
	char text[96]; /* safe */
	char key[24];
	char help[96];
	int id; /* >= 0: what to run; -1: a heading */
	int score;
};

enum { UI_ITEMS = 256, UI_INPUT = 128 };

struct ui_dialog {
	enum ui_dialog_type type;
	int purpose; /* the console's own: what the answer is for */
	char title[400];
	char input[UI_INPUT]; /* what has been typed: UTF-8 */
	char error[120];      /* about the input, shown beside it */
	bool typing;	      /* LIST: letters go into the input and filter it */
	struct ui_item *items;
	size_t n_items, cap_items;
	int shown[UI_ITEMS]; /* indices of items that match, best first */
	int n_shown;
	int cursor, scroll;
	bool yes; /* CONFIRM */
};

/* What a key did to a dialog. */
enum ui_answer {
	UI_ANSWER_NONE,	   /* still open */
	UI_ANSWER_CHANGED, /* the input changed: filter as you type */
	UI_ANSWER_OK,	   /* Enter: item cursor, input, or yes */
	UI_ANSWER_CANCEL,  /* Esc, or No */
};

void ui_dialog_open(struct ui_dialog *d, enum ui_dialog_type type, int purpose, const char *title);
void ui_dialog_close(struct ui_dialog *d);
void ui_dialog_release(struct ui_dialog *d);
void ui_dialog_set_input(struct ui_dialog *d, const char *text);
struct ui_item *ui_dialog_add(struct ui_dialog *d, int id, const char *text, const char *key,
			      const char *help);
void ui_dialog_match(struct ui_dialog *d); /* after the items are in */
void ui_dialog_select(struct ui_dialog *d, int id);
/* The chosen item, or NULL. */
const struct ui_item *ui_dialog_item(const struct ui_dialog *d);

enum ui_answer ui_dialog_key(struct ui_dialog *d, uint32_t key);
enum ui_answer ui_dialog_paste(struct ui_dialog *d, const char *text, size_t n);
enum ui_answer ui_dialog_click(struct ui_dialog *d, const struct pt_canvas *cv, int x, int y);
void ui_dialog_paint(struct ui_dialog *d, struct pt_canvas *cv, enum pt_glyphs glyphs);

#endif
