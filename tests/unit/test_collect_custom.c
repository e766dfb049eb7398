/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Custom sources, fetched for real: commands, files, sockets; what hangs; what is not trusted. */
#include "collect_tree.h"

#include "perftop/base/loop.h"
#include "perftop/collect/custom.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

struct rig {
	struct tree tree;
	struct probe probe;
	struct pt_custom_source source;
	int64_t now_ns;
	int64_t held_ns;
	unsigned n_told; /* reasons, and that there is none any more */
};

static struct rig *the_rig;

static void keep_hold(void *ctx, const struct pt_metric *metric, int64_t ns)
{
	(void)ctx, (void)metric;
	the_rig->held_ns = ns;
}

static void count_told(void *ctx, const struct pt_metric *metric, int id, const char *reason)
{
	the_rig->n_told++;
	keeper_fail(ctx, metric, id, reason);
}

static void rig_init(struct rig *rig)
{
	*rig = (struct rig){.now_ns = 1000 * PT_S};
	the_rig = rig;
	tree_init(&rig->tree);
	rig->source = (struct pt_custom_source){.name = "q",
						.from = PT_CUSTOM_COMMAND,
						.folder = rig->tree.dir,
						.unit = PT_UNIT_COUNT,
						.factor = 1,
						.interval_ns = 10 * PT_S,
						.timeout_ns = 5 * PT_S,
						.max_output = 1000,
						.trusted = true};
}

static void rig_open(struct rig *rig)
{
	struct probe *probe = &rig->probe;

	probe->collector = probe_collector("custom");
	probe->env = (struct pt_collect_env){.sink = keeper_sink(&probe->keeper),
					     .loop = pt_loop_new(),
					     .custom = &rig->source,
					     .n_custom = 1};
	probe->env.sink.hold = keep_hold;
	probe->env.sink.fail = count_told;
	probe->state = pt_calloc(1, probe->collector->state_size);
	assert_int_equal(probe->collector->start(probe->state, &probe->env), 0);
}

static void sample(struct rig *rig)
{
	struct keeper *keeper = &rig->probe.keeper;

	for (size_t i = 0; i < keeper->n; i++)
		keeper->series[i].set = keeper->series[i].has_rate = false;
	keeper->now_ns = rig->now_ns;
	rig->probe.collector->sample(rig->probe.state, &rig->probe.env, rig->now_ns);
}

/* Ticks 10 s apart, each given time until the metric is told a value or a reason. */
static void fetch(struct rig *rig)
{
	unsigned n_told = rig->n_told;

	rig->now_ns += 10 * PT_S;
	sample(rig);
	for (int i = 0; i < 6000 && rig->n_told == n_told; i++) {
		pt_loop_step(rig->probe.env.loop, 10 * PT_MS);
		rig->now_ns++;
		sample(rig);
	}
	assert_true(rig->n_told > n_told);
}

static void rig_close(struct rig *rig)
{
	rig->probe.collector->stop(rig->probe.state, &rig->probe.env);
	pt_loop_free(rig->probe.env.loop);
	free(rig->probe.state);
	keeper_release(&rig->probe.keeper);
	tree_release(&rig->tree);
}

static const char *reason_of_command(const char *script)
{
	static char reason[600];
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct rig rig;

	rig_init(&rig);
	rig.source.argv = argv;
	rig_open(&rig);
	fetch(&rig);
	pt_strlcpy(reason, probe_reason(&rig.probe, "q", NULL), sizeof(reason));
	rig_close(&rig);
	return reason;
}

static void test_command(void **state)
{
	static const char *const argv[] = {"sh", "-c", "cat number", NULL};
	const struct kept *kept;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	tree_put(&rig.tree, "number", "41.5\n"); /* commands run in the project's folder */
	rig.source.argv = argv;
	rig.source.help = "Jobs that wait";
	rig_open(&rig);
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "q", ""), 41.5);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), "");
	kept = probe_find(&rig.probe, "q", "");
	assert_string_equal(kept->metric->help, "Jobs that wait");
	assert_int_equal(kept->metric->unit, PT_UNIT_COUNT);
	assert_int_equal(rig.held_ns, 10 * PT_S);

	/* Between two intervals nothing runs and nothing is told. */
	tree_put(&rig.tree, "number", "7\n");
	rig.now_ns += PT_S;
	sample(&rig);
	pt_loop_step(rig.probe.env.loop, 20 * PT_MS);
	sample(&rig);
	assert_gap(probe_gauge(&rig.probe, "q", ""));
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "q", ""), 7);

	/* A failure is a gap with its reason, and passes. */
	tree_put(&rig.tree, "number", "none\n");
	fetch(&rig);
	assert_gap(probe_gauge(&rig.probe, "q", ""));
	assert_string_equal(probe_reason(&rig.probe, "q", ""), "q:1:1: expected a number");
	tree_put(&rig.tree, "number", "8\n");
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "q", ""), 8);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), "");
	rig_close(&rig);
}

