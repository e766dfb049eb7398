/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON: a text is refused with a place, or the document is walked whole, each value's place lies in
 * the text, and what is written from it parses to the same again.
 */
#include "perftop/base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void copy(struct pt_jw *w, const pt_jval *v)
{
	enum pt_jtype type = pt_json_type(v);

	switch (type) {
	case PT_JNULL: pt_jw_str(w, NULL); break;
	case PT_JBOOL: pt_jw_bool(w, pt_json_bool(v, false)); break;
	case PT_JNUMBER: pt_jw_num(w, pt_json_num(v, 0)); break;
	case PT_JSTRING: pt_jw_str(w, pt_json_str(v, NULL)); break;
	case PT_JARRAY:
	case PT_JOBJECT:
		type == PT_JARRAY ? pt_jw_array(w) : pt_jw_object(w);
		for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
			if (type == PT_JOBJECT)
				pt_jw_key(w, pt_json_key(m));
			copy(w, m);
		}
		pt_jw_end(w, type == PT_JARRAY ? ']' : '}');
		break;
	}
}

static void write_whole(struct pt_str *out, const struct pt_json *doc)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	copy(&w, pt_json_root(doc));
}

static void check_places(const struct pt_json *doc, const pt_jval *v, const char *text, size_t size)
{
	struct pt_err err;
	int lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	for (; v; v = pt_json_next(v)) {
		pt_json_fail(doc, v, &err, PT_EINVAL, "here");
		check(err.line >= 1 && err.line <= lines && err.col >= 1);
		check_places(doc, pt_json_first(v), text, size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pt_json_limits limits = {.max_bytes = 1 << 16, .max_depth = 32};
	struct pt_str once = PT_STR_INIT, twice = PT_STR_INIT;
	const char *text = (const char *)data;
	struct pt_json *doc = NULL, *again = NULL;
	struct pt_err err = {0};
	int code = pt_json_parse("fuzz", text, size, &limits, &doc, &err);

	if (code) {
		check(!doc && err.code == -code && err.msg[0]);
		check(size > limits.max_bytes || (err.line >= 1 && err.col >= 1));
		return 0;
	}
	if (size <= 256) /* each place is a walk of its own */
		check_places(doc, pt_json_root(doc), text, size);
	write_whole(&once, doc);
	check(pt_json_parse("once", once.s, once.len, NULL, &again, &err) == 0);
	write_whole(&twice, again);
	check(once.len == twice.len && !memcmp(once.s, twice.s, once.len));
	pt_json_free(again);
	pt_json_free(doc);
	pt_str_release(&once);
	pt_str_release(&twice);
	return 0;
}
