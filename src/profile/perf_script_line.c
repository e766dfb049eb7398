/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of perf script: heads of samples and frames, by the rules of the customary collapser and by
 * the wider ones of the view. Every rule looks at a line once or twice, however long it is. */
#include "perf_script.h"

#define WORD (PT_SCRIPT_WORD)
#define HEX (PT_SCRIPT_WORD | PT_SCRIPT_HEX)
#define DIGIT (PT_SCRIPT_WORD | PT_SCRIPT_HEX | PT_SCRIPT_DIGIT)

const uint8_t pt_script_class[256] = {
	['\t'] = PT_SCRIPT_BLANK,
	['\n'] = PT_SCRIPT_BLANK,
	['\v'] = PT_SCRIPT_BLANK,
	['\f'] = PT_SCRIPT_BLANK,
	['\r'] = PT_SCRIPT_BLANK,
	[' '] = PT_SCRIPT_BLANK,
	['0' ... '9'] = DIGIT,
	['a' ... 'f'] = HEX,
	['g' ... 'z'] = WORD,
	['A' ... 'Z'] = WORD,
	['_'] = WORD,
};

size_t pt_slice_find(struct pt_slice a, const char *s, size_t from)
{
	const char *at = from < a.n ? memmem(a.s + from, a.n - from, s, strlen(s)) : NULL;

	return at ? (size_t)(at - a.s) : a.n;
}

struct pt_slice pt_slice_base(struct pt_slice path)
{
	const char *slash = path.n ? memrchr(path.s, '/', path.n) : NULL;

	if (!slash)
		return path;
	return (struct pt_slice){slash + 1, path.n - (size_t)(slash + 1 - path.s)};
}

static const char *skip(const char *p, const char *end, int class)
{
	while (p < end && PT_SCRIPT_IS(*p, class))
		p++;
	return p;
}

static const char *skip_back(const char *begin, const char *p, int class)
{
	while (p > begin && PT_SCRIPT_IS(p[-1], class))
		p--;
	return p;
}

static struct pt_slice slice(const char *from, const char *to)
{
	return (struct pt_slice){from, (size_t)(to - from)};
}

/* -- heads ---------------------------------------------------------------------------------------- */

/* "PID", "PID/TID" or "TID" at p, and a blank behind it. Returns what follows, or NULL. */
static const char *parse_ids(const char *p, const char *end, struct pt_script_head *ret)
{
	const char *q = skip(p, end, PT_SCRIPT_DIGIT), *t = q;

	while (t < end && *t == '/')
		t++;
	ret->pid = slice(p, q);
	ret->tid = slice(t, skip(t, end, PT_SCRIPT_DIGIT));
	t = ret->tid.s + ret->tid.n;
	if (q == p || t == end || !PT_SCRIPT_IS(*t, PT_SCRIPT_BLANK))
		return NULL;
	return skip(t, end, PT_SCRIPT_BLANK);
}

/* The first ids behind blanks at or after *from: what stands before is the command. *from moves to
 * where the next ones could be. Returns what follows, or NULL. */
static const char *find_process(struct pt_slice line, const char **from, struct pt_script_head *ret)
{
	const char *end = line.s + line.n, *ids, *after;

	for (const char *gap = *from; gap < end; gap++) {
		if (!PT_SCRIPT_IS(*gap, PT_SCRIPT_BLANK))
			continue;
		ids = skip(gap, end, PT_SCRIPT_BLANK);
		after = parse_ids(ids, end, ret);
		if (after) {
			ret->comm = slice(line.s, gap);
			*from = ids;
			return after;
		}
		gap = ids - 1; /* no other place in the same blanks is better */
	}
	return NULL;
}

/* One number is a thread's, and so are those of the idle threads, which are all 0. */
static void order_ids(struct pt_script_head *head)
{
	if (head->tid.n && !pt_slice_is(head->tid, "0"))
		return;
	head->tid = head->pid;
	head->pid = (struct pt_slice){"", 0};
}

