/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf.data beyond what the fixtures of all readers show: names found through symfs, options, records
 * out of order, and files that lie.
 */
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"
#include "perftop/profile/reader.h"

#include "../../src/profile/perf_data.h"

#include "perf_records.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

extern const struct pt_profile_reader pt_profile_reader_perf_data;

static struct pt_str folded;

static const char *fixture(const char *name)
{
	static char path[4096];
	const char *top = getenv("PT_SRCDIR");

	pt_snprintf(path, sizeof path, "%s/tests/fixtures/profile/%s", top ? top : ".", name);
	return path;
}

static char *load(const char *name, size_t *ret_len)
{
	char *data = NULL;

	assert_int_equal(pt_fs_read(fixture(name), 1 << 20, &data, ret_len, NULL), 0);
	return data;
}

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static const char *fold(const struct pt_profile *p)
{
	struct pt_export_sink sink = {append, &folded};

	pt_str_clear(&folded);
	pt_profile_export_find("folded")->write(p, &(struct pt_export_spec){0}, &sink, NULL);
	return pt_str_text(&folded);
}

static int read_data(const char *data, size_t len, const struct pt_read_options *options,
		     struct pt_profile *p, struct pt_err *err)
{
	struct pt_profile_input in = {.name = "f", .data = data, .len = len};
	struct pt_read_options o = options ? *options : (struct pt_read_options){0};

	o.reader = &pt_profile_reader_perf_data;
	return pt_profile_read_data(&in, &o, p, err);
}

static void read_fixture(const char *name, const struct pt_read_options *options,
			 struct pt_profile *p)
{
	size_t len;
	char *data = load(name, &len);
	struct pt_err err = {0};

	if (read_data(data, len, options, p, &err))
		fail_msg("%s: %s", name, err.msg);
	free(data);
}

static void assert_has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

/* -- real recordings ------------------------------------------------------------------------------ */

static void names_below_symfs(void **state)
{
	struct pt_read_options options = {0};
	struct pt_profile p;
	char symfs[4096];

	(void)state;
	pt_strlcpy(symfs, fixture("symfs"), sizeof symfs);
	options.symfs = symfs;
	read_fixture("perf_data-fp.data", &options, &p);
	assert_has(fold(&p), "hot;_start;begin;outer;outer;outer;outer;inner_a 63\n");
	assert_has(fold(&p), "hot;_start;begin;outer;outer;inner_a 19\n");
	assert_has(fold(&p), "hot;_start;begin;inner_b 38\n");
	pt_profile_release(&p);
#ifdef __x86_64__ /* whose registers these are */
	read_fixture("symfs/dwarf.data", &options, &p);
	assert_has(fold(&p), "lean;_start;begin;outer;outer;outer;outer;middle;inner_a 22\n");
	assert_has(fold(&p), "lean;_start;begin;other;inner_b 12\n");
	pt_profile_release(&p);
#endif
}

static void moments_and_threads(void **state)
{
	struct pt_read_options options = {.moments = true, .threads = true};
	const struct pt_frame *root;
	struct pt_profile p;

	(void)state;
	read_fixture("perf_data-fp.data", &options, &p);
	assert_int_equal(p.n_moments, 166);
	assert_int_equal(p.samples, 166);
	for (size_t i = 1; i < p.n_moments; i++)
		assert_true(p.moments[i - 1].at_ns <= p.moments[i].at_ns);
	root = pt_frames_get(p.tree->frames, p.tree->frame[p.tree->child[PT_TREE_ROOT]]);
	assert_int_equal(root->kind, PT_FRAME_THREAD);
	assert_string_equal(root->name, "hot");
	assert_true(root->pid > 0 && root->tid == root->pid);
	assert_int_not_equal(p.tree->sibling[p.tree->child[PT_TREE_ROOT]], PT_NO_NODE);
	pt_profile_release(&p);
}

