/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of kernel code, from /proc/kallsyms, which takes the kernel some 50 ms to write: it is read
 * when the first kernel address is asked for. Whom kptr_restrict keeps from it reads zeros, and gets
 * "[kernel]" rather than a false name. A recording of another boot of the same kernel is moved by
 * what its _text has moved; one of another kernel has the kallsyms that perf kept for it, or none.
 */
#include "symbols_priv.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KALLSYMS_MAX = 128 << 20,
	NOTES_MAX = 65536,
};

struct pt_kernel {
	struct pt_symtab table;
	uint32_t unknown; /* "[kernel]" */
	bool loaded;
	char reference[64]; /* a symbol and where the recording had it; "": not told */
	uint64_t reference_at;
	int64_t moved; /* how much further up the table's text is than the recording's */
	uint64_t text, text_end;
};

static const char kernel_module[] = "[kernel]";

static struct pt_kernel *kernel_of(struct pt_symbols *symbols)
{
	struct pt_frame frame = {
		.name = kernel_module, .module = kernel_module, .kind = PT_FRAME_KERNEL};

	if (!symbols->kernel) {
		symbols->kernel = pt_calloc(1, sizeof *symbols->kernel);
		symbols->kernel->unknown = pt_frames_intern(symbols->frames, &frame);
	}
	return symbols->kernel;
}

void pt_kernel_free(struct pt_kernel *kernel)
{
	if (!kernel)
		return;
	pt_symtab_release(&kernel->table);
	free(kernel);
}

/* "[kernel.kallsyms]_text": pgoff is where _text was. Modules have kallsyms of their own boot only. */
void pt_symbols_kernel_map(struct pt_symbols *symbols, uint64_t start, uint64_t len, uint64_t pgoff,
			   const char *name)
{
	struct pt_kernel *kernel = kernel_of(symbols);
	const char *end = strchr(name, ']');

	if (strncmp(name, "[kernel.kallsyms]", 17) != 0 || !end[1] || !pgoff)
		return;
	pt_strlcpy(kernel->reference, end + 1, sizeof kernel->reference);
	kernel->reference_at = pgoff;
	kernel->text = start;
	kernel->text_end = start + len;
}

/* The build id among the notes of the kernel that runs. */
static bool running_id(struct pt_build_id *ret)
{
	char *notes;
	size_t n, at = 0;

	pt_build_id_set(ret, NULL, 0);
	if (pt_fs_read("/sys/kernel/notes", NOTES_MAX, &notes, &n, NULL) < 0)
		return false;
	while (n - at >= 12 && !ret->n) {
		uint32_t head[3]; /* of the name, of the description, type */
		size_t name, data;

		memcpy(head, notes + at, sizeof head);
		name = at + sizeof head;
		if (head[0] > n || head[1] > n)
			break;
		data = name + ((head[0] + 3) & ~(size_t)3);
		at = data + ((head[1] + 3) & ~(size_t)3);
		if (data > n || at > n)
			break;
		if (head[2] == 3 && head[0] == 4 && memcmp(notes + name, "GNU", 4) == 0)
			pt_build_id_set(ret, (const uint8_t *)notes + data, head[1]);
	}
	free(notes);
	return ret->n > 0;
}

/* "ffffffff81000000 T _text" and, of modules, "\t[name]" behind it, which stays with the name. */
static void add_line(struct pt_symtab *table, const char *line, const char *end)
{
	char *rest;
	uint64_t addr = strtoull(line, &rest, 16);

	if (!addr || end - rest < 4 || rest[0] != ' ' || rest[2] != ' ')
		return;
	if (strchr("tTwW", rest[1]))
		pt_symtab_add(table, addr, 0, rest + 3, (size_t)(end - rest - 3),
			      rest[1] == 't' ? PT_SYMBOL_LOCAL : PT_SYMBOL_GLOBAL);
}

static void read_kallsyms(struct pt_kernel *kernel, const char *path)
{
	char *text, *line, *end;
	size_t n;

	if (pt_fs_read(path, KALLSYMS_MAX, &text, &n, NULL) < 0)
		return;
	for (line = text; (end = memchr(line, '\n', n - (size_t)(line - text))); line = end + 1)
		add_line(&kernel->table, line, end);
	free(text);
}

static void read_right_kallsyms(struct pt_symbols *symbols)
{
	struct pt_kernel *kernel = symbols->kernel;
	struct pt_build_id *wanted = pt_map_get(&symbols->ids, "[kernel.kallsyms]"), running;
	struct pt_str path = PT_STR_INIT;
	char *kept = NULL;
	int fd;

	pt_str_addf(&path, "%s/kallsyms", symbols->proc);
	if (!wanted || !wanted->n ? symbols->options.this_machine
				  : running_id(&running) && pt_build_id_equal(&running, wanted))
		read_kallsyms(kernel, path.s);
	else if (wanted && (fd = pt_build_id_find_kallsyms(wanted, &kept)) >= 0) {
		close(fd);
		read_kallsyms(kernel, kept);
		free(kept);
	}
	pt_str_release(&path);
}

/* Where the table has the symbol that the recording has at reference_at. */
static void find_move(struct pt_kernel *kernel)
{
	size_t n = strlen(kernel->reference);

	for (size_t i = 0; n > 0 && i < kernel->table.n; i++)
		if (strcmp(pt_symtab_name(&kernel->table, &kernel->table.v[i]),
			   kernel->reference) == 0) {
			kernel->moved = (int64_t)(kernel->table.v[i].addr - kernel->reference_at);
			return;
		}
	/* Not there: nothing is known of where things were. */
	if (n > 0)
		pt_symtab_release(&kernel->table);
}

static void load(struct pt_symbols *symbols)
{
	struct pt_kernel *kernel = kernel_of(symbols);

	if (kernel->loaded)
		return;
	kernel->loaded = true;
	read_right_kallsyms(symbols);
	find_move(kernel);
	pt_symtab_seal(&kernel->table);
	if (!pt_symbols_room(symbols, pt_symtab_bytes(&kernel->table), NULL))
		pt_symtab_release(&kernel->table);
	symbols->bytes += pt_symtab_bytes(&kernel->table);
	if (!kernel->table.n)
		pt_symbols_add_note(symbols,
				    "kernel symbols cannot be read (kernel.kptr_restrict), "
				    "or are those of another kernel");
}

uint32_t pt_symbols_kernel(struct pt_symbols *symbols, uint64_t ip)
{
	struct pt_kernel *kernel = kernel_of(symbols);
	struct pt_symbol *symbol;
	char name[512], *module;

	load(symbols);
	/* What has moved is the kernel itself; modules are where chance put them. */
	if (kernel->moved) {
		if (ip < kernel->text || ip >= kernel->text_end)
			return kernel->unknown;
		ip += (uint64_t)kernel->moved;
	}
	symbol = pt_symtab_find(&kernel->table, ip);
	if (!symbol)
		return kernel->unknown;
	if (symbol->frame == PT_NO_FRAME) {
		pt_strlcpy(name, pt_symtab_name(&kernel->table, symbol), sizeof name);
		module = strchr(name, '\t');
		if (module)
			*module++ = '\0';
		symbol->frame = pt_symbols_frame(symbols, name, module ? module : kernel_module,
						 PT_FRAME_KERNEL);
	}
	return symbol->frame;
}
