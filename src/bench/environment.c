/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * This machine, from proc and sys. What decides whether results may be compared at all (architecture,
 * CPU model, cores) names the machine class; the rest is told when it differs.
 */
#include "perftop/bench/runner.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CPU_DIR "sys/devices/system/cpu"

enum { CPUINFO_MAX = 16 << 20, LINE_SIZE = 200 };

/* The first line of a small file below root; false if there is none. */
static bool read_line(const char *root, const char *path, char *out, size_t size)
{
	struct pt_str full = PT_STR_INIT;
	size_t len;
	char *text;
	int code;

	pt_str_addf(&full, "%s/%s", root, path);
	code = pt_fs_read(full.s, 65536, &text, &len, NULL);
	pt_str_release(&full);
	if (code < 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	pt_strlcpy(out, text, size);
	free(text);
	return out[0] != '\0';
}

/* "model name	: AMD EPYC" -> "AMD EPYC"; the first such line. */
static bool cpuinfo_value(const char *text, const char *key, char *out, size_t size)
{
	size_t n = strlen(key);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *colon = line + strcspn(line, ":\n");

		if (strncmp(line, key, n) != 0 || !strchr(" \t:", line[n]) || *colon != ':')
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		pt_snprintf(out, size, "%.*s", (int)strcspn(colon, "\n"), colon);
		return out[0] != '\0';
	}
	return false;
}

static size_t count_cpus(const char *cpuinfo)
{
	size_t n = 0;

	for (const char *p = cpuinfo; (p = strstr(p, "processor")); p++)
		n += (p == cpuinfo || p[-1] == '\n') && isspace((unsigned char)p[9]);
	return n;
}

/* ARM tells numbers only: "implementer 0x41 part 0xd0c". */
static void read_model(const char *cpuinfo, char *out, size_t size)
{
	static const char *const keys[] = {"model name", "cpu model", "uarch", "cpu", "Model"};
	char implementer[20], part[20];

	for (size_t i = 0; i < PT_LEN(keys); i++)
		if (cpuinfo_value(cpuinfo, keys[i], out, size))
			return;
	if (cpuinfo_value(cpuinfo, "CPU implementer", implementer, sizeof implementer) &&
	    cpuinfo_value(cpuinfo, "CPU part", part, sizeof part))
		pt_snprintf(out, size, "arm %s %s", implementer, part);
	else
		pt_strlcpy(out, "unknown cpu", size);
}

/* "AMD EPYC 7763 64-Core Processor" -> "amd-epyc-7763": words that say nothing are left out, so
 * that the name stays short enough for a file. */
static void add_slug(struct pt_str *out, const char *text)
{
	static const char dull[] = " r tm c cpu processor core with at apu virtual ";
	char word[40];

	while (*text) {
		size_t n = 0;

		while (isalnum((unsigned char)*text) || *text == '.') {
			if (n < sizeof word - 3)
				word[1 + n++] = (char)tolower((unsigned char)*text);
			text++;
		}
		word[0] = word[n + 1] = ' ';
		word[n + 2] = '\0';
		if (n && word[1] != '.' && !strstr(dull, word) &&
		    !(isdigit((unsigned char)word[1]) && strncmp(text, "-Core", 5) == 0) &&
		    !strstr(word, "ghz"))
			pt_str_addf(out, "-%.*s", (int)n, word + 1);
		text += *text != '\0';
	}
}

