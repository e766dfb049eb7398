/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures and text of a small profile and of a difference, to the letter: with kernel frames, hostile
 * names, frames too narrow to show, and the view that a screen asks for.
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

static void check(const struct pt_profile *p, const char *format, const struct pt_export_spec *spec,
		  const char *golden)
{
	const struct pt_profile_export *export = pt_profile_export_find(format);
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {add, &out};
	char name[100];

	assert_non_null(export);
	assert_int_equal(export->write(p, spec, &sink, NULL), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain), cmocka_unit_test(test_difference),
		cmocka_unit_test(test_view),  cmocka_unit_test(test_find),
		cmocka_unit_test(test_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
