/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_TABLE_H
#define PT_PRESENT_TABLE_H

#include "perftop/base/str.h"
#include "perftop/base/unit.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Columns are declared once and used by every face: aligned text for people, JSON and CSV for
 * programs, rows of a console view.
 */
enum pt_cell_type {
	PT_CELL_TEXT,
	PT_CELL_NUMBER,
	PT_CELL_INT,
	PT_CELL_VALUE, /* a number as text already: aligned right, never cut */
};

struct pt_cell {
	const char *text; /* PT_CELL_TEXT and PT_CELL_VALUE: borrowed, hostile */
	double num;	  /* PT_CELL_NUMBER and PT_CELL_INT; NaN: none */
};

struct pt_column {
	const char *name;  /* key in JSON and CSV: "cpu_ratio" */
	const char *title; /* head for people: "CPU%" */
	enum pt_cell_type type;
	enum pt_unit unit; /* of numbers */
	unsigned flags;	   /* of pt_value_format */
	int width;	   /* in text; the last text column takes what is left */
	const char *help;
	void (*get)(const void *row, void *ctx, struct pt_cell *ret);
	bool optional; /* left out of text where lines are shorter than 100 */
};

/* Text of one cell as people read it: safe, not padded. */
void pt_cell_text(const struct pt_column *col, const struct pt_cell *cell, char *out, size_t size,
		  bool ascii);

/* The whole table. row(ctx, i) gives the i-th row. */
struct pt_table {
	const struct pt_column *columns;
	size_t n_columns, n_rows;
	const void *(*row)(void *ctx, size_t i);
	void *ctx;
};

void pt_table_text(const struct pt_table *table, struct pt_str *out, int width, bool ascii);
void pt_table_json(const struct pt_table *table, struct pt_str *out); /* array of objects */
void pt_table_csv(const struct pt_table *table, struct pt_str *out);

#endif
