/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Terminal input: the same events whole, byte by byte, and cut where the data itself says; no key
 * that has no name, no control among the characters, no piece of a paste beyond its bound.
 */
#include "perftop/ui/input.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct digest {
	uint64_t hash; /* of all events; pieces of a paste count as one */
	bool in_paste;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void add(struct digest *d, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		d->hash = (d->hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
}

static void check_key(uint32_t key)
{
	uint32_t base = key & 0x1FFFFF;
	char name[32];

	check(base != UI_KEY_NONE && base <= UI_KEY_F12);
	check(base < 0xD800 || base > 0xDFFF);
	check(base < 0x80 || base >= 0xA0);
	check(strlen(ui_key_name(key, name, sizeof name)) > 0);
}

static void on_event(void *arg, const struct ui_event *e)
{
	struct digest *d = arg;
	const int numbers[] = {e->type, (int)e->key, e->x, e->y, e->button, (int)e->mods};

	if (e->type == UI_EVENT_KEY)
		check_key(e->key);
	if (e->type == UI_EVENT_CLICK || e->type == UI_EVENT_WHEEL)
		check(e->x >= 0 && e->y >= 0 && e->button >= 0 && e->button <= 2);
	if (e->type == UI_EVENT_PASTE)
		check(e->text_len > 0 && e->text_len <= 256);
	if (e->type != UI_EVENT_PASTE || !d->in_paste)
		add(d, numbers, sizeof numbers);
	if (e->type == UI_EVENT_PASTE)
		add(d, e->text, e->text_len);
	d->in_paste = e->type == UI_EVENT_PASTE;
}

/* step 0: pieces as long as the bytes at their beginning say. */
static uint64_t run(const uint8_t *data, size_t size, size_t step)
{
	struct digest d = {UINT64_C(14695981039346656037), false};
	struct ui_input in;

	ui_input_init(&in);
	for (size_t at = 0, n; at < size; at += n) {
		n = step ? step : 1 + data[at] % 13u;
		n = n > size - at ? size - at : n;
		ui_input_feed(&in, data + at, n, on_event, &d);
		check(in.n < sizeof in.buf);
	}
	for (int i = 0; i < 3; i++)
		ui_input_timeout(&in, on_event, &d);
	return d.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole = size ? run(data, size, size) : 0;

	if (!size)
		return 0;
	check(run(data, size, 1) == whole);
	check(run(data, size, 0) == whole);
	return 0;
}
