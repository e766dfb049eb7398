/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles as the commands below `flame` read them, and what is told of them. */
#include "flame_read.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "512M", "2 GiB", "1000000". */
static int parse_size(const char *text, size_t *ret)
{
	static const char units[] = "KMGT";
	char *end;
	double n = strtod(text, &end);
	const char *unit;

	if (end == text || !(n > 0))
		return -PT_ESYNTAX;
	end += strspn(end, " ");
	unit = *end ? strchr(units, *end) : NULL;
	for (const char *u = units; unit && u <= unit; u++)
		n *= 1024;
	end += unit ? 1 : 0;
	if (strcmp(end, "") != 0 && strcmp(end, "B") != 0 && (!unit || strcmp(end, "iB") != 0))
		return -PT_ESYNTAX;
	if (n < 1 << 20 || n > 1e15)
		return -PT_ERANGE;
	*ret = (size_t)n;
	return 0;
}

int flame_read_options(struct pt_cli *cli, struct pt_read_options *options)
{
	const char *from = pt_cli_flag(cli, "from"), *size = pt_cli_flag(cli, "max-memory");

	*options = (struct pt_read_options){
		.value = pt_cli_flag(cli, "value"),
		.inlined = pt_cli_flag(cli, "inlined") != NULL,
		.debuginfod = pt_cli_flag(cli, "debuginfod") != NULL,
		.symfs = pt_cli_flag(cli, "symfs"),
		.names = {.tidy_java = true, .tidy_generic = true},
	};
	if (from && !(options->reader = pt_profile_reader_find(from)))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--from: no format '%s'; `perftop flame --formats` lists them",
				    from);
	if (size && parse_size(size, &options->max_memory) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--max-memory: '%s' is no size, expected 1M or more, as 512M",
				    size);
	return -1;
}

static void tell(const char *name, const char *text)
{
	char safe[800];

	pt_text_safe(safe, sizeof safe, text, strlen(text), !pt_cli_utf8());
	fprintf(stderr, "perftop %s: %s\n", name, safe);
}

int flame_read(struct pt_cli *cli, const char *path, const struct pt_read_options *options,
	       struct pt_profile *ret)
{
	struct pt_err err = {0};
	char text[700];

	if (pt_profile_read(path, options, ret, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	for (size_t i = 0; i < ret->n_notes; i++)
		tell(cli->command->name, ret->notes[i]);
	if (ret->partial) {
		pt_err_text(&ret->fault, text, sizeof text);
		tell(cli->command->name, text);
		tell(cli->command->name, "what was read before that is used");
	}
	return -1;
}

void flame_tell_values(struct pt_cli *cli, const struct pt_profile *base,
		       const struct pt_profile *p)
{
	const struct pt_profile_value *was = &base->values[base->value],
				      *now = &p->values[p->value];
	char text[800];

	/* Of counts nobody knows: folded stacks do not tell what theirs are. */
	if (was->unit == now->unit || was->unit == PT_UNIT_COUNT || now->unit == PT_UNIT_COUNT)
		return;
	pt_snprintf(text, sizeof text,
		    "%s measures %s (%s) and %s %s (%s): --value chooses what is compared",
		    base->name, was->name, was->what, p->name, now->name, now->what);
	tell(cli->command->name, text);
}
