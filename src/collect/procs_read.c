/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One process, as cheaply as may be. The question of each scan is whether it ran at all, and the
 * cheapest answer is its CPU clock: clock_gettime() on it is one system call without a descriptor
 * (1.1 us, beside 3.4 for a schedstat file that is kept open, and 16 for opening, reading and
 * closing stat; 2,000 processes, cold), exact to the nanosecond, and it counts all threads. No
 * right is needed. Whoever did not run has the same state, memory and faults as before, so nothing
 * is read of it.
 *
 * Three things change without the process running: its memory (reclaim), its priority (renice by
 * somebody), its control group. So each process is read anew once in TURN scans all the same. Then
 * its title, user and control group are refreshed too; the first two only if it ran, and at once
 * when its name changed, which exec() does. Its parent is asked for when the old one ended.
 *
 * On a fixture, or where /proc belongs to another pid namespace, there are no clocks and stat is
 * read each time.
 */
#include "procs_row.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	TURN = 32,	    /* scans between two readings of a sleeper */
	KEEP_MAX = 128,	    /* stat descriptors kept; each also holds 4 KiB in the kernel */
	KEEP_IDLE = 4,	    /* scans without running until such a descriptor is closed */
	CMDLINE_MAX = 1024, /* kept of a command line; all of it is a detail on demand */
	CGROUP_MAX = 512,
	TASKS_MAX = 64,	      /* threads whose switches are added up; beyond there is no value */
	COST_READ = 16,	      /* of a file, in cheap looks */
	SOON_NS = 20 * PT_MS, /* a rate over less would be noise */
	KERNEL_THREAD = 0x200000,			    /* PF_KTHREAD */
	NAMES = PT_PROC_WANT_CMDLINE | PT_PROC_WANT_CGROUP, /* kept when unwanted */
};

/* -- stat ----------------------------------------------------------------------------------- */

/* Next number of a blank-separated list; *s is NULL from the first failure on. */
static int64_t next_number(const char **s)
{
	uint64_t value = 0;
	const char *p = *s;
	bool minus;

	if (!p)
		return 0;
	while (*p == ' ')
		p++;
	minus = *p == '-';
	p += minus;
	if (*p < '0' || *p > '9') {
		*s = NULL;
		return 0;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (unsigned)(*p - '0');
	*s = p;
	return (int64_t)(minus ? 0 - value : value);
}

static void skip_numbers(const char **s, int n)
{
	while (n-- > 0)
		next_number(s);
}

int pt_procs_stat_parse(const char *text, struct pt_procs_stat *ret)
{
	const char *open = strchr(text, '(');
	const char *close = open ? strrchr(open, ')') : NULL;
	struct pt_procs_stat st = {0};
	const char *s = text;
	size_t n;

	if (!close || close[1] != ' ' || !close[2] || close[2] == ' ')
		return -PT_ESYNTAX;
	st.pid = (int)next_number(&s);
	n = PT_MIN((size_t)(close - open - 1), sizeof(st.comm) - 1);
	memcpy(st.comm, open + 1, n);
	st.state = close[2];
	s = s ? close + 3 : NULL;
	st.ppid = (int)next_number(&s);
	skip_numbers(&s, 4);
	st.flags = (unsigned)next_number(&s);
	st.minflt = (uint64_t)next_number(&s);
	skip_numbers(&s, 1);
	st.majflt = (uint64_t)next_number(&s);
	skip_numbers(&s, 1);
	st.ticks = (uint64_t)next_number(&s);
	st.ticks += (uint64_t)next_number(&s);
	skip_numbers(&s, 2);
	st.priority = (int)next_number(&s);
	st.nice = (int)next_number(&s);
	st.threads = (int)next_number(&s);
	skip_numbers(&s, 1);
	st.start_ticks = (uint64_t)next_number(&s);
	st.virt_bytes = (uint64_t)next_number(&s);
	st.rss_pages = (uint64_t)next_number(&s);
	if (!s || st.pid <= 0 || st.threads < 0)
		return -PT_ESYNTAX;
	*ret = st;
	return 0;
}

/* -- files of one process ------------------------------------------------------------------- */

/* snprintf() would cost a quarter of what opening the file does. */
static char *put_number(char *at, unsigned number)
{
	char digits[12];
	int n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10));
	while (n)
		*at++ = digits[--n];
	return at;
}

