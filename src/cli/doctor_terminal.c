/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the terminal and the locale allow. Terminfo is read here as term(5) lays it out and not
 * through curses, so that a build without the console can tell as well.
 */
#include "doctor_terminal.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"

#include <langinfo.h>
#include <string.h>
#include <unistd.h>

enum {
	ENTRY_MAX = 65536,
	MAGIC = 0432,
	MAGIC_32 = 01036, /* numbers of 32 bits */
	HEADER = 12,
	MAX_COLORS = 13, /* its place among the numbers */
};

static unsigned short16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

int doctor_terminfo_colors(const unsigned char *entry, size_t n)
{
	size_t wide, at;

	if (n < HEADER || (short16(entry) != MAGIC && short16(entry) != MAGIC_32))
		return -PT_ESYNTAX;
	wide = short16(entry) == MAGIC_32 ? 4 : 2;
	/* Names and booleans, then numbers at an even place. */
	at = HEADER + short16(entry + 2) + short16(entry + 4);
	at += at % 2 + MAX_COLORS * wide;
	if (short16(entry + 6) <= MAX_COLORS)
		return 0;
	if (at + wide > n)
		return -PT_ESYNTAX;
	/* A number that is absent or cancelled is negative. */
	if (entry[at + wide - 1] & 0x80)
		return 0;
	return (int)(short16(entry + at) | (wide == 4 ? short16(entry + at + 2) << 16 : 0));
}

static int colors_from(const char *path)
{
	char *entry;
	size_t n;
	int r = pt_fs_read(path, ENTRY_MAX, &entry, &n, NULL);

	if (r < 0)
		return r;
	r = doctor_terminfo_colors((const unsigned char *)entry, n);
	free(entry);
	return r;
}

/* The entry of a terminal in a folder, filed by its first letter, or by that letter's number. */
static int colors_in(const char *folder, size_t n, const char *term)
{
	char path[512];
	int r;

	pt_snprintf(path, sizeof path, "%.*s/%c/%s", (int)n, folder, term[0], term);
	r = colors_from(path);
	if (r != -PT_ENOENT)
		return r;
	pt_snprintf(path, sizeof path, "%.*s/%x/%s", (int)n, folder, (unsigned char)term[0], term);
	return colors_from(path);
}

/* Where ncurses looks, and where distributions put it. -PT_ENOENT when it is not known. */
static int colors_of(const char *term)
{
	static const char dirs[] = "/etc/terminfo:/lib/terminfo:/usr/share/terminfo:"
				   "/usr/lib/terminfo:/usr/local/share/terminfo";
	const char *home = getenv("HOME"), *own = getenv("TERMINFO"),
		   *more = getenv("TERMINFO_DIRS");
	struct pt_str all = PT_STR_INIT;
	int r = -PT_ENOENT;

	if (!term[0] || strchr(term, '/'))
		return r;
	pt_str_addf(&all, "%s:%s/.terminfo:%s:%s", own ? own : "", home ? home : "",
		    more ? more : "", dirs);
	for (const char *p = all.s; r == -PT_ENOENT && *p; p += strcspn(p, ":"), p += *p == ':')
		r = colors_in(p, strcspn(p, ":"), term);
	pt_str_release(&all);
	return r;
}

static void look_locale(const struct pt_session *s, struct pt_finding *ret)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value = NULL, *name = "";

	(void)s;
	for (size_t i = 0; i < PT_LEN(variables) && !(value && value[0]); i++)
		value = getenv(name = variables[i]);
	if (pt_cli_utf8())
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "UTF-8");
	else
		pt_finding_set(ret, PT_HEALTH_WARN, "export LC_ALL=C.UTF-8", "%s%s%s%s%s",
			       nl_langinfo(CODESET),
			       value && value[0] ? ", " : ", no locale is set",
			       value && value[0] ? name : "", value && value[0] ? "=" : "",
			       value ? value : "");
}

static void look_term(const struct pt_session *s, struct pt_finding *ret)
{
	const char *term = getenv("TERM");

	(void)s;
	if (!term || !term[0])
		pt_finding_set(ret, PT_HEALTH_WARN, "export TERM=xterm-256color", "not set");
	else if (strcmp(term, "dumb") == 0)
		pt_finding_set(ret, PT_HEALTH_WARN, "export TERM=xterm-256color",
			       "dumb: `perftop snapshot` and `perftop --plain` work in it");
	else if (colors_of(term) == -PT_ENOENT)
		pt_finding_set(ret, PT_HEALTH_WARN,
			       "where it is known: infocmp -x | ssh HOST tic -x -",
			       "%s is not known here; perftop takes it for xterm-256color", term);
	else
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "%s", term);
}

static void look_colors(const struct pt_session *s, struct pt_finding *ret)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	int n = term ? colors_of(term) : 0;

	(void)s;
	if (no && no[0])
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "none: NO_COLOR is set");
	else if (n < 0)
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "this TERM is not known here");
	else
		pt_finding_set(ret, n >= 256 ? PT_HEALTH_OK : PT_HEALTH_WARN,
			       n >= 256 ? NULL : "export TERM=xterm-256color, if it can do that",
			       "%d", n);
}

static void look_size(const struct pt_session *s, struct pt_finding *ret)
{
	int w, h;

	(void)s;
	pt_face_terminal_size(&w, &h);
	if (isatty(STDOUT_FILENO))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "%d x %d", w, h);
	else
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "stdout is no terminal");
}

const struct pt_check doctor_checks_terminal[] = {
	{"locale", "Graphs of braille dots and blocks, and names beyond ASCII, need UTF-8.",
	 look_locale},
	{"TERM", "It says which sequences move the cursor and set colours.", look_term},
	{"colours", "Themes are made for 256; with fewer the nearest are taken.", look_colors},
	{"size", "Panes that do not fit are left out, the least important first.", look_size},
};
const size_t doctor_n_checks_terminal = PT_LEN(doctor_checks_terminal);
