/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of perf script's frames. The collapser's: module and offset dropped, signatures cut, kinds
 * as marks behind the name. The view's: whole names, with module and kind beside them.
 */
#include "perf_script.h"

#include "perftop/base/mem.h"

#define ARROW "->" /* between a function and what is inlined in it, of Java's maps */

void pt_script_names_release(struct pt_script_names *names)
{
	for (size_t i = 0; i < PT_LEN(names->text); i++)
		pt_str_release(&names->text[i]);
	free(names->ids);
	names->ids = NULL;
	names->n_ids = names->cap_ids = 0;
}

static void push(struct pt_script_names *names, uint32_t id)
{
	*PT_PUSH(names->ids, names->n_ids, names->cap_ids) = id;
}

/* A line has no more frames than a stack may have, or memory. */
static bool is_full(const struct pt_script_names *names)
{
	return names->n_ids - names->first >= PT_STACK_MAX ||
	       (names->max_bytes && pt_frames_bytes(names->frames) > names->max_bytes);
}

void pt_script_names_split(struct pt_script_names *names, const char *text, size_t n)
{
	const char *end = text + n, *semicolon;

	for (; !is_full(names) && (semicolon = memchr(text, ';', (size_t)(end - text)));
	     text = semicolon + 1)
		push(names, pt_frames_name(names->frames, text, (size_t)(semicolon - text),
					   PT_FRAME_USER));
	push(names, pt_frames_name(names->frames, text, (size_t)(end - text), PT_FRAME_USER));
}

/* The next line of *lines, without its end. False: there is none. */
static bool next_line(struct pt_slice *lines, struct pt_slice *ret)
{
	const char *newline = lines->n ? memchr(lines->s, '\n', lines->n) : NULL;

	if (!lines->n)
		return false;
	*ret = *lines;
	if (newline)
		ret->n = (size_t)(newline - lines->s);
	lines->s += ret->n + (newline ? 1 : 0);
	lines->n -= ret->n + (newline ? 1 : 0);
	return true;
}

/* The next function of a symbol; empty ones at the end are none. False at the end. */
static bool next_function(struct pt_slice *symbol, struct pt_slice *ret)
{
	size_t n;

	while (pt_slice_ends(*symbol, ARROW))
		symbol->n -= strlen(ARROW);
	if (!symbol->n)
		return false;
	n = pt_slice_find(*symbol, ARROW, 0);
	*ret = (struct pt_slice){symbol->s, n};
	n = n < symbol->n ? n + strlen(ARROW) : n;
	*symbol = (struct pt_slice){symbol->s + n, symbol->n - n};
	return true;
}

static bool contains(struct pt_slice a, const char *s)
{
	return pt_slice_find(a, s, 0) < a.n;
}

/* "/tmp/perf-4711.map" in it. */
static bool is_perf_map(struct pt_slice module)
{
	static const char before[] = "perf-", tmp[] = "/tmp/";
	size_t at = 0;

	while ((at = pt_slice_find(module, tmp, at)) < module.n) {
		size_t n = at += sizeof tmp - 1;

		if (module.n - n < sizeof before || memcmp(module.s + n, before, 5) != 0)
			continue;
		for (n += 5; n < module.n && PT_SCRIPT_IS(module.s[n], PT_SCRIPT_DIGIT);)
			n++;
		if (n > at + 5 && module.n - n >= 4 && memcmp(module.s + n, ".map", 4) == 0)
			return true;
	}
	return false;
}

/* -- the collapser's ------------------------------------------------------------------------------ */

/* A method of Go, as in "net/http.(*Client).Do": its parenthesis is no signature. */
static bool is_go_method(struct pt_slice name)
{
	size_t open = pt_slice_find(name, ".(", 0);

	return open < name.n && pt_slice_find(name, ").", open + 2) < name.n;
}

static size_t without_signature(struct pt_slice name)
{
	static const char spared[] = "(anonymous namespace)";
	size_t at = 0;

	while ((at = pt_slice_find(name, "(", at)) < name.n) {
		if (name.n - at < sizeof spared - 1 ||
		    memcmp(name.s + at, spared, sizeof spared - 1) != 0)
			break;
		at++;
	}
	return at;
}

static void tidy(struct pt_str *name)
{
	struct pt_slice text = {name->s, name->len};
	size_t n = is_go_method(text) ? text.n : without_signature(text), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (name->s[i] != '"' && name->s[i] != '\'')
			name->s[kept++] = name->s[i] == ';' ? ':' : name->s[i];
	name->s[kept] = '\0';
	name->len = kept;
}

static void add_unknown(const struct pt_script_frame *frame, bool addrs, struct pt_str *name)
{
	struct pt_slice base = pt_slice_base(frame->module);

	if (pt_slice_is(frame->module, "[unknown]"))
		base = (struct pt_slice){"unknown", 7};
	pt_str_addc(name, '[');
	pt_str_addn(name, base.s, base.n);
	if (addrs) {
		pt_str_add(name, " <");
		pt_str_addn(name, frame->address.s, frame->address.n);
		pt_str_addc(name, '>');
	}
	pt_str_addc(name, ']');
}

