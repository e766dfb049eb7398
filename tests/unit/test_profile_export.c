/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures and text of a small profile and of a difference, to the letter: with kernel frames, hostile
 * names, frames too narrow to show, and the view that a screen asks for. Pictures are read back whole.
 */
#include "perftop/profile/export.h"

#include "../golden.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char plain[] = "main;parse;hash 400\n"
			    "main;parse;read;sys_read_[k];copy_[k] 90\n"
			    "main;parse 300\n"
			    "main;write;emit_[i] 150\n"
			    "main;interpret;jitted_[j] 50\n"
			    "main;t1 2\nmain;t2 2\nmain;t3 2\n"
			    "main;<b>&\"\033[31m'\xff 4\n";
static const char two[] = "main;parse;hash 100 400\n"
			  "main;parse 300 300\n"
			  "main;gone 100 0\n"
			  "main;new 0 50\n"
			  "main;write 500 250\n";

static void read_text(const char *text, struct pt_profile *p)
{
	struct pt_profile_input in = {.name = "some/app.folded", .data = text, .len = strlen(text)};

	assert_int_equal(pt_profile_read_data(&in, NULL, p, NULL), 0);
}

static int add(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

/* How the stacks in a picture are packed is zlib's business. */
static void cut_stacks(struct pt_str *picture)
{
	char *from = strstr(pt_str_text(picture), "<metadata"), *to;

	if (!from)
		return;
	from = strchr(from, '>') + 1;
	to = strstr(from, "</metadata>");
	assert_true(to > from);
	memmove(from, to, strlen(to) + 1);
	picture->len -= (size_t)(to - from);
}

static void check(const struct pt_profile *p, const char *format, const struct pt_export_spec *spec,
		  const char *golden)
{
	const struct pt_profile_export *export = pt_profile_export_find(format);
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {add, &out};
	char name[100];

	assert_non_null(export);
	assert_int_equal(export->write(p, spec, &sink, NULL), 0);
	cut_stacks(&out);
	pt_snprintf(name, sizeof name, "profile/export-%s", golden);
	assert_true(golden_check(name, pt_str_text(&out)));
	pt_str_release(&out);
}

static void test_plain(void **state)
{
	struct pt_export_spec spec = {0}, narrow = {.width = 30, .ascii = true};
	struct pt_export_spec titled = {.title = "A <title>", .width = 400};
	struct pt_profile p;

	(void)state;
	read_text(plain, &p);
	p.lost = 12;
	check(&p, "text", &spec, "text.plain");
	check(&p, "text", &narrow, "text.narrow");
	check(&p, "svg", &spec, "svg.plain");
	check(&p, "svg", &titled, "svg.small");
	check(&p, "html", &spec, "html.plain");
	pt_profile_release(&p);
}

static void test_difference(void **state)
{
	struct pt_export_spec spec = {0};
	struct pt_profile p;

	(void)state;
	read_text(two, &p);
	check(&p, "text", &spec, "text.difference");
	check(&p, "svg", &spec, "svg.difference");
	check(&p, "html", &spec, "html.difference");
	pt_profile_release(&p);
}

static char *write_with(const struct pt_profile *p, const char *format,
			const struct pt_export_spec *spec)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {add, &out};

	assert_int_equal(pt_profile_export_find(format)->write(p, spec, &sink, NULL), 0);
	return pt_str_detach(&out);
}

static bool is_grey(const char *picture, const char *name)
{
	char cell[100];
	const char *at, *fill;

	pt_snprintf(cell, sizeof cell, "data-n=\"%s\"", name);
	at = strstr(picture, cell);
	assert_non_null(at);
	fill = strstr(at, "fill=\"rgb(");
	assert_non_null(fill);
	return strncmp(fill, "fill=\"rgb(225,225,225)\"", 23) == 0;
}

/* A change of 3 points in a hundred samples is chance, in a hundred thousand it is not. */
static void test_chance(void **state)
{
	struct pt_export_spec spec = {.base = "was <1>", .base_samples = 100};
	struct pt_profile p;
	char *picture;

	(void)state;
	read_text("main;more 20 23\nmain;rest 80 77\n", &p);
	p.samples = 100;
	picture = write_with(&p, "svg", &spec);
	assert_true(is_grey(picture, "more"));
	assert_non_null(strstr(picture, "app.folded against was &lt;1&gt; "));
	free(picture);
	p.samples = 100000;
	spec.base_samples = 100000;
	picture = write_with(&p, "html", &spec);
	assert_false(is_grey(picture, "more"));
	assert_true(is_grey(picture, "main"));
	assert_non_null(strstr(picture, "<title>app.folded against was &lt;1&gt;</title>"));
	free(picture);
	pt_profile_release(&p);
}

