// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * refwalk - the harness's own reader of a running arm64 kernel's page tables.
 *
 *   refwalk START SIZE    leaf runs of the linear map and of the vmemmap for the physical
 *                         addresses START to START+SIZE, read through /proc/kcore
 *
 * The first four lines describe the layout: `page BYTES`, `struct_page BYTES`, and the virtual
 * addresses that stand for physical address 0, `linear_base VA` and `vmemmap_base VA`. Then there
 * is one line per run: MAP VA PA LEVEL CONT VALID SIZE COUNT, where SIZE is that of a descriptor
 * and COUNT the number of descriptors. MAP is `linear` or `vmemmap`; CONT and VALID are 0 or 1.
 * refwalk shares no code with hotremove-check, so whatever both report was found independently.
 */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DESC_VALID  ((uint64_t)1 << 0)
#define DESC_TABLE  ((uint64_t)1 << 1)
#define DESC_CONT   ((uint64_t)1 << 52)
#define LAST_LEVEL  3
#define FIRST_LEVEL (-1)
#define LEVELS	    (LAST_LEVEL - FIRST_LEVEL + 1)

struct core {
	int fd;
	Elf64_Half count;
	Elf64_Phdr *segments;
	char *vmcoreinfo;
};

struct layout {
	unsigned int page_shift;
	int first_level;
	bool lpa2;
	unsigned int root_bits; /* address bits that the root table resolves */
	uint64_t root;		/* physical address of swapper_pg_dir */
	uint64_t page_offset;
	uint64_t phys_offset; /* as printed: may stand for a negative number */
	uint64_t vmemmap;
	uint64_t struct_page;
	const Elf64_Phdr *image; /* the segment of the kernel's own image */
	uint64_t image_offset;	 /* virtual minus physical address of the image */
};

struct run {
	const char *map;
	uint64_t va, pa, size, count;
	int level;
	bool cont, valid;
};

struct walk {
	const struct core *core;
	const struct layout *layout;
	uint64_t *tables[LEVELS]; /* one buffer per level of the recursion */
	uint64_t start, end;	  /* END exclusive */
	struct run run;
};