int pt_procs_open(struct pt_procs *procs, int dir_fd, int pid, const char *leaf, int flags)
{
	char path[64] = "proc/", *end;

	if (dir_fd >= 0 && *leaf)
		return openat(dir_fd, leaf, flags | O_CLOEXEC);
	end = put_number(path + 5, (unsigned)pid);
	if (*leaf)
		*end++ = '/';
	pt_strlcpy(end, leaf, sizeof(path) - (size_t)(end - path));
	if (procs->proc_fd < 0)
		return pt_root_openfd(procs->root, path, flags);
	return openat(procs->proc_fd, path + 5, flags | O_CLOEXEC);
}

/* Text of a small file into procs->buf, terminated, cut at max. Length or -1 with errno. */
static ssize_t read_leaf(struct pt_procs *procs, int pid, const char *leaf, size_t max)
{
	int fd = pt_procs_open(procs, -1, pid, leaf, O_RDONLY);
	ssize_t n;
	int errnum;

	procs->cost += COST_READ;
	if (fd < 0)
		return -1;
	n = read(fd, procs->buf, PT_MIN(max, sizeof(procs->buf) - 1));
	errnum = errno;
	close(fd);
	errno = errnum;
	if (n >= 0)
		procs->buf[n] = '\0';
	return n;
}

static void drop_stat(struct pt_procs *procs, struct pt_procs_row *row)
{
	if (row->stat_fd < 0)
		return;
	close(row->stat_fd);
	row->stat_fd = -1;
	procs->n_kept--;
}

/* Through the descriptor that is kept for those who run often: a third of the price. */
static bool reread_stat(struct pt_procs *procs, struct pt_procs_row *row)
{
	ssize_t n;

	if (row->stat_fd < 0 && procs->n_kept < KEEP_MAX && !row->idle && procs->proc_fd >= 0) {
		row->stat_fd = pt_procs_open(procs, -1, row->p.pid, "stat", O_RDONLY);
		procs->n_kept += row->stat_fd >= 0;
	}
	if (row->stat_fd < 0)
		return false;
	procs->cost += COST_READ / 2;
	n = pread(row->stat_fd, procs->buf, sizeof(procs->buf) - 1, 0);
	if (n <= 0) {
		drop_stat(procs, row);
		return false;
	}
	procs->buf[n] = '\0';
	return true;
}

static bool read_stat(struct pt_procs *procs, int pid, struct pt_procs_row *row,
		      struct pt_procs_stat *ret)
{
	if (!row || !reread_stat(procs, row)) {
		ssize_t n = read_leaf(procs, pid, "stat", SIZE_MAX);

		if (n <= 0) {
			errno = n < 0 ? errno : ESRCH;
			return false;
		}
	}
	errno = EBADMSG;
	return pt_procs_stat_parse(procs->buf, ret) == 0;
}

/* The process's CPU clock, user and system time of all threads. */
static bool read_clock(const struct pt_procs *procs, int pid, uint64_t *ret_ns)
{
	/* As clock_getcpuclockid() makes it, which would check it by a system call more. */
	clockid_t id = (clockid_t)(~(unsigned)pid << 3 | 2);
	struct timespec ts;

	if (!procs->own_pids || clock_gettime(id, &ts) < 0)
		return false;
	*ret_ns = (uint64_t)ts.tv_sec * (uint64_t)PT_S + (uint64_t)ts.tv_nsec;
	return true;
}

/* -- columns of their own cost -------------------------------------------------------------- */

static double rate(uint64_t before, uint64_t after, double dt_s)
{
	bool valid = dt_s > 0 && before != UINT64_MAX && after != UINT64_MAX && after >= before;

	return valid ? (double)(after - before) / dt_s : NAN;
}

/* Number after a key such as "read_bytes: " at a line's start; UINT64_MAX if there is none. */
static uint64_t number_of(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n) == 0) {
			const char *s = line + n + strspn(line + n, " \t");
			int64_t value = next_number(&s);

			return s && value >= 0 ? (uint64_t)value : UINT64_MAX;
		}
	}
	return UINT64_MAX;
}

