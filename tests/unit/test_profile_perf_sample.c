/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SAMPLE records with every part there is, in the kernel's order, and cut at every word. */
#include "perftop/base/mem.h"
#include "perftop/profile/perf_stacks.h"

#include "perf_records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* All 25 parts; a group of two counters with every read format. */
static const struct perf_event_attr everything = {
	.sample_type = (1u << 25) - 1 - (1u << 14), /* WEIGHT_STRUCT takes WEIGHT's place */
	.read_format = 31,
	.branch_sample_type = 1u << 17 | 1u << 19,
	.sample_regs_user = 0x105,
	.sample_regs_intr = 0x3,
	.sample_id_all = 1,
};

static void write_everything(struct record_buffer *b)
{
	record_begin(b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
	record_u64(b, 77);	 /* identifier */
	record_u64(b, 0x401000); /* ip */
	record_u32(b, 10), record_u32(b, 11);
	record_u64(b, 123456789);			      /* time */
	record_u64(b, 0xadd0);				      /* addr */
	record_u64(b, 77);				      /* id */
	record_u64(b, 78);				      /* stream id */
	record_u32(b, 3), record_u32(b, 0);		      /* cpu */
	record_u64(b, 1000);				      /* period */
	record_u64(b, 2), record_u64(b, 1), record_u64(b, 1); /* read: nr, enabled, running */
	for (int i = 0; i < 6; i++)
		record_u64(b, 5);
	record_u64(b, 3); /* callchain */
	record_u64(b, (uint64_t)PERF_CONTEXT_USER), record_u64(b, 0x401000),
		record_u64(b, 0x402000);
	record_u32(b, 12), record_u32(b, 0x11), record_u32(b, 0x22), record_u32(b, 0x33); /* raw */
	record_u64(b, 1); /* branches, with the index before and the counters after them */
	for (int i = 0; i < 5; i++)
		record_u64(b, 9);
	record_u64(b, 2), record_u64(b, 0xa), record_u64(b, 0xb), record_u64(b, 0xc);  /* regs */
	record_u64(b, 16), record_u64(b, 0x51), record_u64(b, 0x52), record_u64(b, 8); /* stack */
	record_u32(b, 42), record_u32(b, 0);					       /* weight */
	record_u64(b, 0), record_u64(b, 0);		      /* data source, transaction */
	record_u64(b, 1), record_u64(b, 1), record_u64(b, 2); /* regs at the interrupt */
	for (int i = 0; i < 4; i++)
		record_u64(b, 0);	    /* physical address, cgroup, page sizes */
	record_u64(b, 8), record_u64(b, 0); /* aux */
	record_end(b);
}

static void every_part(void **state)
{
	struct record_buffer b = {0};
	struct pt_perf_sample s;

	(void)state;
	write_everything(&b);
	assert_int_equal(pt_perf_sample_parse(&everything, record_last(&b), &s), 0);
	assert_int_equal(s.id, 77);
	assert_int_equal(s.ip, 0x401000);
	assert_int_equal(s.pid, 10);
	assert_int_equal(s.tid, 11);
	assert_int_equal(s.time_ns, 123456789);
	assert_int_equal(s.addr, 0xadd0);
	assert_int_equal(s.stream_id, 78);
	assert_int_equal(s.cpu, 3);
	assert_int_equal(s.period, 1000);
	assert_int_equal(s.n_ips, 3);
	assert_int_equal(s.ips[2], 0x402000);
	assert_int_equal(s.n_raw, 12);
	assert_int_equal(s.raw[4], 0x22);
	assert_int_equal(s.regs_abi, 2);
	assert_int_equal(s.regs_mask, 0x105);
	assert_int_equal(s.regs[2], 0xc);
	assert_int_equal(s.n_stack, 8);
	assert_int_equal(s.stack[0], 0x51);
	assert_int_equal(s.weight, 42);
	assert_int_equal(s.misc, PERF_RECORD_MISC_USER);
}

/* The last word belongs to something: without it, or any more, the record is refused. */
static void cut_anywhere(void **state)
{
	struct record_buffer b = {0};
	struct perf_event_header *record;
	struct pt_perf_sample s = {.ip = 5};

	(void)state;
	write_everything(&b);
	record = record_last(&b);
	for (unsigned size = record->size - 1; size > 0; size--) {
		record->size = (uint16_t)size;
		assert_int_equal(pt_perf_sample_parse(&everything, record, &s), -PT_ESYNTAX);
	}
	assert_int_equal(s.ip, 5);
}

/* Counts that are larger than the record, up to those that would overflow. */
static void counts_too_large(void **state)
{
	static const uint64_t types[] = {PERF_SAMPLE_CALLCHAIN,	 PERF_SAMPLE_RAW,
					 PERF_SAMPLE_READ,	 PERF_SAMPLE_BRANCH_STACK,
					 PERF_SAMPLE_STACK_USER, UINT64_C(1) << 20};
	static const uint64_t counts[] = {9, 0x7fffffff, UINT64_MAX, UINT64_MAX / 8, 1ull << 61};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++)
		for (size_t j = 0; j < PT_LEN(counts); j++) {
			struct perf_event_attr attr = {.sample_type = types[i],
						       .read_format = PERF_FORMAT_GROUP};
			struct record_buffer b = {0};
			struct pt_perf_sample s;

			record_begin(&b, PERF_RECORD_SAMPLE, 0);
			record_u64(&b, types[i] == PERF_SAMPLE_RAW ? counts[j] | 0xff : counts[j]);
			record_end(&b);
			assert_int_equal(pt_perf_sample_parse(&attr, record_last(&b), &s),
					 -PT_ESYNTAX);
		}
}

