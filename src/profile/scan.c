/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of profiles, a line at a time and in place. */
#include "scan.h"

#include "input.h"

#include "perftop/base/json_pull.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdarg.h>
#include <string.h>

enum { STEP_LINES = 4096 };

bool pt_scan_holds(const struct pt_profile_input *in, const char *text)
{
	return memmem(in->data, PT_MIN(in->len, (size_t)PT_SNIFF_BYTES), text, strlen(text)) !=
	       NULL;
}

void pt_scan_init(struct pt_scan *s, const struct pt_profile_input *in,
		  const struct pt_read_options *options, struct pt_profile *profile,
		  struct pt_err *err)
{
	static const char bom[] = "\xef\xbb\xbf";

	*s = (struct pt_scan){.in = in,
			      .options = options,
			      .profile = profile,
			      .err = err,
			      .next = in->data,
			      .passes = 1};
	if (in->len >= 3 && !memcmp(in->data, bom, 3))
		s->next += 3;
	s->start = s->at = s->end = s->next;
}

static int step(const struct pt_scan *s, size_t at, struct pt_err *err)
{
	return pt_read_step(s->options->watch, s->in->name, s->pass * s->in->len + at,
			    s->passes * s->in->len, err);
}

int pt_scan_step(const struct pt_scan *s, size_t at)
{
	return step(s, at, s->err);
}

bool pt_scan_next(struct pt_scan *s)
{
	const char *stop = s->in->data + s->in->len, *end;

	if (s->line % STEP_LINES == 0 && !s->stopped)
		s->stopped = pt_scan_step(s, (size_t)(s->next - s->in->data));
	if (s->next >= stop || s->stopped)
		return false;
	s->start = s->at = s->next;
	end = memchr(s->start, '\n', (size_t)(stop - s->start));
	s->next = end ? end + 1 : stop;
	s->end = end ? end : stop;
	if (s->end > s->start && s->end[-1] == '\r')
		s->end--;
	s->line++;
	return true;
}

int pt_scan_fail(const struct pt_scan *s, enum pt_error code, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	pt_err_at(s->err, code, s->in->name, s->line ? s->line : 1, (int)(s->at - s->start) + 1,
		  "%s", text.s);
	pt_str_release(&text);
	return -(int)code;
}

