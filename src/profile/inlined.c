/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Debug info: functions that are inlined at an address, and where they are written. Tables of our own
 * say which unit and which function holds an address, because compilers leave .debug_aranges out
 * and libdw walks a whole unit for each address else. They are made when a unit is first hit, and
 * answers are kept. An object may cost so much time in all; after that it has names alone.
 */
#include "symbols_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 64,	   /* of inlined frames, of namespaces */
	RANGES_MAX = 4096, /* of one function or unit */
	CHECK_EVERY = 256, /* entries between two looks at the clock */
	ANSWERS_MAX = 1 << 18,
};

static const int64_t time_max_ns = 3 * PT_S;

struct span {
	uint64_t low, high;
	size_t unit;   /* of units */
	Dwarf_Die die; /* of functions */
};

struct spans {
	struct span *v;
	size_t n, cap;
	uint64_t widest;
};

struct unit {
	Dwarf_Die die, lines; /* lines: of the skeleton, where the rest is in another file */
	struct spans functions;
	enum { UNWALKED, WALKED, WALKED_DEEP } walked;
};

struct answer {
	uint32_t function;
	uint32_t n;
	uint32_t inlined[];
};

struct pt_debug {
	Dwarf *dwarf;
	Dwarf_Addr bias;
	struct unit *units;
	size_t n_units, cap_units;
	struct spans spans; /* of units */
	struct pt_map answers;
	int64_t spent_ns, since_ns;
	unsigned steps;
};

static int64_t now(void)
{
	return pt_clock_mono(&pt_clock_system);
}

/* Called for each entry that is looked at. */
static bool out_of_time(struct pt_debug *debug)
{
	if (++debug->steps % CHECK_EVERY)
		return debug->spent_ns > time_max_ns;
	return debug->spent_ns + now() - debug->since_ns > time_max_ns;
}

/* ---- spans ---- */

static void add_spans(struct spans *spans, Dwarf_Die *die, size_t unit)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	for (int i = 0; i < RANGES_MAX && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0;
	     i++) {
		if (low >= high || low == 0)
			continue; /* code that the linker dropped */
		*PT_PUSH(spans->v, spans->n, spans->cap) = (struct span){low, high, unit, *die};
		spans->widest = PT_MAX(spans->widest, high - low);
	}
}

static int by_low(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->low > y->low) - (x->low < y->low);
}

static void sort_spans(struct spans *spans)
{
	if (spans->n)
		qsort(spans->v, spans->n, sizeof *spans->v, by_low);
}

/* The one that begins last of those that hold addr. */
static const struct span *find_span(const struct spans *spans, uint64_t addr)
{
	size_t low = 0, high = spans->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans->v[middle].low <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < DEPTH_MAX; i--) {
		const struct span *span = &spans->v[i - 1];

		if (addr < span->high)
			return span;
		if (addr - span->low > spans->widest)
			break;
	}
	return NULL;
}

/* ---- units and their functions ---- */

static void list_units(struct pt_debug *debug)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (dwarf_get_units(debug->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (out_of_time(debug))
			break;
		if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		*PT_PUSH(debug->units, debug->n_units, debug->cap_units) =
			(struct unit){.die = die, .lines = die};
		add_spans(&debug->spans, &die, debug->n_units - 1);
	}
	sort_spans(&debug->spans);
}

/* Functions stand in units, and in the namespaces and types of theirs; gcc leaves those of lambdas in
 * the function that they are written in. */
