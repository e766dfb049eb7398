/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header of perf.data. A file has it in front, with offsets to its parts: events with the ids of
 * their samples, records, and after these a table of features. From a pipe there is a short one and
 * the rest comes as records. Parts may stand at odd places, so they are copied out, never cast.
 */
#include "perf_file.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/perf_stacks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	EVENTS_MAX = 16384,
	IDS_MAX = 1 << 20,
	FEATURES = 256,
	ATTR_MIN = 64, /* of the first kernel that had it */
	BUILD_IDS_MAX = 1 << 17,
	BUILD_ID_TEXT = 16 << 20, /* bytes of their paths together */
};

enum feature {
	FEATURE_BUILD_ID = 2,
	FEATURE_HOSTNAME = 3,
	FEATURE_RELEASE = 4,
	FEATURE_MACHINE = 6,
	FEATURE_EVENTS = 12,
	FEATURE_CLOCK = 29, /* of perf record -k */
};

enum { UPDATE_NAME = 2 };			      /* of EVENT_UPDATE */
enum { MISC_BUILD_ID_SIZE = 1 << 15, BUILD_ID = 20 }; /* of a build id's record */

struct section {
	uint64_t offset, size;
};

struct file_header {
	char magic[8];
	uint64_t size, attr_size;
	struct section attrs, data, types;
	uint64_t features[FEATURES / 64];
};

struct build_id_record {
	struct perf_event_header header;
	int32_t pid;
	uint8_t id[BUILD_ID], size, reserved[3];
};

/* Bytes that are taken from the front; bad once there were too few. */
struct bytes {
	const char *at;
	size_t left;
	bool bad;
};

static const char *take(struct bytes *b, size_t n)
{
	const char *at = b->at;

	if (b->bad || n > b->left) {
		b->bad = true;
		return NULL;
	}
	b->at += n;
	b->left -= n;
	return at;
}

static void take_copy(struct bytes *b, void *ret, size_t size)
{
	const char *at = take(b, size);

	memset(ret, 0, size);
	if (at)
		memcpy(ret, at, size);
}

static uint32_t take_u32(struct bytes *b)
{
	uint32_t v;

	take_copy(b, &v, sizeof v);
	return v;
}

static uint64_t take_u64(struct bytes *b)
{
	uint64_t v;

	take_copy(b, &v, sizeof v);
	return v;
}

/* perf's text: its length with the filling, then that many bytes. */
static void take_text(struct bytes *b, char *ret, size_t size)
{
	uint32_t n = take_u32(b);
	const char *at = take(b, n);

	if (at) {
		n = PT_MIN(n, (uint32_t)size - 1);
		memcpy(ret, at, n);
		ret[n] = '\0';
	}
}

int pt_perf_fault(const struct pt_profile_input *in, struct pt_err *err, enum pt_error code,
		  uint64_t offset, const char *fmt, ...)
{
	char place[200], text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	pt_snprintf(place, sizeof place, "%.170s@%llu", in->name, (unsigned long long)offset);
	return pt_err_at(err, code, place, 0, 0, "%s", text);
}

/* -- events --------------------------------------------------------------------------------------- */

/* What perf calls an event when the file does not tell. */
static void name_by_type(struct pt_perf_event *event)
{
	static const char *const hardware[] = {
		"cycles",
		"instructions",
		"cache-references",
		"cache-misses",
		"branches",
		"branch-misses",
		"bus-cycles",
		"stalled-cycles-frontend",
		"stalled-cycles-backend",
		"ref-cycles",
	};
	static const char *const software[] = {
		"cpu-clock",	    "task-clock",   "page-faults",  "context-switches",
		"cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
		"emulation-faults", "dummy",	    "bpf-output",   "cgroup-switches",
	};
	const struct perf_event_attr *attr = &event->attr;
	const char *name = NULL;

	if (attr->type == PERF_TYPE_HARDWARE && attr->config < PT_LEN(hardware))
		name = hardware[attr->config];
	else if (attr->type == PERF_TYPE_SOFTWARE && attr->config < PT_LEN(software))
		name = software[attr->config];
	if (name)
		pt_strlcpy(event->name, name, sizeof event->name);
	else
		pt_snprintf(event->name, sizeof event->name, "%s%llx",
			    attr->type == PERF_TYPE_TRACEPOINT ? "tracepoint:" : "r",
			    (unsigned long long)attr->config);
}

