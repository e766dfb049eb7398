/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the view of flame graphs shows follows what is asked for, and stays when that fails. */
#include "perftop/app/flame.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	struct pt_loop *loop;
	struct pt_flames *flames;
	char folder[400], told[600];
	bool bad;
	int changes;
};

static void changed(void *arg)
{
	((struct world *)arg)->changes++;
}

static void told(void *arg, bool bad, const char *text)
{
	struct world *w = arg;

	w->bad = bad;
	pt_strlcpy(w->told, text, sizeof w->told);
}

static int open_world(void **state)
{
	struct world *w = pt_calloc(1, sizeof *w);
	const char *top = getenv("PT_TMP");
	struct pt_flames_spec spec = {.changed = changed, .told = told, .arg = w};

	pt_snprintf(w->folder, sizeof w->folder, "%s/app-flame-%ld", top ? top : "/tmp",
		    (long)getpid());
	mkdir(w->folder, 0700);
	spec.loop = w->loop = pt_loop_new();
	w->flames = pt_flames_new(&spec);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	pt_flames_free(w->flames);
	pt_loop_free(w->loop);
	free(w);
	return 0;
}

static const char *file(struct world *w, const char *name, const char *text)
{
	static char path[500];

	pt_snprintf(path, sizeof path, "%s/%s", w->folder, name);
	if (text)
		assert_int_equal(pt_fs_write(path, text, strlen(text), 0600, NULL), 0);
	return path;
}

/* Until all that is under way is done. */
static const struct pt_flame *settle(struct world *w)
{
	while (pt_loop_working(w->loop))
		pt_loop_step(w->loop, 10 * PT_MS);
	return pt_flames_shown(w->flames);
}

static const struct pt_flame *open_text(struct world *w, const char *name, const char *text)
{
	struct pt_read_options options = {0};

	pt_flames_open(w->flames, file(w, name, text), name, &options);
	return settle(w);
}

static void test_open(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = pt_flames_shown(w->flames);
	unsigned generation = f->generation;
	struct pt_read_options options = {0};

	assert_null(f->profile);
	pt_flames_open(w->flames, file(w, "a.folded", "main;a 3\nmain;b 7\n"), "a.folded",
		       &options);
	assert_string_equal(f->busy, "reading a.folded");
	settle(w);
	assert_string_equal(f->busy, "");
	assert_string_equal(f->title, "a.folded");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 10);
	assert_true(f->generation != generation && w->changes > 0);

	/* What cannot be read leaves what is shown. */
	pt_flames_open(w->flames, file(w, "none", NULL), "none", &options);
	settle(w);
	assert_true(w->bad && strstr(w->told, "none") && strstr(f->error, "none"));
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 10);
	assert_string_equal(f->title, "a.folded");
	/* The next that can be takes the error away. */
	open_text(w, "b.folded", "main;c 4\n");
	assert_string_equal(f->error, "");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 4);
}

static void test_base(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "now.folded", "main;a 30\nmain;b 70\n");
	int64_t *base;

	pt_flames_base(w->flames, file(w, "was.folded", "main;a 10\nmain;b 90\n"));
	settle(w);
	assert_non_null(f->base);
	assert_non_null(strstr(f->base_title, "was.folded"));
	base = f->tree->base_total;
	assert_non_null(base);
	assert_int_equal(base[PT_TREE_ROOT], 100);
	pt_flames_swap(w->flames);
	settle(w);
	assert_non_null(strstr(f->title, "was.folded"));
	assert_string_equal(f->base_title, "now.folded");
	pt_flames_base(w->flames, NULL);
	settle(w);
	assert_null(f->base);
	assert_null(f->tree->base_total);
	/* What is kept is what comes next is compared with. */
	pt_flames_keep(w->flames, false);
	settle(w);
	open_text(w, "later.folded", "main;a 50\nmain;b 50\n");
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 100);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 100);
}

/* Compared with another file after one could not be opened, or was opened meanwhile: names of the two
 * may stand in two tables. */
