/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vtrun: runs a program on a screen of a given size, types keys, prints what is to be seen. For
 * people and for scripts that look at screens; tests use vtscreen.h itself. Not installed.
 */
#include "vtscreen.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: vtrun [-e NAME=VALUE]... [-r FILE] COLSxROWS KEYS COMMAND [ARGUMENT]...\n"
	"KEYS: parts separated by '|'; after each the screen is left to settle.\n"
	"  j<Enter>\\x1b  typed, in the notation of vtscreen.h\n"
	"  ~text         waits for text\n"
	"  %120x40       changes the size\n"
	"  !             prints the screen (it is always printed before the program is ended)\n"
	"  !signal       sends the signal of that number, and waits for the end\n"
	"-e NAME=VALUE sets, -e NAME removes an environment variable; TERM and LANG too.\n"
	"-r FILE writes every byte of the program's output to FILE.\n";

static bool parse_size(const char *text, int *cols, int *rows)
{
	char end;

	return sscanf(text, "%dx%d%c", cols, rows, &end) == 2 && *cols > 0 && *rows > 0 &&
	       *cols <= 1000 && *rows <= 1000;
}

static bool signal_it(struct vts *s, int number)
{
	if (kill(s->pid, number))
		return false;
	return vts_wait_exit(s);
}

static bool play(struct vts *s, const char *part)
{
	int cols, rows;

	if (part[0] == '~' && part[1])
		return vts_wait_text(s, part + 1);
	if (!strcmp(part, "!"))
		vts_dump(s, stdout);
	else if (part[0] == '!')
		return signal_it(s, atoi(part + 1));
	else if (part[0] == '%' && parse_size(part + 1, &cols, &rows))
		vts_resize(s, cols, rows);
	else if (!vts_keys(s, part))
		return false;
	vts_settle(s);
	return true;
}

static bool play_all(struct vts *s, char *keys)
{
	char *part;

	vts_settle(s);
	while ((part = strsep(&keys, "|")) != NULL)
		if (*part && !play(s, part))
			return false;
	return true;
}

static void save_raw(const struct vts *s, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(s->raw, 1, s->raw_len, f) != s->raw_len || fclose(f))
		perror(path);
}

int main(int argc, char **argv)
{
	const char *env[32] = {NULL}, *raw = NULL;
	struct vts_options opt = {.env = env};
	size_t n_env = 0;
	char left[256];
	struct vts *s;
	bool ok;
	int c;

	while ((c = getopt(argc, argv, "+e:r:")) != -1) {
		if (c == 'e' && n_env < sizeof env / sizeof *env - 1)
			env[n_env++] = optarg;
		else if (c == 'r')
			raw = optarg;
		else
			return fputs(usage, stderr), 2;
	}
	if (argc - optind < 3 || !parse_size(argv[optind], &opt.cols, &opt.rows))
		return fputs(usage, stderr), 2;
	s = vts_start((const char *const *)argv + optind + 2, &opt);
	ok = play_all(s, argv[optind + 1]);
	vts_dump(s, stdout);
	printf("title \"%s\", %d bells, %zu bytes, left on: %s\n", s->title, s->bells, s->raw_len,
	       *vts_left_on(s, left, sizeof left) ? left : "nothing");
	if (raw)
		save_raw(s, raw);
	if (s->gone)
		printf("had ended: ");
	printf("status %d\n", vts_stop(s));
	return ok ? 0 : 1;
}