static struct pt_perf_event *add_event(struct pt_perf_file *file, const char *attr, size_t n)
{
	struct pt_perf_event *event;

	if (file->n_events >= EVENTS_MAX)
		return NULL;
	event = PT_PUSH(file->events, file->n_events, file->cap_events);
	memset(event, 0, sizeof *event);
	memcpy(&event->attr, attr, PT_MIN(n, sizeof event->attr));
	name_by_type(event);
	file->by_id = file->events[0].attr.sample_type & PERF_SAMPLE_IDENTIFIER;
	return event;
}

/* The ids of samples of the newest event. */
static bool add_ids(struct pt_perf_file *file, const char *ids, size_t n)
{
	struct bytes b = {ids, n * 8, false};

	if (n > IDS_MAX - file->n_ids)
		return false;
	file->n_ids += n;
	for (size_t i = 0; i < n; i++)
		pt_map_put_u64(&file->ids, take_u64(&b), (void *)(uintptr_t)file->n_events);
	return true;
}

struct pt_perf_event *pt_perf_file_event(struct pt_perf_file *file, uint64_t id)
{
	size_t index = (uintptr_t)pt_map_get_u64(&file->ids, id);

	if (index)
		return &file->events[index - 1];
	return file->n_events == 1 ? file->events : NULL;
}

/* -- records -------------------------------------------------------------------------------------- */

uint64_t pt_perf_word(const void *record, size_t offset)
{
	struct perf_event_header h;
	uint64_t v = 0;

	memcpy(&h, record, sizeof h);
	if (offset + sizeof v <= h.size)
		memcpy(&v, (const char *)record + offset, sizeof v);
	return v;
}

uint64_t pt_perf_appended(uint32_t type, const void *record, size_t n)
{
	if (n < 16)
		return 0;
	if (type == PT_PERF_AUXTRACE)
		return pt_perf_word(record, 8);
	return type == PT_PERF_HEADER_TRACING_DATA ? pt_perf_word(record, 8) & UINT32_MAX : 0;
}

static const struct pt_perf_event *sample_event(struct pt_perf_file *file,
						const struct perf_event_header *record)
{
	struct pt_perf_sample s;

	if (file->n_events == 1)
		return file->events;
	if (file->by_id)
		return pt_perf_file_event(file, pt_perf_word(record, 8));
	if (!file->n_events || pt_perf_sample_parse(&file->events[0].attr, record, &s))
		return NULL;
	return s.id ? pt_perf_file_event(file, s.id) : file->events;
}

static uint64_t sample_time(const struct perf_event_attr *attr,
			    const struct perf_event_header *record)
{
	uint64_t type = attr->sample_type;
	size_t words = 1 + !!(type & PERF_SAMPLE_IDENTIFIER) + !!(type & PERF_SAMPLE_IP) +
		       !!(type & PERF_SAMPLE_TID);

	return type & PERF_SAMPLE_TIME ? pt_perf_word(record, words * 8) : 0;
}

/* Another record's end is read by the event whose id it has there. */
static const struct pt_perf_event *side_event(struct pt_perf_file *file,
					      const struct perf_event_header *record)
{
	const struct pt_perf_event *event = NULL;

	if (file->by_id && file->n_events > 1)
		event = pt_perf_file_event(file, pt_perf_word(record, record->size - 8u));
	return event ? event : file->events;
}

uint32_t pt_perf_file_event_of(struct pt_perf_file *file, const struct perf_event_header *record,
			       uint64_t *ret_ns)
{
	bool sample = record->type == PERF_RECORD_SAMPLE;
	const struct pt_perf_event *event =
		sample ? sample_event(file, record) : side_event(file, record);
	struct pt_perf_sample id;

	*ret_ns = 0;
	if (!event)
		return (uint32_t)file->n_events;
	if (sample)
		*ret_ns = sample_time(&event->attr, record);
	else if (pt_perf_sample_id(&event->attr, record, &id))
		*ret_ns = id.time_ns;
	return (uint32_t)(event - file->events);
}

int pt_perf_file_attr(struct pt_perf_file *file, const char *body, size_t n)
{
	uint32_t size;

	if (n < ATTR_MIN)
		return -PT_ESYNTAX;
	memcpy(&size, body + offsetof(struct perf_event_attr, size), sizeof size);
	size = size ? size : ATTR_MIN;
	if (size < ATTR_MIN || size > n || !add_event(file, body, size) ||
	    !add_ids(file, body + size, (n - size) / 8))
		return -PT_ESYNTAX;
	return 0;
}