static void test_base_of_other_frames(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "now.folded", "main;a 30\nmain;b 70\n");
	struct pt_str many = PT_STR_INIT;
	struct pt_read_options options = {0};

	for (int i = 0; i < 3000; i++)
		pt_str_addf(&many, "main;f%d 1\n", i);
	pt_str_add(&many, "main;b 7\n");
	open_text(w, "none", NULL);
	assert_true(w->bad);
	pt_flames_base(w->flames, file(w, "many.folded", many.s));
	settle(w);
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 3007);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 100);
	assert_int_equal(f->tree->n, 1 + 1 + 3000 + 2);

	pt_flames_base(w->flames, NULL);
	open_text(w, "now.folded", NULL);
	pt_flames_open(w->flames, file(w, "many.folded", NULL), NULL, &options);
	pt_flames_keep(w->flames, false);
	settle(w);
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 100);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 3007);
	assert_int_equal(f->tree->n, 1 + 1 + 3000 + 2);
	pt_str_release(&many);
}

static void test_export(void **state)
{
	struct world *w = *state;
	char *text;
	size_t n;

	open_text(w, "a.folded", "main;b 7\nmain;a 3\n");
	pt_flames_export(w->flames, file(w, "out.folded", NULL));
	settle(w);
	assert_false(w->bad);
	assert_non_null(strstr(w->told, "written to"));
	assert_int_equal(pt_fs_read(file(w, "out.folded", NULL), 1000, &text, &n, NULL), 0);
	assert_string_equal(text, "main;a 3\nmain;b 7\n");
	free(text);
	pt_flames_export(w->flames, file(w, "out.xyz", NULL));
	settle(w);
	assert_true(w->bad && strstr(w->told, "its ending tells no format"));
	pt_flames_export(w->flames, "/nowhere/out.folded");
	settle(w);
	assert_true(w->bad && strstr(w->told, "/nowhere"));
	assert_non_null(strstr(pt_flames_shown(w->flames)->error, "/nowhere"));
	pt_flames_export(w->flames, file(w, "out.folded", NULL));
	settle(w);
	assert_string_equal(pt_flames_shown(w->flames)->error, "");
}

/* Threads are merged in what is shown, and its nodes are others than those of the samples in time. */
static void test_export_merged(void **state)
{
	struct world *w = *state;
	struct pt_read_options options = {0};
	const struct pt_flame *f = open_text(
		w, "threads.txt",
		"app 10/10 1.000000: 1 cycles: \n\t401000 a+0x0 (/app)\n\t401100 m+0x0 (/app)\n\n"
		"app 10/11 1.100000: 1 cycles: \n\t401000 a+0x0 (/app)\n\t401100 m+0x0 (/app)\n\n"
		"app 10/12 1.200000: 1 cycles: \n\t401000 a+0x0 (/app)\n\t401100 m+0x0 (/app)\n\n");

	assert_true(f->profile->n_moments == 3 && f->tree != f->profile->tree);
	pt_flames_export(w->flames, file(w, "out.speedscope.json", NULL));
	settle(w);
	assert_false(w->bad);
	pt_flames_open(w->flames, file(w, "out.speedscope.json", NULL), NULL, &options);
	settle(w);
	assert_false(w->bad || f->profile->partial);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 3);
	assert_int_equal(f->tree->n, 1 + 3);
}

/* What is sampled after what was kept is compared with it. */
static void test_keep_live(void **state)
{
	struct world *w = *state;
	struct pt_sampler_options options = {.pid = (int)getpid(), .hz = 997};
	const struct pt_flame *f = pt_flames_shown(w->flames);
	int64_t kept;

	pt_flames_look(w->flames, true);
	pt_flames_sample(w->flames, &options, "itself");
	settle(w);
	if (!pt_flames_sampling(w->flames))
		skip(); /* not allowed here */
	for (int i = 0; i < 1000 && (!f->profile || !f->profile->n_moments); i++) {
		pt_flames_tick(w->flames);
		settle(w);
	}
	if (!f->profile || !f->profile->n_moments)
		skip(); /* nothing is told when */
	pt_flames_pause(w->flames, true);
	settle(w);
	kept = f->tree->total[PT_TREE_ROOT];
	pt_flames_keep(w->flames, false);
	settle(w);
	assert_int_equal(f->window_to_ns, INT64_MAX);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 0);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], kept);
	pt_flames_base(w->flames, NULL);
	settle(w);
	assert_int_equal(f->window_to_ns, 0);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], kept);
}