static void test_reasons(void **state)
{
	static const char *const missing[] = {"no-such-program-at-all", NULL};
	struct rig rig;

	(void)state;
	assert_string_equal(reason_of_command("echo; echo 'no queue' >&2; exit 3"),
			    "exit status 3: no queue");
	assert_string_equal(reason_of_command("exit 4"), "exit status 4");
	assert_string_equal(reason_of_command("kill -9 $$"), "ended by signal 9");
	assert_string_equal(reason_of_command("yes"), "more than 1000 bytes of output");
	assert_string_equal(reason_of_command(":"), "q:1:1: expected a number");

	rig_init(&rig);
	rig.source.argv = missing;
	rig_open(&rig);
	fetch(&rig);
	assert_non_null(strstr(probe_reason(&rig.probe, "q", NULL), "no-such-program-at-all"));
	rig_close(&rig);

	rig_init(&rig);
	rig.source.argv = missing;
	rig.source.trusted = false;
	rig_open(&rig);
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL),
			    "not trusted: run `perftop trust`");
	rig_close(&rig);

	rig_init(&rig);
	rig.source.argv = missing;
	rig_open(&rig);
	pt_loop_free(rig.probe.env.loop);
	rig.probe.env.loop = NULL; /* as in one-shot use */
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL),
			    "custom sources are read by a running perftop only");
	rig_close(&rig);
}

/* The first line of a file, or "". Returns the lines. */
static int read_lines(const char *path, char *first, int size)
{
	char line[400];
	FILE *file = fopen(path, "r");
	int n = 0;

	first[0] = '\0';
	while (file && fgets(n ? line : first, n ? (int)sizeof(line) : size, file))
		n++;
	if (file)
		fclose(file);
	return n;
}

/* Gone, or not reaped by anybody, but dead. */
static bool has_ended(int pid)
{
	char path[64], text[400];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	return read_lines(path, text, sizeof(text)) == 0 || strstr(text, ") Z");
}

/* A command that hangs is killed with its group; meanwhile no second one is started. True once it
 * could begin within its time. */
static bool hang(int64_t timeout_ns, const char *reason)
{
	static const char *const argv[] = {"sh", "-c",
					   "echo x >>starts; sleep 60 & echo $! >pid; wait", NULL};
	char text[64], path[PATH_MAX + 16];
	struct rig rig;
	bool began;

	rig_init(&rig);
	rig.source.argv = argv;
	rig.source.interval_ns = PT_MS;
	rig.source.timeout_ns = timeout_ns;
	rig_open(&rig);
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), reason);
	snprintf(path, sizeof(path), "%s/pid", rig.tree.dir);
	began = read_lines(path, text, sizeof(text)) == 1;
	for (int i = 0; i < 10000 && began && !has_ended(atoi(text)); i++)
		usleep(1000); /* who is killed may be slow */
	assert_true(!began || has_ended(atoi(text)));
	snprintf(path, sizeof(path), "%s/starts", rig.tree.dir);
	/* Once, though dozens of ticks passed. */
	assert_true(read_lines(path, text, sizeof(text)) == 1 || !began);
	rig_close(&rig);
	return began;
}

static void test_hanging_command(void **state)
{
	(void)state;
	assert_true(hang(150 * PT_MS, "timed out after 0.15 s") ||
		    hang(3 * PT_S, "timed out after 3 s") ||
		    hang(20 * PT_S, "timed out after 20 s"));
}

static int listen_at(struct rig *rig)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	pt_snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", rig->tree.dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* Stopped while everything is under way: nothing is told any more, nothing is lost. */
static void test_stop_in_flight(void **state)
{
	static const char *const argv[] = {"sleep", "60", NULL};
	struct rig rig;

	(void)state;
	for (int from = PT_CUSTOM_COMMAND; from <= PT_CUSTOM_SOCKET; from++) {
		int fd;

		rig_init(&rig);
		tree_put(&rig.tree, "number", "1");
		fd = listen_at(&rig);
		rig.source.from = (enum pt_custom_from)from;
		rig.source.argv = argv;
		rig.source.path = from == PT_CUSTOM_SOCKET ? "sock" : "number";
		rig_open(&rig);
		sample(&rig);
		rig_close(&rig);
		assert_int_equal(rig.n_told, 0);
		close(fd);
	}
}