static void rename_event(struct pt_perf_event *event, const char *name)
{
	if (event && *name) {
		pt_strlcpy(event->name, name, sizeof event->name);
		event->named = true;
	}
}

void pt_perf_file_update(struct pt_perf_file *file, const char *body, size_t n)
{
	struct bytes b = {body, n, false};
	uint64_t type = take_u64(&b), id = take_u64(&b);
	char name[64] = "";

	if (b.bad || type != UPDATE_NAME)
		return;
	memcpy(name, b.at, PT_MIN(b.left, sizeof name - 1));
	rename_event(pt_perf_file_event(file, id), name);
}

/* -- features ------------------------------------------------------------------------------------- */

size_t pt_perf_file_build_id(struct pt_perf_file *file, const char *record, size_t n)
{
	struct build_id_record r;
	struct pt_perf_build_id *b;
	size_t size;

	if (n <= sizeof r || file->n_build_ids >= BUILD_IDS_MAX)
		return 0;
	memcpy(&r, record, sizeof r);
	size = r.header.misc & MISC_BUILD_ID_SIZE ? r.size : BUILD_ID;
	if (r.header.size <= sizeof r || r.header.size > n || size > BUILD_ID ||
	    file->build_id_text > BUILD_ID_TEXT)
		return 0;
	b = PT_PUSH(file->build_ids, file->n_build_ids, file->cap_build_ids);
	*b = (struct pt_perf_build_id){.n = size};
	memcpy(b->id, r.id, BUILD_ID);
	b->path = pt_strndup(record + sizeof r, r.header.size - sizeof r);
	file->build_id_text += strlen(b->path);
	return file->n_build_ids;
}

static void build_ids(struct pt_perf_file *file, struct bytes *b)
{
	while (b->left > sizeof(struct build_id_record)) {
		struct perf_event_header header;
		size_t size;

		memcpy(&header, b->at, sizeof header);
		size = header.size;
		if (size < sizeof header || size > b->left)
			return;
		pt_perf_file_build_id(file, b->at, size);
		take(b, size);
	}
}

/* Names of events, found by the ids of their samples, or by their place where these have none. */
static void event_names(struct pt_perf_file *file, struct bytes *b)
{
	uint32_t n = take_u32(b), size = take_u32(b);

	for (uint32_t i = 0; i < n && !b->bad; i++) {
		struct pt_perf_event *event = i < file->n_events ? &file->events[i] : NULL;
		char name[64] = "";
		uint32_t n_ids;

		take(b, size);
		n_ids = take_u32(b);
		take_text(b, name, sizeof name);
		for (uint32_t j = 0; j < n_ids && !b->bad; j++) {
			uint64_t id = take_u64(b);

			if (!j && pt_map_get_u64(&file->ids, id))
				event = pt_perf_file_event(file, id);
		}
		if (!b->bad)
			rename_event(event, name);
	}
}

/* What the time of day was at a moment of the clock that samples were taken by. */
static void clock_at(struct pt_perf_file *file, struct bytes *b)
{
	uint32_t version = take_u32(b);
	uint64_t real, own;

	take_u32(b); /* which clock */
	real = take_u64(b);
	own = take_u64(b);
	if (b->bad || version != 1 || real > INT64_MAX || own > INT64_MAX)
		return;
	file->has_real = true;
	file->real_ns = (int64_t)real - (int64_t)own;
}

static void feature(struct pt_perf_file *file, uint64_t which, struct bytes b)
{
	switch (which) {
	case FEATURE_BUILD_ID: build_ids(file, &b); break;
	case FEATURE_HOSTNAME: take_text(&b, file->hostname, sizeof file->hostname); break;
	case FEATURE_RELEASE: take_text(&b, file->release, sizeof file->release); break;
	case FEATURE_MACHINE: take_text(&b, file->machine, sizeof file->machine); break;
	case FEATURE_EVENTS: event_names(file, &b); break;
	case FEATURE_CLOCK: clock_at(file, &b); break;
	default: break;
	}
}

void pt_perf_file_feature(struct pt_perf_file *file, const char *body, size_t n)
{
	struct bytes b = {body, n, false};
	uint64_t which = take_u64(&b);

	if (!b.bad)
		feature(file, which, b);
}

/* -- the header of a file ------------------------------------------------------------------------- */

static bool within(const struct pt_profile_input *in, struct section s)
{
	return s.offset <= in->len && s.size <= in->len - s.offset;
}

