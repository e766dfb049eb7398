/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * V8's profiles and other JSON as nobody sane writes them: too deep, in circles, with weights out of
 * range, named twice, cut. What the fixtures cannot hold is made here.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char told[600];

static int read_text(const char *reader, const char *text, size_t len,
		     struct pt_read_options options, struct pt_profile *p)
{
	struct pt_profile_input in = {.name = "j", .data = text, .len = len};
	struct pt_err err = {0};
	int code;

	options.reader = pt_profile_reader_find(reader);
	assert_non_null(options.reader);
	code = pt_profile_read_data(&in, &options, p, &err);
	pt_err_text(code ? &err : &p->fault, told, sizeof told);
	return code;
}

/* The old form, a node in a node: a stack is cut at its limit, and nothing recurses. */
static void test_deep(void **state)
{
	enum { DEEP = 200000 };
	struct pt_str out = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	pt_str_add(&out, "{\"head\":{\"functionName\":\"(root)\",\"children\":[");
	for (int i = 0; i < DEEP; i++)
		pt_str_add(&out, "{\"functionName\":\"f\",\"hitCount\":1,\"children\":[");
	for (int i = 0; i <= DEEP; i++)
		pt_str_add(&out, "]}");
	pt_str_addc(&out, '}');
	assert_int_equal(read_text("cpuprofile", out.s, out.len, (struct pt_read_options){0}, &p),
			 0);
	assert_false(p.partial);
	assert_int_equal(p.tree->n, PT_STACK_MAX + 1);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], DEEP);
	pt_profile_release(&p);
	assert_int_equal(read_text("cpuprofile", out.s, out.len,
				   (struct pt_read_options){.max_memory = 4 << 20}, &p),
			 0);
	assert_true(p.partial);
	assert_int_equal(p.fault.code, PT_ELIMIT);
	assert_true(p.tree->total[PT_TREE_ROOT] > 0);
	pt_profile_release(&p);
	pt_str_release(&out);
}

static void test_faults(void **state)
{
	static const struct {
		const char *reader, *text, *want;
		int code; /* 0: what was read before is shown */
	} rows[] = {
		{"cpuprofile",
		 "{\"nodes\":[{\"id\":1,\"children\":[2]},{\"id\":2,\"children\":[1]}],"
		 "\"samples\":[1],\"timeDeltas\":[1],\"startTime\":0,\"endTime\":9}",
		 "calls itself", -PT_ESYNTAX},
		{"cpuprofile", "{\"nodes\":[{\"id\":1}],\"samples\":[7],\"timeDeltas\":[1]}",
		 "a sample of node 7", -PT_ESYNTAX},
		{"cpuprofile", "{\"nodes\":[{\"id\":1},{\"id\":1}]}", "j:1:26: id of a node",
		 -PT_ESYNTAX},
		{"cpuprofile", "[]", "j:1:1: expected an object", -PT_ESYNTAX},
		{"cpuprofile",
		 "{\"head\":{\"functionName\":\"a\",\"hitCount\":3,\"children\":[{\"functionName\":",
		 "the text ends", 0},
		{"speedscope", "{\"profiles\":[{\"type\":\"sampled\",\"samples\":[[0]]}]}",
		 "expected a frame's index", -PT_ESYNTAX},
		{"speedscope",
		 "{\"shared\":{\"frames\":[{\"name\":\"a\"}]},\"profiles\":[{\"samples\":[[0],[0]],"
		 "\"weights\":[4]}]}",
		 "a sample without its weight", 0},
		{"speedscope",
		 "{\"shared\":{\"frames\":[{\"name\":\"a\"},{\"name\":\"b\"}]},\"profiles\":"
		 "[{\"events\":[{\"type\":\"O\",\"frame\":0,\"at\":1},"
		 "{\"type\":\"C\",\"frame\":1,\"at\":5}]}]}",
		 "closed that is not the last one opened", -PT_ESYNTAX},
		{"speedscope", "{\"profiles\":[]}", "no profile in", -PT_ENODATA},
		{"chrome_trace", "{\"traceEvents\":{}}", "expected an array of events",
		 -PT_ESYNTAX},
		{"chrome_trace",
		 "[{\"ph\":\"X\",\"ts\":1,\"dur\":5,\"name\":\"a\"},{\"ph\":\"X\",\"ts\":",
		 "the text ends", 0},
		{"gecko",
		 "{\"threads\":[{\"samples\":{\"stack\":[0]},\"stackTable\":{\"prefix\":[0],"
		 "\"frame\":[0]},\"frameTable\":{\"func\":[0]},\"funcTable\":{\"name\":[0]},"
		 "\"stringArray\":[\"a\"]}]}",
		 "caller of a stack 0", -PT_ESYNTAX},
		{"gecko", "{\"threads\":[{\"samples\":{\"stack\":[5]}}]}", "stack 5", -PT_ESYNTAX},
		{"gecko", "{\"threads\":[]}", "no thread with samples", -PT_ENODATA},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_profile p;
		int code = read_text(rows[i].reader, rows[i].text, strlen(rows[i].text),
				     (struct pt_read_options){0}, &p);

		if (code != rows[i].code || !strstr(told, rows[i].want))
			fail_msg("row %zu: %d \"%s\", expected %d \"%s\"", i, code, told,
				 rows[i].code, rows[i].want);
		if (!code) {
			assert_true(p.partial);
			pt_profile_release(&p);
		}
	}
}

