/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What naming addresses and unwinding stacks costs: the first look-up in large objects (those of
 * this machine that are there, or FILE...), the memory that their tables take, look-ups after that,
 * and user stacks of depth 9 and 65 beside the same work done by libdwfl. CPU time; judges nothing.
 */
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/profile/symbols.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOKUPS = 1000000, SAMPLES = 20000, DUMP = 32768, DEPTH_MAX = 128 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t draw(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 16;
}

/* Memory of the process, pages that are really there. */
static double resident_mb(void)
{
	unsigned long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	pt_mem_trim();
	if (!f || fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* ---- names ---- */

/* Where its code is. */
static bool find_code(const char *path, uint64_t *ret_at, uint64_t *ret_n)
{
	int fd = open(path, O_RDONLY);
	Elf *elf;
	size_t n = 0;
	bool found = false;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	elf_getphdrnum(elf, &n);
	for (size_t i = 0; i < n && !found; i++) {
		GElf_Phdr p;

		found = gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD && p.p_flags & PF_X;
		if (found) {
			*ret_at = p.p_offset;
			*ret_n = p.p_filesz;
		}
	}
	elf_end(elf);
	close(fd);
	return found;
}

static void object(const char *path, bool inlined)
{
	const struct pt_symbols_options options = {.inlined = inlined,
						   .max_memory = (size_t)4 << 30};
	struct pt_frames *frames = pt_frames_new();
	struct pt_symbols *symbols = pt_symbols_new(frames, &options);
	struct pt_space *space = pt_space_new(symbols, 1);
	struct pt_mapping m = {.start = 1 << 30, .path = path};
	double before = resident_mb();
	size_t named = 0;
	const int n = inlined ? 2000 : LOOKUPS;
	uint64_t random = 1, most = 0, code, n_code;
	double begin, first, more;
	uint32_t ids[64];
	struct stat st;

	if (stat(path, &st) < 0 || !find_code(path, &code, &n_code))
		goto out;
	m.len = (uint64_t)st.st_size;
	begin = seconds();
	pt_space_map(space, &m);
	pt_space_frames(space, m.start + code + n_code / 2, false, ids, PT_LEN(ids));
	first = seconds() - begin;
	begin = seconds();
	for (int i = 0; i < n; i++) {
		double one = inlined ? seconds() : 0;

		pt_space_frames(space, m.start + code + draw(&random) % n_code, false, ids,
				PT_LEN(ids));
		named += pt_frames_get(frames, ids[0])->name[0] != '[';
		if (inlined && (uint64_t)((seconds() - one) * 1e6) > most)
			most = (uint64_t)((seconds() - one) * 1e6);
	}
	more = seconds() - begin;
	printf("%-24.24s %4.0f MB%s: first %7.1f ms, then %7.0f ns an address (%2.0f %% named), "
	       "%5.1f MB held",
	       strrchr(path, '/') + 1, (double)st.st_size / 1e6, inlined ? ", inlined" : "",
	       first * 1e3, more / n * 1e9, 100.0 * (double)named / n, resident_mb() - before);
	if (inlined)
		printf(", the longest %.1f ms", (double)most / 1e3);
	printf("\n");
out:
	pt_symbols_free(symbols);
	pt_frames_unref(frames);
}

/* Code of a JIT: a map of 100,000 functions, from its file to the first name, then any. */
static void jit(void)
{
	const struct pt_symbols_options options = {.symfs = getenv("TMPDIR") ? getenv("TMPDIR")
									     : "/var/tmp"};
	const int pid = 2000000000, functions = 100000;
	struct pt_frames *frames = pt_frames_new();
	struct pt_symbols *symbols = pt_symbols_new(frames, &options);
	struct pt_space *space = pt_space_new(symbols, pid);
	struct pt_mapping m = {.start = 1 << 30, .len = 1 << 30, .path = "//anon"};
	uint64_t random = 1;
	double begin, first;
	char path[600];
	uint32_t id;
	FILE *f;

	snprintf(path, sizeof path, "%s/tmp", options.symfs);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/tmp/perf-%d.map", options.symfs, pid);
	f = fopen(path, "w");
	if (!f)
		goto out;
	for (int i = 0; i < functions; i++)
		fprintf(f, "%x 200 LazyCompile:*function%d /srv/app/file%d.js:%d\n",
			(1 << 30) + i * 0x200, i, i / 100, i % 100);
	fclose(f);
	pt_space_map(space, &m);
	begin = seconds();
	pt_space_frames(space, m.start, false, &id, 1);
	first = seconds() - begin;
	begin = seconds();
	for (int i = 0; i < LOOKUPS; i++)
		pt_space_frames(space, m.start + draw(&random) % ((uint64_t)functions * 0x200),
				false, &id, 1);
	printf("map of %d JIT functions: first %.1f ms, then %.0f ns an address\n", functions,
	       first * 1e3, (seconds() - begin) / LOOKUPS * 1e9);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
out:
	pt_symbols_free(symbols);
	pt_frames_unref(frames);
}

/* ---- stacks ---- */

#if defined __x86_64__
/* perf's numbering: AX..IP, R8..R15. */
static const uint64_t mask = UINT64_C(0xff01ff);

static struct {
	uint64_t regs[17];
	uint8_t stack[DUMP];
	size_t n;
} sample;

static void *stack_end;

static __attribute__((noinline)) void capture(void)
{
	uint64_t *r = sample.regs;

	__asm__ volatile("movq %%rbx, 8(%0)\n\tmovq %%rbp, 48(%0)\n\tmovq %%rsp, 56(%0)\n\t"
			 "leaq 1f(%%rip), %%rax\n\tmovq %%rax, 64(%0)\n\t"
			 "movq %%r12, 104(%0)\n\tmovq %%r13, 112(%0)\n\tmovq %%r14, 120(%0)\n\t"
			 "movq %%r15, 128(%0)\n1:"
			 :
			 : "r"(r)
			 : "rax", "memory");
	sample.n = (size_t)((uint64_t)stack_end - r[7]);
	if (sample.n > DUMP)
		sample.n = DUMP;
	memcpy(sample.stack, (void *)r[7], sample.n);
}

static __attribute__((noinline)) int deeper(int n)
{
	volatile int kept = n;

	if (n > 0)
		deeper(n - 1);
	else
		capture();
	return kept;
}

/* -- libdwfl, as its callbacks want it -- */

static uint64_t walked[DEPTH_MAX];
static size_t n_walked;

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread)
{
	(void)dwfl;
	if (*thread)
		return 0;
	*thread = arg;
	return 1;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr addr, Dwarf_Word *ret, void *arg)
{
	(void)dwfl, (void)arg;
	if (addr < sample.regs[7] || addr - sample.regs[7] + 8 > sample.n)
		return false;
	memcpy(ret, sample.stack + (addr - sample.regs[7]), 8);
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	static const int of_perf[] = {0, 3, 2, 1, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 8};
	Dwarf_Word words[17];

	(void)arg;
	for (int i = 0; i < 17; i++)
		words[i] = sample.regs[of_perf[i]];
	return dwfl_thread_state_registers(thread, 0, 17, words);
}

static int take_frame(Dwfl_Frame *frame, void *arg)
{
	Dwarf_Addr pc;

	(void)arg;
	if (!dwfl_frame_pc(frame, &pc, NULL) || n_walked == DEPTH_MAX)
		return DWARF_CB_ABORT;
	walked[n_walked++] = pc;
	return DWARF_CB_OK;
}

static double by_libdwfl(void)
{
	static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_linux_proc_find_elf,
						 .find_debuginfo = dwfl_standard_find_debuginfo};
	static const Dwfl_Thread_Callbacks threads = {.next_thread = next_thread,
						      .memory_read = read_memory,
						      .set_initial_registers = set_registers};
	Dwfl *dwfl = dwfl_begin(&callbacks);
	double begin;

	if (dwfl_linux_proc_report(dwfl, getpid()) != 0)
		return 0;
	dwfl_report_end(dwfl, NULL, NULL);
	dwfl_attach_state(dwfl, NULL, 1, &threads, &sample);
	begin = seconds();
	for (int i = 0; i < SAMPLES; i++) {
		n_walked = 0;
		dwfl_getthread_frames(dwfl, 1, take_frame, NULL);
	}
	begin = seconds() - begin;
	dwfl_end(dwfl);
	return begin / SAMPLES;
}