/* "_[i]" of what is inlined, "_[k]" of the kernel, "_[j]" of what a JIT has made. */
static void add_mark(const struct pt_collapse *how, struct pt_slice module, bool inlined,
		     struct pt_str *name)
{
	struct pt_slice text = {name->s, name->len};
	bool kernel = (module.n && module.s[0] == '[') || pt_slice_ends(module, "vmlinux");

	if (inlined) {
		if (!contains(text, "_[i]"))
			pt_str_add(name, "_[i]");
	} else if ((how->kernel || how->all) && kernel && !contains(module, "unknown")) {
		pt_str_add(name, "_[k]");
	} else if ((how->jit || how->all) && is_perf_map(module) && !contains(text, "_[j]")) {
		pt_str_add(name, "_[j]");
	}
}

/* "Lorg/mozilla/Context;.call" is of a class. */
static void drop_class_letter(struct pt_str *name)
{
	if (name->s[0] != 'L' || !memchr(name->s, '/', name->len))
		return;
	memmove(name->s, name->s + 1, name->len);
	name->len--;
}

/* A source line without what stands in brackets, as "[kernel.kallsyms][ffffffff814f9302]". */
static void add_source(struct pt_slice line, struct pt_str *text, struct pt_str *name)
{
	const char *begin, *end;

	pt_str_clear(text);
	for (size_t i = 0; i < line.n; i++) {
		const char *close = line.s[i] == '[' ? memchr(line.s + i, ']', line.n - i) : NULL;

		if (line.s[i] == '[' && !close) { /* nor has any behind it */
			pt_str_addn(text, line.s + i, line.n - i);
			break;
		}
		if (close)
			i = (size_t)(close - line.s);
		else
			pt_str_addc(text, line.s[i]);
	}
	begin = pt_str_text(text);
	end = begin + text->len;
	while (begin < end && PT_SCRIPT_IS(*begin, PT_SCRIPT_BLANK))
		begin++;
	while (end > begin && PT_SCRIPT_IS(end[-1], PT_SCRIPT_BLANK))
		end--;
	if (begin == end)
		return;
	pt_str_addc(name, ':');
	pt_str_addn(name, begin, (size_t)(end - begin));
}

static bool is_nowhere(const struct pt_script_frame *frame, struct pt_slice function)
{
	return pt_slice_is(function, "[unknown]") && pt_slice_is(frame->module, "[unknown]");
}

static void collapse_function(struct pt_script_names *names, const struct pt_script_frame *frame,
			      struct pt_slice function, bool java, bool inlined)
{
	const struct pt_collapse *how = names->collapse;
	struct pt_str *name = &names->text[0];

	pt_str_clear(name);
	pt_str_addn(name, "", 0);
	if (pt_slice_is(function, "[unknown]"))
		add_unknown(frame, how->addrs, name);
	else
		pt_str_addn(name, function.s, function.n);
	if (how->tidy_generic)
		tidy(name);
	if (how->tidy_java && java)
		drop_class_letter(name);
	add_mark(how, frame->module, inlined, name);
}

/* What addr2line tells, where it is to be asked and knows. */
static const char *found_inline(const struct pt_script_names *names,
				const struct pt_script_frame *frame)
{
	return names->inlined ? pt_script_inline_find(names->inlined, frame) : NULL;
}

size_t pt_script_names_lines(const struct pt_script_names *names, struct pt_slice line)
{
	struct pt_script_frame frame;
	struct pt_slice function;
	bool nowhere = false;
	size_t n = 0;

	if (!names->collapse->srcline || !pt_script_frame_collapse(line, &frame) ||
	    found_inline(names, &frame))
		return 0;
	frame.symbol = pt_script_without_offset(frame.symbol);
	if (frame.symbol.n && frame.symbol.s[0] == '(')
		return 0;
	while (next_function(&frame.symbol, &function)) {
		nowhere |= is_nowhere(&frame, function);
		n += nowhere ? 0 : 1;
	}
	return n;
}

static bool collapse_line(struct pt_script_names *names, struct pt_slice lines, bool java)
{
	struct pt_slice line, function, source;
	struct pt_script_frame frame;
	bool inlined = false, nowhere = false;
	const char *found;

	if (!next_line(&lines, &line) || !pt_script_frame_collapse(line, &frame))
		return false;
	found = found_inline(names, &frame);
	if (found) {
		pt_script_names_split(names, found, strlen(found));
		return true;
	}
	frame.symbol = pt_script_without_offset(frame.symbol);
	if (frame.symbol.n && frame.symbol.s[0] == '(') /* the name of a process */
		return true;
	for (; !is_full(names) && next_function(&frame.symbol, &function); inlined = true) {
		collapse_function(names, &frame, function, java, inlined);
		nowhere |= is_nowhere(&frame, function);
		if (names->collapse->srcline && !nowhere && next_line(&lines, &source))
			add_source(source, &names->text[1], &names->text[0]);
		pt_script_names_split(names, pt_str_text(&names->text[0]), names->text[0].len);
	}
	return true;
}

/* -- the view's ----------------------------------------------------------------------------------- */