/* Of the collapser all weights are periods; its names have no kinds but what it was asked for. */
static void collapsed(void **state)
{
	struct pt_read_options options = {.collapse = true, .moments = true};
	struct pt_profile p;
	int64_t weight = 0;

	(void)state;
	options.names = (struct pt_collapse){.pid = true, .kernel = true, .tidy_generic = true};
	read_fixture("perf_data-fp.data", &options, &p);
	assert_string_equal(p.values[p.value].name, "cpu-clock/period");
	assert_has(fold(&p), ";[hot];[hot];[hot];[[kernel.kallsyms]]_[k]");
	assert_int_equal(strncmp(fold(&p), "hot-", 4), 0);
	for (size_t i = 0; i < p.n_moments; i++) {
		assert_true(p.moments[i].node < p.tree->n);
		weight += p.moments[i].weight;
	}
	assert_int_equal(weight, p.tree->total[PT_TREE_ROOT]);
	pt_profile_release(&p);
	options.names = (struct pt_collapse){.event_filter = "page-faults"};
	read_fixture("perf_data-events.data", &options, &p);
	assert_string_equal(p.values[p.value].name, "page-faults/period");
	pt_profile_release(&p);
}

static void unknown_value(void **state)
{
	struct pt_read_options options = {.value = "instructions"};
	struct pt_profile p;
	struct pt_err err;
	size_t len;
	char *data = load("perf_data-events.data", &len);

	(void)state;
	assert_int_equal(read_data(data, len, &options, &p, &err), -PT_ENOENT);
	assert_string_equal(err.msg, "no value \"instructions\", there are: cpu-clock, "
				     "cpu-clock/period, page-faults, page-faults/period");
	free(data);
}

static void canceled(void **state)
{
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};
	struct pt_read_options options = {.watch = &watch};
	struct pt_profile p;
	size_t len;
	char *data = load("perf_data-fp.data", &len);

	(void)state;
	assert_int_equal(read_data(data, len, &options, &p, NULL), -PT_ECANCELED);
	free(data);
}

/* -- files that lie ------------------------------------------------------------------------------- */

struct lie {
	size_t offset;
	uint64_t word;
	const char *expected; /* of the error, or of what makes it partial */
	bool partial;
};

/* A word of the file's header (its data begin at 320, the first sample's record somewhere behind). */
static void headers(void **state)
{
	static const struct lie lies[] = {
		{0, 0x50455246494c4532, "f@0: written by a machine of another byte order", false},
		{16, 8, "f@16: events of 8 bytes each in a part of", false},
		{16, UINT64_MAX, "f@16: events of 18446744073709551615 bytes each", false},
		{24, UINT64_MAX, "f@24: events or records beyond the end", false},
		{32, UINT64_MAX - 7, "f@32: events or records beyond the end", false},
		{40, UINT64_MAX, "f@32: events or records beyond the end", false},
		{48, UINT64_MAX - 8, "a record of 0 bytes, expected at least 8", true},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(lies); i++) {
		struct pt_err err = {0};
		struct pt_profile p = {.format = ""};
		char text[600], *data;
		size_t len;
		int code;

		data = load("perf_data-fp.data", &len);
		memcpy(data + lies[i].offset, &lies[i].word, 8);
		code = read_data(data, len, NULL, &p, &err);
		assert_int_equal(code == 0, lies[i].partial);
		assert_int_equal(p.partial, lies[i].partial);
		assert_has(pt_err_text(code ? &err : &p.fault, text, sizeof text),
			   lies[i].expected);
		if (!code)
			pt_profile_release(&p);
		free(data);
	}
}

/* Where the records of a file begin, and its n-th one of a type. */
static size_t find_record(const char *data, size_t len, uint32_t type, int n)
{
	uint64_t at;

	memcpy(&at, data + 40, 8);
	while (at + 8 <= len) {
		struct perf_event_header h;

		memcpy(&h, data + at, sizeof h);
		assert_true(h.size >= 8);
		if (h.type == type && n-- == 0)
			return (size_t)at;
		at += h.size;
	}
	fail_msg("no such record");
	return 0;
}