static void read_io(struct pt_procs *procs, struct pt_procs_row *row, double dt_s)
{
	uint64_t in = UINT64_MAX, out = UINT64_MAX;

	if (read_leaf(procs, row->p.pid, "io", SIZE_MAX) > 0) {
		in = number_of(procs->buf, "read_bytes:");
		out = number_of(procs->buf, "write_bytes:");
	}
	row->p.read_rate = rate(row->read_bytes, in, dt_s);
	row->p.write_rate = rate(row->write_bytes, out, dt_s);
	row->read_bytes = in;
	row->write_bytes = out;
}

/* status tells of one thread, the folder's own of the main one. */
static uint64_t switches_of(struct pt_procs *procs, int pid, const char *leaf)
{
	uint64_t own, forced;

	if (read_leaf(procs, pid, leaf, SIZE_MAX) <= 0)
		return UINT64_MAX;
	own = number_of(procs->buf, "voluntary_ctxt_switches:");
	forced = number_of(procs->buf, "nonvoluntary_ctxt_switches:");
	return own == UINT64_MAX || forced == UINT64_MAX ? UINT64_MAX : own + forced;
}

struct tasks {
	unsigned id[TASKS_MAX];
	size_t n;
};

static void add_task(void *arg, const char *name)
{
	struct tasks *tasks = arg;
	long long id;

	if (tasks->n < TASKS_MAX && pt_parse_i64(name, 1, INT32_MAX, &id) == 0)
		tasks->id[tasks->n++] = (unsigned)id;
}

static uint64_t switches_of_all(struct pt_procs *procs, const struct pt_procs_row *row)
{
	char path[64] = "proc/";
	struct tasks tasks = {.n = 0};
	uint64_t sum = 0;

	if (row->p.threads <= 1)
		return switches_of(procs, row->p.pid, "status");
	if (row->p.threads > TASKS_MAX)
		return UINT64_MAX;
	pt_strlcpy(put_number(path + 5, (unsigned)row->p.pid), "/task", 8);
	pt_root_list(procs->root, path, add_task, &tasks);
	for (size_t i = 0; i < tasks.n; i++) {
		char leaf[32] = "task/";
		uint64_t one;

		pt_strlcpy(put_number(leaf + 5, tasks.id[i]), "/status", 8);
		one = switches_of(procs, row->p.pid, leaf);
		sum += one == UINT64_MAX ? 0 : one;
	}
	return tasks.n ? sum : UINT64_MAX;
}

static void read_switches(struct pt_procs *procs, struct pt_procs_row *row, double dt_s)
{
	uint64_t total = switches_of_all(procs, row);

	row->p.switches_rate = rate(row->switches, total, dt_s);
	row->switches = total;
}

/* Replaces a string if it differs; readers may hold the old one until the scan ends. */
static void set_string(struct pt_procs *procs, char **at, const char *text)
{
	if (*at && text && strcmp(*at, text) == 0)
		return;
	if (*at)
		*PT_PUSH(procs->trash, procs->n_trash, procs->cap_trash) = *at;
	*at = text ? pt_strdup(text) : NULL;
}

static void read_cmdline(struct pt_procs *procs, struct pt_procs_row *row)
{
	ssize_t n = row->p.kernel ? 0 : read_leaf(procs, row->p.pid, "cmdline", CMDLINE_MAX);

	while (n > 0 && (procs->buf[n - 1] == '\0' || procs->buf[n - 1] == ' '))
		n--;
	for (ssize_t i = 0; i < n; i++)
		if (procs->buf[i] == '\0')
			procs->buf[i] = ' ';
	if (n > 0)
		procs->buf[n] = '\0';
	set_string(procs, &row->p.cmdline, n > 0 ? procs->buf : NULL);
}

/* Path in the v2 hierarchy ("0::/path"), else in the first of v1 ("4:memory:/path"). */
static void read_cgroup(struct pt_procs *procs, struct pt_procs_row *row)
{
	ssize_t n = read_leaf(procs, row->p.pid, "cgroup", SIZE_MAX);
	char *best = NULL;

	for (char *line = n > 0 ? procs->buf : NULL; line && *line;) {
		char *end = strchr(line, '\n');
		char *path = strchr(line, ':');
		bool v2 = strncmp(line, "0::", 3) == 0;

		if (end)
			*end = '\0';
		path = path ? strchr(path + 1, ':') : NULL;
		if (path && (!best || v2))
			best = path + 1;
		line = end ? end + 1 : NULL;
	}
	if (best && strlen(best) > CGROUP_MAX)
		best[CGROUP_MAX] = '\0';
	set_string(procs, &row->p.cgroup, best);
}

