/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From paths to profiles: files, packed ones (whole, broken, bombs), pipes, folders; faults keep
 * what came before them. What each format is has tests of its own.
 */
#include "perftop/profile/reader.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

static const char stacks[] = "main;parse;lex 5\nmain;parse 2\nmain;emit 3\n";

static char *temp_path(const char *name)
{
	const char *dir = getenv("PT_TMP");
	struct pt_str path = PT_STR_INIT;

	pt_str_addf(&path, "%s/%s", dir ? dir : "/tmp", name);
	return path.s;
}

static char *put_file(const char *name, const void *data, size_t n)
{
	char *path = temp_path(name);

	assert_int_equal(pt_fs_write(path, data, n, 0600, NULL), 0);
	return path;
}

static size_t gzip(const char *data, size_t n, char *ret, size_t size)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)n};

	z.next_out = (Bytef *)ret;
	z.avail_out = (uInt)size;
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

static void assert_total(const char *path, int64_t total)
{
	struct pt_profile p;
	struct pt_err err = {0};

	if (pt_profile_read(path, NULL, &p, &err))
		fail_msg("%s: %s", path, err.msg);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], total);
	assert_false(p.partial);
	assert_int_equal(p.n_values, 1);
	assert_string_equal(p.format, "folded");
	pt_profile_release(&p);
}

static void assert_fails(const char *path, int code, const char *text)
{
	struct pt_profile p;
	struct pt_err err = {0};
	char told[600];

	assert_int_equal(pt_profile_read(path, NULL, &p, &err), code);
	assert_int_equal(-err.code, code);
	if (!strstr(pt_err_text(&err, told, sizeof told), text))
		fail_msg("\"%s\" is not in \"%s\"", text, told);
}

static void test_file(void **state)
{
	char *path = put_file("plain.folded", stacks, sizeof stacks - 1);
	struct pt_profile p;

	(void)state;
	assert_total(path, 10);
	assert_int_equal(pt_profile_read(path, NULL, &p, NULL), 0);
	assert_string_equal(p.name, "plain.folded");
	pt_profile_release(&p);
	unlink(path);
	assert_fails(path, -PT_ENOENT, "plain.folded: cannot open");
	free(path);
	path = put_file("empty.folded", "", 0);
	assert_fails(path, -PT_ENODATA, "is empty");
	free(path);
	path = put_file("text", "to be, or not\nto be\n", 20);
	assert_fails(path, -PT_ENOTSUP, "folded");
	free(path);
	path = put_file("text.xz", "\3757zXZ\0\0\4", 8);
	assert_fails(path, -PT_ENOTSUP, "xz -dc");
	free(path);
}

static void test_gzip(void **state)
{
	char packed[1000];
	size_t n = gzip(stacks, sizeof stacks - 1, packed, sizeof packed);
	struct pt_profile p;
	char *path;

	(void)state;
	free(put_file("one.gz", packed, n));
	memcpy(packed + n, packed, n);
	memset(packed + 2 * n, 0, 100);
	path = put_file("two.gz", packed, 2 * n + 100); /* members, and padding */
	assert_total(path, 20);
	free(path);

	path = put_file("cut.gz", packed, 2 * n - 12);
	assert_int_equal(pt_profile_read(path, NULL, &p, NULL), 0);
	assert_true(p.partial);
	assert_in_range(p.tree->total[PT_TREE_ROOT], 10, 20);
	assert_non_null(strstr(p.fault.file, "cut.gz@"));
	pt_profile_release(&p);
	free(path);

	packed[n / 2] ^= 0x55;
	path = put_file("broken.gz", packed, n);
	if (pt_profile_read(path, NULL, &p, NULL) == 0) {
		assert_true(p.partial);
		pt_profile_release(&p);
	}
	free(path);
	path = put_file("head.gz", packed, 5);
	assert_fails(path, -PT_ESYNTAX, "head.gz@5: gzip data ends early");
	free(path);
}

static void test_zstd(void **state)
{
	char packed[1000];
	size_t n = ZSTD_compress(packed, sizeof packed / 2, stacks, sizeof stacks - 1, 3);
	char *path;

	(void)state;
	assert_false(ZSTD_isError(n));
	memcpy(packed + n, packed, n);
	path = put_file("two.zst", packed, 2 * n);
	assert_total(path, 20);
	free(path);
	path = put_file("head.zst", packed, n / 2);
	assert_fails(path, -PT_ESYNTAX, "head.zst@");
	free(path);
}

/* What unpacks to more than is allowed ends there. */
static void test_bomb(void **state)
{
	enum { SIZE = 100 << 20 };
	size_t bound = 200 << 10, n;
	char *text = pt_calloc(1, SIZE), *packed = pt_malloc(bound), *path;
	struct pt_profile p;

	(void)state;
	memcpy(text, stacks, sizeof stacks - 1);
	memset(text + sizeof stacks - 1, '#', SIZE - sizeof stacks + 1); /* a comment */
	n = ZSTD_compress(packed, bound, text, SIZE, 1);
	assert_false(ZSTD_isError(n));
	path = put_file("bomb.zst", packed, n);
	assert_int_equal(pt_profile_read(path, NULL, &p, NULL), 0);
	assert_true(p.partial);
	assert_int_equal(p.fault.code, PT_ELIMIT);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 10);
	pt_profile_release(&p);
	unlink(path);
	free(path);
	free(packed);
	free(text);
}

