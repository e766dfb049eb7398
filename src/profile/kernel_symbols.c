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

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KALLSYMS_MAX = 128 << 20,
	NOTES_MAX = 65536,
	PROBE = 262144, /* bytes of kallsyms that tell whether it has addresses at all */
	BLOCK = 16384,
	MODULES_MAX = 4096,
};

/* Where a recording had one. */
struct module {
	uint64_t start, end;
	uint32_t frame;
};

struct pt_kernel {
	struct pt_symtab table;
	uint32_t unknown; /* "[kernel]" */
	bool loaded;
	char reference[64]; /* a symbol and where the recording had it; "": not told */
	uint64_t reference_at, reference_here; /* in the recording, in the table */
	bool has_reference;
	int64_t moved; /* how much further up the table's text is than the recording's */
	uint64_t text, text_end;
	struct module *modules;
	size_t n_modules, cap_modules;
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
	free(kernel->modules);
	free(kernel);
}

/* "[nf_tables]", or "/lib/modules/…/nf_tables.ko.xz": its name with dashes as the kernel has them. */
static void add_module(struct pt_symbols *symbols, uint64_t start, uint64_t len, const char *path)
{
	struct pt_kernel *kernel = symbols->kernel;
	const char *base = strrchr(path, '/');
	struct pt_frame frame = {.kind = PT_FRAME_KERNEL};
	char name[128];
	size_t n;

	base = base ? base + 1 : path;
	base += base[0] == '[';
	n = strcspn(base, ".]");
	if (n == 0 || n > sizeof name - 3 || kernel->n_modules >= MODULES_MAX)
		return;
	n = pt_snprintf(name, sizeof name, "[%.*s]", (int)n, base);
	for (size_t i = 0; i < n; i++)
		if (name[i] == '-')
			name[i] = '_';
	frame.name = frame.module = name;
	*PT_PUSH(kernel->modules, kernel->n_modules, kernel->cap_modules) =
		(struct module){start, start + len, pt_frames_intern(symbols->frames, &frame)};
}

/* What is known without symbols. */
static uint32_t module_frame(const struct pt_kernel *kernel, uint64_t ip)
{
	for (size_t i = 0; i < kernel->n_modules; i++)
		if (ip >= kernel->modules[i].start && ip < kernel->modules[i].end)
			return kernel->modules[i].frame;
	return kernel->unknown;
}

/* "[kernel.kallsyms]_text": pgoff is where _text was. Others are modules. */
void pt_symbols_kernel_map(struct pt_symbols *symbols, uint64_t start, uint64_t len, uint64_t pgoff,
			   const char *name)
{
	struct pt_kernel *kernel = kernel_of(symbols);
	const char *end = strchr(name, ']');

	if (strncmp(name, "[kernel.kallsyms]", 17) != 0) {
		add_module(symbols, start, len, name);
		return;
	}
	if (!end || !end[1] || !pgoff)
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
	uint64_t addr = 0;

	while (line < end && isxdigit((unsigned char)*line)) {
		unsigned c = (unsigned char)*line++;

		addr = addr << 4 | ((c & 15) + (c > '9' ? 9 : 0));
	}
	if (!addr || end - line < 4 || line[0] != ' ' || line[2] != ' ')
		return;
	if (strchr("tTwW", line[1]))
		pt_symtab_add(table, addr, 0, line + 3, (size_t)(end - line - 3),
			      line[1] == 't' ? PT_SYMBOL_LOCAL : PT_SYMBOL_GLOBAL);
}

/* Returns how many bytes the whole lines have. */
static size_t add_lines(struct pt_symtab *table, const char *text, size_t n)
{
	const char *line = text, *end;

	for (; (end = memchr(line, '\n', n - (size_t)(line - text))); line = end + 1)
		add_line(table, line, end);
	return (size_t)(line - text);
}