static void broken_record(const char *name, uint32_t type, size_t offset, uint16_t word,
			  const char *expected, bool partial)
{
	struct pt_err err = {0};
	struct pt_profile p = {.format = ""};
	char text[600], place[32], *data;
	size_t len, at;
	int code;

	data = load(name, &len);
	at = find_record(data, len, type, 1);
	memcpy(data + at + offset, &word, sizeof word);
	code = read_data(data, len, NULL, &p, &err);
	assert_int_equal(code == 0, partial);
	pt_err_text(code ? &err : &p.fault, text, sizeof text);
	assert_has(text, expected);
	pt_snprintf(place, sizeof place, "f@%zu: ", at);
	assert_has(text, place);
	if (!code) {
		assert_true(p.partial);
		assert_true(p.samples > 0);
		pt_profile_release(&p);
	}
	free(data);
}

static void cut_between_records(void **state)
{
	struct pt_profile p;
	char text[600], expected[64], *data;
	size_t len, at;

	(void)state;
	data = load("perf_data-fp.data", &len);
	at = find_record(data, len, PERF_RECORD_SAMPLE, 3);
	assert_int_equal(read_data(data, at, NULL, &p, NULL), 0);
	assert_int_equal(p.samples, 3);
	pt_snprintf(expected, sizeof expected, "f@%zu: the file ends within its records", at);
	assert_string_equal(pt_err_text(&p.fault, text, sizeof text), expected);
	pt_profile_release(&p);
	free(data);
}

static void records(void **state)
{
	(void)state;
	broken_record("perf_data-fp.data", PERF_RECORD_SAMPLE, 6, 0, "a record of 0 bytes", true);
	broken_record("perf_data-fp.data", PERF_RECORD_SAMPLE, 6, 7, "a record of 7 bytes", true);
	broken_record("perf_data-fp.data", PERF_RECORD_SAMPLE, 6, UINT16_MAX, "a record of 65535",
		      true);
	/* Longer than its record: the chain's count stands behind id, ip, tid, time and period. */
	broken_record("perf_data-fp.data", PERF_RECORD_SAMPLE, 40, UINT16_MAX, "a sample of", true);
	broken_record("perf_data-packed.data", 81, 8, 0xbeef, "expected records packed by zstd",
		      true);
}

/* -- records made by hand, as from a pipe --------------------------------------------------------- */

static struct record_buffer pipe_of_event(uint64_t config, uint64_t sample_type)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = PERF_ATTR_SIZE_VER5,
				       .config = config,
				       .sample_type = sample_type,
				       .sample_id_all = 1,
				       .context_switch = 1};
	struct record_buffer b = {0};

	record_bytes(&b, "PERFILE2", 8);
	record_u64(&b, 16);
	record_begin(&b, 64, 0);
	record_bytes(&b, &attr, PERF_ATTR_SIZE_VER5);
	record_u64(&b, 1); /* its id */
	record_end(&b);
	return b;
}

static struct record_buffer pipe_of(uint64_t sample_type)
{
	return pipe_of_event(PERF_COUNT_SW_CPU_CLOCK, sample_type);
}

