/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of C++ and Rust as people write them, by libiberty. Mangled names are small programs: a
 * thousand bytes can ask for gigabytes of output. So libiberty hands its output over piece by piece
 * and is left in the middle (it holds nothing but stack) when there is too much.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/symbols.h"

#include <setjmp.h>
#include <string.h>

#ifdef HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

struct demangled {
	struct pt_str text;
	jmp_buf too_much;
};

static void take(const char *piece, size_t n, void *arg)
{
	struct demangled *out = arg;

	if (out->text.len + n > PT_FRAME_NAME_MAX)
		longjmp(out->too_much, 1);
	pt_str_addn(&out->text, piece, n);
}

/* False when name is neither, or asks for too much. */
static bool demangle(const char *name, struct demangled *out)
{
	if (setjmp(out->too_much))
		return false;
	if (rust_demangle_callback(name, DMGL_NO_OPTS, take, out))
		return true;
	pt_str_clear(&out->text); /* it began like Rust */
	return cplus_demangle_v3_callback(name, DMGL_ANSI, take, out);
}

/* What libiberty would pass over: "@plt", "@@GLIBCXX_3.4". */
static char *demangle_before(const char *name, const char *suffix)
{
	char *mangled = pt_strndup(name, (size_t)(suffix - name)), *plain = pt_demangle(mangled);
	struct pt_str whole = PT_STR_INIT;

	pt_str_add(&whole, plain);
	pt_str_add(&whole, suffix);
	free(mangled);
	free(plain);
	return pt_str_detach(&whole);
}

char *pt_demangle(const char *name)
{
	struct demangled out = {.text = PT_STR_INIT};
	const char *suffix;
	char *plain = NULL;

	if (name[0] != '_' || strnlen(name, PT_FRAME_NAME_MAX + 1) > PT_FRAME_NAME_MAX)
		return pt_strdup(name);
	suffix = strchr(name, '@');
	if (suffix)
		return demangle_before(name, suffix);
	if (demangle(name, &out) && out.text.len)
		plain = pt_str_detach(&out.text);
	pt_str_release(&out.text);
	return plain ? plain : pt_strdup(name);
}
