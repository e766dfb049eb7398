/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_FILE_H
#define PT_PERF_FILE_H

#include "perf_abi.h"
#include "perftop/base/map.h"
#include "perftop/profile/reader.h"

/*
 * What perf.data says of itself: its events, and the features that follow its records (of a file)
 * or come among them (of what perf wrote to a pipe). Numbers are checked against the input; a
 * feature that is broken is left out, as no stack depends on it.
 */
enum pt_perf_record { /* perf's own records */
		      PT_PERF_HEADER_ATTR = 64,
		      PT_PERF_HEADER_TRACING_DATA = 66,
		      PT_PERF_HEADER_BUILD_ID = 67,
		      PT_PERF_FINISHED_ROUND = 68,
		      PT_PERF_AUXTRACE_INFO = 70,
		      PT_PERF_AUXTRACE = 71,
		      PT_PERF_EVENT_UPDATE = 78,
		      PT_PERF_HEADER_FEATURE = 80,
		      PT_PERF_COMPRESSED = 81,
		      PT_PERF_COMPRESSED2 = 83,
};

struct pt_perf_event {
	struct perf_event_attr attr; /* zeroes beyond what the file has of it */
	char name[64];
	bool named; /* by the file; else by its type alone */
	int64_t samples;
	size_t value; /* of the profile; the reader's */
};

struct pt_perf_build_id {
	char *path;
	uint8_t id[20];
	size_t n;
};

struct pt_perf_file {
	const struct pt_profile_input *in;
	struct pt_perf_event *events; /* at least one, of a file */
	size_t n_events, cap_events;
	struct pt_map ids; /* of a sample → index of its event + 1 */
	size_t n_ids;	   /* that were told; some perhaps again and again */
	struct pt_perf_build_id *build_ids;
	size_t n_build_ids, cap_build_ids, build_id_text;
	char hostname[65], release[65], machine[65];
	size_t start, end; /* of records, in the input */
	bool pipe;
	bool unfinished; /* the recorder was killed: its header tells of no records */
	bool truncated;	 /* the header tells of more than there is */
	bool by_id;	 /* samples begin with their event's id */
	bool has_real;	 /* as of a profile */
	int64_t real_ns;
};

/* What is at offset and what was expected there. Returns -code. */
int pt_perf_fault(const struct pt_profile_input *in, struct pt_err *err, enum pt_error code,
		  uint64_t offset, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* 0 and *ret to release; -PT_ESYNTAX; -PT_ENOTSUP for what perf itself must read (another byte
 * order, a format before 2.6.32). */
int pt_perf_file_open(const struct pt_profile_input *in, struct pt_perf_file *ret,
		      struct pt_err *err);
void pt_perf_file_release(struct pt_perf_file *file);

/* Of what comes among the records of a pipe; bodies without their header. */
int pt_perf_file_attr(struct pt_perf_file *file, const char *body, size_t n);
void pt_perf_file_update(struct pt_perf_file *file, const char *body, size_t n);
void pt_perf_file_feature(struct pt_perf_file *file, const char *body, size_t n);
/* A build id's whole record; n as far as there is input. The index in build_ids + 1, or 0. */
size_t pt_perf_file_build_id(struct pt_perf_file *file, const char *record, size_t n);

/* The event with that id; NULL when it has none. */
struct pt_perf_event *pt_perf_file_event(struct pt_perf_file *file, uint64_t id);
/* The index of the event that one of the kernel's records is of, as its attributes tell how to read
 * it, and the record's time, 0 without. n_events: a sample of none that the file tells of. */
uint32_t pt_perf_file_event_of(struct pt_perf_file *file, const struct perf_event_header *record,
			       uint64_t *ret_ns);

/* A word of a record; 0 beyond its end. */
uint64_t pt_perf_word(const void *record, size_t offset);
/* Bytes that follow one of perf's own records without being one. */
uint64_t pt_perf_appended(uint32_t type, const void *record, size_t n);

#endif