struct writer {
	char *path;
	const char *data;
	size_t n;
};

static void *write_fifo(void *arg)
{
	const struct writer *w = arg;
	int fd = open(w->path, O_WRONLY | O_CLOEXEC);

	for (size_t at = 0; fd >= 0 && at < w->n; at += 7)
		if (write(fd, w->data + at, w->n - at < 7 ? w->n - at : 7) < 0)
			break;
	close(fd);
	return NULL;
}

static void test_pipe(void **state)
{
	char packed[1000];
	struct writer w = {.path = temp_path("fifo"), .data = stacks, .n = sizeof stacks - 1};
	pthread_t thread;

	(void)state;
	unlink(w.path);
	assert_int_equal(mkfifo(w.path, 0600), 0);
	for (int turn = 0; turn < 2; turn++) {
		pthread_create(&thread, NULL, write_fifo, &w);
		assert_total(w.path, 10);
		pthread_join(thread, NULL);
		w.n = gzip(stacks, sizeof stacks - 1, packed, sizeof packed);
		w.data = packed;
	}
	unlink(w.path);
	free(w.path);
}

/* A pipe that nobody writes to is left when asked to. */
static void test_cancelled_pipe(void **state)
{
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};
	struct pt_read_options options = {.watch = &watch};
	struct pt_profile p;
	char *path = temp_path("silent");
	int fd;

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC); /* so that opening it does not wait */
	assert_int_equal(pt_profile_read(path, &options, &p, NULL), -PT_ECANCELED);
	close(fd);
	unlink(path);
	free(path);
}

static void test_folder(void **state)
{
	char *dir = temp_path("profiles"), *deeper = temp_path("profiles/deeper");
	struct pt_profile p;

	(void)state;
	mkdir(dir, 0700);
	assert_fails(dir, -PT_ENOTSUP, "profiles");
	free(put_file("profiles/a.folded", stacks, sizeof stacks - 1));
	free(put_file("profiles/notes.txt", "a word\nanother\n", 15));
	free(put_file("profiles/numbers.txt", "one 1\ntwo 2\n", 12));
	free(put_file("profiles/.hidden", stacks, sizeof stacks - 1));
	assert_total(dir, 10);
	mkdir(deeper, 0700);
	free(put_file("profiles/deeper/b.folded", "main;emit 100\nmain;new 7\n", 25));
	assert_int_equal(pt_profile_read(dir, NULL, &p, NULL), 0);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 117);
	assert_int_equal(p.samples, 117);
	assert_int_equal(p.tree->n, 6);
	pt_profile_release(&p);
	free(deeper);
	free(dir);
}

/* Sums of several saturate, too. */
static void test_folder_of_extremes(void **state)
{
	static const char lost[] = "a 10 5.000000: PERF_RECORD_LOST lost 9223372036854775807\n"
				   "a 10 5.000001: 1 cycles:\n\t1000 f (/x)\n\n";
	char *dir = temp_path("extremes");
	struct pt_profile p;

	(void)state;
	mkdir(dir, 0700);
	free(put_file("extremes/a", lost, sizeof lost - 1));
	free(put_file("extremes/b", lost, sizeof lost - 1));
	assert_int_equal(pt_profile_read(dir, NULL, &p, NULL), 0);
	assert_int_equal(p.samples, 2);
	assert_int_equal(p.lost, INT64_MAX);
	pt_profile_release(&p);
	free(dir);
}

static void test_frames_are_shared(void **state)
{
	struct pt_read_options options = {.frames = pt_frames_new()};
	struct pt_profile_input in = {.name = "a", .data = stacks, .len = sizeof stacks - 1};
	struct pt_profile a, b;

	(void)state;
	assert_int_equal(pt_profile_read_data(&in, &options, &a, NULL), 0);
	assert_int_equal(pt_profile_read_data(&in, &options, &b, NULL), 0);
	assert_ptr_equal(a.tree->frames, b.tree->frames);
	assert_int_equal(pt_frames_count(options.frames), 4);
	pt_profile_release(&a);
	pt_profile_release(&b);
	options.reader = pt_profile_reader_find("folded");
	assert_non_null(options.reader);
	assert_null(pt_profile_reader_find("punched cards"));
	in.data = "just words\n";
	in.len = 11;
	assert_int_equal(pt_profile_read_data(&in, &options, &a, NULL), -PT_ESYNTAX);
	pt_frames_unref(options.frames);
}

/* As a reader would: sure of it by its first bytes, then the file is cut, then read on. */
static int cut_under_reader(const struct pt_profile_input *in,
			    const struct pt_read_options *options, struct pt_profile *p,
			    struct pt_err *err)
{
	uint32_t node =
		pt_tree_child(p->tree, PT_TREE_ROOT, pt_frames_name(p->tree->frames, "a", 1, 0));
	size_t sum = 0;