bool pt_scan_skip(struct pt_scan *s, const char *text)
{
	size_t n = strlen(text);

	if (pt_scan_left(s) < n || memcmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

void pt_scan_blanks(struct pt_scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
}

static int digit(char c, unsigned base)
{
	unsigned d = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
		     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
		     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
					    : 99;

	return d < base ? (int)d : -1;
}

static bool number(struct pt_scan *s, unsigned base, uint64_t *ret)
{
	const char *p = s->at;
	uint64_t v = 0;
	int d;

	for (; p < s->end && (d = digit(*p, base)) >= 0; p++)
		v = v > (UINT64_MAX - (unsigned)d) / base ? UINT64_MAX : v * base + (unsigned)d;
	if (p == s->at)
		return false;
	s->at = p;
	*ret = v;
	return true;
}

bool pt_scan_number(struct pt_scan *s, uint64_t *ret)
{
	return number(s, 10, ret);
}

bool pt_scan_hex(struct pt_scan *s, uint64_t *ret)
{
	return number(s, 16, ret);
}

bool pt_scan_token(struct pt_scan *s, const char **ret, size_t *ret_len)
{
	const char *p = s->at;

	while (p < s->end && *p != ' ' && *p != '\t')
		p++;
	if (p == s->at)
		return false;
	*ret = s->at;
	*ret_len = (size_t)(p - s->at);
	s->at = p;
	return true;
}

int pt_scan_full(const struct pt_scan *s)
{
	static const char text[] = "more than %zu MiB of memory are needed, the limit";
	size_t limit = s->options->max_memory ? s->options->max_memory : PT_READ_MAX_MEMORY;

	if (!s->line) /* of a binary format, or of JSON: it has no lines here */
		return pt_err_at(s->err, PT_ELIMIT, s->in->name, 0, 0, text, limit >> 20);
	return pt_scan_fail(s, PT_ELIMIT, text, limit >> 20);
}

bool pt_scan_fits(const struct pt_scan *s, size_t bytes)
{
	const struct pt_tree *tree = s->profile->tree;

	return !tree->max_bytes ||
	       pt_tree_bytes(tree) + pt_frames_bytes(tree->frames) + bytes < tree->max_bytes;
}

int pt_scan_take(struct pt_scan *s, size_t bytes)
{
	if (!pt_scan_fits(s, bytes))
		return pt_scan_full(s);
	if (s->profile->tree->max_bytes)
		s->profile->tree->max_bytes -= bytes;
	return 0;
}

bool pt_scan_take_json(struct pt_scan *s, struct pt_json_pull *j, size_t bytes)
{
	struct pt_err why;
	int code = pt_json_pull_code(j) ? 0 : step(s, pt_json_pull_pos(j), &why);

	if (code)
		pt_json_pull_fail(j, (enum pt_error)(-code), "%s", why.msg);
	else if (!pt_json_pull_code(j) && bytes && pt_scan_take(s, bytes))
		pt_json_pull_fail(j, PT_ELIMIT, "more memory is needed from here on than allowed");
	return !pt_json_pull_code(j);
}

void pt_scan_give(struct pt_scan *s, size_t bytes)
{
	if (s->profile->tree->max_bytes)
		s->profile->tree->max_bytes += bytes;
}

void pt_scan_set_aside(struct pt_scan *s)
{
	s->aside = s->profile->tree->max_bytes / 2;
	s->profile->tree->max_bytes -= s->aside;
}

void pt_scan_use_aside(struct pt_scan *s)
{
	pt_scan_give(s, s->aside);
	s->aside = 0;
}

int pt_scan_choose(const struct pt_scan *s, size_t otherwise)
{
	struct pt_profile *p = s->profile;
	struct pt_str names = PT_STR_INIT;
	int code;

	p->value = otherwise;
	if (!s->options->value)
		return 0;
	for (size_t i = 0; i < p->n_values; i++) {
		if (!strcmp(p->values[i].name, s->options->value)) {
			p->value = i;
			pt_str_release(&names);
			return 0;
		}
		pt_str_addf(&names, "%s%s", i ? ", " : "", p->values[i].name);
	}
	code = pt_err_at(s->err, PT_ENOENT, s->in->name, 0, 0, "no value \"%s\", there are: %s",
			 s->options->value, pt_str_text(&names));
	pt_str_release(&names);
	return code;
}

uint32_t pt_frame_unnamed(struct pt_frames *frames, const char *module)
{
	const char *slash = strrchr(module, '/');
	struct pt_str name = PT_STR_INIT;
	uint32_t id;

	pt_str_addf(&name, "[%s]", *module ? slash ? slash + 1 : module : "unknown");
	id = pt_frames_intern(frames, &(struct pt_frame){.name = name.s, .module = module});
	pt_str_release(&name);
	return id;
}

uint32_t pt_frame_inlined(struct pt_frames *frames, uint32_t id)
{
	struct pt_frame frame = *pt_frames_get(frames, id);

	frame.kind = PT_FRAME_INLINED;
	return pt_frames_intern(frames, &frame);
}

bool pt_scan_begins(const struct pt_profile_input *in, const char *begin)
{
	size_t n = strlen(begin);

	return in->len >= n && !memcmp(in->data, begin, n);
}

bool pt_scan_has_line(const struct pt_profile_input *in, const char *begin)
{
	const char *p = in->data, *stop = p + PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	size_t n = strlen(begin);

	while (p && (size_t)(stop - p) >= n) {
		if (!memcmp(p, begin, n))
			return true;
		p = memchr(p, '\n', (size_t)(stop - p));
		p = p ? p + 1 : NULL;
	}
	return false;
}