static void test_file(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	tree_put(&rig.tree, "sub/state.json", "{\"a\": {\"b\": 12}}");
	rig.source.from = PT_CUSTOM_FILE;
	rig.source.format = PT_CUSTOM_JSON;
	rig.source.path = "sub/state.json";
	rig.source.json_path = "a.b";
	rig.source.kind = PT_COUNTER;
	rig.source.trusted = false; /* reading is no running */
	rig_open(&rig);
	fetch(&rig);
	assert_int_equal(probe_total(&rig.probe, "q", ""), 12);
	tree_put(&rig.tree, "sub/state.json", "{\"a\": {\"b\": 32}}");
	fetch(&rig);
	assert_int_equal(probe_total(&rig.probe, "q", ""), 32);
	tree_put(&rig.tree, "sub/state.json", "{\"a\": {\"b\": -32}}");
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", ""), "the source says -32");
	tree_put(&rig.tree, "sub/state.json", "{\"a\": {}}");
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), "no value at path a.b");
	rig.source.max_output = 10;
	tree_put(&rig.tree, "sub/state.json", "{\"a\": {\"b\": 32}}");
	fetch(&rig);
	assert_non_null(strstr(probe_reason(&rig.probe, "q", NULL), "larger than the 10 bytes"));
	rig.source.path = "sub";
	fetch(&rig);
	assert_non_null(strstr(probe_reason(&rig.probe, "q", NULL), "is no file"));
	rig.source.path = "nothing";
	fetch(&rig);
	assert_non_null(strstr(probe_reason(&rig.probe, "q", NULL), "No such file"));
	rig_close(&rig);
}

/* Series come, go and come again; kinds and units by what the text and the names say. */
static void test_prometheus(void **state)
{
	const struct kept *kept;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.source.from = PT_CUSTOM_FILE;
	rig.source.format = PT_CUSTOM_PROMETHEUS;
	rig.source.path = "metrics";
	rig.source.name = "app_";
	rig_open(&rig);
	tree_put(&rig.tree, "metrics",
		 "# HELP app_wait_seconds Time that a job waits.\n"
		 "# TYPE app_wait_seconds summary\n"
		 "app_wait_seconds{q=\"b\",p=\"0.5\"} 0.25\napp_wait_seconds_sum 2\n"
		 "app_wait_seconds_count 7\napp_heap_bytes 4096\nother 1\napp_odd NaN\n");
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "app_wait_seconds", "p=\"0.5\",q=\"b\""), 250e6);
	assert_int_equal(probe_total(&rig.probe, "app_wait_seconds_sum", ""), 2 * PT_S);
	assert_int_equal(probe_total(&rig.probe, "app_wait_seconds_count", ""), 7);
	assert_near(probe_gauge(&rig.probe, "app_heap_bytes", ""), 4096);
	assert_null(probe_find(&rig.probe, "other", ""));
	assert_string_equal(probe_reason(&rig.probe, "app_odd", ""), "the source says nan");
	kept = probe_find(&rig.probe, "app_wait_seconds", "p=\"0.5\",q=\"b\"");
	assert_string_equal(kept->metric->label, "p,q");
	assert_string_equal(kept->metric->help, "Time that a job waits");
	assert_int_equal(kept->metric->unit, PT_UNIT_NS);
	assert_int_equal(kept->metric->kind, PT_GAUGE);
	kept = probe_find(&rig.probe, "app_heap_bytes", "");
	assert_int_equal(kept->metric->unit, PT_UNIT_BYTES);
	assert_int_equal(probe_find(&rig.probe, "app_wait_seconds_count", "")->metric->unit,
			 PT_UNIT_COUNT);

	tree_put(&rig.tree, "metrics", "app_wait_seconds_count 9\napp_new 1\n");
	fetch(&rig);
	assert_null(probe_find(&rig.probe, "app_heap_bytes", ""));
	assert_int_equal(probe_total(&rig.probe, "app_wait_seconds_count", ""), 9);
	assert_near(probe_gauge(&rig.probe, "app_new", ""), 1);

	/* A broken text loses no series. */
	tree_put(&rig.tree, "metrics", "app_wait_seconds_count 10\n{\n");
	fetch(&rig);
	assert_non_null(probe_find(&rig.probe, "app_new", ""));
	assert_gap(probe_gauge(&rig.probe, "app_new", ""));
	assert_string_equal(probe_reason(&rig.probe, "app_new", ""),
			    "app_:2:1: expected the name of a metric or '#'");
	assert_string_equal(probe_reason(&rig.probe, "app_", NULL),
			    "app_:2:1: expected the name of a metric or '#'");

	tree_put(&rig.tree, "metrics", "app_heap_bytes 5\n");
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "app_heap_bytes", ""), 5);
	tree_put(&rig.tree, "metrics", "else 5\n");
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "app_", NULL), "no series starts with app_");
	rig_close(&rig);
}