/* What the screen shows: zoomed, turned round, with something hidden. */
static void test_view(void **state)
{
	struct pt_profile p;
	struct pt_graph_spec view = {.kind = PT_GRAPH_STACKS},
			     inverted = {.kind = PT_GRAPH_INVERTED};
	struct pt_export_spec spec = {.view = &view};
	uint64_t hidden[1] = {0};
	uint32_t path[2];

	(void)state;
	read_text(plain, &p);
	path[0] = pt_frames_name(p.tree->frames, "main", 4, PT_FRAME_USER);
	path[1] = pt_frames_name(p.tree->frames, "parse", 5, PT_FRAME_USER);
	view.path = path;
	view.n_path = 2;
	check(&p, "text", &spec, "text.zoomed");
	view.n_path = 0;
	hidden[path[1] / 64] |= UINT64_C(1) << path[1] % 64;
	view.hidden = hidden;
	check(&p, "text", &spec, "text.hidden");
	spec.view = &inverted;
	check(&p, "text", &spec, "text.inverted");
	pt_profile_release(&p);
}

static char *write_as(const struct pt_profile *p, const char *format)
{
	return write_with(p, format, &(struct pt_export_spec){0});
}

static void check_back(const struct pt_profile *p, const char *format)
{
	char *picture = write_as(p, format), *was = write_as(p, "folded"), *is;
	struct pt_profile_input in = {.name = "x", .data = picture, .len = strlen(picture)};
	struct pt_profile back;

	assert_int_equal(pt_profile_read_data(&in, NULL, &back, NULL), 0);
	assert_string_equal(back.format, "flamegraph_svg");
	is = write_as(&back, "folded");
	assert_string_equal(is, was);
	assert_string_equal(back.values[0].name, p->values[p->value].name);
	assert_string_equal(back.values[0].what, p->values[p->value].what);
	assert_int_equal(back.values[0].unit, p->values[p->value].unit);
	assert_int_equal(back.samples, p->samples);
	assert_int_equal(back.lost, p->lost);
	assert_int_equal(!back.tree->base_total, !p->tree->base_total);
	assert_int_equal(back.n_notes, p->partial);
	assert_false(back.partial);
	pt_profile_release(&back);
	free(picture);
	free(was);
	free(is);
}

/* Also what is too narrow for the picture, threads, fractions and both sides of a difference. */
static void test_back(void **state)
{
	static const char *const fixtures[] = {"perf_data-fp.data",	"pprof-go-cpu.pb.gz",
					       "heaptrack-cpp.zst",	"folded-marks.txt",
					       "folded-difference.txt", "folded-fractions.txt",
					       "speedscope-pyspy.json"};
	struct pt_read_options options = {.threads = true};
	const char *top = getenv("PT_SRCDIR");
	char path[4096];
	struct pt_profile p;

	(void)state;
	for (size_t i = 0; i < PT_LEN(fixtures); i++) {
		pt_snprintf(path, sizeof path, "%s/tests/fixtures/profile/%s", top ? top : ".",
			    fixtures[i]);
		assert_int_equal(pt_profile_read(path, &options, &p, NULL), 0);
		check_back(&p, "svg");
		check_back(&p, "html");
		pt_profile_release(&p);
	}
}

static void test_back_narrow(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	for (int i = 0; i < 3000; i++)
		pt_str_addf(&text, "main;f%d;g%d;<&\"\x01\xff %d\n", i % 50, i, i % 3 + 1);
	pt_str_add(&text, "main 1000000\n");
	read_text(text.s, &p);
	p.partial = true;
	pt_err_set(&p.fault, PT_ELIMIT, "a \"reason\"");
	p.lost = 4;
	check_back(&p, "svg");
	pt_profile_release(&p);
	pt_str_release(&text);
}