static void sample_at(struct record_buffer *b, uint64_t time)
{
	record_begin(b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
	record_u64(b, 0x1800);
	record_u32(b, 10), record_u32(b, 10);
	record_u64(b, time);
	record_end(b);
}

static void map_at(struct record_buffer *b, uint64_t time, const char *path)
{
	record_begin(b, PERF_RECORD_MMAP, PERF_RECORD_MISC_USER);
	record_u32(b, 10), record_u32(b, 10);
	record_u64(b, 0x1000), record_u64(b, 0x1000), record_u64(b, 0);
	record_text(b, path);
	record_u32(b, 10), record_u32(b, 10); /* sample_id: tid, time */
	record_u64(b, time);
	record_end(b);
}

static void round_ends(struct record_buffer *b)
{
	record_begin(b, 68, 0);
	record_end(b);
}

#define PLACES (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME)

/* One CPU's ring is written before the other's: mappings come late, and each sample has the one of
 * its time, within a round, over two, and where a round never ends. */
static void in_order_of_time(void **state)
{
	struct record_buffer b = pipe_of(PLACES);
	struct pt_profile p;

	(void)state;
	map_at(&b, 0, "/x/first"); /* of before: no time */
	sample_at(&b, 100);
	sample_at(&b, 300);
	sample_at(&b, 500);
	map_at(&b, 200, "/x/second");
	round_ends(&b);
	sample_at(&b, 700);
	map_at(&b, 400, "/x/third");
	round_ends(&b);
	sample_at(&b, 900);
	map_at(&b, 600, "/x/fourth");
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	assert_string_equal(fold(&p), ":10;[first] 1\n:10;[fourth] 2\n:10;[second] 1\n"
				      ":10;[third] 1\n");
	pt_profile_release(&p);
}

/* Without times things are as they stand. */
static void no_times(void **state)
{
	struct record_buffer b = pipe_of(PERF_SAMPLE_IP | PERF_SAMPLE_TID);
	struct pt_profile p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		record_begin(&b, PERF_RECORD_MMAP, PERF_RECORD_MISC_USER);
		record_u32(&b, 10), record_u32(&b, 10);
		record_u64(&b, 0x1000), record_u64(&b, 0x1000), record_u64(&b, 0);
		record_text(&b, i ? "/x/b" : "/x/a");
		record_u64(&b, 0);
		record_end(&b);
		record_begin(&b, PERF_RECORD_SAMPLE, 0);
		record_u64(&b, 0x1800);
		record_u32(&b, 10), record_u32(&b, 10);
		record_end(&b);
	}
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	assert_string_equal(fold(&p), ":10;[a] 1\n:10;[b] 1\n");
	pt_profile_release(&p);
}

static void switch_at(struct record_buffer *b, uint64_t time, uint32_t tid, uint16_t misc)
{
	record_begin(b, PERF_RECORD_SWITCH, misc);
	record_u32(b, 10), record_u32(b, tid);
	record_u64(b, time);
	record_end(b);
}

/* The time between leaving, with a stack, and coming back; of another thread, or twice, it is none. */
static void off_cpu(void **state)
{
	struct record_buffer b = pipe_of_event(PERF_COUNT_SW_CONTEXT_SWITCHES, PLACES);
	struct pt_read_options options = {.value = "off-cpu", .moments = true};
	struct pt_profile p;

	(void)state;
	switch_at(&b, 50, 10, 0);
	sample_at(&b, 100);
	switch_at(&b, 101, 10, PERF_RECORD_MISC_SWITCH_OUT);
	switch_at(&b, 300, 11, 0);
	switch_at(&b, 600, 10, 0);
	switch_at(&b, 700, 10, 0);
	sample_at(&b, 900); /* and never comes back */
	assert_int_equal(read_data((char *)b.bytes, b.len, &options, &p, NULL), 0);
	assert_string_equal(fold(&p), ":10;[unknown] 500\n");
	assert_int_equal(p.values[p.value].unit, PT_UNIT_NS);
	assert_int_equal(p.n_moments, 1);
	assert_int_equal(p.moments[0].at_ns, 100);
	pt_profile_release(&p);
	options.value = NULL;
	assert_int_equal(read_data((char *)b.bytes, b.len, &options, &p, NULL), 0);
	assert_string_equal(fold(&p), ":10;[unknown] 2\n");
	pt_profile_release(&p);
}

