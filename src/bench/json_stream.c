/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON objects among other lines, found without reading what they hold. */
#include "json_stream.h"

#include "parse_util.h"
#include "perftop/base/mem.h"

#include <string.h>

enum { SNIFF_BYTES = 1 << 20, BUDGET = 64 << 20 };

void pt_json_stream_init(struct pt_json_stream *s, const struct pt_bench_input *in,
			 const char *marker)
{
	*s = (struct pt_json_stream){.in = in, .marker = marker, .line = 1, .budget = BUDGET};
}

static bool holds(const char *text, size_t len, const char *marker)
{
	return memmem(text, len, marker, strlen(marker)) != NULL;
}

/* Length up to the brace that closes the one at text[0]; 0: there is none within the budget. */
static size_t object_length(struct pt_json_stream *s, const char *text, size_t len)
{
	size_t depth = 0, i, max = PT_MIN(len, s->budget);
	bool quoted = false;

	for (i = 0; i < max; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\')
			i++;
		else if (quoted)
			continue;
		else if (text[i] == '{')
			depth++;
		else if (text[i] == '}' && --depth == 0)
			return i + 1;
	}
	s->budget -= PT_MIN(i, s->budget);
	return 0;
}

static void advance(struct pt_json_stream *s, size_t to)
{
	for (const char *p = s->in->text; s->pos < to; s->pos++)
		s->line += p[s->pos] == '\n';
}

/* Length of the object that begins this line at text[0]; 0: none that matters. */
static size_t object_here(struct pt_json_stream *s, const char *text, size_t line, size_t rest)
{
	size_t n = line;

	while (n > 0 && strchr(" \t\r", text[n - 1]))
		n--;
	if (n == 0 || text[0] != '{')
		return 0;
	if (n > 1) /* all on one line */
		return holds(text, n, s->marker) ? n : 0;
	n = object_length(s, text, rest);
	if (!n)
		s->unfinished = s->line;
	return n;
}

int pt_json_stream_next(struct pt_json_stream *s, struct pt_json **ret, int *ret_line,
			struct pt_err *err)
{
	while (s->pos < s->in->len) {
		const char *text = s->in->text + s->pos;
		size_t rest = s->in->len - s->pos;
		const char *end = memchr(text, '\n', rest);
		size_t line = end ? (size_t)(end - text) : rest, blank = 0, n;
		int code;

		while (blank < line && strchr(" \t", text[blank]))
			blank++;
		n = object_here(s, text + blank, line - blank, rest - blank);
		if (!n || !holds(text + blank, n, s->marker)) {
			advance(s, s->pos + PT_MAX(PT_MIN(line + 1, rest), n ? blank + n : 0));
			continue;
		}
		*ret_line = s->line - 1;
		code = pt_json_parse(s->in->name, text + blank, n, &pt_bench_json_limits, ret, err);
		if (code && err && err->line)
			err->line += *ret_line;
		advance(s, s->pos + blank + n);
		return code ? code : 1;
	}
	return 0;
}

bool pt_json_stream_any(const struct pt_bench_input *in, const char *marker)
{
	return !in->dir && holds(in->text, PT_MIN(in->len, (size_t)SNIFF_BYTES), marker) &&
	       strchr(in->text, '{');
}
