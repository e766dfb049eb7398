/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What flame graphs of a large profile cost: a folded file of a million distinct stacks is made by
 * bench/make_folded, read beside `wc -l`, and laid out as keys of the view ask for. Prints; judges
 * nothing. With arguments: the folded files to read instead.
 */
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/graph.h"
#include "perftop/profile/reader.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 160, ROWS = 48, REPEATS = 5 };

struct times {
	double wall, cpu; /* s */
};

static struct times now(void)
{
	struct timespec cpu;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	return (struct times){.wall = (double)pt_clock_mono(&pt_clock_system) / 1e9,
			      .cpu = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9};
}

static struct times since(struct times start)
{
	struct times t = now();

	return (struct times){.wall = t.wall - start.wall, .cpu = t.cpu - start.cpu};
}

/* -- memory beyond the mapped file: what is anonymous, looked at every two milliseconds ------------ */

static atomic_bool watching;
static atomic_long most_kb;

static long anonymous_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static void *watch_memory(void *arg)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	while (atomic_load(&watching)) {
		long kb = anonymous_kb();

		if (kb > atomic_load(&most_kb))
			atomic_store(&most_kb, kb);
		nanosleep(&pause, NULL);
	}
	return arg;
}

/* -- programs -------------------------------------------------------------------------------------- */

/* Runs one, its output thrown away; false unless it ended well. The CPU that it took in *ret. */
static bool run(char *const argv[], struct times *ret)
{
	struct times start = now();
	struct rusage before, after;
	int status;
	pid_t pid;

	fflush(stdout);
	getrusage(RUSAGE_CHILDREN, &before);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		return false;
	getrusage(RUSAGE_CHILDREN, &after);
	ret->wall = since(start).wall;
	ret->cpu = (double)(after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
			    before.ru_stime.tv_sec) +
		   (double)(after.ru_utime.tv_usec + after.ru_stime.tv_usec -
			    before.ru_utime.tv_usec - before.ru_stime.tv_usec) /
			   1e6;
	return true;
}

static void read_profile(const char *path, struct pt_profile *ret)
{
	char *const wc[] = {(char *)"wc", (char *)"-l", (char *)path, NULL};
	struct times lines, t;
	struct stat st;
	struct pt_err err;
	pthread_t watcher;
	long begin = anonymous_kb();
	char text[600];

	if (!run(wc, &lines) || stat(path, &st) < 0)
		exit(1);
	atomic_store(&most_kb, begin);
	atomic_store(&watching, true);
	pthread_create(&watcher, NULL, watch_memory, NULL);
	t = now();
	if (pt_profile_read(path, NULL, ret, &err) < 0) {
		fprintf(stderr, "%s\n", pt_err_text(&err, text, sizeof text));
		exit(1);
	}
	pt_tree_index(ret->tree); /* as the console's worker does before it is shown */
	t = since(t);
	atomic_store(&watching, false);
	pthread_join(watcher, NULL);
	printf("%s: %.0f MB, %u nodes, %u names\n", path, (double)st.st_size / 1e6, ret->tree->n,
	       pt_frames_count(ret->tree->frames));
	printf("  read                 %7.3f s, %.3f s of CPU, %.0f MB/s, %.1f times `wc -l` (CPU)\n",
	       t.wall, t.cpu, (double)st.st_size / 1e6 / t.wall, t.cpu / lines.cpu);
	printf("  beyond the file      %7.1f MB\n", (double)(atomic_load(&most_kb) - begin) / 1e3);
}

/* -- keys ------------------------------------------------------------------------------------------ */

static double lay(struct pt_graph *graph, struct pt_graph_cache *cache,
		  const struct pt_graph_spec *spec)
{
	struct times t = now();

	pt_graph_layout(graph, cache, spec);
	return since(t).cpu * 1e3;
}

/* The first press of a key, and what later ones cost at best: neighbours on the machine cost more. */
static void time_key(const char *what, const struct pt_tree *tree, const struct pt_graph_spec *spec,
		     bool warm)
{
	struct pt_graph_cache *cache = pt_graph_cache_new(tree);
	struct pt_graph_spec plain = {.columns = COLUMNS, .rows = ROWS};
	struct pt_graph graph = {0};
	double first, later = INFINITY;

	if (warm) /* the graph is on the screen when its key is pressed */
		pt_graph_layout(&graph, cache, &plain);
	first = lay(&graph, cache, spec);
	for (int i = 0; i < REPEATS; i++)
		later = fmin(later, lay(&graph, cache, spec));
	printf("  %-20s %7.2f ms first, %.2f ms then; %zu cells in %u rows\n", what, first, later,
	       graph.n, graph.rows);
	pt_graph_release(&graph);
	pt_graph_cache_free(cache);
}