static bool is_kernel_module(struct pt_slice module)
{
	static const char *const objects[] = {"vmlinux", ".ko", ".ko.xz", ".ko.gz", ".ko.zst"};
	static const char *const not_kernel[] = {"[unknown]", "[vdso]", "[vsyscall]", "[heap]",
						 "[stack]",   "[anon",	"[JIT] tid ", "[vdso32]"};

	for (size_t i = 0; i < PT_LEN(objects); i++)
		if (pt_slice_ends(module, objects[i]))
			return true;
	for (size_t i = 0; i < PT_LEN(not_kernel); i++)
		if (module.n >= strlen(not_kernel[i]) &&
		    memcmp(module.s, not_kernel[i], strlen(not_kernel[i])) == 0)
			return false;
	return module.n && module.s[0] == '[';
}

static bool is_jit(struct pt_slice module)
{
	struct pt_slice base = pt_slice_base(module);

	return is_perf_map(module) || (contains(base, "jitted-") && pt_slice_ends(base, ".so")) ||
	       (module.n > 5 && memcmp(module.s, "[JIT]", 5) == 0);
}

static enum pt_frame_kind kind_of(struct pt_slice module, bool kernel)
{
	if (pt_slice_is(module, "inlined"))
		return PT_FRAME_INLINED;
	if (is_kernel_module(module))
		return PT_FRAME_KERNEL;
	if (is_jit(module))
		return PT_FRAME_JIT;
	return kernel && !pt_slice_is(module, "[vsyscall]") ? PT_FRAME_KERNEL : PT_FRAME_USER;
}

static const char *put(struct pt_str *str, struct pt_slice text)
{
	pt_str_clear(str);
	pt_str_addn(str, text.s, text.n);
	for (size_t i = 0; i < str->len; i++)
		if (str->s[i] == ';')
			str->s[i] = ':';
	return pt_str_text(str);
}

/* The file of "  file.c:12 (inlined)"; the line is that of the address, not of the function, and
 * would make many frames of one. */
static struct pt_slice source_file(struct pt_slice line, bool *ret_inlined)
{
	static const char inlined[] = " (inlined)";
	size_t n;

	*ret_inlined = pt_slice_ends(line, inlined);
	if (*ret_inlined)
		line.n -= sizeof inlined - 1;
	for (; line.n && PT_SCRIPT_IS(*line.s, PT_SCRIPT_BLANK); line.s++)
		line.n--;
	for (n = line.n; n && PT_SCRIPT_IS(line.s[n - 1], PT_SCRIPT_DIGIT);)
		n--;
	if (n < 2 || n == line.n || line.s[n - 1] != ':')
		n = 1;
	return (struct pt_slice){line.s, n - 1};
}

static uint32_t view_function(struct pt_script_names *names, const struct pt_script_frame *frame,
			      struct pt_slice function, struct pt_slice file,
			      enum pt_frame_kind kind)
{
	struct pt_slice module = frame->module;
	struct pt_frame made = {.kind = kind};
	struct pt_str *name = &names->text[0];

	if (pt_slice_is(module, "[unknown]") || pt_slice_is(module, "inlined"))
		module.n = 0;
	if (function.n && !pt_slice_is(function, "[unknown]")) {
		made.name = put(name, function);
	} else if (!module.n) {
		made.name = kind == PT_FRAME_KERNEL ? "[kernel]" : "[unknown]";
	} else {
		struct pt_slice base = pt_slice_base(module);

		if (base.n > 2 && base.s[0] == '[' && base.s[base.n - 1] == ']')
			base = (struct pt_slice){base.s + 1, base.n - 2};
		put(&names->text[1], base);
		pt_str_clear(name);
		pt_str_addf(name, "[%s]", pt_str_text(&names->text[1]));
		made.name = name->s;
	}
	made.module = put(&names->text[1], module);
	made.file = put(&names->text[2], file);
	return pt_frames_intern(names->frames, &made);
}

static bool view_line(struct pt_script_names *names, struct pt_slice lines, bool kernel)
{
	struct pt_slice line, function, file = {"", 0};
	struct pt_script_frame frame;
	enum pt_frame_kind kind;
	bool inlined = false, has_source;

	if (!next_line(&lines, &line) || !pt_script_frame_view(line, &frame))
		return false;
	has_source = next_line(&lines, &line);
	if (has_source)
		file = source_file(line, &inlined);
	kind = inlined ? PT_FRAME_INLINED : kind_of(frame.module, kernel);
	frame.symbol = pt_script_without_offset(frame.symbol);
	if (kind != PT_FRAME_JIT || !frame.symbol.n) {
		push(names, view_function(names, &frame, frame.symbol, file, kind));
		return true;
	}
	for (; !is_full(names) && next_function(&frame.symbol, &function); kind = PT_FRAME_INLINED)
		push(names, view_function(names, &frame, function, file, kind));
	return true;
}

bool pt_script_names_add(struct pt_script_names *names, struct pt_slice lines, bool java,
			 bool kernel)
{
	names->first = names->n_ids;
	return names->collapse ? collapse_line(names, lines, java)
			       : view_line(names, lines, kernel);
}