static char *make_class(const char *arch, const char *model, size_t cores)
{
	struct pt_str name = PT_STR_INIT;
	char word[80];

	pt_strlcpy(word, arch, sizeof word);
	for (char *p = word; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			*p = '_';
	pt_str_add(&name, word);
	add_slug(&name, model);
	if (name.len > 80)
		name.s[name.len = 80] = '\0';
	pt_str_addf(&name, "-%zuc", cores);
	return pt_str_detach(&name);
}

/* It names a file, whoever has made it up. */
static char *copy_class(const char *name)
{
	char *copy = pt_strndup(name, 100);

	for (char *p = copy; *p; p++)
		if (!isalnum((unsigned char)*p) && (p == copy || !strchr("._-", *p)))
			*p = '_';
	return copy;
}

static void set_file(struct pt_environment *env, const char *root, const char *name,
		     const char *path)
{
	char line[LINE_SIZE];

	if (read_line(root, path, line, sizeof line))
		pt_environment_set(env, name, line);
}

static void set_switch(struct pt_environment *env, const char *root, const char *name,
		       const char *path, const char *off)
{
	char line[LINE_SIZE];

	if (read_line(root, path, line, sizeof line))
		pt_environment_set(env, name, strcmp(line, off) == 0 ? "off" : "on");
}

static void set_turbo(struct pt_environment *env, const char *root)
{
	set_switch(env, root, "turbo", CPU_DIR "/cpufreq/boost", "0");
	set_switch(env, root, "turbo", CPU_DIR "/intel_pstate/no_turbo", "1");
}

static void set_kernel(struct pt_environment *env, const char *root, struct utsname *uts)
{
	char line[LINE_SIZE];

	if (read_line(root, "proc/sys/kernel/osrelease", line, sizeof line) ||
	    pt_strlcpy(line, uts->release, sizeof line))
		pt_environment_set(env, "kernel", line);
	if (read_line(root, "proc/sys/kernel/hostname", line, sizeof line) ||
	    pt_strlcpy(line, uts->nodename, sizeof line))
		pt_environment_set(env, "host", line);
	if (read_line(root, "proc/sys/kernel/arch", line, sizeof line) ||
	    pt_strlcpy(line, uts->machine, sizeof line))
		pt_environment_set(env, "arch", line);
}

static void set_virtual(struct pt_environment *env, const char *root, const char *cpuinfo)
{
	char line[LINE_SIZE];

	if (read_line(root, "sys/class/dmi/id/product_name", line, sizeof line) &&
	    strstr(cpuinfo, " hypervisor"))
		pt_environment_set(env, "virtual", line);
	else
		pt_environment_set(env, "virtual", strstr(cpuinfo, " hypervisor") ? "yes" : "no");
}

void pt_environment_read(struct pt_environment *env, const char *root, const char *machine_class)
{
	struct pt_environment fresh = {0};
	struct utsname uts;
	struct pt_str path = PT_STR_INIT;
	char *cpuinfo = NULL, model[LINE_SIZE], number[24];
	size_t len, cores;

	uname(&uts);
	pt_str_addf(&path, "%s/proc/cpuinfo", root);
	if (pt_fs_read(path.s, CPUINFO_MAX, &cpuinfo, &len, NULL) < 0)
		cpuinfo = pt_strdup("");
	read_model(cpuinfo, model, sizeof model);
	cores = count_cpus(cpuinfo);
	if (!cores)
		cores = (size_t)PT_MAX(sysconf(_SC_NPROCESSORS_ONLN), 1);
	pt_snprintf(number, sizeof number, "%zu", cores);
	pt_environment_set(&fresh, "cpu", model);
	pt_environment_set(&fresh, "cores", number);
	set_kernel(&fresh, root, &uts);
	set_file(&fresh, root, "governor", CPU_DIR "/cpu0/cpufreq/scaling_governor");
	set_turbo(&fresh, root);
	set_switch(&fresh, root, "smt", CPU_DIR "/smt/active", "0");
	set_switch(&fresh, root, "aslr", "proc/sys/kernel/randomize_va_space", "0");
	set_virtual(&fresh, root, cpuinfo);
	fresh.machine_class =
		machine_class && machine_class[0]
			? copy_class(machine_class)
			: make_class(pt_environment_get(&fresh, "arch"), model, cores);
	pt_environment_release(env);
	*env = fresh;
	free(cpuinfo);
	pt_str_release(&path);
}