static const char *const level_names[LEVELS] = { "PGD", "P4D", "PUD", "PMD", "PTE" };

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("refwalk: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

static void read_at(int fd, void *buffer, size_t size, uint64_t offset)
{
	char *to = buffer;

	while (size) {
		ssize_t got = pread(fd, to, size, (off_t)offset);

		if (got <= 0)
			die("/proc/kcore: cannot read %zu bytes at %#" PRIx64, size, offset);
		to += got;
		size -= (size_t)got;
		offset += (uint64_t)got;
	}
}

/* The text of the VMCOREINFO note among the notes in BUFFER, or NULL. */
static char *find_vmcoreinfo(const char *buffer, size_t size)
{
	size_t at = 0;

	while (at + sizeof(Elf64_Nhdr) <= size) {
		const Elf64_Nhdr *note = (const void *)(buffer + at);
		size_t name = at + sizeof(*note);
		size_t text = name + ((note->n_namesz + 3) & ~3U);

		at = text + ((note->n_descsz + 3) & ~3U);
		if (at > size)
			break;
		if (note->n_namesz == sizeof("VMCOREINFO") && !strcmp(buffer + name, "VMCOREINFO"))
			return strndup(buffer + text, note->n_descsz);
	}
	return NULL;
}

static void open_core(struct core *core)
{
	Elf64_Ehdr header;

	core->fd = open("/proc/kcore", O_RDONLY);
	if (core->fd < 0)
		die("/proc/kcore cannot be opened");
	read_at(core->fd, &header, sizeof(header), 0);
	core->count = header.e_phnum;
	core->segments = allocate(core->count * sizeof(*core->segments));
	read_at(core->fd, core->segments, core->count * sizeof(*core->segments), header.e_phoff);
	for (int i = 0; i < core->count; i++) {
		const Elf64_Phdr *segment = &core->segments[i];

		if (segment->p_type == PT_NOTE) {
			char *notes = allocate(segment->p_filesz);

			read_at(core->fd, notes, segment->p_filesz, segment->p_offset);
			core->vmcoreinfo = find_vmcoreinfo(notes, segment->p_filesz);
			free(notes);
		}
	}
	if (!core->vmcoreinfo)
		die("/proc/kcore has no VMCOREINFO note");
}

/* The first segment with this address: the image's comes before the vmalloc area around it. */
static const Elf64_Phdr *segment_of(const struct core *core, uint64_t va)
{
	for (int i = 0; i < core->count; i++) {
		const Elf64_Phdr *segment = &core->segments[i];

		if (segment->p_type == PT_LOAD && va - segment->p_vaddr < segment->p_memsz)
			return segment;
	}
	die("no segment of /proc/kcore has the address %#" PRIx64, va);
}

static void read_virtual(const struct core *core, uint64_t va, void *buffer, size_t size)
{
	const Elf64_Phdr *segment = segment_of(core, va);

	read_at(core->fd, buffer, size, segment->p_offset + (va - segment->p_vaddr));
}

/* The value of KEY=VALUE in the note; BASE as for strtoull, since each key has its own radix. */
static uint64_t value_of(const struct core *core, const char *key, int base)
{
	size_t length = strlen(key);
	const char *line = core->vmcoreinfo;

	while (line) {
		if (!strncmp(line, key, length) && line[length] == '=')
			return strtoull(line + length + 1, NULL, base);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	die("VMCOREINFO has no %s", key);
}

static unsigned int entry_bits(const struct layout *layout)
{
	return layout->page_shift - 3;
}

static unsigned int level_shift(const struct layout *layout, int level)
{
	return layout->page_shift + entry_bits(layout) * (unsigned int)(LAST_LEVEL - level);
}

/* The level at which a walk of VA_BITS address bits begins. */
static int first_level(const struct layout *layout, unsigned int va_bits)
{
	int level = LAST_LEVEL;

	while (level > FIRST_LEVEL && level_shift(layout, level) + entry_bits(layout) < va_bits)
		level--;
	return level;
}

static void read_layout(const struct core *core, struct layout *layout)
{
	unsigned int va_bits = (unsigned int)value_of(core, "NUMBER(VA_BITS)", 10);
	unsigned int actual = 64 - (unsigned int)value_of(core, "NUMBER(TCR_EL1_T1SZ)", 16);
	uint64_t page_size = value_of(core, "PAGESIZE", 10);

	layout->page_shift = (unsigned int)__builtin_ctzll(page_size);
	layout->lpa2 = page_size < 65536 && actual == 52;
	layout->root_bits = page_size == 65536 ? va_bits : actual;
	layout->first_level = first_level(layout, layout->root_bits);
	layout->image_offset = value_of(core, "NUMBER(kimage_voffset)", 16);
	layout->image = segment_of(core, value_of(core, "SYMBOL(swapper_pg_dir)", 16));
	layout->root = value_of(core, "SYMBOL(swapper_pg_dir)", 16) - layout->image_offset;
	layout->page_offset = -((uint64_t)1 << va_bits);
	layout->phys_offset = value_of(core, "NUMBER(PHYS_OFFSET)", 16);
	layout->vmemmap = value_of(core, "NUMBER(VMEMMAP_START)", 16);
	layout->struct_page = value_of(core, "SIZE(page)", 10);
}

static uint64_t linear_address(const struct layout *layout, uint64_t pa)
{
	return (pa - layout->phys_offset) | layout->page_offset;
}

/* The address of a page's struct page; the shift keeps the sign of PHYS_OFFSET. */
static uint64_t memmap_address(const struct layout *layout, uint64_t pa)
{
	int64_t base = (int64_t)layout->phys_offset >> layout->page_shift;
	uint64_t index = (pa >> layout->page_shift) - (uint64_t)base;

	return layout->vmemmap + index * layout->struct_page;
}

static uint64_t output_address(const struct layout *layout, uint64_t descriptor)
{
	uint64_t low = ~(uint64_t)0 << layout->page_shift;

	if (layout->page_shift == 16)
		return (descriptor & low & ~(~(uint64_t)0 << 48)) | (descriptor & 0xf000) << 36;
	if (layout->lpa2)
		return (descriptor & low & ~(~(uint64_t)0 << 50)) | (descriptor & 0x300) << 42;
	return descriptor & low & ~(~(uint64_t)0 << 48);
}

static bool all_zero(const uint64_t *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i])
			return false;
	}
	return true;
}

/*
 * Read the table at a physical address. Both ways to a page of the kernel image can be closed:
 * the image's own mapping of init memory, which is freed and may then hold tables of hot-added
 * memory, and on new kernels the linear map's alias of the kernel's data. A closed way reads as
 * zeros, so the other one is tried then.
 */
