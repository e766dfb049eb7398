/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables in the three forms that columns are declared once for. In text numbers are right-aligned
 * and never cut, because half a number is a wrong one; text is cut with a mark.
 */
#include "perftop/present/table.h"

#include "field.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

enum { CELL_MAX = 4096, COLUMN_GAP = 2, TEXT_MIN = 8, NARROW = 100 };

static bool is_text(const struct pt_column *col)
{
	return col->type == PT_CELL_TEXT || col->type == PT_CELL_VALUE;
}

void pt_cell_text(const struct pt_column *col, const struct pt_cell *cell, char *out, size_t size,
		  bool ascii)
{
	const char *text = cell->text ? cell->text : "";

	if (is_text(col))
		pt_text_safe(out, size, text, strlen(text), ascii);
	else if (col->type == PT_CELL_NUMBER || !isfinite(cell->num))
		pt_value_format(out, size, cell->num, col->unit,
				col->flags | (ascii ? PT_VALUE_ASCII : 0));
	else
		pt_snprintf(out, size, "%.0f", cell->num);
}

/* -- text ---------------------------------------------------------------------------------------- */

static int column_width(const struct pt_column *col)
{
	return PT_MAX(col->width, pt_text_width(col->title));
}

static bool is_hidden(const struct pt_column *col, int width)
{
	return col->optional && width > 0 && width < NARROW;
}

/* The text column that takes what is left, or n_columns. */
static size_t elastic_column(const struct pt_table *table)
{
	for (size_t i = table->n_columns; i-- > 0;)
		if (table->columns[i].type == PT_CELL_TEXT)
			return i;
	return table->n_columns;
}

/* What is left for it in a line of `width`; 0, as many as it needs, when there is no limit. */
static int elastic_width(const struct pt_table *table, size_t elastic, int width)
{
	int left = width;

	if (width <= 0)
		return elastic + 1 < table->n_columns ? column_width(&table->columns[elastic]) : 0;
	for (size_t i = 0; i < table->n_columns; i++)
		if (!is_hidden(&table->columns[i], width))
			left -= (i == elastic ? 0 : column_width(&table->columns[i])) +
				(i ? COLUMN_GAP : 0);
	return PT_MAX(left, TEXT_MIN);
}

/* Cuts s to width columns, the last of them a mark. */
static void cut(char *s, size_t size, int width, bool ascii)
{
	const char *mark = ascii ? "..." : "…";
	size_t keep;

	if (pt_text_width(s) <= width)
		return;
	if (pt_text_width(mark) > width)
		mark = "";
	keep = pt_text_fit(s, width - pt_text_width(mark));
	pt_strlcpy(s + keep, mark, size - keep);
}

static void add_blanks(struct pt_str *out, int n)
{
	for (; n > 0; n--)
		pt_str_addc(out, ' ');
}

/* A cell of a line: width 0 neither cuts nor fills. */
static void add_aligned(struct pt_str *out, char *text, size_t size, int width, bool right,
			bool ascii)
{
	if (!right && width)
		cut(text, size, width, ascii);
	if (right)
		add_blanks(out, width - pt_text_width(text));
	pt_str_add(out, text);
	if (!right)
		add_blanks(out, width - pt_text_width(text));
}

/* The head when row is NULL. */
static void add_line(const struct pt_table *table, struct pt_str *out, int width, bool ascii,
		     const void *row)
{
	size_t elastic = elastic_column(table), start = out->len;
	char text[CELL_MAX];

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct pt_column *col = &table->columns[i];
		struct pt_cell cell = {.num = NAN};
		int w = i == elastic ? elastic_width(table, i, width) : column_width(col);

		if (is_hidden(col, width))
			continue;
		if (row) {
			col->get(row, table->ctx, &cell);
			pt_cell_text(col, &cell, text, sizeof text, ascii);
		} else {
			pt_strlcpy(text, col->title, sizeof text);
		}
		if (i)
			add_blanks(out, COLUMN_GAP);
		add_aligned(out, text, sizeof text, w, col->type != PT_CELL_TEXT, ascii);
	}
	while (out->len > start && out->s[out->len - 1] == ' ')
		out->s[--out->len] = '\0';
	if (width > 0) {
		out->len = start + pt_text_fit(out->s + start, width);
		out->s[out->len] = '\0';
	}
	pt_str_addc(out, '\n');
}

void pt_table_text(const struct pt_table *table, struct pt_str *out, int width, bool ascii)
{
	if (!table->n_columns)
		return;
	add_line(table, out, width, ascii, NULL);
	for (size_t i = 0; i < table->n_rows; i++)
		add_line(table, out, width, ascii, table->row(table->ctx, i));
}

/* -- for programs -------------------------------------------------------------------------------- */

void pt_table_json(const struct pt_table *table, struct pt_str *out)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	pt_jw_array(&w);
	for (size_t r = 0; r < table->n_rows; r++) {
		const void *row = table->row(table->ctx, r);

		pt_jw_object(&w);
		for (size_t i = 0; i < table->n_columns; i++) {
			const struct pt_column *col = &table->columns[i];
			struct pt_cell cell = {.num = NAN};

			col->get(row, table->ctx, &cell);
			pt_jw_key(&w, col->name);
			if (is_text(col))
				pt_jw_str(&w, cell.text);
			else
				pt_jw_num(&w, cell.num);
		}
		pt_jw_end(&w, '}');
	}
	pt_jw_end(&w, ']');
	pt_str_addc(out, '\n');
}

void pt_table_csv(const struct pt_table *table, struct pt_str *out)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		pt_str_add(out, i ? "," : "");
		pt_field_csv(out, table->columns[i].name);
	}
	pt_str_addc(out, '\n');
	for (size_t r = 0; r < table->n_rows; r++) {
		const void *row = table->row(table->ctx, r);

		for (size_t i = 0; i < table->n_columns; i++) {
			const struct pt_column *col = &table->columns[i];
			struct pt_cell cell = {.num = NAN};

			col->get(row, table->ctx, &cell);
			pt_str_add(out, i ? "," : "");
			if (is_text(col))
				pt_field_csv(out, cell.text ? cell.text : "");
			else if (isfinite(cell.num))
				pt_field_num(out, cell.num);
		}
		pt_str_addc(out, '\n');
	}
}