/* What is counted is named by the file as well: nothing of it is markup, nor for a terminal. */
static void test_hostile_value(void **state)
{
	static const char *const formats[] = {"text", "svg", "html"};
	struct pt_profile p;

	(void)state;
	read_text(plain, &p);
	pt_strlcpy(p.values[0].what, "\x1b[1m</title><x>\xff", sizeof p.values[0].what);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const struct pt_profile_export *export = pt_profile_export_find(formats[i]);
		struct pt_str out = PT_STR_INIT;
		struct pt_export_sink sink = {add, &out};

		assert_int_equal(export->write(&p, &(struct pt_export_spec){0}, &sink, NULL), 0);
		assert_non_null(strstr(out.s, "^[[1m"));
		assert_null(memchr(out.s, '\x1b', out.len));
		assert_null(memchr(out.s, '\xff', out.len));
		assert_true(i == 0 || !strstr(out.s, "<x>"));
		pt_str_release(&out);
	}
	pt_profile_release(&p);
}

/* Pictures whose stacks are not there, not whole or nonsense. */
static void test_back_broken(void **state)
{
	static const char *const stacks[] = {
		"></metadata>",
		">!!!!</metadata>",
		">H4sI</metadata>",
		">Zm9vYmFyYmF6</metadata>",
		"",
		">",
	};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	for (size_t i = 0; i < PT_LEN(stacks); i++) {
		struct pt_profile_input in = {.name = "x.svg"};

		pt_str_clear(&text);
		pt_str_addf(&text, "<svg><metadata id=\"perftop-stacks\"%s", stacks[i]);
		in.data = text.s;
		in.len = text.len;
		assert_true(pt_profile_read_data(&in, NULL, &p, &err) < 0);
		assert_non_null(strstr(err.file[0] ? err.file : err.msg, "x.svg"));
		if (i == 0)
			assert_non_null(strstr(err.msg, "a picture without its stacks"));
	}
	pt_str_release(&text);
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(pt_profile_export_for("a/b.svg")->name, "svg");
	assert_string_equal(pt_profile_export_for("x.txt")->name, "text");
	assert_string_equal(pt_profile_export_for("x.folded")->name, "folded");
	assert_null(pt_profile_export_for("x"));
	assert_null(pt_profile_export_for("x.unknown"));
	assert_null(pt_profile_export_for(".svg/x"));
	assert_null(pt_profile_export_find("nothing"));
}

/* A file is whole or absent: one that cannot be finished is not left behind. */
static void test_file(void **state)
{
	const struct pt_profile_export *svg = pt_profile_export_find("svg");
	const char *top = getenv("PT_TMP");
	struct pt_export_spec spec = {0};
	struct pt_err err = {0};
	struct pt_profile p;
	struct stat st;
	char path[500], *text;
	size_t n;

	(void)state;
	read_text(plain, &p);
	pt_snprintf(path, sizeof path, "%s/export-%ld.svg", top ? top : "/tmp", (long)getpid());
	assert_int_equal(pt_profile_export_file(&p, svg, &spec, path, &err), 0);
	assert_int_equal(pt_fs_read(path, 1 << 20, &text, &n, NULL), 0);
	assert_non_null(strstr(text, "</svg>"));
	free(text);
	unlink(path);
	assert_int_equal(pt_profile_export_file(&p, svg, &spec, "/nowhere/x.svg", &err),
			 -PT_ENOENT);
	assert_non_null(strstr(err.file, "/nowhere/x.svg"));
	assert_int_equal(pt_profile_export_file(&p, svg, &spec, "/dev/full", &err) < 0, 1);
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	pt_profile_release(&p);
}

/* Asked ahead, it leaves nothing behind. */
static void test_check(void **state)
{
	char folder[] = "/tmp/perftop-export-XXXXXX", path[100];
	struct pt_err err = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	pt_snprintf(path, sizeof path, "%s/x.svg", folder);
	assert_int_equal(pt_profile_export_check(path, &err), 0);
	assert_int_equal(pt_profile_export_check("/dev/full", &err), 0);
	assert_true(pt_profile_export_check(folder, &err) < 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(pt_profile_export_check(path, &err), -PT_ENOENT);
	assert_string_equal(err.file, path);
	assert_string_equal(err.msg, "cannot write: there is no such folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	      cmocka_unit_test(test_difference),
		cmocka_unit_test(test_chance),	      cmocka_unit_test(test_view),
		cmocka_unit_test(test_back),	      cmocka_unit_test(test_back_narrow),
		cmocka_unit_test(test_hostile_value), cmocka_unit_test(test_back_broken),
		cmocka_unit_test(test_find),	      cmocka_unit_test(test_file),
		cmocka_unit_test(test_check),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
