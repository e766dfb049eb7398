/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TEST_PERF_RECORDS_H
#define PT_TEST_PERF_RECORDS_H

/* Records of perf's interface, word by word, one after the other. */
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct record_buffer {
	_Alignas(8) uint8_t bytes[8192];
	size_t len, last; /* last: where the newest record begins */
};

static inline void record_bytes(struct record_buffer *b, const void *bytes, size_t n)
{
	if (n && b->len + n <= sizeof b->bytes) {
		memcpy(b->bytes + b->len, bytes, n);
		b->len += n;
	}
}

static inline void record_u64(struct record_buffer *b, uint64_t v)
{
	record_bytes(b, &v, sizeof v);
}

static inline void record_u32(struct record_buffer *b, uint32_t v)
{
	record_bytes(b, &v, sizeof v);
}

/* Terminated and filled up to whole words. */
static inline void record_text(struct record_buffer *b, const char *s)
{
	static const char zeroes[8];
	size_t n = strlen(s);

	record_bytes(b, s, n);
	record_bytes(b, zeroes, 8 - n % 8);
}

static inline struct perf_event_header *record_last(struct record_buffer *b)
{
	return (struct perf_event_header *)(void *)(b->bytes + b->last);
}

static inline void record_begin(struct record_buffer *b, uint32_t type, uint16_t misc)
{
	struct perf_event_header h = {.type = type, .misc = misc};

	b->last = b->len;
	record_bytes(b, &h, sizeof h);
}

static inline void record_end(struct record_buffer *b)
{
	uint16_t size = (uint16_t)(b->len - b->last);

	/* Not through record_last(): optimised, a store to bytes of another type goes astray. */
	memcpy(b->bytes + b->last + offsetof(struct perf_event_header, size), &size, sizeof size);
}

#endif