	(void)options;
	(void)err;
	assert_int_equal(truncate(in->path, 100), 0);
	for (size_t i = 0; i < in->len; i++)
		sum += (unsigned char)in->data[i];
	pt_tree_add(p->tree, node, (int64_t)sum);
	return 0;
}

static void test_cut_meanwhile(void **state)
{
	const struct pt_profile_reader reader = {"cut", "cut", NULL, cut_under_reader};
	struct pt_read_options options = {.reader = &reader};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;
	char *path;

	(void)state;
	for (int i = 0; i < 100000; i++)
		pt_str_add(&text, "a");
	path = put_file("reader-cut", text.s, text.len);
	for (int turn = 0; turn < 40; turn++) { /* more often than files can be mapped at once */
		assert_int_equal(truncate(path, 100000), 0);
		assert_int_equal(pt_profile_read(path, &options, &p, &err), 0);
		assert_true(p.partial);
		assert_non_null(strstr(p.fault.msg, "got shorter"));
		assert_int_equal(p.tree->total[PT_TREE_ROOT], 100 * 'a');
		pt_profile_release(&p);
	}
	unlink(path);
	free(path);
	pt_str_release(&text);
}

/* Nobody has opened a named pipe for writing: who waits for it can still be told to stop. */
static void test_pipe_without_writer(void **state)
{
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};
	struct pt_read_options options = {.watch = &watch};
	struct pt_profile p;
	struct pt_err err;
	char *path = temp_path("reader-fifo");

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pt_profile_read(path, &options, &p, &err), -PT_ECANCELED);
	unlink(path);
	free(path);
}

static void test_progress(void **state)
{
	struct pt_read_watch watch = {0};
	struct pt_read_options options = {.watch = &watch};
	struct pt_str text = PT_STR_INIT;
	char packed[4000], *paths[3], *folder = temp_path("reader-many");
	struct pt_profile p;
	size_t n;

	(void)state;
	for (int i = 0; i < 6000; i++)
		pt_str_add(&text, "main;a 1\n");
	mkdir(folder, 0700);
	paths[0] = put_file("reader-many/a.folded", text.s, text.len);
	n = gzip(text.s, text.len, packed, sizeof packed);
	paths[1] = put_file("reader-many/b.folded.gz", packed, n);
	paths[2] = folder;
	for (size_t i = 0; i < PT_LEN(paths); i++) {
		bool is_folder = paths[i] == folder;

		assert_int_equal(pt_profile_read(paths[i], &options, &p, NULL), 0);
		/* Told last after 4096 lines of nine bytes. */
		assert_int_equal(watch.done, (is_folder ? text.len : 0) + (size_t)4096 * 9);
		assert_int_equal(watch.of, is_folder ? 0 : text.len);
		assert_false(watch.unpacking);
		pt_profile_release(&p);
	}
	for (size_t i = 0; i < PT_LEN(paths); i++) {
		/* Before the first line there is nothing, unless it was the unpacking that ended. */
		bool some = i == 1;

		watch.ask = PT_READ_ENOUGH;
		assert_int_equal(pt_profile_read(paths[i], &options, &p, NULL),
				 some ? 0 : -PT_ETIMEDOUT);
		if (some) {
			assert_int_equal(p.fault.code, PT_ETIMEDOUT);
			pt_profile_release(&p);
		}
		watch.ask = PT_READ_CANCEL;
		assert_int_equal(pt_profile_read(paths[i], &options, &p, NULL), -PT_ECANCELED);
	}
	for (size_t i = 0; i < PT_LEN(paths); i++)
		free(paths[i]);
	pt_str_release(&text);
}

struct reading {
	struct pt_read_watch watch;
	const char *path;
	struct pt_profile p;
	int code;
};

static void *read_it(void *arg)
{
	struct reading *r = arg;
	struct pt_read_options options = {.watch = &r->watch};

	r->code = pt_profile_read(r->path, &options, &r->p, NULL);
	return NULL;
}

/* A pipe that never ends: what has come by then. */
static void test_enough_of_pipe(void **state)
{
	char *path = temp_path("reader-endless");
	struct reading r = {.path = path};
	pthread_t thread;
	int fd;

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fd, stacks, sizeof stacks - 1), sizeof stacks - 1);
	pthread_create(&thread, NULL, read_it, &r);
	while (atomic_load(&r.watch.done) < sizeof stacks - 1)
		usleep(1000);
	assert_int_equal(r.watch.of, 0);
	atomic_store(&r.watch.ask, PT_READ_ENOUGH);
	pthread_join(thread, NULL);
	assert_int_equal(r.code, 0);
	assert_true(r.p.partial);
	assert_int_equal(r.p.fault.code, PT_ETIMEDOUT);
	assert_int_equal(r.p.tree->total[PT_TREE_ROOT], 10);
	pt_profile_release(&r.p);
	close(fd);
	unlink(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_meanwhile),
		cmocka_unit_test(test_pipe_without_writer),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_zstd),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_enough_of_pipe),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_cancelled_pipe),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_folder_of_extremes),
		cmocka_unit_test(test_frames_are_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
