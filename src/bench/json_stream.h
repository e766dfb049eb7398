/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_JSON_STREAM_H
#define PT_BENCH_JSON_STREAM_H

#include "perftop/bench/parser.h"

/*
 * JSON objects among the lines that other programs print: one a line, or laid out over several from
 * a line that is a brace alone. Only those that hold the marker (a key or a value in its quotes)
 * are looked at: builds print objects of their own.
 */
struct pt_json_stream {
	const struct pt_bench_input *in;
	const char *marker;
	size_t pos;
	int line;	/* that pos is the begin of, from 1 */
	int unfinished; /* line of the last object that has no end; 0: none */
	size_t budget;	/* bytes that may yet be looked through for such an end */
};

void pt_json_stream_init(struct pt_json_stream *s, const struct pt_bench_input *in,
			 const char *marker);
/* 1 and *ret, which is yours; 0 at the end; or what is wrong with such an object. *ret_line is added
 * to the line of errors in it. */
int pt_json_stream_next(struct pt_json_stream *s, struct pt_json **ret, int *ret_line,
			struct pt_err *err);
/* Is there such an object near the begin? */
bool pt_json_stream_any(const struct pt_bench_input *in, const char *marker);

#endif
