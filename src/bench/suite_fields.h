/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_SUITE_FIELDS_H
#define PT_BENCH_SUITE_FIELDS_H

#include "perftop/bench/suite.h"

/*
 * Members of JSON objects as tables: which keys there are, how each is read, where it goes. What is
 * not in the table is an error that names the nearest key. The first error ends the reading; all of
 * them return 0 or what pt_json_fail does.
 */
struct reader {
	const struct pt_json *doc;
	struct pt_err *err;
};

struct field {
	const char *key;
	int (*read)(struct reader *r, const struct field *f, const pt_jval *v, void *out);
	size_t at;     /* offset in the object that is filled */
	double lo, hi; /* of numbers */
	bool required;
};

/* An object's members into obj; what calls it in errors: "a suite". */
int field_object(struct reader *r, const pt_jval *v, const char *what, const struct field *fields,
		 size_t n, void *obj);
int field_line(const struct reader *r, const pt_jval *v); /* where it stands */

/* Readers; out is what `at` leads to. */
int field_skip(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_text(struct reader *r, const struct field *f, const pt_jval *v, void *out); /* char * */
int field_name(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_folder(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_parser(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_argv(struct reader *r, const struct field *f, const pt_jval *v, void *out); /* char ** */
int field_tags(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_env(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_time(struct reader *r, const struct field *f, const pt_jval *v, void *out); /* int64_t */
int field_bytes(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_int(struct reader *r, const struct field *f, const pt_jval *v, void *out); /* int */
int field_not(struct reader *r, const struct field *f, const pt_jval *v, void *out); /* bool */
int field_share(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_amount(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_budget(struct reader *r, const struct field *f, const pt_jval *v, void *out);
int field_cpus(struct reader *r, const struct field *f, const pt_jval *v, void *out);

/* "20 ms", "1.5GiB", "3" (a count): a number and a unit, in stored units. */
int quantity_parse(const char *text, double *ret, enum pt_unit *ret_unit);
void strings_free(char **strings);

#endif