/* To whom addresses are hidden, the kernel takes half a second to write zeros: it is left early. */
static void read_kallsyms(struct pt_kernel *kernel, const char *path)
{
	struct pt_symtab *table = &kernel->table;
	size_t n = 0, sum = 0, used;
	char block[BLOCK];
	int fd = pt_open_file(path);
	ssize_t got = 1;

	while (fd >= 0 && n < sizeof block && sum < KALLSYMS_MAX && (table->n || sum < PROBE)) {
		got = read(fd, block + n, sizeof block - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
		sum += (size_t)got;
		used = add_lines(table, block, n);
		memmove(block, block + used, n - used);
		n -= used;
	}
	if (fd >= 0)
		close(fd);
	if (got) /* not read to its end */
		pt_symtab_release(table);
}

/* The symbols of a vmlinux, whose addresses are those of before it was moved at boot. */
static void read_vmlinux(struct pt_symbols *symbols, const struct pt_build_id *id)
{
	struct pt_object *object = pt_object_new(symbols, kernel_module, PT_OBJECT_NAME);
	struct pt_kernel *kernel = symbols->kernel;
	char *path = NULL;
	int fd = pt_build_id_find_debug(id, symbols->symfs, &path);

	if (fd < 0)
		fd = pt_build_id_find_object(id, &path);
	if (fd < 0 && symbols->options.debuginfod)
		fd = pt_build_id_download(id, "debuginfo", &path);
	if (fd >= 0 && pt_object_adopt(object, fd, path)) {
		/* Of the table, one name an address stays. */
		kernel->has_reference =
			pt_object_symbol(object, kernel->reference, &kernel->reference_here);
		pt_object_load(object);
		symbols->bytes -= pt_symtab_bytes(&object->table);
		symbols->table_bytes -= pt_symtab_bytes(&object->table);
		kernel->table = object->table;
		object->table = (struct pt_symtab){0};
	}
	pt_object_free(object);
}

static void read_right_symbols(struct pt_symbols *symbols)
{
	struct pt_kernel *kernel = symbols->kernel;
	struct pt_build_id *wanted = pt_map_get(&symbols->ids, "[kernel.kallsyms]"), running;
	struct pt_str path = PT_STR_INIT;
	char *kept = NULL;
	int fd;

	if (!wanted || !wanted->n ? symbols->options.this_machine
				  : running_id(&running) && pt_build_id_equal(&running, wanted)) {
		pt_str_addf(&path, "%s/kallsyms", symbols->proc);
		read_kallsyms(kernel, path.s);
		pt_str_release(&path);
	} else if (wanted && wanted->n && (fd = pt_build_id_find_kallsyms(wanted, &kept)) >= 0) {
		close(fd);
		read_kallsyms(kernel, kept);
		free(kept);
	}
	/* Without knowing how far it was moved, a vmlinux says nothing. */
	if (!kernel->table.n && wanted && wanted->n && kernel->reference[0])
		read_vmlinux(symbols, wanted);
}

/* Where the table has the symbol that the recording has at reference_at. */
static void find_move(struct pt_kernel *kernel)
{
	size_t n = strlen(kernel->reference);

	for (size_t i = 0; n > 0 && !kernel->has_reference && i < kernel->table.n; i++)
		if (strcmp(pt_symtab_name(&kernel->table, &kernel->table.v[i]),
			   kernel->reference) == 0) {
			kernel->reference_here = kernel->table.v[i].addr;
			kernel->has_reference = true;
		}
	if (kernel->has_reference)
		kernel->moved = (int64_t)(kernel->reference_here - kernel->reference_at);
	/* Not there: nothing is known of where things were. */
	else if (n > 0)
		pt_symtab_release(&kernel->table);
}

static void load(struct pt_symbols *symbols)
{
	struct pt_kernel *kernel = kernel_of(symbols);

	if (kernel->loaded)
		return;
	kernel->loaded = true;
	read_right_symbols(symbols);
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
	char *name, *module;

	load(symbols);
	/* What has moved is the kernel itself; modules are where chance put them. */
	if (kernel->moved) {
		if (ip < kernel->text || ip >= kernel->text_end)
			return module_frame(kernel, ip);
		ip += (uint64_t)kernel->moved;
	}
	symbol = pt_symtab_find(&kernel->table, ip);
	if (!symbol)
		return module_frame(kernel, ip);
	if (symbol->frame == PT_NO_FRAME) {
		name = pt_strdup(pt_symtab_name(&kernel->table, symbol));
		module = strchr(name, '\t');
		if (module)
			*module++ = '\0';
		symbol->frame = pt_symbols_frame(symbols, name, module ? module : kernel_module,
						 PT_FRAME_KERNEL);
		free(name);
	}
	return symbol->frame;
}