/* The view that is to be written was chosen while something smaller was shown. */
static void test_export_of_another(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "a.folded", "main;b 7\nmain;a 3\n");
	struct pt_str many = PT_STR_INIT;
	uint64_t hidden[1] = {2};
	struct pt_graph_spec view = {.hidden = hidden};
	char *text;
	size_t n;

	for (int i = 0; i < 3000; i++)
		pt_str_addf(&many, "main;f%d 1\n", i);
	pt_flames_keep(w->flames, false); /* so that both have one table */
	settle(w);
	pt_flames_hold_view(w->flames, &view);
	open_text(w, "many.folded", many.s);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 3000);
	pt_flames_export(w->flames, file(w, "out.svg", NULL));
	settle(w);
	assert_false(w->bad);
	assert_int_equal(pt_fs_read(file(w, "out.svg", NULL), 1 << 24, &text, &n, NULL), 0);
	assert_non_null(strstr(text, "3,000"));
	free(text);
	pt_str_release(&many);
}

static int load(void *arg, struct pt_frames *frames, struct pt_profile *ret,
		struct pt_profile *base, struct pt_err *err)
{
	struct pt_profile_input in = {.name = "made", .data = arg, .len = strlen(arg)};
	struct pt_read_options options = {.frames = frames};

	if (pt_profile_read_data(&in, &options, ret, err) < 0)
		return -PT_ESYNTAX;
	return pt_profile_read_data(&in, &options, base, err);
}

static void test_load(void **state)
{
	struct world *w = *state;
	struct pt_flames_load l = {load, free, pt_strdup("main;x 5\n"), "runs"};
	const struct pt_flame *f = pt_flames_shown(w->flames);

	pt_flames_load(w->flames, &l);
	settle(w);
	assert_string_equal(f->title, "made");
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 5);
}

/* What is compared with is another while the view still draws the difference from the one before. */
static void test_keep_again(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "a.folded", "main;a 10\n");

	pt_flames_keep(w->flames, false);
	settle(w);
	open_text(w, "b.folded", "main;a 20\n");
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], 10);
	pt_flames_keep(w->flames, false);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], f->tree->base_total[PT_TREE_ROOT]);
	assert_string_equal(f->base_title, "a.folded");
	settle(w);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], 20);
	assert_string_equal(f->base_title, "b.folded");
}

/* Given up while it was read. */
static void test_base_given_up(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "a.folded", "main;a 10\n");
	struct pt_flames_load l = {load, free, pt_strdup("main;x 5\n"), "runs"};
	char other[500];

	pt_strlcpy(other, file(w, "b.folded", "main;a 20\n"), sizeof other);
	pt_flames_base(w->flames, other);
	pt_flames_base(w->flames, NULL);
	settle(w);
	assert_null(f->base);
	assert_null(f->tree->base_total);

	pt_flames_base(w->flames, other);
	pt_flames_keep(w->flames, false);
	settle(w);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], 10);

	/* Two in one go: the first wish waits for the window. */
	pt_flames_window(w->flames, 0, 0);
	pt_flames_base(w->flames, other);
	pt_flames_load(w->flames, &l);
	settle(w);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], 5);
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 5);
}

/* The sides change while what is sampled is read once more. */
static void test_swap_live(void **state)
{
	struct world *w = *state;
	struct pt_sampler_options options = {.pid = (int)getpid()};
	const struct pt_flame *f = open_text(w, "a.folded", "main;a 10\n");

	pt_flames_keep(w->flames, false);
	pt_flames_sample(w->flames, &options, "itself");
	settle(w);
	if (!pt_flames_sampling(w->flames))
		skip(); /* not allowed here */
	pt_flames_look(w->flames, true);
	settle(w);
	pt_flames_tick(w->flames);
	pt_flames_swap(w->flames);
	settle(w);
	assert_string_equal(f->title, "a.folded");
	assert_string_equal(f->base_title, "itself");
	assert_int_equal(f->profile->tree->total[PT_TREE_ROOT], 10);
}

