/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read of one process only when somebody looks at it. Everything goes through a descriptor
 * of its folder in /proc whose start time was checked: once the process ends, all below it is
 * ESRCH, so the text can never be that of a newcomer with the same number.
 */
#include "procs_row.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_MAX = 256 << 10, /* bytes of a file; an environment may be megabytes */
	FILES_MAX = 1000,     /* open files listed */
};

struct detail {
	struct pt_procs *procs;
	struct pt_proc *p; /* its row, or NULL when it is not listed yet */
	int fd, pid;
	struct pt_str *out;
	struct pt_err *err;
};

/* The value of one line: a line end inside it would look like a line of its own. */
static void add_value(struct pt_str *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			pt_str_add(out, "\\n");
		else
			pt_str_addc(out, s[i]);
	}
	pt_str_addc(out, '\n');
}

static int fail_errno(const struct detail *d, const char *leaf)
{
	int errnum = errno == ESRCH ? ENOENT : errno;
	int code = errnum == ENOENT ? PT_ENOENT : -pt_err_errno(errnum);

	if (code == PT_ENOENT && pt_root_is_fixture(d->procs->root))
		return pt_err_set(d->err, PT_ENOENT, "/proc/%d/%s was not recorded", d->pid, leaf);
	if (code == PT_ENOENT && faccessat(d->fd, "stat", F_OK, 0) == 0)
		return pt_err_set(d->err, PT_ENOENT, "this kernel has no /proc/%d/%s", d->pid,
				  leaf);
	if (code == PT_ENOENT)
		return pt_err_set(d->err, PT_ENOENT, "process %d has ended", d->pid);
	if (code == PT_EACCES)
		return pt_err_set(d->err, PT_EACCES,
				  "no right to read /proc/%d/%s (of another user: needs root)",
				  d->pid, leaf);
	return pt_err_set(d->err, (enum pt_error)code, "cannot read /proc/%d/%s: %s", d->pid, leaf,
			  strerror(errnum));
}

/* Whole file, cut at TEXT_MAX; *ret_text is yours. */
static int read_text(const struct detail *d, const char *leaf, struct pt_str *ret_text)
{
	int fd = pt_procs_open(d->procs, d->fd, d->pid, leaf, O_RDONLY);
	ssize_t n = -1;
	int rc = 0;

	if (fd < 0)
		return fail_errno(d, leaf);
	while (ret_text->len < TEXT_MAX && (n = read(fd, d->procs->buf, sizeof(d->procs->buf))) > 0)
		pt_str_addn(ret_text, d->procs->buf, (size_t)n);
	if (n < 0)
		rc = fail_errno(d, leaf);
	close(fd);
	return rc;
}

/* -- one function a kind -------------------------------------------------------------------- */

/* Entries end with NUL; "NAME=value" becomes "NAME: value", an argument "2: value". */
static int add_entries(const struct detail *d, const char *leaf, bool numbered)
{
	struct pt_str text = PT_STR_INIT;
	int rc = read_text(d, leaf, &text);
	unsigned number = 0;

	for (size_t at = 0; rc == 0 && at < text.len;) {
		const char *entry = text.s + at;
		size_t n = strlen(entry);
		const char *value = entry;

		at += n + 1;
		if (numbered) {
			pt_str_addf(d->out, "%u: ", number++);
		} else if ((value = strchr(entry, '='))) {
			pt_str_addn(d->out, entry, (size_t)(value++ - entry));
			pt_str_add(d->out, ": ");
		} else {
			value = entry;
		}
		add_value(d->out, value, (size_t)(entry + n - value));
	}
	pt_str_release(&text);
	return rc;
}

static int add_environment(const struct detail *d)
{
	return add_entries(d, "environ", false);
}

static int add_arguments(const struct detail *d)
{
	return add_entries(d, "cmdline", true);
}

/* Calls fn for each line of a file, which it may change; the line is terminated. */
static int each_line(const struct detail *d, const char *leaf,
		     void (*fn)(const struct detail *d, char *line))
{
	struct pt_str text = PT_STR_INIT;
	int rc = read_text(d, leaf, &text);

	for (char *line = rc == 0 ? text.s : NULL; line && *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		fn(d, line);
		line = end;
	}
	pt_str_release(&text);
	return rc;
}

/* Cuts the next column, which two blanks or more end. */
static char *next_column(char **rest)
{
	char *column = *rest + strspn(*rest, " ");
	char *end = strstr(column, "  ");

	if (!end)
		end = column + strlen(column);
	*rest = *end ? end + 2 : end;
	while (end > column && end[-1] == ' ')
		end--;
	*end = '\0';
	return column;
}

/* "Max open files            1024                 524288               files     " */
static void limit_line(const struct detail *d, char *line)
{
	const char *name = next_column(&line), *soft = next_column(&line);
	const char *hard = next_column(&line), *unit = next_column(&line);

	if (!*hard || strncmp(name, "Max ", 4) != 0)
		return;
	pt_str_addf(d->out, "%s: %s", name + 4, soft);
	if (*unit && strcmp(soft, "unlimited") != 0)
		pt_str_addf(d->out, " %s", unit);
	if (strcmp(soft, hard) != 0)
		pt_str_addf(d->out, " (hard: %s)", hard);
	pt_str_addc(d->out, '\n');
}

