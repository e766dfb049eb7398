/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Build ids. Files are looked for where distributions put split debug info, where perf keeps what
 * it recorded, and where debuginfod's client keeps what it fetched. A file found by a name counts
 * only when it carries the id itself. debuginfod is asked through its program, because its library
 * would bring libcurl into ours.
 */
#include "build_id.h"

#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t download_ns = 60 * PT_S;

void pt_build_id_set(struct pt_build_id *id, const uint8_t *bytes, size_t n)
{
	*id = (struct pt_build_id){.n = bytes && n <= PT_BUILD_ID_MAX ? n : 0};
	if (id->n)
		memcpy(id->bytes, bytes, n);
	/* perf pads them to 20 bytes: 16 are customary too, and lld's quick ones have 8. */
	for (size_t shorter = 16; bytes && n == 20 && shorter >= 8; shorter -= 8) {
		static const uint8_t zeros[12];

		if (memcmp(bytes + shorter, zeros, 20 - shorter) == 0)
			id->n = shorter;
	}
}

bool pt_build_id_equal(const struct pt_build_id *a, const struct pt_build_id *b)
{
	/* The bytes behind n are zero. */
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool pt_build_id_of_fd(int fd, struct pt_build_id *ret)
{
	const void *bytes;
	ssize_t n;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	n = elf ? dwelf_elf_gnu_build_id(elf, &bytes) : 0;
	pt_build_id_set(ret, n > 0 ? bytes : NULL, n > 0 ? (size_t)n : 0);
	elf_end(elf);
	return ret->n > 0;
}

int pt_open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void add_hex(struct pt_str *s, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pt_str_addf(s, "%02x", bytes[i]);
}

/* A folder's file by id, checked when it is one that carries it. */
static int look(struct pt_str *path, const struct pt_build_id *id, bool check, char **ret_path)
{
	struct pt_build_id own;
	int fd = pt_open_file(pt_str_text(path));

	if (fd >= 0 && check && (!pt_build_id_of_fd(fd, &own) || !pt_build_id_equal(&own, id))) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0)
		*ret_path = pt_str_detach(path);
	return fd;
}

/* "xx/yyyy…" in folder, with what follows it. */
static int look_split(const char *folder, const struct pt_build_id *id, const char *ending,
		      bool check, char **ret_path)
{
	struct pt_str path = PT_STR_INIT;
	int fd = -1;

	if (id->n > 1) {
		pt_str_addf(&path, "%s/.build-id/%02x/", folder, id->bytes[0]);
		add_hex(&path, id->bytes + 1, id->n - 1);
		pt_str_add(&path, ending);
		fd = look(&path, id, check, ret_path);
	}
	pt_str_release(&path);
	return fd;
}

static int look_home(const struct pt_build_id *id, const char *ending, bool check, char **ret_path)
{
	const char *home = getenv("HOME");
	struct pt_str folder = PT_STR_INIT;
	int fd;

	if (!home || home[0] != '/')
		return -1;
	pt_str_addf(&folder, "%s/.debug", home);
	fd = look_split(folder.s, id, ending, check, ret_path);
	pt_str_release(&folder);
	return fd;
}

/* debuginfod's client: $DEBUGINFOD_CACHE_PATH, $XDG_CACHE_HOME/debuginfod_client, ~/.cache/… */
static int look_fetched(const struct pt_build_id *id, const char *what, char **ret_path)
{
	const char *cache = getenv("DEBUGINFOD_CACHE_PATH"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	struct pt_str path = PT_STR_INIT;
	int fd = -1;

	if (cache)
		pt_str_add(&path, cache);
	else if (xdg)
		pt_str_addf(&path, "%s/debuginfod_client", xdg);
	else if (home)
		pt_str_addf(&path, "%s/.cache/debuginfod_client", home);
	if (path.len && id->n) {
		pt_str_addc(&path, '/');
		add_hex(&path, id->bytes, id->n);
		pt_str_addf(&path, "/%s", what);
		fd = look(&path, id, true, ret_path);
	}
	pt_str_release(&path);
	return fd;
}

int pt_build_id_find_object(const struct pt_build_id *id, char **ret_path)
{
	int fd = look_home(id, "/elf", true, ret_path);

	if (fd < 0)
		fd = look_home(id, "/vdso", true, ret_path);
	if (fd < 0)
		fd = look_split("/usr/lib/debug", id, "", true, ret_path);
	if (fd < 0)
		fd = look_fetched(id, "executable", ret_path);
	return fd;
}

int pt_build_id_find_debug(const struct pt_build_id *id, const char *root, char **ret_path)
{
	struct pt_str folder = PT_STR_INIT;
	int fd = -1;

	if (root[0]) {
		pt_str_addf(&folder, "%s/usr/lib/debug", root);
		fd = look_split(folder.s, id, ".debug", true, ret_path);
		pt_str_release(&folder);
	}
	if (fd < 0)
		fd = look_split("/usr/lib/debug", id, ".debug", true, ret_path);
	if (fd < 0)
		fd = look_home(id, "/debug", true, ret_path);
	if (fd < 0)
		fd = look_fetched(id, "debuginfo", ret_path);
	return fd;
}

int pt_build_id_find_kallsyms(const struct pt_build_id *id, char **ret_path)
{
	return look_home(id, "/kallsyms", false, ret_path);
}

/* ---- debuginfod-find ---- */

struct answer {
	struct pt_loop *loop;
	struct pt_str path;
	bool ok;
};

static void answered(void *arg, const struct pt_child_result *result)
{
	struct answer *answer = arg;

	answer->ok = result->exit_status == 0 && result->out_len > 0;
	if (answer->ok)
		pt_str_addn(&answer->path, result->out, strcspn(result->out, "\r\n"));
	pt_loop_stop(answer->loop);
}

/* Its own settings: a child gets a clean environment else. */
static size_t settings(char *env[], size_t max)
{
	static const char *const names[] = {
		"HOME",		 "XDG_CACHE_HOME", "DEBUGINFOD_URLS", "DEBUGINFOD_CACHE_PATH",
		"SSL_CERT_FILE", "https_proxy",	   "http_proxy",      "no_proxy",
	};
	size_t n = 0;

	for (size_t i = 0; i < PT_LEN(names) && n < max; i++) {
		const char *value = getenv(names[i]);
		struct pt_str s = PT_STR_INIT;

		if (!value)
			continue;
		pt_str_addf(&s, "%s=%s", names[i], value);
		env[n++] = pt_str_detach(&s);
	}
	return n;
}

int pt_build_id_download(const struct pt_build_id *id, const char *what, char **ret_path)
{
	struct answer answer = {.path = PT_STR_INIT};
	struct pt_str hex = PT_STR_INIT;
	const char *argv[] = {"debuginfod-find", what, NULL, NULL};
	char *env[16] = {NULL};
	size_t n = settings(env, PT_LEN(env) - 1);
	struct pt_child_spec spec = {
		.argv = argv,
		.env = (const char *const *)env,
		.timeout_ns = download_ns,
		.max_stdout = 4096,
	};
	struct pt_child *child;
	int fd = -1;

	if (id->n) {
		add_hex(&hex, id->bytes, id->n);
		argv[2] = hex.s;
		answer.loop = pt_loop_new();
		if (pt_child_spawn(answer.loop, &spec, answered, &answer, &child, NULL) == 0)
			pt_loop_run(answer.loop);
		pt_loop_free(answer.loop);
		if (answer.ok)
			fd = look(&answer.path, id, true, ret_path);
	}
	while (n > 0)
		free(env[--n]);
	pt_str_release(&hex);
	pt_str_release(&answer.path);
	return fd;
}