static int read_events(struct pt_perf_file *file, const struct file_header *h, struct pt_err *err)
{
	const struct pt_profile_input *in = file->in;
	struct bytes b = {in->data + h->attrs.offset, h->attrs.size, false};
	size_t n_attr;

	if (h->attr_size < ATTR_MIN + sizeof(struct section) || h->attr_size > h->attrs.size)
		return pt_perf_fault(in, err, PT_ESYNTAX, 16,
				     "events of %llu bytes each in a part of %llu, expected at "
				     "least %u and one event",
				     (unsigned long long)h->attr_size,
				     (unsigned long long)h->attrs.size,
				     (unsigned)(ATTR_MIN + sizeof(struct section)));
	n_attr = (size_t)h->attr_size - sizeof(struct section);
	while (b.left >= h->attr_size) {
		uint64_t at = (uint64_t)(b.at - in->data);
		const char *attr = take(&b, n_attr);
		struct section ids;

		take_copy(&b, &ids, sizeof ids);
		if (!within(in, ids) || ids.size % 8)
			return pt_perf_fault(in, err, PT_ESYNTAX, at + n_attr,
					     "ids of an event at %llu, %llu bytes, expected whole "
					     "ids within the file",
					     (unsigned long long)ids.offset,
					     (unsigned long long)ids.size);
		if (!add_event(file, attr, n_attr) ||
		    !add_ids(file, in->data + ids.offset, ids.size / 8))
			return pt_perf_fault(in, err, PT_ELIMIT, at,
					     "more than %d events or %d ids", EVENTS_MAX, IDS_MAX);
	}
	return 0;
}

static void read_features(struct pt_perf_file *file, const struct file_header *h)
{
	const struct pt_profile_input *in = file->in;
	struct bytes table = {in->data + file->end, in->len - file->end, false};

	for (unsigned i = 0; i < FEATURES; i++) {
		struct section s;

		if (!(h->features[i / 64] >> i % 64 & 1))
			continue;
		take_copy(&table, &s, sizeof s);
		if (table.bad)
			return;
		if (within(in, s))
			feature(file, i, (struct bytes){in->data + s.offset, s.size, false});
	}
}

static int read_header(struct pt_perf_file *file, struct pt_err *err)
{
	const struct pt_profile_input *in = file->in;
	struct file_header h;
	int code;

	if (in->len < sizeof h)
		return pt_perf_fault(in, err, PT_ESYNTAX, in->len,
				     "the file ends in its header, expected %zu bytes", sizeof h);
	memcpy(&h, in->data, sizeof h);
	if (!within(in, h.attrs) || h.data.offset > in->len)
		return pt_perf_fault(in, err, PT_ESYNTAX, h.attrs.offset > in->len ? 24 : 32,
				     "events or records beyond the end of the file, expected them "
				     "within its %zu bytes",
				     in->len);
	code = read_events(file, &h, err);
	if (code)
		return code;
	file->start = (size_t)h.data.offset;
	file->unfinished = !h.data.size;
	file->truncated = h.data.size > in->len - file->start;
	if (file->unfinished || file->truncated) {
		file->end = in->len;
	} else {
		file->end = file->start + (size_t)h.data.size;
		read_features(file, &h);
	}
	return 0;
}

int pt_perf_file_open(const struct pt_profile_input *in, struct pt_perf_file *ret,
		      struct pt_err *err)
{
	struct pt_perf_file file = {.in = in};
	uint64_t size;
	int code = 0;

	if (in->len < 16)
		return pt_perf_fault(in, err, PT_ESYNTAX, in->len,
				     "the file ends in its header, expected 16 bytes");
	if (memcmp(in->data, "PERFILE2", 8) != 0)
		return pt_perf_fault(in, err, PT_ENOTSUP, 0,
				     "written by a machine of another byte order, or before "
				     "Linux 2.6.32, expected PERFILE2");
	memcpy(&size, in->data + 8, sizeof size);
	file.pipe = size == 16;
	file.start = 16;
	file.end = in->len;
	if (!file.pipe)
		code = read_header(&file, err);
	if (code)
		pt_perf_file_release(&file);
	else
		*ret = file;
	return code;
}

void pt_perf_file_release(struct pt_perf_file *file)
{
	for (size_t i = 0; i < file->n_build_ids; i++)
		free(file->build_ids[i].path);
	free(file->build_ids);
	free(file->events);
	pt_map_release(&file->ids);
}
