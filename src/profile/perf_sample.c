/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The layout of a SAMPLE record: which parts it has, and in what order, is told by the event's
 * attributes alone. Everything is whole 64-bit words, so a cursor over words is all that it takes;
 * each step is checked against what is left, as the record may come from a file.
 */
#include "perftop/profile/perf_stacks.h"

#include "perf_abi.h"
#include "perftop/base/mem.h"

#include <string.h>

struct words {
	const uint64_t *at;
	uint64_t left;
	bool bad; /* more was asked for than there is */
};

/* The next n words, or NULL. */
static const uint64_t *take(struct words *w, uint64_t n)
{
	const uint64_t *at = w->at;

	if (w->bad || n > w->left) {
		w->bad = true;
		return NULL;
	}
	w->at += n;
	w->left -= n;
	return at;
}

static uint64_t word(struct words *w)
{
	const uint64_t *at = take(w, 1);

	return at ? *at : 0;
}

/* Two 32-bit numbers in one word, in the order of memory. */
static void halves(struct words *w, uint32_t *first, uint32_t *second)
{
	const uint64_t *at = take(w, 1);
	uint32_t both[2] = {0};

	if (at)
		memcpy(both, at, sizeof both);
	*first = both[0];
	*second = both[1];
}

/* Counts that a group of events had: not wanted here, but they have to be walked over. */
static void skip_read(struct words *w, uint64_t format)
{
	uint64_t times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
			 !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	uint64_t each = 1 + !!(format & PERF_FORMAT_ID) + !!(format & PT_PERF_FORMAT_LOST);
	uint64_t n = format & PERF_FORMAT_GROUP ? word(w) : 1;

	take(w, times);
	if (n > w->left)
		w->bad = true;
	else
		take(w, n * each);
}

static void take_raw(struct words *w, struct pt_perf_sample *ret)
{
	const uint64_t *at = w->at;
	uint32_t size;

	if (!take(w, 1))
		return;
	memcpy(&size, at, sizeof size);
	/* The first four bytes stand in the same word as the size. */
	if (take(w, size > 4 ? ((uint64_t)size - 4 + 7) / 8 : 0)) {
		ret->raw = (const uint8_t *)at + sizeof size;
		ret->n_raw = size;
	}
}

static void skip_branches(struct words *w, uint64_t type)
{
	uint64_t n = word(w);

	if (type & PT_PERF_BRANCH_HW_INDEX)
		take(w, 1);
	if (n > w->left)
		w->bad = true;
	else
		take(w, n * (type & PT_PERF_BRANCH_COUNTERS ? 4 : 3));
}

static void take_user_stack(struct words *w, struct pt_perf_sample *ret)
{
	uint64_t size = word(w), used;
	const uint64_t *stack;

	if (!size)
		return;
	stack = size % 8 ? NULL : take(w, size / 8);
	used = word(w);
	if (!stack || used > size) {
		w->bad = true;
		return;
	}
	ret->stack = (const uint8_t *)stack;
	ret->n_stack = used;
}

static uint64_t popcount(uint64_t mask)
{
	return (uint64_t)__builtin_popcountll(mask);
}

static void take_head(struct words *w, uint64_t type, struct pt_perf_sample *ret)
{
	uint32_t unused;

	if (type & PERF_SAMPLE_IDENTIFIER)
		ret->id = word(w);
	if (type & PERF_SAMPLE_IP)
		ret->ip = word(w);
	if (type & PERF_SAMPLE_TID)
		halves(w, &ret->pid, &ret->tid);
	if (type & PERF_SAMPLE_TIME)
		ret->time_ns = word(w);
	if (type & PERF_SAMPLE_ADDR)
		ret->addr = word(w);
	if (type & PERF_SAMPLE_ID)
		ret->id = word(w);
	if (type & PERF_SAMPLE_STREAM_ID)
		ret->stream_id = word(w);
	if (type & PERF_SAMPLE_CPU)
		halves(w, &ret->cpu, &unused);
	if (type & PERF_SAMPLE_PERIOD)
		ret->period = word(w);
}