static void walk_children(struct pt_debug *debug, struct unit *unit, Dwarf_Die *parent, int depth)
{
	Dwarf_Die die;

	if (depth > DEPTH_MAX || dwarf_child(parent, &die) != 0)
		return;
	do {
		if (out_of_time(debug))
			return;
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			add_spans(&unit->functions, &die, 0);
			/* fallthrough */
		case DW_TAG_lexical_block:
			if (unit->walked == WALKED_DEEP)
				walk_children(debug, unit, &die, depth + 1);
			break;
		case DW_TAG_namespace:
		case DW_TAG_module:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
		case DW_TAG_enumeration_type: walk_children(debug, unit, &die, depth + 1); break;
		default: break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void walk_unit(struct pt_debug *debug, struct unit *unit)
{
	Dwarf_Die split;
	uint8_t type;

	unit->walked = WALKED;
	if (dwarf_cu_info(unit->die.cu, NULL, &type, NULL, &split, NULL, NULL, NULL) == 0 &&
	    type == DW_UT_skeleton && split.addr)
		unit->die = split;
	walk_children(debug, unit, &unit->die, 0);
	sort_spans(&unit->functions);
}

/* The function that holds addr; what is not found is looked for everywhere, once. */
static const struct span *find_function(struct pt_debug *debug, struct unit *unit, uint64_t addr)
{
	const struct span *span;

	if (unit->walked == UNWALKED)
		walk_unit(debug, unit);
	span = find_span(&unit->functions, addr);
	if (span || unit->walked == WALKED_DEEP)
		return span;
	unit->walked = WALKED_DEEP;
	unit->functions.n = 0;
	walk_children(debug, unit, &unit->die, 0);
	sort_spans(&unit->functions);
	return find_span(&unit->functions, addr);
}

static void drop_answers(struct pt_debug *debug)
{
	size_t pos = 0;
	void *value;

	while (pt_map_next(&debug->answers, &pos, NULL, NULL, &value))
		free(value);
	pt_map_release(&debug->answers);
}

/* libdw reads strings without looking whether their section ends with one. */
static bool is_sound(Elf *elf)
{
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr header;
		const char *name =
			gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data;

		if (!name || (!strstr(name, "debug_str") && !strstr(name, "debug_line_str")))
			continue;
		data = strstr(name, "offsets") ? NULL : elf_getdata(scn, NULL);
		if (data && data->d_size && ((const char *)data->d_buf)[data->d_size - 1])
			return false;
	}
	return true;
}

static struct pt_debug *open_debug(struct pt_object *object)
{
	Dwfl_Module *module = object->debug ? NULL : pt_object_module(object);
	struct pt_debug *debug = object->debug;

	if (!debug && module) {
		debug = object->debug = pt_calloc(1, sizeof *debug);
		debug->since_ns = now();
		debug->dwarf = dwfl_module_getdwarf(module, &debug->bias);
		if (debug->dwarf && !is_sound(dwarf_getelf(debug->dwarf)))
			debug->dwarf = NULL; /* the module's to free */
		if (debug->dwarf)
			list_units(debug);
		debug->spent_ns += now() - debug->since_ns;
	}
	return debug && debug->dwarf ? debug : NULL;
}

void pt_debug_free(struct pt_debug *debug)
{
	if (!debug)
		return;
	drop_answers(debug);
	for (size_t i = 0; i < debug->n_units; i++)
		free(debug->units[i].functions.v);
	free(debug->units);
	free(debug->spans.v);
	free(debug);
}

static struct unit *find_unit(struct pt_debug *debug, uint64_t addr)
{
	const struct span *span = find_span(&debug->spans, addr);

	return span ? &debug->units[span->unit] : NULL;
}

/* ---- frames ---- */

/* Does it end within its section? libdw does not look. Of a file that several share it cannot be told
 * from here, and libdw checks those sections as a whole. */
static bool is_string(Dwarf_Attribute *attr, const char *s)
{
	unsigned form = dwarf_whatform(attr);
	Elf *elf = dwarf_getelf(dwarf_cu_getdwarf(attr->cu));
	size_t names;

	if (form == DW_FORM_GNU_strp_alt || form == DW_FORM_strp_sup)
		return true;
	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr header;
		const char *name =
			gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data = name && (strncmp(name, ".debug_", 7) == 0 ||
					  strncmp(name, ".zdebug_", 8) == 0)
					 ? elf_getdata(scn, NULL)
					 : NULL;
		const char *begin = data ? data->d_buf : NULL;

		if (begin && s >= begin && s < begin + data->d_size)
			return memchr(s, '\0', data->d_size - (size_t)(s - begin));
	}
	return false;
}

static const char *string_of(Dwarf_Attribute *attr)
{
	const char *s = dwarf_formstring(attr);

	return s && is_string(attr, s) ? s : NULL;
}

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attr) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attr))
		name = string_of(&attr);
	if (!name && dwarf_attr_integrate(die, DW_AT_name, &attr))
		name = string_of(&attr);
	return name && name[0] ? name : NULL;
}

/* With the folder that its unit was compiled in, when it is told from there. */
static void add_path(struct pt_str *path, Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attr;
	const char *folder = NULL;

	if (file[0] != '/' && dwarf_attr(unit, DW_AT_comp_dir, &attr))
		folder = string_of(&attr);
	if (folder)
		pt_str_addf(path, "%.*s/", 4096, folder);
	pt_str_addf(path, "%.*s", 4096, file);
}

/*
 * Where a function was declared. File 0 of a unit's table is its own source since DWARF 5, and
 * compilers refer to it; dwarf_decl_file() takes it for none, as it was before.
 */