static void stacks(int depth)
{
	const struct pt_symbols_options options = {.this_machine = true};
	struct pt_frames *frames = pt_frames_new();
	struct pt_symbols *symbols = pt_symbols_new(frames, &options);
	struct pt_space *space = pt_space_new(symbols, getpid());
	uint64_t ips[DEPTH_MAX];
	struct pt_unwind_state state = {.abi = 2, .regs_mask = mask, .regs = sample.regs};
	double begin, first, each, other;
	bool same;
	size_t n;

	deeper(depth);
	state.stack = sample.stack;
	state.n_stack = sample.n;
	pt_space_read(space, NULL);
	begin = seconds();
	n = pt_space_unwind(space, &state, ips, PT_LEN(ips));
	first = seconds() - begin;
	begin = seconds();
	for (int i = 0; i < SAMPLES; i++)
		n = pt_space_unwind(space, &state, ips, PT_LEN(ips));
	each = (seconds() - begin) / SAMPLES;
	other = by_libdwfl();
	same = n == n_walked && memcmp(ips, walked, n * sizeof *ips) == 0;
	printf("stack of %3zu frames%s: first %6.2f ms, then %6.2f us; libdwfl %6.2f us (%s)\n", n,
	       pt_space_unwound_whole(space) ? ", whole" : "", first * 1e3, each * 1e6, other * 1e6,
	       same ? "the same frames" : "other frames");
	pt_symbols_free(symbols);
	pt_frames_unref(frames);
}
#endif

static void names(void)
{
	static const char *const mangled[] = {
		"_ZNSt6vectorIiSaIiEE9push_backEOi",
		"_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
		"_RINvNtC3std3mem8align_ofjdE",
		"_ZN9__gnu_cxx13new_allocatorIcE8allocateEmPKv.isra.0",
	};
	double begin = seconds();

	for (int i = 0; i < SAMPLES * 4; i++)
		free(pt_demangle(mangled[i % 4]));
	printf("names demangled: %.0f ns each\n", (seconds() - begin) / (SAMPLES * 4) * 1e9);
}

int main(int argc, char **argv)
{
	static const char *const large[] = {
		"/usr/bin/node",
		"/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1",
		"/usr/lib/x86_64-linux-gnu/libc.so.6",
	};

#if defined __x86_64__
	stack_end = (char *)__builtin_frame_address(0) + 256;
	stacks(5);
	stacks(61);
#endif
	names();
	jit();
	for (size_t i = 0; i < PT_LEN(large); i++)
		object(large[i], false);
	object(argv[0], true);
	for (int i = 1; i < argc; i++)
		for (int inlined = 0; inlined < 2; inlined++)
			object(argv[i], inlined);
	return 0;
}