/* More threads than are kept: what is known of the first ones is given up, not memory. */
static void off_cpu_of_many(void **state)
{
	enum { THREADS = 70000 };
	struct record_buffer head = pipe_of_event(PERF_COUNT_SW_CONTEXT_SWITCHES, PLACES), b = {0};
	struct pt_read_options options = {.value = "off-cpu"};
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	pt_str_addn(&data, (char *)head.bytes, head.len);
	for (uint32_t tid = 1; tid <= THREADS; tid++) {
		b.len = 0;
		record_begin(&b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
		record_u64(&b, 0x1800);
		record_u32(&b, 10), record_u32(&b, tid);
		record_u64(&b, 100 + tid);
		record_end(&b);
		pt_str_addn(&data, (char *)b.bytes, b.len);
	}
	b.len = 0;
	switch_at(&b, 100 + THREADS + 1, 1, 0);
	switch_at(&b, 100 + THREADS + 2, THREADS, 0);
	pt_str_addn(&data, (char *)b.bytes, b.len);
	assert_int_equal(read_data(data.s, data.len, &options, &p, NULL), 0);
	assert_string_equal(fold(&p), ":70000;[unknown] 2\n");
	pt_profile_release(&p);
	pt_str_release(&data);
}

static void losses(void **state)
{
	struct record_buffer b = pipe_of(PLACES);
	struct pt_profile p;

	(void)state;
	sample_at(&b, 100);
	for (int i = 0; i < 3; i++) {
		record_begin(&b, PERF_RECORD_LOST, 0);
		record_u64(&b, 1), record_u64(&b, 40);
		record_end(&b);
		record_begin(&b, PERF_RECORD_THROTTLE, 0);
		record_end(&b);
	}
	record_begin(&b, PERF_RECORD_LOST_SAMPLES, 0);
	record_u64(&b, 3);
	record_end(&b);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	assert_int_equal(p.lost, 123);
	assert_int_equal(p.throttled, 3);
	pt_profile_release(&p);
	record_begin(&b, PERF_RECORD_LOST, 0);
	record_u64(&b, 1), record_u64(&b, UINT64_MAX);
	record_end(&b);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	assert_int_equal(p.lost, INT64_MAX);
	pt_profile_release(&p);
}

/* What perf record -k leaves: the clock of its samples, and what time it was then. */
static void time_of_day(void **state)
{
	static const struct {
		uint32_t version;
		uint64_t real, own;
		bool known;
		int64_t later;
	} rows[] = {
		{1, 1795459333161955000, 48043502458482, true, 1795411289659496518},
		{1, 5, 7, true, -2},
		{2, 5, 7, false, 0},
		{1, UINT64_MAX, 7, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct record_buffer b = pipe_of(PLACES);
		struct pt_profile p;

		record_begin(&b, 80, 0);
		record_u64(&b, 29);
		record_u32(&b, rows[i].version), record_u32(&b, 1);
		record_u64(&b, rows[i].real), record_u64(&b, rows[i].own);
		record_end(&b);
		sample_at(&b, 100);
		assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
		assert_int_equal(p.has_real, rows[i].known);
		assert_int_equal(p.real_ns, rows[i].later);
		pt_profile_release(&p);
	}
}

/* Bytes behind a record, of traces and of trace formats, are no records. */
static void appended_bytes(void **state)
{
	struct record_buffer b = pipe_of(PLACES);
	struct pt_profile p;

	(void)state;
	record_begin(&b, 66, 0);
	record_u32(&b, 8), record_u32(&b, 0);
	record_end(&b);
	record_u64(&b, 0);
	record_begin(&b, 71, 0);
	record_u64(&b, 16);
	for (int i = 0; i < 4; i++)
		record_u64(&b, 0);
	record_end(&b);
	record_u64(&b, 0), record_u64(&b, 0);
	sample_at(&b, 100);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	assert_string_equal(fold(&p), ":10;[unknown] 1\n");
	assert_int_equal(p.n_notes, 1);
	pt_profile_release(&p);
	record_begin(&b, 71, 0);
	record_u64(&b, UINT64_MAX);
	record_end(&b);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, NULL), 0);
	pt_profile_release(&p);
}