/* A stack of which more was used than copied. */
static void stack_of_odd_size(void **state)
{
	static const uint64_t sizes[][2] = {{8, 16}, {7, 7}};
	struct perf_event_attr attr = {.sample_type = PERF_SAMPLE_STACK_USER};

	(void)state;
	for (size_t i = 0; i < PT_LEN(sizes); i++) {
		struct record_buffer b = {0};
		struct pt_perf_sample s;

		record_begin(&b, PERF_RECORD_SAMPLE, 0);
		record_u64(&b, sizes[i][0]), record_u64(&b, 0), record_u64(&b, sizes[i][1]);
		record_end(&b);
		assert_int_equal(pt_perf_sample_parse(&attr, record_last(&b), &s), -PT_ESYNTAX);
	}
}

static void period_of_the_event(void **state)
{
	struct perf_event_attr attr = {.sample_type = PERF_SAMPLE_IP, .sample_period = 400};
	struct record_buffer b = {0};
	struct pt_perf_sample s;

	(void)state;
	record_begin(&b, PERF_RECORD_SAMPLE, 0);
	record_u64(&b, 1);
	record_end(&b);
	assert_int_equal(pt_perf_sample_parse(&attr, record_last(&b), &s), 0);
	assert_int_equal(s.period, 400);
	attr.freq = 1; /* the number is a frequency now */
	assert_int_equal(pt_perf_sample_parse(&attr, record_last(&b), &s), 0);
	assert_int_equal(s.period, 1);
}

static void id_at_the_end(void **state)
{
	struct perf_event_attr attr = everything;
	struct record_buffer b = {0};
	struct pt_perf_sample s;

	(void)state;
	record_begin(&b, PERF_RECORD_COMM, 0);
	record_u32(&b, 10), record_u32(&b, 11);
	record_text(&b, "name");
	record_u32(&b, 10), record_u32(&b, 11);
	record_u64(&b, 99), record_u64(&b, 7), record_u64(&b, 8);
	record_u32(&b, 1), record_u32(&b, 0);
	record_u64(&b, 7);
	record_end(&b);
	assert_true(pt_perf_sample_id(&attr, record_last(&b), &s));
	assert_int_equal(s.time_ns, 99);
	assert_int_equal(s.tid, 11);
	assert_int_equal(s.cpu, 1);
	assert_int_equal(s.stream_id, 8);
	assert_int_equal(s.id, 7);
	record_last(&b)->size = 48; /* a byte less than header and id take */
	record_last(&b)->size += 7;
	assert_false(pt_perf_sample_id(&attr, record_last(&b), &s));
	attr.sample_id_all = 0;
	assert_false(pt_perf_sample_id(&attr, record_last(&b), &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part),	       cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(counts_too_large),    cmocka_unit_test(stack_of_odd_size),
		cmocka_unit_test(period_of_the_event), cmocka_unit_test(id_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