/* ": [PERIOD] EVENT:" at the end. */
static void find_event_at_end(struct pt_slice line, struct pt_script_head *ret)
{
	const char *end = skip_back(line.s, line.s + line.n, PT_SCRIPT_BLANK), *event = end;
	const char *p, *q, *colon;

	while (event > line.s && !PT_SCRIPT_IS(event[-1], PT_SCRIPT_BLANK))
		event--;
	p = skip_back(line.s, event, PT_SCRIPT_BLANK);
	if (end - event < 2 || end[-1] != ':' || p == event || p == line.s)
		return;
	q = skip_back(line.s, p, PT_SCRIPT_DIGIT);
	colon = q < p ? skip_back(line.s, q, PT_SCRIPT_BLANK) : q;
	if (colon > line.s && colon[-1] == ':') {
		ret->period = slice(q, p);
		ret->event = slice(event, end - 1);
	}
}

bool pt_script_head_collapse(struct pt_slice line, struct pt_script_head *ret)
{
	const char *from = line.s + 2;

	*ret = (struct pt_script_head){.at_ns = -1};
	if (line.n < 2 || PT_SCRIPT_IS(line.s[0], PT_SCRIPT_BLANK) ||
	    !find_process(line, &from, ret))
		return false;
	order_ids(ret);
	find_event_at_end(line, ret);
	return true;
}

/* "23862.898699:" (-1: no time), nanoseconds where perf was asked for them. */
static int64_t parse_time(struct pt_slice token)
{
	const char *dot = memchr(token.s, '.', token.n), *end = token.s + token.n - 1;
	int64_t seconds = 0, ns = 0, unit = 1000000000;

	if (!dot || token.n < 4 || dot - token.s > 9 || dot == token.s || *end != ':')
		return -1;
	for (const char *p = token.s; p < dot; p++) {
		if (!PT_SCRIPT_IS(*p, PT_SCRIPT_DIGIT))
			return -1;
		seconds = seconds * 10 + (*p - '0');
	}
	for (const char *p = dot + 1; p < end; p++) {
		if (!PT_SCRIPT_IS(*p, PT_SCRIPT_DIGIT) || unit == 1)
			return -1;
		unit /= 10;
		ns += unit * (*p - '0');
	}
	return seconds * 1000000000 + ns;
}

/* The word at *p, which moves to the next one. */
static struct pt_slice next_word(const char **p, const char *end)
{
	const char *begin = *p, *q = begin;

	while (q < end && !PT_SCRIPT_IS(*q, PT_SCRIPT_BLANK))
		q++;
	*p = skip(q, end, PT_SCRIPT_BLANK);
	return slice(begin, q);
}

static bool all_of(struct pt_slice word, int class)
{
	return word.n && skip(word.s, word.s + word.n, class) == word.s + word.n;
}

/* "[CPU]", and the letters of `-F misc`. */
static bool is_place(struct pt_slice word)
{
	if (word.n > 2 && word.s[0] == '[' && word.s[word.n - 1] == ']')
		return all_of(slice(word.s + 1, word.s + word.n - 1), PT_SCRIPT_DIGIT);
	for (size_t i = 0; i < word.n; i++)
		if (word.s[i] < 'A' || word.s[i] > 'Z')
			return false;
	return word.n > 0 && word.n <= 4;
}

/* "[CPU] TIME: PERIOD EVENT: rest", each of them where it was printed; time or event must be. */
static bool parse_tail(const char *p, const char *end, struct pt_script_head *ret)
{
	struct pt_slice word;
	const char *at = p;

	ret->at_ns = -1;
	ret->period = ret->event = (struct pt_slice){"", 0};
	word = next_word(&at, end);
	for (int i = 0; i < 2 && is_place(word); i++)
		word = next_word(&at, end);
	if (word.n && (ret->at_ns = parse_time(word)) >= 0)
		word = next_word(&at, end);
	if (all_of(word, PT_SCRIPT_DIGIT)) {
		ret->period = word;
		word = next_word(&at, end);
	}
	if (word.n > 1 && word.s[word.n - 1] == ':') {
		ret->event = slice(word.s, word.s + word.n - 1);
		word = slice(at, end);
	} else {
		word.n = (size_t)(end - word.s);
	}
	ret->rest = word;
	return ret->at_ns >= 0 || ret->event.n;
}