/* Events that all point to the same ids, millions of times. */
static void ids_again_and_again(void **state)
{
	enum { EVENTS = 64, IDS = 1 << 15, HEADER = 104, EVENT = 80 };
	size_t len = HEADER + EVENTS * EVENT + IDS * 8;
	char *data = pt_calloc(1, len);
	uint64_t head[] = {HEADER, EVENT, HEADER, EVENTS * EVENT, len, 0};
	uint64_t ids[] = {HEADER + EVENTS * EVENT, IDS * 8};
	struct pt_profile p;
	struct pt_err err = {0};

	(void)state;
	memcpy(data, "PERFILE2", 8);
	memcpy(data + 8, head, sizeof head);
	for (size_t i = 0; i < EVENTS; i++)
		memcpy(data + HEADER + i * EVENT + EVENT - sizeof ids, ids, sizeof ids);
	assert_int_equal(read_data(data, len, NULL, &p, &err), -PT_ELIMIT);
	assert_has(err.msg, "ids");
	free(data);
}

/* A few bytes that unpack to a hundred megabytes: there is never more of it than a record needs. */
static void packed_tightly(void **state)
{
	enum { SIZE = 65528, N = 1600, PIECE = 60000 };
	struct record_buffer head = pipe_of(PLACES), last = {0};
	struct perf_event_header unknown = {.type = 40, .size = SIZE};
	size_t len = (size_t)N * SIZE, cap = ZSTD_compressBound(len + sizeof last.bytes), n;
	char *plain = pt_calloc(N + 1, SIZE), *packed = pt_malloc(cap);
	struct pt_read_options options = {.max_memory = 8 << 20};
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	for (size_t i = 0; i < N; i++)
		memcpy(plain + i * SIZE, &unknown, sizeof unknown);
	sample_at(&last, 100);
	memcpy(plain + len, last.bytes, last.len);
	n = ZSTD_compress(packed, cap, plain, len + last.len, 1);
	assert_false(ZSTD_isError(n));
	pt_str_addn(&data, (char *)head.bytes, head.len);
	for (size_t at = 0; at < n; at += PIECE) {
		struct perf_event_header h = {.type = 81};

		h.size = (uint16_t)(sizeof h + PT_MIN(n - at, (size_t)PIECE));
		pt_str_addn(&data, (char *)&h, sizeof h);
		pt_str_addn(&data, packed + at, h.size - sizeof h);
	}
	assert_int_equal(read_data(data.s, data.len, &options, &p, NULL), 0);
	assert_false(p.partial);
	assert_int_equal(p.samples, 1);
	pt_profile_release(&p);
	pt_str_release(&data);
	free(plain);
	free(packed);
}

/* A packed record that has no room for how many of its bytes are packed. */
static void packed_without_length(void **state)
{
	struct record_buffer b = pipe_of(PLACES);
	struct pt_profile p;
	char *data;

	(void)state;
	sample_at(&b, 100);
	for (size_t body = 0; body < 8; body++) {
		size_t len = b.len;

		record_begin(&b, 83, 0);
		record_bytes(&b, "\xff\xff\xff\xff\xff\xff\xff", body);
		record_end(&b);
		data = pt_malloc(b.len); /* what is behind it is not ours */
		memcpy(data, b.bytes, b.len);
		assert_int_equal(read_data(data, b.len, NULL, &p, NULL), 0);
		assert_true(p.partial);
		assert_has(p.fault.msg, "packed bytes in a record of");
		pt_profile_release(&p);
		free(data);
		b.len = len;
	}
}

/* Parts of samples that this program does not know: perf may, but cannot be given mere bytes. */
static void unknown_parts(void **state)
{
	struct record_buffer b = pipe_of(PLACES | UINT64_C(1) << 25);
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	sample_at(&b, 100);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, &err), -PT_ENOTSUP);
	assert_has(err.msg, "samples with parts that are not known here");
}