/* The effective user: owner of the folder (not of the files in it, which root owns where the
 * process must not be dumped). A fixture's folder is its author's, so there status says. */
static void read_user(struct pt_procs *procs, struct pt_procs_row *row)
{
	char path[16];
	struct stat st;

	if (procs->proc_fd >= 0) {
		*put_number(path, (unsigned)row->p.pid) = '\0';
		procs->cost += COST_READ / 4;
		if (fstatat(procs->proc_fd, path, &st, 0) == 0)
			row->p.uid = st.st_uid;
	} else if (read_leaf(procs, row->p.pid, "status", SIZE_MAX) > 0) {
		const char *ids = strstr(procs->buf, "\nUid:");

		ids = ids ? ids + 5 + strspn(ids + 5, " \t") : NULL;
		next_number(&ids);
		ids = ids ? ids + strspn(ids, " \t") : NULL;
		row->p.uid = (unsigned)next_number(&ids);
	}
}

/* -- one look ------------------------------------------------------------------------------- */

static struct pt_procs_row *row_new(int pid, uint64_t start_ticks)
{
	struct pt_procs_row *row = pt_calloc(1, sizeof(*row));

	row->p.pid = pid;
	row->p.start_ticks = start_ticks;
	row->p.fresh = true;
	row->stat_fd = -1;
	row->read_bytes = row->write_bytes = row->switches = UINT64_MAX;
	row->p.cpu_ratio = row->p.minflt_rate = row->p.majflt_rate = NAN;
	row->p.read_rate = row->p.write_rate = row->p.switches_rate = NAN;
	return row;
}

void pt_procs_row_free(struct pt_procs *procs, struct pt_proc *p)
{
	struct pt_procs_row *row = (struct pt_procs_row *)p;

	drop_stat(procs, row);
	free(row->p.cmdline);
	free(row->p.cgroup);
	free(row);
}

static bool is_turn(const struct pt_procs *procs, int pid)
{
	return (procs->count.generation + (unsigned)pid) % TURN == 0;
}

/* What nobody wants any more must not be compared with what is read when it is wanted again. */
static void forget_unwanted(const struct pt_procs *procs, struct pt_procs_row *row)
{
	unsigned lost = row->have & ~procs->want;

	if (lost & PT_PROC_WANT_IO) {
		row->read_bytes = row->write_bytes = UINT64_MAX;
		row->p.read_rate = row->p.write_rate = NAN;
	}
	if (lost & PT_PROC_WANT_SWITCHES) {
		row->switches = UINT64_MAX;
		row->p.switches_rate = NAN;
	}
	row->have &= (unsigned char)(procs->want | NAMES);
}

/* Nothing happened; what has no first reading stays unknown. */
static void rates_zero(struct pt_procs_row *row)
{
	struct pt_proc *p = &row->p;

	p->cpu_ratio = p->minflt_rate = p->majflt_rate = 0;
	p->read_rate = row->read_bytes == UINT64_MAX ? NAN : 0;
	p->write_rate = row->write_bytes == UINT64_MAX ? NAN : 0;
	p->switches_rate = row->switches == UINT64_MAX ? NAN : 0;
}

static void row_slept(struct pt_procs *procs, struct pt_procs_row *row)
{
	rates_zero(row);
	row->p.fresh = false;
	row->at_ns = procs->now_ns;
	row->idle += row->idle < UINT8_MAX;
	if (row->idle >= KEEP_IDLE)
		drop_stat(procs, row);
}

static void set_stat(const struct pt_procs *procs, struct pt_procs_row *row,
		     const struct pt_procs_stat *st)
{
	struct pt_proc *p = &row->p;

	p->ppid = st->ppid;
	p->state = st->state;
	p->kernel = st->flags & KERNEL_THREAD;
	p->nice = st->nice;
	p->priority = st->priority;
	p->threads = st->threads;
	p->virt_bytes = st->virt_bytes;
	p->rss_bytes = st->rss_pages * (uint64_t)procs->page_size;
	memcpy(p->comm, st->comm, sizeof(p->comm));
}

