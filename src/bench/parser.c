/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of formats, made of parsers.def. */
#include "perftop/bench/parser.h"

#include "perftop/base/mem.h"

#include <string.h>

#define PT_BENCH_PARSER(name) extern const struct pt_bench_parser pt_bench_parser_##name;
#include "perftop/bench/parsers.def"
#undef PT_BENCH_PARSER

#define PT_BENCH_PARSER(name) &pt_bench_parser_##name,
const struct pt_bench_parser *const pt_bench_parsers[] = {
#include "perftop/bench/parsers.def"
};
#undef PT_BENCH_PARSER
const size_t pt_n_bench_parsers = PT_LEN(pt_bench_parsers);

const struct pt_bench_parser *pt_bench_parser_find(const char *name)
{
	for (size_t i = 0; i < pt_n_bench_parsers; i++)
		if (!strcmp(pt_bench_parsers[i]->name, name))
			return pt_bench_parsers[i];
	return NULL;
}