/* Each fits, both do not: told, and what was opened is shown alone. */
static void test_base_too_large(void **state)
{
	struct world *w = *state;
	struct pt_read_options options = {.max_memory = 3 << 20};
	const struct pt_flame *f = pt_flames_shown(w->flames);
	struct pt_str text[2] = {PT_STR_INIT, PT_STR_INIT};

	for (int i = 0; i < 24000; i++)
		pt_str_addf(&text[i % 2], "main;f%d;g%d 1\n", i / 2, i / 2 * (i % 2 + 1));
	pt_flames_open(w->flames, file(w, "a.folded", text[0].s), "a.folded", &options);
	pt_flames_base(w->flames, file(w, "b.folded", text[1].s));
	settle(w);
	assert_true(w->bad && strstr(f->error, "do not fit into 3 MiB together"));
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 12000);
	assert_null(f->tree->base_total);
	pt_str_release(&text[0]);
	pt_str_release(&text[1]);
}

static const char *value_of(const struct pt_profile *p)
{
	return p->values[p->value].name;
}

/* Both sides are of one kind, whichever of them is another. */
static void test_values(void **state)
{
	static const char costs[] = "events: Ir Dr\nfn=main\n1 30 4\nfn=other\n2 10 6\n";
	struct world *w = *state;
	const struct pt_flame *f = open_text(w, "callgrind.out.1", costs);

	assert_string_equal(value_of(f->profile), "Ir");
	pt_flames_value(w->flames);
	settle(w);
	assert_string_equal(value_of(f->profile), "Dr");
	pt_flames_base(w->flames, file(w, "callgrind.out.2", costs));
	settle(w);
	assert_string_equal(value_of(f->base), "Dr");
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 10);
	pt_flames_value(w->flames);
	settle(w);
	assert_string_equal(value_of(f->profile), "Ir");
	assert_string_equal(value_of(f->base), "Ir");
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 40);
	assert_string_equal(f->title, "callgrind.out.1");

	pt_flames_value(w->flames);
	settle(w);
	open_text(w, "callgrind.out.3", costs);
	assert_string_equal(value_of(f->profile), "Dr");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 10);
	/* Sides that were swapped are still of their own files. */
	pt_flames_swap(w->flames);
	pt_flames_value(w->flames);
	settle(w);
	assert_non_null(strstr(f->title, "callgrind.out.2"));
	assert_string_equal(f->base_title, "callgrind.out.3");
	assert_string_equal(value_of(f->base), "Ir");
}

/* It is there when something is opened at last. */
static void test_base_first(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = pt_flames_shown(w->flames);

	pt_flames_base(w->flames, file(w, "was.folded", "main;a 10\n"));
	settle(w);
	assert_null(f->tree);
	open_text(w, "now.folded", "main;a 5\nmain;b 5\n");
	assert_non_null(f->base);
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 10);
}

/* Closed while a file is being read: nothing is left behind. */
static void test_close_early(void **state)
{
	struct world *w = *state;
	struct pt_read_options options = {0};

	pt_flames_open(w->flames, file(w, "a.folded", "main;a 3\n"), NULL, &options);
	pt_flames_base(w->flames, file(w, "b.folded", "main;a 4\n"));
}

/* Somebody waits for a pipe that never ends. */
static int open_endless(struct world *w, const char *text)
{
	struct pt_read_options options = {0};
	const char *path = file(w, "endless", NULL);
	const struct pt_flame *f = pt_flames_shown(w->flames);
	char progress[40];
	int fd;

	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	pt_flames_open(w->flames, path, "endless", &options);
	pt_snprintf(progress, sizeof progress, "reading endless %zu B", strlen(text));
	while (strcmp(f->busy, progress) != 0) {
		pt_loop_step(w->loop, PT_MS);
		pt_flames_tick(w->flames);
	}
	assert_true(f->reading);
	return fd;
}