/* Weights and times beyond 64 bits saturate. */
static void test_extremes(void **state)
{
	static const char spans[] =
		"[{\"ph\":\"X\",\"ts\":-1e300,\"dur\":1e300,\"name\":\"a\"},"
		"{\"ph\":\"B\",\"ts\":1e300,\"name\":\"b\"},{\"ph\":\"E\",\"ts\":-1e300},"
		"{\"ph\":\"X\",\"ts\":1e300,\"dur\":1e300,\"name\":\"c\",\"ph\":\"X\"}]";
	static const char weights[] =
		"{\"shared\":{\"frames\":[{\"name\":\"a\"}]},\"profiles\":[{\"unit\":\"seconds\","
		"\"samples\":[[0],[0],[0]],\"weights\":[1e300,9223372036854775808,9e18]}]}";
	static const char deltas[] =
		"{\"nodes\":[{\"id\":1,\"callFrame\":{\"functionName\":\"a\"}}],\"samples\":[1,1,1],"
		"\"timeDeltas\":[9e300,-9e300,9e300],\"startTime\":9e300,\"endTime\":-9e300}";
#define NODE "{\"nodes\":[{\"id\":1,\"callFrame\":{\"functionName\":\"a\"}}],\"samples\":[1,1,1],"
	static const char *const wide[] = {
		NODE "\"startTime\":-1e300,\"endTime\":1e300}",
		NODE "\"timeDeltas\":[-1e300,0,0],\"startTime\":0,\"endTime\":1e300}",
		NODE "\"timeDeltas\":[1e300,-1e300,-1e300],\"startTime\":0,\"endTime\":-1e300}",
		("{\"head\":{\"id\":1,\"functionName\":\"a\"},\"samples\":[1,1,1],"
		 "\"timestamps\":[-1e300,1e300,-1e300]}"),
	};
	const struct pt_read_options options = {.moments = true, .threads = true};
	struct pt_profile p;

	(void)state;
	for (size_t i = 0; i < PT_LEN(wide); i++) {
		assert_int_equal(read_text("cpuprofile", wide[i], strlen(wide[i]), options, &p), 0);
		assert_true(p.tree->total[PT_TREE_ROOT] > 0);
		pt_profile_release(&p);
	}
	assert_int_equal(read_text("chrome_trace", spans, strlen(spans), options, &p), 0);
	pt_profile_release(&p);
	assert_int_equal(read_text("speedscope", weights, strlen(weights), options, &p), 0);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], INT64_MAX);
	pt_profile_release(&p);
	assert_int_equal(read_text("cpuprofile", deltas, strlen(deltas), options, &p), 0);
	pt_profile_release(&p);
}

/* Times of samples: each stands for what passes until the next one. */
static void test_moments(void **state)
{
	static const char text[] =
		"{\"nodes\":[{\"id\":1,\"callFrame\":{\"functionName\":\"a\"}},"
		"{\"id\":2,\"parent\":1,\"callFrame\":{\"functionName\":\"b\"}}],"
		"\"samples\":[1,2],\"timeDeltas\":[10,20],\"startTime\":100,\"endTime\":135}";
	struct pt_profile p;

	(void)state;
	assert_int_equal(read_text("cpuprofile", text, strlen(text),
				   (struct pt_read_options){.moments = true}, &p),
			 0);
	assert_int_equal(p.n_moments, 2);
	assert_int_equal(p.moments[0].at_ns, 110000);
	assert_int_equal(p.moments[0].weight, 20000);
	assert_int_equal(p.moments[1].at_ns, 130000);
	assert_int_equal(p.moments[1].weight, 5000);
	assert_int_equal(p.tree->parent[p.moments[1].node], p.moments[0].node);
	pt_profile_release(&p);
}

static void test_cancel(void **state)
{
	static const char *const texts[][2] = {
		{"cpuprofile", "{\"nodes\":[{\"id\":1}]}"},
		{"speedscope", "{\"shared\":{\"frames\":[{\"name\":\"a\"}]}}"},
		{"chrome_trace", "[{\"ph\":\"X\"}]"},
		{"gecko", "{\"threads\":[{}]}"},
	};
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};
	struct pt_profile p;

	(void)state;
	for (size_t i = 0; i < PT_LEN(texts); i++)
		assert_int_equal(read_text(texts[i][0], texts[i][1], strlen(texts[i][1]),
					   (struct pt_read_options){.watch = &watch}, &p),
				 -PT_ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deep),	 cmocka_unit_test(test_faults),
		cmocka_unit_test(test_extremes), cmocka_unit_test(test_moments),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