/* dt_s 0: a new row. */
static void row_ran(struct pt_procs_row *row, const struct pt_procs_stat *st, uint64_t cpu_ns,
		    double dt_s)
{
	struct pt_proc *p = &row->p;

	p->cpu_ratio = rate(p->cpu_ns, cpu_ns, dt_s) / (double)PT_S;
	p->minflt_rate = rate(row->minflt, st->minflt, dt_s);
	p->majflt_rate = rate(row->majflt, st->majflt, dt_s);
	p->cpu_ns = cpu_ns;
	row->idle = 0;
	row->ran = true;
}

/* Names: user and title, which only the process itself changes. */
static void read_wanted(struct pt_procs *procs, struct pt_procs_row *row, bool names, bool turn,
			bool ran, double dt_s)
{
	unsigned missing = procs->want & ~row->have;

	if (names)
		read_user(procs, row);
	if (procs->want & PT_PROC_WANT_CMDLINE && (names || missing & PT_PROC_WANT_CMDLINE))
		read_cmdline(procs, row);
	if (procs->want & PT_PROC_WANT_CGROUP && (names || turn || missing & PT_PROC_WANT_CGROUP))
		read_cgroup(procs, row);
	if (procs->want & PT_PROC_WANT_IO && (ran || missing & PT_PROC_WANT_IO))
		read_io(procs, row, dt_s);
	if (procs->want & PT_PROC_WANT_SWITCHES && (ran || missing & PT_PROC_WANT_SWITCHES))
		read_switches(procs, row, dt_s);
	row->have |= (unsigned char)procs->want;
}

/* Those who have gone have no file any more; any other trouble (too many open files) must not make
 * a row vanish. */
static struct pt_proc *cannot_read(struct pt_procs *procs, struct pt_proc *known)
{
	if (known && errno != ENOENT && errno != ESRCH)
		return known;
	if (known)
		pt_procs_rows_push(&procs->lost, known);
	return NULL;
}

struct pt_proc *pt_procs_visit(struct pt_procs *procs, int pid, struct pt_proc *known)
{
	struct pt_procs_row *row = (struct pt_procs_row *)known;
	struct pt_procs_stat st;
	uint64_t cpu_ns = 0;
	bool has_clock = read_clock(procs, pid, &cpu_ns);
	bool ran = !row || !has_clock || cpu_ns != row->p.cpu_ns;
	bool turn = is_turn(procs, pid);
	/* Asked again at once, for another column: rates stay as they are. */
	bool soon = row && procs->now_ns - row->at_ns < SOON_NS;
	bool names;
	double dt_s;

	procs->cost++;
	if (row)
		forget_unwanted(procs, row);
	if (!ran && !turn && !(procs->want & ~(unsigned)row->have)) {
		if (!soon)
			row_slept(procs, row);
		return known;
	}
	if (!read_stat(procs, pid, row, &st))
		return cannot_read(procs, known);
	if (!has_clock)
		cpu_ns = st.ticks * (uint64_t)(PT_S / procs->user_hz);
	if (row && row->p.start_ticks != st.start_ticks) { /* the number was given away again */
		pt_procs_rows_push(&procs->lost, known);
		row = NULL;
		soon = false;
	}
	/* A young process may exec() without a change of its name: a shell that starts a shell. */
	names = !row || row->p.fresh || (turn && row->ran) ||
		memcmp(row->p.comm, st.comm, sizeof(st.comm)) != 0;
	dt_s = row ? (double)(procs->now_ns - row->at_ns) / (double)PT_S : 0;
	if (row)
		row->p.fresh = false;
	else
		row = row_new(pid, st.start_ticks);
	if (!soon) {
		if (ran || row->p.fresh)
			row_ran(row, &st, cpu_ns, dt_s);
		else
			row_slept(procs, row);
		row->minflt = st.minflt;
		row->majflt = st.majflt;
		row->at_ns = procs->now_ns;
	}
	set_stat(procs, row, &st);
	read_wanted(procs, row, names, turn, ran && !soon, dt_s);
	if (names)
		row->ran = false;
	return &row->p;
}

void pt_procs_reparent(struct pt_procs *procs, struct pt_proc *p)
{
	struct pt_procs_stat st;

	if (read_stat(procs, p->pid, (struct pt_procs_row *)p, &st) &&
	    st.start_ticks == p->start_ticks)
		p->ppid = st.ppid;
}
