/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading JSON: our scanner (json_scan.c) says whether a text is good, cJSON builds the tree. The
 * document keeps the text, because the place of a value is only looked for when an error about it
 * is told. This file is the only home of cJSON.
 */
#include "perftop/base/json.h"

#include "json_scan.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <cjson/cJSON.h>
#include <string.h>

#define DEFAULT_BYTES ((size_t)16 << 20)
#define DEFAULT_VALUES ((size_t)1 << 20)
#define DEFAULT_DEPTH 64
#define CJSON_DEPTH 1000 /* cJSON goes no deeper */

struct pt_json {
	char *name, *text;
	size_t len;
	cJSON *root;
};

static struct pt_json_limits json_limits(const struct pt_json_limits *given)
{
	struct pt_json_limits limits = given ? *given : (struct pt_json_limits){0};

	if (!limits.max_bytes)
		limits.max_bytes = DEFAULT_BYTES;
	if (!limits.max_values)
		limits.max_values = DEFAULT_VALUES;
	if (!limits.max_depth)
		limits.max_depth = DEFAULT_DEPTH;
	limits.max_depth = PT_MIN(limits.max_depth, CJSON_DEPTH);
	return limits;
}

/* Takes text over, on failure too. */
static int json_build(const char *name, char *text, size_t len, const struct pt_json_limits *limits,
		      struct pt_json **ret, struct pt_err *err)
{
	char *plain = pt_malloc(len + 1);
	cJSON *root = NULL;
	int code;

	memcpy(plain, text, len + 1);
	code = pt_json_scan(name, text, len, limits, plain, err);
	if (!code) {
		root = cJSON_Parse(plain);
		if (!root)
			code = pt_err_at(err, PT_ELIMIT, name, 0, 0,
					 "cannot keep its values in memory");
	}
	free(plain);
	if (code) {
		free(text);
		return code;
	}
	*ret = pt_malloc(sizeof **ret);
	**ret = (struct pt_json){pt_strdup(name), text, len, root};
	return 0;
}

int pt_json_parse(const char *name, const char *text, size_t len,
		  const struct pt_json_limits *limits, struct pt_json **ret, struct pt_err *err)
{
	struct pt_json_limits known = json_limits(limits);
	char *copy;

	if (len > known.max_bytes)
		return pt_err_at(err, PT_ELIMIT, name, 0, 0,
				 "larger than the %zu bytes allowed here", known.max_bytes);
	copy = pt_malloc(len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return json_build(name, copy, len, &known, ret, err);
}

int pt_json_load(const char *path, const struct pt_json_limits *limits, struct pt_json **ret,
		 struct pt_err *err)
{
	struct pt_json_limits known = json_limits(limits);
	char *text;
	size_t len;
	int code = pt_fs_read(path, known.max_bytes, &text, &len, err);

	return code ? code : json_build(path, text, len, &known, ret, err);
}

void pt_json_free(struct pt_json *doc)
{
	if (!doc)
		return;
	cJSON_Delete(doc->root);
	free(doc->name);
	free(doc->text);
	free(doc);
}

const pt_jval *pt_json_root(const struct pt_json *doc)
{
	return doc->root;
}

/* Counts the values before `at` in the order in which they begin; true once it is found. The depth
 * of a parsed tree is bounded. */
static bool json_index(const cJSON *v, const cJSON *at, size_t *index)
{
	if (v == at)
		return true;
	++*index;
	for (const cJSON *child = v->child; child; child = child->next)
		if (json_index(child, at, index))
			return true;
	return false;
}

int pt_json_fail(const struct pt_json *doc, const pt_jval *at, struct pt_err *err,
		 enum pt_error code, const char *fmt, ...)
{
	struct pt_str msg = PT_STR_INIT;
	int line = 0, col = 0;
	size_t index = 0;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&msg, fmt, ap);
	va_end(ap);
	if (at && json_index(doc->root, at, &index))
		pt_json_scan_place(doc->text, doc->len, index, &line, &col);
	pt_err_at(err, code, doc->name, line, col, "%s", pt_str_text(&msg));
	pt_str_release(&msg);
	return -(int)code;
}

enum pt_jtype pt_json_type(const pt_jval *v)
{
	if (cJSON_IsObject(v))
		return PT_JOBJECT;
	if (cJSON_IsArray(v))
		return PT_JARRAY;
	if (cJSON_IsString(v))
		return PT_JSTRING;
	if (cJSON_IsNumber(v))
		return PT_JNUMBER;
	return cJSON_IsBool(v) ? PT_JBOOL : PT_JNULL;
}

const char *pt_json_type_name(enum pt_jtype type)
{
	static const char *const names[] = {
		[PT_JNULL] = "null",	   [PT_JBOOL] = "true or false", [PT_JNUMBER] = "a number",
		[PT_JSTRING] = "a string", [PT_JARRAY] = "an array",	 [PT_JOBJECT] = "an object",
	};

	return names[type];
}

const pt_jval *pt_json_get(const pt_jval *object, const char *key)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const pt_jval *pt_json_first(const pt_jval *v)
{
	return v ? v->child : NULL;
}

const pt_jval *pt_json_next(const pt_jval *v)
{
	return v->next;
}

const char *pt_json_key(const pt_jval *member)
{
	return member->string;
}

size_t pt_json_len(const pt_jval *v)
{
	size_t n = 0;

	for (v = pt_json_first(v); v; v = v->next)
		n++;
	return n;
}

const char *pt_json_str(const pt_jval *v, const char *otherwise)
{
	return cJSON_IsString(v) ? v->valuestring : otherwise;
}

double pt_json_num(const pt_jval *v, double otherwise)
{
	return cJSON_IsNumber(v) ? v->valuedouble : otherwise;
}

bool pt_json_bool(const pt_jval *v, bool otherwise)
{
	return cJSON_IsBool(v) ? cJSON_IsTrue(v) : otherwise;
}

static const pt_jval *json_element(const pt_jval *array, size_t index)
{
	const pt_jval *v = cJSON_IsArray(array) ? array->child : NULL;

	while (v && index--)
		v = v->next;
	return v;
}

static const pt_jval *json_member(const pt_jval *object, const char *key, size_t len)
{
	char *name = pt_strndup(key, len);
	const pt_jval *v = pt_json_get(object, name);

	free(name);
	return v;
}

/* One step of a path in brackets, [2] or ["x.y"]; *path moves behind it. */
static const pt_jval *path_bracket(const pt_jval *v, const char **path)
{
	const char *p = *path + 1;
	const char *end;

	if (*p == '"') {
		end = strstr(++p, "\"]");
		if (!end)
			return NULL;
		*path = end + 2;
		return json_member(v, p, (size_t)(end - p));
	}
	end = p + strspn(p, "0123456789");
	if (end == p || end - p > 9 || *end != ']')
		return NULL;
	*path = end + 1;
	return json_element(v, strtoul(p, NULL, 10));
}

const pt_jval *pt_json_path(const pt_jval *v, const char *path)
{
	const char *start = path;

	while (v && *path) {
		size_t n;

		if (*path == '[') {
			v = path_bracket(v, &path);
			continue;
		}
		/* A dot stands between names, never first, and only before a name. */
		if ((*path == '.') != (path > start))
			return NULL;
		path += *path == '.';
		n = strcspn(path, ".[");
		if (!n)
			return NULL;
		v = json_member(v, path, n);
		path += n;
	}
	return v;
}