static void test_cancel(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = pt_flames_shown(w->flames);
	int fd;

	pt_flames_cancel(w->flames); /* nothing */
	/* Some of it is better than nothing. */
	fd = open_endless(w, "main;a 3\n");
	pt_flames_cancel(w->flames);
	settle(w);
	close(fd);
	assert_false(f->reading || f->busy[0] || f->error[0] || w->bad);
	assert_non_null(strstr(w->told, "endless: reading was stopped after 0.0 KiB"));
	assert_non_null(strstr(w->told, "this much of it is shown"));
	assert_true(f->profile->partial);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 3);
	/* What is open is better than some of another. */
	open_text(w, "a.folded", "main;b 7\n");
	fd = open_endless(w, "main;a 3\n");
	pt_flames_cancel(w->flames);
	settle(w);
	close(fd);
	assert_false(f->reading || f->busy[0] || f->error[0] || w->bad);
	assert_string_equal(w->told, "reading was stopped; what was open stays");
	assert_string_equal(f->title, "a.folded");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 7);
	/* It is this one that is read again. */
	assert_true(pt_flames_reopen(w->flames, &(struct pt_read_options){0}));
	settle(w);
	assert_string_equal(f->title, "a.folded");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 7);
}

static void test_cancel_nothing(void **state)
{
	struct world *w = *state;
	const struct pt_flame *f = pt_flames_shown(w->flames);
	int fd = open_endless(w, " ");

	pt_flames_cancel(w->flames);
	settle(w);
	close(fd);
	assert_false(w->bad || f->error[0]);
	assert_null(f->profile);
	assert_non_null(strstr(w->told, "there is nothing to show"));
}

static void test_sample_refused(void **state)
{
	struct world *w = *state;
	struct pt_sampler_options options = {.pid = 2147480000};
	const struct pt_flame *f = pt_flames_shown(w->flames);

	pt_flames_sample(w->flames, &options, "nobody");
	settle(w);
	assert_true(w->bad && f->error[0]);
	assert_false(f->live);
	assert_false(pt_flames_sampling(w->flames));
}

/* Another wish while a sampler is about to start: it must not stay, nor show up later. */
static void test_sample_given_up(void **state)
{
	struct world *w = *state;
	struct pt_sampler_options options = {.pid = (int)getpid()};
	const struct pt_flame *f = pt_flames_shown(w->flames);
	struct pt_read_options read = {0};

	pt_flames_sample(w->flames, &options, "first");
	pt_flames_sample(w->flames, &options, "second");
	settle(w);
	pt_flames_look(w->flames, true);
	settle(w);
	if (!pt_flames_sampling(w->flames))
		skip(); /* not allowed here */
	assert_string_equal(f->title, "second");

	pt_flames_sample(w->flames, &options, "third");
	pt_flames_open(w->flames, file(w, "a.folded", "main;a 3\n"), "a.folded", &read);
	settle(w);
	pt_flames_tick(w->flames);
	settle(w);
	assert_false(pt_flames_sampling(w->flames));
	assert_string_equal(f->title, "a.folded");
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 3);

	pt_flames_sample(w->flames, &options, "fourth");
	pt_flames_stop(w->flames);
	settle(w);
	assert_false(pt_flames_sampling(w->flames));
}

/* A file read beside a running sampler, whose thread names frames at the same time. */
static void test_base_of_sampler(void **state)
{
	struct world *w = *state;
	struct pt_sampler_options options = {.pid = (int)getpid()};
	const struct pt_flame *f = pt_flames_shown(w->flames);

	pt_flames_sample(w->flames, &options, "me");
	settle(w);
	if (!pt_flames_sampling(w->flames))
		skip();
	pt_flames_base(w->flames, file(w, "was.folded", "main;a 10\nmain;b 90\n"));
	settle(w);
	pt_flames_look(w->flames, true);
	settle(w);
	assert_int_equal(f->base->tree->total[PT_TREE_ROOT], 100);
	assert_ptr_equal(f->base->tree->frames, f->profile->tree->frames);
	assert_int_equal(f->tree->base_total[PT_TREE_ROOT], 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base_of_other_frames, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_export, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_export_of_another, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_export_merged, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_keep_live, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_load, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_cancel, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_cancel_nothing, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_keep_again, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base_given_up, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base_first, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_swap_live, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base_too_large, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_values, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_close_early, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_sample_refused, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_sample_given_up, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_base_of_sampler, open_world, close_world),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
