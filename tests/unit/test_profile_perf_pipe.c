/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What perf wrote to a pipe, in pieces that are cut at every byte: the same records come of it, and
 * the same faults are told.
 */
#include "../../src/profile/perf_pipe.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEP = 97 };

struct seen {
	size_t n, samples, late; /* late: earlier than the one before */
	int64_t last;
	uint64_t hash;
};

static char *data;
static size_t len;
static struct pt_err err;

static int set_up(void **state)
{
	const char *top = getenv("PT_SRCDIR");
	char path[4096];

	(void)state;
	pt_snprintf(path, sizeof path, "%s/tests/fixtures/profile/perf_data-pipe.data",
		    top ? top : ".");
	return pt_fs_read(path, 1 << 20, &data, &len, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	free(data);
	return 0;
}

static void on_record(void *arg, const struct perf_event_attr *attr,
		      const struct perf_event_header *record, int64_t at_ns)
{
	struct seen *seen = arg;

	assert_true((uintptr_t)record % 8 == 0);
	assert_true(attr->sample_type & PERF_SAMPLE_TIME);
	seen->n++;
	seen->samples += record->type == PERF_RECORD_SAMPLE;
	seen->late += at_ns < seen->last;
	seen->last = at_ns ? at_ns : seen->last;
	for (size_t i = 0; i < record->size; i++)
		seen->hash = (seen->hash ^ ((const uint8_t *)record)[i]) * 0x100000001b3u;
}

/* Pieces of n bytes, the first one of `first`. */
static int feed(const char *at, size_t n, size_t first, size_t each, struct seen *ret)
{
	struct pt_perf_pipe *pipe = pt_calloc(1, sizeof *pipe);
	int code = 0;

	*ret = (struct seen){0};
	err = (struct pt_err){0};
	pipe->fn = on_record;
	pipe->arg = ret;
	for (size_t done = 0, part = first; !code && done < n; done += part, part = each) {
		char *piece;

		part = part < n - done ? part : n - done;
		piece = pt_malloc(part + 1); /* so that what is read beyond it is found */
		memcpy(piece, at + done, part);
		code = pt_perf_pipe_feed(pipe, piece, part, &err);
		free(piece);
	}
	pt_perf_pipe_settle(pipe);
	pt_perf_pipe_release(pipe);
	free(pipe);
	return code;
}

static void test_cut_anywhere(void **state)
{
	struct seen whole, cut;

	(void)state;
	assert_int_equal(feed(data, len, len, 1, &whole), 0);
	assert_true(whole.samples > 20);
	assert_true(whole.n > whole.samples);
	assert_int_equal(whole.late, 0);
	for (size_t first = 1; first <= STEP; first++) { /* together: cut at every byte */
		assert_int_equal(feed(data, len, first, STEP, &cut), 0);
		if (memcmp(&cut, &whole, sizeof cut) != 0)
			fail_msg("cut at %zu and so on: %zu records, %zu samples", first, cut.n,
				 cut.samples);
	}
	for (size_t each = 1; each < 70; each++) {
		assert_int_equal(feed(data, len, each, each, &cut), 0);
		assert_memory_equal(&cut, &whole, sizeof cut);
	}
}

static void test_ends_anywhere(void **state)
{
	struct seen seen;
	size_t last = 0;

	(void)state;
	for (size_t n = 0; n < len; n += 61) {
		assert_int_equal(feed(data, n, n, 1, &seen), 0);
		assert_true(seen.n >= last);
		last = seen.n;
	}
}

static void test_faults(void **state)
{
	static const char other[] = "PERFILE2\x68\0\0\0\0\0\0\0";
	const struct perf_event_header sample = {.type = PERF_RECORD_SAMPLE, .size = 16},
				       packed = {.type = PT_PERF_COMPRESSED, .size = 16},
				       traced = {.type = PT_PERF_HEADER_TRACING_DATA, .size = 16},
				       none = {.type = PERF_RECORD_SAMPLE, .size = 7};
	char text[80] = {0};
	struct seen seen;

	(void)state;
	assert_int_equal(feed("perf: cannot do that", 20, 3, 3, &seen), -PT_ESYNTAX);
	assert_int_equal(feed(other, 16, 5, 5, &seen), -PT_ESYNTAX); /* a file's header */
	memcpy(text, data, 16);
	memcpy(text + 16, &none, sizeof none);
	assert_int_equal(feed(text, 24, 24, 1, &seen), -PT_ESYNTAX);
	assert_non_null(strstr(err.msg, "byte 16: a record of less than 8 bytes"));
	memcpy(text + 16, &sample, sizeof sample);
	assert_int_equal(feed(text, 32, 32, 1, &seen), -PT_ESYNTAX);
	assert_non_null(strstr(err.msg, "an event before it"));
	memcpy(text + 16, &packed, sizeof packed);
	assert_int_equal(feed(text, 32, 32, 1, &seen), -PT_ENOTSUP);
	/* What follows this one is none. */
	memcpy(text + 16, &traced, sizeof traced);
	text[24] = 40;
	memset(text + 32, 0, 40);
	assert_int_equal(feed(text, 72, 72, 1, &seen), 0);
	assert_int_equal(feed(text, 80, 3, 3, &seen), -PT_ESYNTAX);
	assert_non_null(strstr(err.msg, "byte 72:"));
}

/* A queue that was long once is as short as any when it has been emptied. */
static void test_long_queue(void **state)
{
	const struct perf_event_header record = {.type = PERF_RECORD_SAMPLE, .size = 8};
	struct pt_perf_queued item = {.record = &record};
	struct pt_perf_queue q = {.n = 0};

	(void)state;
	for (; item.time_ns < 10000; item.time_ns++)
		pt_perf_queue_add(&q, &item);
	assert_true(pt_perf_queue_bytes(&q) >= 10000 * sizeof item);
	assert_int_equal(pt_perf_queue_round(&q, true), 10000);
	pt_perf_queue_taken(&q, 10000);
	assert_int_equal(pt_perf_queue_bytes(&q), 0);
	pt_perf_queue_release(&q);
}

/* Paths of build ids are text of the file's, as long as a record and as many as it likes. */
static void test_long_build_ids(void **state)
{
	enum { LEN = 40000, HEAD = 36 };
	struct pt_perf_file file = {.n_events = 0};
	struct perf_event_header h = {.size = LEN};
	char *record = pt_malloc(LEN);
	size_t bytes = 0;

	(void)state;
	memset(record, 'a', LEN);
	memcpy(record, &h, sizeof h);
	for (int i = 0; i < 1000; i++)
		pt_perf_file_build_id(&file, record, LEN);
	for (size_t i = 0; i < file.n_build_ids; i++)
		bytes += strlen(file.build_ids[i].path);
	assert_int_equal(strlen(file.build_ids[0].path), LEN - HEAD);
	assert_true(bytes < 20 << 20);
	pt_perf_file_release(&file);
	free(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),   cmocka_unit_test(test_ends_anywhere),
		cmocka_unit_test(test_faults),	       cmocka_unit_test(test_long_queue),
		cmocka_unit_test(test_long_build_ids),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