static int add_limits(const struct detail *d)
{
	return each_line(d, "limits", limit_line);
}

/* "0::/user.slice" of v2, "4:cpu,cpuacct:/docker" of v1 */
static void cgroup_line(const struct detail *d, char *line)
{
	char *names = strchr(line, ':');
	char *path = names ? strchr(names + 1, ':') : NULL;

	if (!path)
		return;
	*path++ = '\0';
	pt_str_addf(d->out, "%s: %s\n", names[1] ? names + 1 : "v2", path);
}

static int add_cgroups(const struct detail *d)
{
	return each_line(d, "cgroup", cgroup_line);
}

/* "Pss:       1024 kB", after a line with the range of addresses. */
static void memory_line(const struct detail *d, char *line)
{
	char *value = strchr(line, ':');
	long long kib;

	if (!value || !isupper((unsigned char)line[0]))
		return;
	*value++ = '\0';
	value += strspn(value, " ");
	pt_str_addf(d->out, "%s: %s\n", line, value);
	value[strcspn(value, " ")] = '\0';
	if (d->p && strcmp(line, "Pss") == 0 && pt_parse_i64(value, 0, LLONG_MAX >> 10, &kib) == 0)
		d->p->pss_bytes = (uint64_t)kib << 10;
}

static int add_memory(const struct detail *d)
{
	return each_line(d, "smaps_rollup", memory_line);
}

struct numbers {
	int v[FILES_MAX];
	size_t n, total;
};

static void add_number(struct numbers *list, const char *name)
{
	long long number;

	if (pt_parse_i64(name, 0, INT_MAX, &number) < 0)
		return;
	if (list->n < FILES_MAX)
		list->v[list->n++] = (int)number;
	list->total++;
}

static int add_files(const struct detail *d)
{
	struct numbers list = {.n = 0};
	int fd = pt_procs_open(d->procs, d->fd, d->pid, "fd", O_RDONLY | O_DIRECTORY);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir) {
		int rc = fail_errno(d, "fd");

		if (fd >= 0)
			close(fd);
		return rc;
	}
	while ((entry = readdir(dir)))
		add_number(&list, entry->d_name);
	qsort(list.v, list.n, sizeof(*list.v), pt_procs_by_number);
	for (size_t i = 0; i < list.n; i++) {
		char name[16], target[PATH_MAX];
		ssize_t n;

		pt_snprintf(name, sizeof(name), "%d", list.v[i]);
		n = readlinkat(fd, name, target, sizeof(target));
		if (n < 0)
			continue; /* closed meanwhile */
		pt_str_addf(d->out, "%s: ", name);
		add_value(d->out, target, (size_t)n);
	}
	if (list.total > list.n)
		pt_str_addf(d->out, "more: %zu not shown\n", list.total - list.n);
	closedir(dir);
	return 0;
}

/* -- the doors ------------------------------------------------------------------------------ */

int pt_procs_pin(struct pt_procs *procs, int pid, uint64_t start_ticks, int *ret_fd,
		 struct pt_err *err)
{
	struct detail d = {.procs = procs, .fd = -1, .pid = pid, .err = err};
	struct pt_procs_stat st;
	struct pt_str text = PT_STR_INIT;
	int rc;

	if (pid <= 0)
		return pt_err_set(err, PT_ENOENT, "no process has the number %d", pid);
	if (procs->proc_fd >= 0) {
		d.fd = pt_procs_open(procs, -1, pid, "", O_RDONLY | O_DIRECTORY);
		if (d.fd < 0)
			return fail_errno(&d, "");
	}
	rc = read_text(&d, "stat", &text);
	if (rc == 0 && pt_procs_stat_parse(pt_str_text(&text), &st) < 0)
		rc = pt_err_set(err, PT_ESYNTAX, "/proc/%d/stat is not as expected", pid);
	else if (rc == 0 && st.start_ticks != start_ticks)
		rc = pt_err_set(err, PT_ENOENT,
				"process %d has ended; another one (%s) has its number now", pid,
				st.comm);
	pt_str_release(&text);
	if (rc < 0 && d.fd >= 0)
		close(d.fd);
	else
		*ret_fd = d.fd;
	return rc;
}

int pt_procs_detail(struct pt_procs *procs, int pid, uint64_t start_ticks, char what,
		    struct pt_str *ret_text, struct pt_err *err)
{
	static const struct {
		char what;
		int (*add)(const struct detail *d);
	} kinds[] = {
		{'a', add_arguments}, {'c', add_cgroups}, {'e', add_environment},
		{'f', add_files},     {'l', add_limits},  {'m', add_memory},
	};
	struct detail d = {.procs = procs, .fd = -1, .pid = pid, .out = ret_text, .err = err};
	int rc;

	for (size_t i = 0; i < PT_LEN(kinds); i++) {
		if (kinds[i].what != what)
			continue;
		rc = pt_procs_pin(procs, pid, start_ticks, &d.fd, err);
		if (rc < 0)
			return rc;
		d.p = (struct pt_proc *)pt_procs_find(procs, pid, start_ticks);
		rc = kinds[i].add(&d);
		if (d.fd >= 0)
			close(d.fd);
		return rc;
	}
	return pt_err_set(err, PT_EINVAL, "no such detail of a process: %c", what);
}
