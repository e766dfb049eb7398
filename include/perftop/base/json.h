/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_JSON_H
#define PT_BASE_JSON_H

#include "perftop/base/err.h"
#include "perftop/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reading. cJSON builds the tree; our scanner goes over the same text first and rejects, with
 * file:line:col, what cJSON would let through: duplicate keys, trailing commas, integers beyond
 * 2^53, text after the value, too much depth or size. // and block comments are allowed.
 */
struct pt_json;		      /* a parsed document: owns text and tree */
typedef struct cJSON pt_jval; /* a value in it: borrowed from the document */

struct pt_json_limits {
	size_t max_bytes;  /* 0 = 16 MiB */
	size_t max_values; /* 0 = 2^20; a value takes some 80 bytes */
	int max_depth;	   /* 0 = 64 */
	/* As other programs write it: integers beyond 2^53 become the nearest double, and NaN,
	 * Infinity and -Infinity are let through as "" (text: a number is not there). */
	bool foreign;
};

/* name is what errors call the file. *ret is yours (pt_json_free). -PT_ESYNTAX, -PT_ELIMIT. */
int pt_json_parse(const char *name, const char *text, size_t len,
		  const struct pt_json_limits *limits, struct pt_json **ret, struct pt_err *err);
int pt_json_load(const char *path, const struct pt_json_limits *limits, struct pt_json **ret,
		 struct pt_err *err); /* also -PT_ENOENT, -PT_EACCES, -PT_EIO */
void pt_json_free(struct pt_json *doc);

const pt_jval *pt_json_root(const struct pt_json *doc);

/* Error at a value's place: fills err with file, line and column. Returns -code. */
int pt_json_fail(const struct pt_json *doc, const pt_jval *at, struct pt_err *err,
		 enum pt_error code, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

enum pt_jtype { PT_JNULL, PT_JBOOL, PT_JNUMBER, PT_JSTRING, PT_JARRAY, PT_JOBJECT };

enum pt_jtype pt_json_type(const pt_jval *v);
const char *pt_json_type_name(enum pt_jtype type);		    /* "a string", "an object" */
const pt_jval *pt_json_get(const pt_jval *object, const char *key); /* NULL if absent */
const pt_jval *pt_json_first(const pt_jval *v); /* first member or element, or NULL */
const pt_jval *pt_json_next(const pt_jval *v);
const char *pt_json_key(const pt_jval *member);
size_t pt_json_len(const pt_jval *v);
const char *pt_json_str(const pt_jval *v, const char *otherwise); /* if it is a string */
double pt_json_num(const pt_jval *v, double otherwise);
bool pt_json_bool(const pt_jval *v, bool otherwise);

/* Value by path: "a.b[2].c", keys with dots as ["x.y"]. NULL if absent or the path is broken. */
const pt_jval *pt_json_path(const pt_jval *v, const char *path);

/* Writing: appends to out; commas and (if indent) newlines come by themselves, the last one too.
 * What a terminal must not get is written as \uXXXX, so that the output is safe as it stands. */
struct pt_jw {
	struct pt_str *out;
	int depth;
	bool indent, comma, after_key;
};

void pt_jw_init(struct pt_jw *w, struct pt_str *out, bool indent);
void pt_jw_object(struct pt_jw *w);
void pt_jw_array(struct pt_jw *w);
void pt_jw_end(struct pt_jw *w, char bracket); /* '}' or ']' */
void pt_jw_key(struct pt_jw *w, const char *key);
void pt_jw_str(struct pt_jw *w, const char *s); /* NULL writes null; bad UTF-8 becomes U+FFFD */
void pt_jw_num(struct pt_jw *w, double v);	/* shortest that reads back; NaN writes null */
void pt_jw_int(struct pt_jw *w, int64_t v);	/* beyond 2^53 our reader refuses it */
void pt_jw_bool(struct pt_jw *w, bool v);
void pt_jw_key_str(struct pt_jw *w, const char *key, const char *s); /* a member at once */
void pt_jw_key_num(struct pt_jw *w, const char *key, double v);
void pt_jw_key_bool(struct pt_jw *w, const char *key, bool v);

#endif