/* Nothing between the command and time or event: `perf script -F comm,time`. */
static bool head_without_process(struct pt_slice line, struct pt_script_head *ret)
{
	const char *end = line.s + line.n, *p = line.s;

	*ret = (struct pt_script_head){.comm = slice(line.s, line.s)};
	while (p < end) {
		if (parse_tail(p, end, ret)) {
			ret->comm = slice(line.s, skip_back(line.s, p, PT_SCRIPT_BLANK));
			if (pt_slice_ends(ret->comm, " -1")) { /* of a thread that is gone */
				p = ret->comm.s + ret->comm.n - 2;
				ret->comm.n =
					(size_t)(skip_back(line.s, p, PT_SCRIPT_BLANK) - line.s);
			}
			return true;
		}
		next_word(&p, end);
	}
	return false;
}

bool pt_script_head_view(struct pt_slice line, bool whole, struct pt_script_head *ret)
{
	const char *end = line.s + line.n, *from, *after;

	line = slice(skip(line.s, end, PT_SCRIPT_BLANK), end);
	from = line.s + 1;
	*ret = (struct pt_script_head){.comm = slice(line.s, line.s), .at_ns = -1};
	if (parse_tail(line.s, end, ret) && ret->at_ns >= 0)
		return !whole;
	after = parse_ids(line.s, end, ret);
	if (!after || !parse_tail(after, end, ret))
		do
			after = line.n ? find_process(line, &from, ret) : NULL;
		while (after && !parse_tail(after, end, ret));
	if (after)
		order_ids(ret);
	return after || (!whole && line.n && head_without_process(line, ret));
}

/* -- frames --------------------------------------------------------------------------------------- */

/* The last " (" between from and to, or NULL. */
static const char *last_open(const char *from, const char *to)
{
	const char *p = to;

	while (p > from && (p = memrchr(from, '(', (size_t)(p - from))))
		if (p > from && p[-1] == ' ')
			return p - 1;
	return NULL;
}

bool pt_script_frame_collapse(struct pt_slice line, struct pt_script_frame *ret)
{
	const char *end = line.s + line.n, *word = skip(line.s, end, PT_SCRIPT_BLANK);
	const char *after = skip(word, end, WORD), *symbol = skip(after, end, PT_SCRIPT_BLANK);
	const char *close = line.n ? memrchr(line.s, ')', line.n) : NULL;
	const char *open = close ? last_open(line.s, close) : NULL;

	if (after == word || !open)
		return false;
	/* Where nothing stands between address and module, the symbol is what the address can spare:
	 * that is how a regular expression finds its way out. */
	if (symbol >= open)
		symbol = open - 1;
	if (symbol < after)
		after = symbol;
	if (symbol < word || after == word)
		return false;
	ret->address = slice(word, after);
	ret->symbol = slice(symbol, open);
	ret->module = slice(open + 2, close);
	return true;
}

bool pt_script_frame_view(struct pt_slice line, struct pt_script_frame *ret)
{
	static const char deleted[] = " (deleted))";
	const char *end = skip_back(line.s, line.s + line.n, PT_SCRIPT_BLANK);
	const char *address = skip(line.s, end, PT_SCRIPT_BLANK);
	const char *after = skip(address, end, PT_SCRIPT_HEX), *open = NULL;
	const char *symbol = skip(after, end, PT_SCRIPT_BLANK);

	if (after == address || (after < end && *after != ' '))
		return false;
	if (pt_slice_ends(slice(after, end), deleted))
		open = last_open(after, end - (sizeof deleted - 1));
	else if (symbol < end && end[-1] == ')')
		open = last_open(after, end);
	*ret = (struct pt_script_frame){slice(address, after), slice(symbol, end), {"", 0}};
	if (open) {
		ret->symbol = slice(symbol, open < symbol ? symbol : open);
		ret->module = slice(open + 2, end - 1);
	}
	return true;
}

struct pt_slice pt_script_without_offset(struct pt_slice symbol)
{
	const char *end = symbol.s + symbol.n, *p = end;

	while (p > symbol.s && PT_SCRIPT_IS(p[-1], PT_SCRIPT_HEX))
		p--;
	if (p < end && p - symbol.s >= 3 && memcmp(p - 3, "+0x", 3) == 0)
		symbol.n = (size_t)(p - 3 - symbol.s);
	return symbol;
}
