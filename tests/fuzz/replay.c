/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main() of a fuzzer where libFuzzer is not linked: feeds it every file of
 * tests/fuzz/seeds/<name>/, or those named as arguments, and reports each as a TAP line. A seed
 * that once crashed a parser is so a regression test of every build. Seeds in a folder below are
 * for one reader of many: PERFTOP_FUZZ_READER names it meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int feed(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t cap = 0, n = 0, got;

	if (!f)
		return -1;
	do {
		if (n == cap) {
			cap = cap ? 2 * cap : 65536;
			data = realloc(data, cap);
			if (!data)
				abort();
		}
		got = fread(data + n, 1, cap - n, f);
		n += got;
	} while (got);
	fclose(f);
	/* An exact copy: reading one byte beyond it is then an error that ASan sees. */
	data = realloc(data, n ? n : 1);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

static int report(const char *path, int n)
{
	int rc = feed(path);

	printf("%sok %d - %s\n", rc ? "not " : "", n, path);
	fflush(stdout);
	return rc;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Every file of a folder; names of folders in it become the reader's. Returns how many failed. */
static int replay(const char *dir, const char *reader, int *n)
{
	struct dirent **list;
	char path[8192];
	int bad = 0, entries = scandir(dir, &list, visible, alphasort);

	if (entries < 0)
		return errno == ENOTDIR ? report(dir, ++*n) != 0 : 1;
	if (reader)
		setenv("PERFTOP_FUZZ_READER", reader, 1);
	for (int i = 0; i < entries; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
		bad += replay(path, list[i]->d_name, n);
		free(list[i]);
	}
	free(list);
	unsetenv("PERFTOP_FUZZ_READER");
	return bad;
}

int main(int argc, char **argv)
{
	const char *top = getenv("PT_SRCDIR"), *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	char dir[4096];
	int n = 0, bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= report(argv[i], ++n);
	if (argc == 1) {
		if (strncmp(name, "fuzz_", 5) == 0)
			name += 5;
		snprintf(dir, sizeof dir, "%s/tests/fuzz/seeds/%s", top ? top : ".", name);
		bad = replay(dir, NULL, &n);
		if (!n) {
			printf("Bail out! no seeds in %s\n", dir);
			return 1;
		}
	}
	printf("1..%d\n", n);
	return bad ? 1 : 0;
}
