/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main() of a fuzzer where libFuzzer is not linked: feeds it every file of
 * tests/fuzz/seeds/<name>/, or those named as arguments, and reports each as a TAP line. A seed
 * that once crashed a parser is so a regression test of every build.
 */
#include <dirent.h>
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

int main(int argc, char **argv)
{
	const char *top = getenv("PT_SRCDIR"), *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	struct dirent **list;
	char dir[4096], path[8192];
	int i, n, bad = 0;

	for (i = 1; i < argc; i++)
		bad |= report(argv[i], i);
	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		return bad ? 1 : 0;
	}
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(dir, sizeof dir, "%s/tests/fuzz/seeds/%s", top ? top : ".", name);
	n = scandir(dir, &list, visible, alphasort);
	if (n <= 0) {
		printf("Bail out! no seeds in %s\n", dir);
		return 1;
	}
	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
		bad |= report(path, i + 1);
		free(list[i]);
	}
	free(list);
	return bad ? 1 : 0;
}