static const char *decl_file(Dwarf_Die *die)
{
	const char *file = dwarf_decl_file(die);
	Dwarf_Die at = *die, unit;
	Dwarf_Attribute attr;
	Dwarf_Word index;
	Dwarf_Half version;

	if (file)
		return file;
	for (int i = 0; i < DEPTH_MAX && !dwarf_hasattr(&at, DW_AT_decl_file); i++)
		if ((!dwarf_attr(&at, DW_AT_abstract_origin, &attr) &&
		     !dwarf_attr(&at, DW_AT_specification, &attr)) ||
		    !dwarf_formref_die(&attr, &at))
			return NULL;
	if (!dwarf_attr(&at, DW_AT_decl_file, &attr) || dwarf_formudata(&attr, &index) != 0 ||
	    index != 0 || !dwarf_diecu(&at, &unit, NULL, NULL) ||
	    dwarf_cu_info(unit.cu, &version, NULL, NULL, NULL, NULL, NULL, NULL) != 0 ||
	    version < 5 || !dwarf_attr(&unit, DW_AT_name, &attr))
		return NULL;
	return string_of(&attr);
}

static uint32_t frame_of(struct pt_object *object, struct unit *unit, Dwarf_Die *die,
			 const char *mangled, const char *name, enum pt_frame_kind kind)
{
	struct pt_frame frame = {.module = object->path, .kind = kind};
	const char *file = decl_file(die);
	struct pt_str path = PT_STR_INIT;
	char *plain = mangled ? pt_demangle(mangled) : NULL;
	int line = 0;
	uint32_t id;

	frame.name = plain ? plain : name;
	if (file) {
		add_path(&path, &unit->lines, file);
		frame.file = path.s;
		if (dwarf_decl_line(die, &line) == 0 && line > 0)
			frame.line = (uint32_t)line;
	}
	id = pt_frames_intern(object->symbols->frames, &frame);
	free(plain);
	pt_str_release(&path);
	return id;
}

/* The child that holds addr: an inlined function, or a block that may have one. */
static bool find_inlined(struct pt_debug *debug, Dwarf_Die *die, uint64_t addr)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child) != 0)
		return false;
	do {
		int tag = dwarf_tag(&child);

		if (out_of_time(debug))
			return false;
		if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
		    dwarf_haspc(&child, addr) > 0) {
			*die = child;
			return true;
		}
	} while (dwarf_siblingof(&child, &child) == 0);
	return false;
}

static struct answer *make_answer(struct pt_object *object, uint64_t addr, uint32_t function)
{
	struct pt_debug *debug = object->debug;
	const struct pt_frame *symbol = pt_frames_get(object->symbols->frames, function);
	uint32_t inlined[DEPTH_MAX] = {0}, n = 0;
	const struct span *span = NULL;
	struct unit *unit;
	struct answer *answer;
	const char *name;
	Dwarf_Die die;

	unit = find_unit(debug, addr);
	if (unit)
		span = find_function(debug, unit, addr);
	if (span) {
		die = span->die;
		/* Without a symbol the function's own name is better than none. */
		name = function == pt_object_unknown(object) ? name_of(&die) : NULL;
		function = frame_of(object, unit, &die, name, symbol->name, symbol->kind);
		for (int depth = 0;
		     depth < 2 * DEPTH_MAX && n < DEPTH_MAX && find_inlined(debug, &die, addr);
		     depth++) {
			name = dwarf_tag(&die) == DW_TAG_inlined_subroutine ? name_of(&die) : NULL;
			if (name)
				inlined[n++] =
					frame_of(object, unit, &die, name, NULL, PT_FRAME_INLINED);
		}
	}
	answer = pt_malloc(sizeof *answer + n * sizeof *inlined);
	answer->function = function;
	answer->n = n;
	memcpy(answer->inlined, inlined, n * sizeof *inlined);
	return answer;
}

size_t pt_debug_frames(struct pt_object *object, uint64_t addr, uint32_t function, uint32_t *ret,
		       size_t max)
{
	struct pt_debug *debug = open_debug(object);
	struct answer *answer;
	size_t n;

	ret[0] = function;
	if (!debug)
		return 1;
	addr -= debug->bias;
	answer = pt_map_get_u64(&debug->answers, addr);
	if (!answer) {
		if (debug->answers.n >= ANSWERS_MAX)
			drop_answers(debug);
		debug->since_ns = now();
		answer = make_answer(object, addr, function);
		pt_map_put_u64(&debug->answers, addr, answer);
		debug->spent_ns += now() - debug->since_ns;
		if (debug->spent_ns > time_max_ns)
			pt_symbols_add_note(object->symbols,
					    "%s: its debug info is too much, inlined functions are "
					    "not all shown",
					    object->path);
	}
	ret[0] = answer->function;
	n = PT_MIN(answer->n, max - 1);
	memcpy(ret + 1, answer->inlined, n * sizeof *ret);
	return 1 + n;
}