static void read_table(const struct core *core, const struct layout *layout, uint64_t pa,
		       uint64_t *entries, size_t count)
{
	uint64_t va = pa + layout->image_offset;

	read_virtual(core, linear_address(layout, pa), entries, count * sizeof(*entries));
	if (all_zero(entries, count) && va - layout->image->p_vaddr < layout->image->p_memsz)
		read_virtual(core, va, entries, count * sizeof(*entries));
}

static void print_run(struct run *run)
{
	if (run->count)
		printf("%s %#" PRIx64 " %#" PRIx64 " %s %d %d %#" PRIx64 " %" PRIu64 "\n", run->map,
		       run->va, run->pa, level_names[run->level - FIRST_LEVEL], run->cont,
		       run->valid, run->size, run->count);
	run->count = 0;
}

static bool continues(const struct run *run, const struct run *leaf)
{
	uint64_t length = run->count * run->size;

	return run->count && run->level == leaf->level && run->cont == leaf->cont &&
	       run->valid == leaf->valid && run->va + length == leaf->va &&
	       run->pa + length == leaf->pa;
}

static void add_leaf(struct walk *walk, uint64_t va, uint64_t descriptor, int level)
{
	uint64_t size = (uint64_t)1 << level_shift(walk->layout, level);
	struct run leaf = {
		.map = walk->run.map,
		.va = va,
		.pa = output_address(walk->layout, descriptor) & ~(size - 1),
		.size = size,
		.count = 1,
		.level = level,
		.cont = descriptor & DESC_CONT,
		.valid = descriptor & DESC_VALID,
	};

	if (continues(&walk->run, &leaf)) {
		walk->run.count++;
	} else {
		print_run(&walk->run);
		walk->run = leaf;
	}
}

static bool is_table(uint64_t descriptor, int level)
{
	return level < LAST_LEVEL && (descriptor & DESC_VALID) && (descriptor & DESC_TABLE);
}

/* How many entries the table of a level has: the root may be smaller than a page. */
static size_t entry_count(const struct layout *layout, int level)
{
	if (level == layout->first_level)
		return (size_t)1 << (layout->root_bits - level_shift(layout, level));
	return (size_t)1 << entry_bits(layout);
}

/* Visit the wanted entries of the table at the physical address TABLE that begins to map BASE. */
static void walk_table(struct walk *walk, uint64_t table, uint64_t base, int level)
{
	const struct layout *layout = walk->layout;
	uint64_t size = (uint64_t)1 << level_shift(layout, level);
	uint64_t *entries = walk->tables[level - FIRST_LEVEL];
	size_t count = entry_count(layout, level);

	read_table(walk->core, layout, table, entries, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t va = base + i * size;

		if (va + (size - 1) < walk->start || va >= walk->end || !entries[i])
			continue;
		if (is_table(entries[i], level))
			walk_table(walk, output_address(layout, entries[i]), va, level + 1);
		else
			add_leaf(walk, va, entries[i], level);
	}
}

static void walk_map(const struct core *core, const struct layout *layout, const char *map,
		     uint64_t start, uint64_t end)
{
	struct walk walk = {
		.core = core,
		.layout = layout,
		.start = start,
		.end = end,
		.run.map = map,
	};

	for (int i = 0; i < LEVELS; i++)
		walk.tables[i] = allocate((size_t)1 << layout->page_shift);
	walk_table(&walk, layout->root, -((uint64_t)1 << layout->root_bits), layout->first_level);
	print_run(&walk.run);
	for (int i = 0; i < LEVELS; i++)
		free(walk.tables[i]);
}

static uint64_t number(const char *text)
{
	char *rest;
	uint64_t value = strtoull(text, &rest, 0);

	if (rest == text || *rest)
		die("not a number: %s", text);
	return value;
}

int main(int argc, char **argv)
{
	struct core core = { 0 };
	struct layout layout;
	uint64_t start, end;

	if (argc != 3)
		die("usage: refwalk START SIZE");
	start = number(argv[1]);
	end = start + number(argv[2]);
	open_core(&core);
	read_layout(&core, &layout);
	printf("page %u\nstruct_page %" PRIu64 "\n", 1U << layout.page_shift, layout.struct_page);
	printf("linear_base %#" PRIx64 "\nvmemmap_base %#" PRIx64 "\n", linear_address(&layout, 0),
	       memmap_address(&layout, 0));
	walk_map(&core, &layout, "linear", linear_address(&layout, start),
		 linear_address(&layout, end));
	walk_map(&core, &layout, "vmemmap", memmap_address(&layout, start),
		 memmap_address(&layout, end));
	free(core.segments);
	free(core.vmcoreinfo);
	close(core.fd);
	return 0;
}