static void no_event(void **state)
{
	struct record_buffer b = {0};
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	record_bytes(&b, "PERFILE2", 8);
	record_u64(&b, 16);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, &err), -PT_ENODATA);
	sample_at(&b, 100);
	assert_int_equal(read_data((char *)b.bytes, b.len, NULL, &p, &err), -PT_ESYNTAX);
	assert_string_equal(err.file, "f@16");
	assert_string_equal(err.msg, "a record of type 9, expected an event before it");
}

/* perf prints a sample and the begin of another; then perf ends, or is ended. */
static const char script_text[] = "ab 1 2.5: 7 cycles: \n\t 1 inner (/x)\n\t 2 outer (/x)\n\n"
				  "ab 1 2.6: 7 cycles: \n\t 1 inner (/x)\n";

static void *stop_when_printed(void *arg)
{
	struct pt_read_watch *w = arg;

	while (atomic_load(&w->done) < sizeof script_text - 1)
		usleep(1000);
	atomic_store(&w->ask, PT_READ_ENOUGH);
	return NULL;
}

static int read_printed(const char *then, struct pt_read_watch *w, struct pt_profile *p,
			struct pt_err *err)
{
	const char *argv[] = {"sh", "-c", "printf %s \"$1\"; eval \"$2\"", "sh", script_text,
			      then, NULL};
	struct pt_profile_input in = {.name = "f", .path = "f", .data = ""};
	int code;

	pt_profile_init(p, NULL, PT_READ_MAX_MEMORY);
	code = pt_perf_data_by_program(&in, argv, &(struct pt_read_options){.watch = w}, p, err);
	pt_profile_finish(p);
	return code;
}

static void stopped_script(void **state)
{
	struct pt_read_watch watch = {0};
	struct pt_profile p;
	struct pt_err err;
	pthread_t stopper;

	(void)state;
	assert_int_equal(pthread_create(&stopper, NULL, stop_when_printed, &watch), 0);
	assert_int_equal(read_printed("sleep 600", &watch, &p, &err), -PT_ETIMEDOUT);
	pthread_join(stopper, NULL);
	assert_string_equal(fold(&p), "ab;outer;inner 1\n");
	assert_string_equal(err.msg, "reading was stopped after 0.1 KiB");
	pt_profile_release(&p);
}

static void failed_script(void **state)
{
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	assert_int_equal(read_printed("echo no more >&2; exit 1", NULL, &p, &err), -PT_EIO);
	assert_string_equal(fold(&p), "ab;outer;inner 1\n");
	assert_string_equal(err.msg, "perf script failed: no more");
	pt_profile_release(&p);
	assert_int_equal(read_printed(":", NULL, &p, &err), 0);
	assert_string_equal(fold(&p), "ab;inner 1\nab;outer;inner 1\n");
	pt_profile_release(&p);
}

static int release_folded(void **state)
{
	(void)state;
	pt_str_release(&folded);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_below_symfs), cmocka_unit_test(moments_and_threads),
		cmocka_unit_test(collapsed),	     cmocka_unit_test(unknown_value),
		cmocka_unit_test(canceled),	     cmocka_unit_test(time_of_day),
		cmocka_unit_test(headers),	     cmocka_unit_test(cut_between_records),
		cmocka_unit_test(records),	     cmocka_unit_test(in_order_of_time),
		cmocka_unit_test(no_times),	     cmocka_unit_test(off_cpu),
		cmocka_unit_test(off_cpu_of_many),   cmocka_unit_test(losses),
		cmocka_unit_test(appended_bytes),    cmocka_unit_test(ids_again_and_again),
		cmocka_unit_test(packed_tightly),    cmocka_unit_test(packed_without_length),
		cmocka_unit_test(unknown_parts),     cmocka_unit_test(no_event),
		cmocka_unit_test(stopped_script),    cmocka_unit_test(failed_script),
	};

	return cmocka_run_group_tests(tests, NULL, release_folded);
}