/* What follows the user's stack; of interest is only the weight. */
static void take_tail(struct words *w, const struct perf_event_attr *attr,
		      struct pt_perf_sample *ret)
{
	static const uint64_t single[] = {
		PERF_SAMPLE_PHYS_ADDR,
		PT_PERF_SAMPLE_CGROUP,
		PT_PERF_SAMPLE_DATA_PAGE_SIZE,
		PT_PERF_SAMPLE_CODE_PAGE_SIZE,
	};
	uint64_t type = attr->sample_type;

	if (type & PERF_SAMPLE_WEIGHT)
		ret->weight = word(w);
	else if (type & PT_PERF_SAMPLE_WEIGHT_STRUCT)
		ret->weight = word(w) & UINT32_MAX;
	if (type & PERF_SAMPLE_DATA_SRC)
		word(w);
	if (type & PERF_SAMPLE_TRANSACTION)
		word(w);
	if (type & PERF_SAMPLE_REGS_INTR && word(w))
		take(w, popcount(attr->sample_regs_intr));
	for (size_t i = 0; i < PT_LEN(single); i++)
		if (type & single[i])
			word(w);
	if (type & PT_PERF_SAMPLE_AUX) {
		uint64_t size = word(w);

		take(w, size / 8 + !!(size % 8));
	}
}

int pt_perf_sample_parse(const struct perf_event_attr *attr, const struct perf_event_header *record,
			 struct pt_perf_sample *ret)
{
	uint64_t type = attr->sample_type;
	struct pt_perf_sample s = {.misc = record->misc,
				   .period = attr->freq ? 1 : attr->sample_period};
	struct words w = {.at = (const uint64_t *)(record + 1)};

	if (record->size < sizeof *record)
		return -PT_ESYNTAX;
	w.left = (record->size - sizeof *record) / 8;
	take_head(&w, type, &s);
	if (type & PERF_SAMPLE_READ)
		skip_read(&w, attr->read_format);
	if (type & PERF_SAMPLE_CALLCHAIN) {
		s.n_ips = word(&w);
		s.ips = take(&w, s.n_ips);
	}
	if (type & PERF_SAMPLE_RAW)
		take_raw(&w, &s);
	if (type & PERF_SAMPLE_BRANCH_STACK)
		skip_branches(&w, attr->branch_sample_type);
	if (type & PERF_SAMPLE_REGS_USER && (s.regs_abi = word(&w)) != 0) {
		s.regs_mask = attr->sample_regs_user;
		s.regs = take(&w, popcount(s.regs_mask));
	}
	if (type & PERF_SAMPLE_STACK_USER)
		take_user_stack(&w, &s);
	take_tail(&w, attr, &s);
	if (w.bad)
		return -PT_ESYNTAX;
	*ret = s;
	return 0;
}

#define ID_PARTS                                                                       \
	(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

size_t pt_perf_id_bytes(const struct perf_event_attr *attr)
{
	return attr->sample_id_all ? 8 * popcount(attr->sample_type & ID_PARTS) : 0;
}

bool pt_perf_sample_id(const struct perf_event_attr *attr, const struct perf_event_header *record,
		       struct pt_perf_sample *ret)
{
	size_t size = pt_perf_id_bytes(attr);
	uint64_t type = attr->sample_type;
	struct words w = {.left = size / 8};
	uint32_t unused;

	if (!size || record->size < sizeof *record + size)
		return false;
	w.at = (const uint64_t *)((const char *)record + (record->size - size) / 8 * 8);
	*ret = (struct pt_perf_sample){.misc = record->misc};
	if (type & PERF_SAMPLE_TID)
		halves(&w, &ret->pid, &ret->tid);
	if (type & PERF_SAMPLE_TIME)
		ret->time_ns = word(&w);
	if (type & PERF_SAMPLE_ID)
		ret->id = word(&w);
	if (type & PERF_SAMPLE_STREAM_ID)
		ret->stream_id = word(&w);
	if (type & PERF_SAMPLE_CPU)
		halves(&w, &ret->cpu, &unused);
	if (type & PERF_SAMPLE_IDENTIFIER)
		ret->id = word(&w);
	return true;
}
