/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Firefox profiler's format: what samply saves has addresses of this program for names; files have
 * a table of their own; a profile that is not processed is told apart. */
#include "perftop/profile/reader.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

extern const char __executable_start[]; /* the linker's: its lowest address */

__attribute__((noinline)) int looked_up_by_its_address(int x);
int looked_up_by_its_address(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x * 3;
}

/* Two stacks: of a function of that object, and of one whose object is not listed. */
static void saved_by_samply(struct pt_str *out, const char *path, const char *code_id)
{
	uintptr_t at = (uintptr_t)looked_up_by_its_address - (uintptr_t)__executable_start;

	pt_str_addf(out,
		    "{\"meta\":{\"preprocessedProfileVersion\":62,\"symbolicated\":false},"
		    "\"libs\":[{\"name\":\"test\",\"path\":\"%s\",\"codeId\":\"%s\"}],"
		    "\"shared\":{\"stringArray\":[\"0x%" PRIxPTR "\",\"0x17\",\"test\","
		    "\"named\",\"app.js\"],\"sources\":{\"filename\":[4]},"
		    "\"resourceTable\":{\"lib\":[0],\"name\":[2]},"
		    "\"funcTable\":{\"name\":[0,1,3],\"resource\":[0,-1,0],"
		    "\"source\":[null,null,0]},"
		    "\"frameTable\":{\"address\":[%" PRIuPTR ",-1,16],\"func\":[0,1,2]},"
		    "\"stackTable\":{\"frame\":[2,0,1],\"prefix\":[null,0,0]}},"
		    "\"threads\":[{\"name\":\"t\",\"samples\":{\"stack\":[1,1,2]}}]}",
		    path, code_id, at, at + 1);
}

static int read_text(const struct pt_str *text, struct pt_profile *ret, struct pt_err *err)
{
	struct pt_profile_input in = {.name = "in", .data = text->s, .len = text->len};

	return pt_profile_read_data(&in, NULL, ret, err);
}

static const struct pt_frame *frame_of(const struct pt_profile *p, const char *name)
{
	for (uint32_t i = 1; i < p->tree->n; i++) {
		const struct pt_frame *f = pt_frames_get(p->tree->frames, p->tree->frame[i]);

		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

/* What samply saved of this test, whose build id it had: "" for the right one. */
static void read_own(const char *build_id, char self[4096], struct pt_profile *p)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_err err;
	ssize_t n = readlink("/proc/self/exe", self, 4095);

	assert_true(n > 0);
	self[n] = '\0';
	saved_by_samply(&text, self, build_id);
	assert_int_equal(read_text(&text, p, &err), 0);
	pt_str_release(&text);
}

static void test_symbols(void **state)
{
	struct pt_profile p;
	char self[4096];

	(void)state;
	assert_int_equal(looked_up_by_its_address(2), 6);
	read_own("", self, &p);
	assert_string_equal(frame_of(&p, "looked_up_by_its_address")->module, self);
	assert_non_null(frame_of(&p, "0x17"));
	assert_string_equal(frame_of(&p, "named")->file, "app.js");
	assert_int_equal(p.n_notes, 0);
	pt_profile_release(&p);
}

/* What lies there now is not what ran. */
static void test_other_object(void **state)
{
	struct pt_profile p;
	char self[4096];

	(void)state;
	read_own("510d0a5c19eadf8043f203b4525be9be3dcb9554", self, &p);
	assert_null(frame_of(&p, "looked_up_by_its_address"));
	assert_int_equal(p.n_notes, 1);
	assert_non_null(strstr(p.notes[0], "is another file than the one that ran"));
	pt_profile_release(&p);
}

static int64_t weight_of(const struct pt_profile *p, const char *name)
{
	for (uint32_t i = 1; i < p->tree->n; i++)
		if (!strcmp(pt_frames_get(p->tree->frames, p->tree->frame[i])->name, name))
			return p->tree->self[i];
	return 0;
}

/* Threads that have tables of their own among those that share: neither takes the other's, and each
 * name is read once however often it is said. */
static void test_own_and_shared(void **state)
{
	enum { TURNS = 200 };
	static const char own[] = "{\"name\":\"o\",\"pid\":1,\"tid\":2,"
				  "\"stringArray\":[\"zero\",\"own \\u00e9\"],"
				  "\"funcTable\":{\"name\":[1]},\"frameTable\":{\"func\":[0]},"
				  "\"stackTable\":{\"frame\":[0],\"prefix\":[null]},"
				  "\"samples\":{\"stack\":[0,0]}}";
	static const char shares[] = "{\"name\":\"s\",\"pid\":1,\"tid\":%d,"
				     "\"samples\":{\"stack\":[1,1,1]}}";
	const struct pt_read_options threads = {.threads = true};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile_input in = {.name = "in"};
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	pt_str_add(&text,
		   "{\"meta\":{\"preprocessedProfileVersion\":60},\"shared\":{"
		   "\"stringArray\":[\"a \\\"b\\\"\",\"leaf\"],\"funcTable\":{\"name\":[0,1]},"
		   "\"frameTable\":{\"func\":[0,1]},\"stackTable\":{\"frame\":[0,1],"
		   "\"prefix\":[null,0]}},\"threads\":[");
	for (int i = 0; i < TURNS; i++) {
		pt_str_addf(&text, shares, 3 + i % 2);
		pt_str_addf(&text, ",%s%s", own, i + 1 < TURNS ? "," : "]}");
	}
	assert_int_equal(read_text(&text, &p, &err), 0);
	assert_int_equal(weight_of(&p, "leaf"), 3 * TURNS);
	assert_int_equal(weight_of(&p, "own \xc3\xa9"), 2 * TURNS);
	assert_non_null(frame_of(&p, "a \"b\""));
	assert_int_equal(p.tree->n, 4);
	pt_profile_release(&p);

	in.data = text.s;
	in.len = text.len;
	assert_int_equal(pt_profile_read_data(&in, &threads, &p, &err), 0);
	assert_int_equal(weight_of(&p, "leaf"), 3 * TURNS / 2); /* of two threads each */
	assert_int_equal(p.tree->n, 1 + 2 * 3 + 2);
	pt_profile_release(&p);
	pt_str_release(&text);
}

static void test_raw(void **state)
{
	static const char raw[] =
		"{\"meta\":{\"interval\":1,\"processType\":0,\"stackwalk\":1,\"version\":24},"
		"\"libs\":[],\"threads\":[{\"name\":\"main\",\"samples\":{\"schema\":"
		"{\"stack\":0,\"time\":1},\"data\":[[0,1.5]]}}]}";
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	pt_str_add(&text, raw);
	assert_int_equal(read_text(&text, &p, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "a raw profile of Gecko"));
	pt_str_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_other_object),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_own_and_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