static uint64_t *find_names(const struct pt_frames *frames, const char *part)
{
	uint32_t n = pt_frames_count(frames);
	uint64_t *set = pt_calloc(n / 64 + 1, sizeof *set);

	for (uint32_t i = 0; i < n; i++)
		if (strstr(pt_frames_get(frames, i)->name, part))
			set[i / 64] |= (uint64_t)1 << (i % 64);
	return set;
}

static uint32_t most_called(const struct pt_tree *tree)
{
	struct pt_function *functions;
	struct times t = now();
	size_t n = pt_tree_functions(tree, PT_TREE_ROOT, &functions);
	uint32_t best = 0;

	printf("  functions            %7.2f ms\n", since(t).cpu * 1e3);
	for (size_t i = 1; i < n; i++)
		if (functions[i].total > functions[best].total)
			best = (uint32_t)i;
	best = n ? functions[best].frame : 0;
	free(functions);
	return best;
}

static void press_keys(const struct pt_tree *tree)
{
	struct pt_graph_spec spec = {.columns = COLUMNS, .rows = ROWS};
	struct pt_graph_cache *cache = pt_graph_cache_new(tree);
	uint64_t *search = find_names(tree->frames, "alloc");
	uint32_t path[8];

	time_key("open", tree, &spec, false);
	spec.path = path;
	spec.n_path = pt_graph_hottest(cache, &spec, path, 6);
	time_key("zoom", tree, &spec, true);
	spec.n_path = 0;
	spec.search = search;
	time_key("search", tree, &spec, true);
	spec.search = NULL;
	spec.hidden = search;
	time_key("hide", tree, &spec, true);
	spec.hidden = NULL;
	spec.kind = PT_GRAPH_INVERTED;
	time_key("invert", tree, &spec, true);
	spec.search = search;
	time_key("search inverted", tree, &spec, true);
	spec.search = NULL;
	spec.n_path = pt_graph_hottest(cache, &spec, path, 2);
	time_key("zoom inverted", tree, &spec, true);
	spec.n_path = 0;
	spec.frame = most_called(tree);
	spec.kind = PT_GRAPH_CALLERS;
	time_key("callers", tree, &spec, true);
	spec.kind = PT_GRAPH_CALLEES;
	time_key("callees", tree, &spec, true);
	free(search);
	pt_graph_cache_free(cache);
}

static void measure(const char *path)
{
	struct pt_profile p;

	read_profile(path, &p);
	press_keys(p.tree);
	pt_profile_release(&p);
}

/* An empty file of its own, to be written over. */
static char *temp_file(const char *name)
{
	const char *dir = getenv("TMPDIR");
	struct pt_str path = PT_STR_INIT;
	int fd;

	pt_str_addf(&path, "%s/%s-XXXXXX", dir && *dir ? dir : "/tmp", name);
	fd = mkstemp(path.s);
	if (fd < 0 || close(fd) < 0)
		exit(1);
	return path.s;
}

/* Makes the input, in the order of text and in none, and measures both. */
static void measure_made(char *script)
{
	char *sorted = temp_file("folded-sorted"), *shuffled = temp_file("folded-shuffled");
	char *const argv[] = {script, sorted, (char *)"--shuffled", shuffled, NULL};
	struct times t;

	if (run(argv, &t)) {
		measure(sorted);
		measure(shuffled);
	} else {
		fprintf(stderr, "%s failed: python3 makes the input\n", script);
	}
	unlink(sorted);
	unlink(shuffled);
	free(sorted);
	free(shuffled);
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("PT_SRCDIR");
	struct pt_str script = PT_STR_INIT;

	for (int i = 1; i < argc; i++)
		measure(argv[i]);
	pt_str_addf(&script, "%s/bench/make_folded", srcdir ? srcdir : ".");
	if (argc == 1)
		measure_made(script.s);
	pt_str_release(&script);
	return 0;
}