/* A text cannot pass for what perftop measures itself, nor fill the store by ever new names. */
static void test_names_are_bounded(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.source.from = PT_CUSTOM_FILE;
	rig.source.format = PT_CUSTOM_PROMETHEUS;
	rig.source.path = "metrics";
	rig.source.name = "cpu_";
	rig.source.max_output = 65536;
	rig_open(&rig);
	tree_put(&rig.tree, "metrics", "cpu_busy_ratio 0.5\ncpu_mine 3\n");
	assert_non_null(pt_metric_find("cpu_busy_ratio", NULL));
	fetch(&rig);
	assert_null(probe_find(&rig.probe, "cpu_busy_ratio", ""));
	assert_near(probe_gauge(&rig.probe, "cpu_mine", ""), 3);
	assert_string_equal(probe_reason(&rig.probe, "cpu_", NULL),
			    "cpu_busy_ratio is a metric of perftop's own: left out");
	for (int round = 0; round < 3; round++) {
		pt_str_clear(&text);
		for (int i = 0; i < 190; i++)
			pt_str_addf(&text, "cpu_r%d_%d 1\n", round, i);
		tree_put(&rig.tree, "metrics", pt_str_text(&text));
		fetch(&rig);
	}
	assert_near(probe_gauge(&rig.probe, "cpu_r2_0", ""), 1);
	assert_null(probe_find(&rig.probe, "cpu_r2_189", ""));
	pt_str_release(&text);
	rig_close(&rig);
}

/* -- sockets ---------------------------------------------------------------------------------- */

struct server {
	int listen_fd;
	pid_t pid;
};

/* Reads until the other side has said all, then answers; without an answer it hangs. */
static void serve(struct rig *rig, struct server *server, const char *expected, const char *answer)
{
	int fd = listen_at(rig);

	server->listen_fd = fd;
	server->pid = fork();
	if (server->pid == 0) {
		for (;;) {
			char buf[256];
			size_t n = 0;
			ssize_t got;
			int peer = accept(fd, NULL, NULL);

			while (n < sizeof(buf) && (got = read(peer, buf + n, sizeof(buf) - n)) > 0)
				n += (size_t)got;
			if (!answer)
				pause();
			if (n == strlen(expected) && memcmp(buf, expected, n) == 0)
				(void)!write(peer, answer, strlen(answer));
			close(peer);
		}
	}
}

static void server_end(struct server *server)
{
	kill(server->pid, SIGKILL);
	close(server->listen_fd);
}

static void test_socket(void **state)
{
	struct server server;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.source.from = PT_CUSTOM_SOCKET;
	rig.source.path = "sock";
	rig.source.send = "depth\n";
	rig_open(&rig);
	fetch(&rig);
	assert_non_null(strstr(probe_reason(&rig.probe, "q", NULL), "cannot connect to "));
	serve(&rig, &server, "depth\n", "23\n");
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "q", ""), 23);
	fetch(&rig);
	assert_near(probe_gauge(&rig.probe, "q", ""), 23);
	rig.source.max_output = 2;
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), "more than 2 bytes of output");
	rig.source.trusted = false;
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL),
			    "not trusted: run `perftop trust`");
	server_end(&server);
	rig_close(&rig);

	rig_init(&rig);
	rig.source.from = PT_CUSTOM_SOCKET;
	rig.source.path = "sock";
	rig.source.timeout_ns = 50 * PT_MS;
	rig_open(&rig);
	serve(&rig, &server, "", NULL);
	fetch(&rig);
	assert_string_equal(probe_reason(&rig.probe, "q", NULL), "timed out after 0.05 s");
	server_end(&server);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_hanging_command),
		cmocka_unit_test(test_stop_in_flight),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_names_are_bounded),
		cmocka_unit_test(test_socket),
	};

	signal(SIGPIPE, SIG_DFL); /* a write must not depend on who ignores it */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
