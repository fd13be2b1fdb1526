// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT(n) (UINT64_C(1) << (n))

static uint64_t page_mask(const struct fake *fake)
{
	return BIT(fake->page_shift) - 1;
}

/* Index of the first page at or after @pa. */
static size_t page_index(const struct fake *fake, uint64_t pa)
{
	size_t low = 0, high = fake->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fake->pages[middle].pa < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct fake_page *page_find(const struct fake *fake, uint64_t pa)
{
	size_t index = page_index(fake, pa & ~page_mask(fake));

	if (index == fake->count || fake->pages[index].pa != (pa & ~page_mask(fake)))
		return NULL;
	return &fake->pages[index];
}

struct fake_page *fake_page(struct fake *fake, uint64_t pa)
{
	struct fake_page *page = page_find(fake, pa);
	size_t index;

	if (page)
		return page;
	pa &= ~page_mask(fake);
	index = page_index(fake, pa);
	fake->pages = realloc(fake->pages, (fake->count + 1) * sizeof(*fake->pages));
	assert_non_null(fake->pages);
	page = &fake->pages[index];
	memmove(page + 1, page, (fake->count - index) * sizeof(*page));
	*page = (struct fake_page){ .pa = pa, .bytes = calloc(1, BIT(fake->page_shift)) };
	assert_non_null(page->bytes);
	fake->count++;
	fake->memory.size += BIT(fake->page_shift);
	return page;
}

/* Apply the scripts for words in the @len bytes at @pa, which were read into @buffer. */
static void apply_scripts(struct fake *fake, uint64_t pa, unsigned char *buffer, size_t len)
{
	for (size_t i = 0; i < fake->script_count; i++) {
		struct fake_script *script = &fake->scripts[i];
		uint64_t value = htole64(script->values[script->next]);

		if (script->pa < pa || script->pa + sizeof(value) > pa + len)
			continue;
		memcpy(buffer + (script->pa - pa), &value, sizeof(value));
		if (script->next + 1 < script->count)
			script->next++;
		else if (script->cycle)
			script->next = 0;
	}
}

static struct hr_error *fake_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct fake *fake = context;
	unsigned char *at = buffer;
	size_t done = 0;

	fake->reads++;
	while (done < len) {
		struct fake_page *page = page_find(fake, pa + done);
		size_t offset = (pa + done) & page_mask(fake);
		size_t here = (size_t)BIT(fake->page_shift) - offset;

		if (!page || page->excluded)
			return hr_error_new(HR_ERROR_UNREADABLE, "not in this fake");
		page->reads++;
		here = here < len - done ? here : len - done;
		memcpy(at + done, page->bytes + offset, here);
		done += here;
	}
	apply_scripts(fake, pa, buffer, len);
	return NULL;
}

static void fake_batch(void *context, struct hr_batch *batch)
{
	struct fake *fake = context;

	fake->batches++;
	for (size_t i = 0; i < batch->count; i++) {
		char *at = (char *)batch->buffer + i * batch->len;
		struct hr_error *error = fake_read(context, batch->pas[i], at, batch->len);

		batch->ok[i] = !error;
		hr_error_destroy(error);
	}
}

void fake_reads_ahead(struct fake *fake)
{
	fake->memory.finish = fake_batch;
}

/* Every other batch is read when it is begun, the rest when they are finished. */
static void fake_begin(void *context, struct hr_batch *batch)
{
	struct fake *fake = context;

	memset(batch->buffer, 0xff, batch->count * batch->len);
	memset(batch->ok, 1, batch->count * sizeof(*batch->ok));
	batch->job = fake->begun++ % 2 ? fake : NULL;
	if (batch->job)
		fake_batch(fake, batch);
}

static void fake_finish(void *context, struct hr_batch *batch)
{
	struct fake *fake = context;

	fake->finished++;
	if (!batch->job)
		fake_batch(fake, batch);
}

void fake_reads_meanwhile(struct fake *fake)
{
	fake->memory.begin = fake_begin;
	fake->memory.finish = fake_finish;
}

void fake_init(struct fake *fake, unsigned int page_shift)
{
	*fake = (struct fake){ .page_shift = page_shift };
	fake->memory.read = fake_read;
	fake->memory.context = fake;
}

void fake_release(struct fake *fake)
{
	for (size_t i = 0; i < fake->count; i++)
		free(fake->pages[i].bytes);
	free(fake->pages);
	fake->pages = NULL;
	fake->count = 0;
}

void fake_write64(struct fake *fake, uint64_t pa, uint64_t value)
{
	struct fake_page *page = fake_page(fake, pa);

	value = htole64(value);
	memcpy(page->bytes + (pa & page_mask(fake)), &value, sizeof(value));
}

uint64_t fake_read64(struct fake *fake, uint64_t pa)
{
	struct fake_page *page = fake_page(fake, pa);
	uint64_t value;

	memcpy(&value, page->bytes + (pa & page_mask(fake)), sizeof(value));
	return le64toh(value);
}

void fake_exclude(struct fake *fake, uint64_t pa)
{
	fake_page(fake, pa)->excluded = true;
}

void fake_remove(struct fake *fake, uint64_t pa)
{
	struct fake_page *page = page_find(fake, pa);

	assert_non_null(page);
	free(page->bytes);
	memmove(page, page + 1, (size_t)(fake->pages + fake->count - page - 1) * sizeof(*page));
	fake->count--;
}

unsigned int fake_reads_of(struct fake *fake, uint64_t pa)
{
	return fake_page(fake, pa)->reads;
}

void fake_forget_reads(struct fake *fake)
{
	fake->reads = 0;
	for (size_t i = 0; i < fake->count; i++)
		fake->pages[i].reads = 0;
}

void fake_change(struct fake *fake, uint64_t pa, const uint64_t *values, size_t count, bool cycle)
{
	assert_true(fake->script_count < FAKE_SCRIPTS_MAX);
	fake->memory.live = true;
	fake->scripts[fake->script_count++] = (struct fake_script){
		.pa = pa,
		.values = values,
		.count = count,
		.cycle = cycle,
	};
}

const struct fake_shape fake_shapes[FAKE_SHAPES] = {
	{ 12, 39, 39, 1, 9, 3 },  { 12, 48, 48, 0, 9, 4 },  { 12, 52, 52, -1, 4, 5 },
	{ 12, 52, 48, 0, 9, 4 },  { 14, 36, 36, 2, 11, 2 }, { 14, 47, 47, 1, 11, 3 },
	{ 14, 48, 48, 0, 1, 4 },  { 14, 52, 52, 0, 5, 4 },  { 14, 52, 47, 1, 11, 3 },
	{ 16, 42, 42, 2, 13, 2 }, { 16, 48, 48, 1, 6, 3 },  { 16, 52, 52, 1, 10, 3 },
	{ 16, 52, 48, 1, 10, 3 },
};

/* PA bits 51:48 are in bits 15:12 with 64K pages, 51:50 in 9:8 with LPA2. */
static struct hr_address_format format_of(const struct fake_shape *shape, bool lpa2)
{
	uint64_t page = BIT(shape->page_shift);

	if (shape->page_shift == 16)
		return (struct hr_address_format){ 52, 36, 0xf000, BIT(48) - page, 0 };
	if (lpa2)
		return (struct hr_address_format){ 52, 42, 0x300, BIT(50) - page, 0 };
	return (struct hr_address_format){ 48, 0, 0, BIT(48) - page, 0 };
}

struct hr_geometry fake_geometry(const struct fake_shape *shape)
{
	static const unsigned int cont_shifts[3][2] = { { 4, 4 }, { 7, 5 }, { 5, 5 } };
	const unsigned int *cont = cont_shifts[(shape->page_shift - 12) / 2];
	bool lpa2 = shape->page_shift != 16 && shape->va_bits_actual == 52;

	return (struct hr_geometry){
		.page_shift = shape->page_shift,
		.va_bits = shape->va_bits,
		.va_bits_actual = shape->va_bits_actual,
		.root_level = shape->root_level,
		.root_bits = shape->root_bits,
		.cont_pte_shift = cont[0],
		.cont_pmd_shift = cont[1],
		.leaf_level = shape->page_shift == 12 ? 1 : 2,
		.lpa2 = lpa2,
		.address = format_of(shape, lpa2),
	};
}

static uint64_t spread_address(const struct hr_geometry *geo, uint64_t pa)
{
	if (geo->page_shift == 16)
		return (pa & (BIT(48) - 1)) | pa >> 48 << 12;
	if (geo->lpa2)
		return (pa & (BIT(50) - 1)) | pa >> 50 << 8;
	return pa | 3 << 8; /* inner shareable */
}

uint64_t fake_table_desc(const struct hr_geometry *geo, uint64_t pa)
{
	uint64_t desc = spread_address(geo, pa) | 3;

	return geo->page_shift == 16 || geo->lpa2 ? desc : desc & ~UINT64_C(0x300);
}

uint64_t fake_leaf_desc(const struct hr_geometry *geo, int level, uint64_t pa)
{
	return spread_address(geo, pa) | BIT(54) | BIT(53) | BIT(10) | (level == 3 ? 3 : 1);
}

/*
 * Addresses are below 1 << 47 in all formats. Where possible, bits that only some formats can hold
 * are set too.
 */
uint64_t fake_new_table(struct fake_tables *tables)
{
	uint64_t n = ++tables->tables;
	uint64_t frame = n * 2654435761u & 0xfffff;
	uint64_t high = 0;

	if (tables->geo.page_shift == 16 || tables->geo.lpa2)
		high = (n % 16) << 48;
	return high | BIT(46) | frame << tables->geo.page_shift;
}

void fake_tables_init(struct fake_tables *tables, struct fake *fake, const struct hr_geometry *geo)
{
	*tables = (struct fake_tables){ .fake = fake, .geo = *geo };
	tables->root_pa = fake_new_table(tables);
	fake_page(fake, tables->root_pa);
}

static uint64_t table_address(const struct hr_geometry *geo, uint64_t desc)
{
	uint64_t pa = desc & (BIT(48) - BIT(geo->page_shift));

	if (geo->page_shift == 16)
		return pa | (desc >> 12 & 15) << 48;
	return geo->lpa2 ? pa | (desc & (BIT(48) | BIT(49))) | (desc >> 8 & 3) << 50 : pa;
}

static uint64_t index_of(const struct fake_tables *tables, int level, uint64_t va)
{
	const struct hr_geometry *geo = &tables->geo;
	unsigned int bits = level == geo->root_level ? geo->root_bits : geo->page_shift - 3;

	return va >> ((geo->page_shift - 3) * (unsigned int)(4 - level) + 3) & (BIT(bits) - 1);
}

uint64_t fake_entry(struct fake_tables *tables, int level, uint64_t va)
{
	uint64_t table = tables->root_pa;

	for (int at = tables->geo.root_level; at < level; at++) {
		uint64_t entry = table + 8 * index_of(tables, at, va);
		uint64_t desc = fake_read64(tables->fake, entry);

		if (!desc) {
			desc = fake_table_desc(&tables->geo, fake_new_table(tables));
			fake_write64(tables->fake, entry, desc);
		}
		table = table_address(&tables->geo, desc);
	}
	return table + 8 * index_of(tables, level, va);
}

void fake_set(struct fake_tables *tables, int level, uint64_t va, uint64_t desc)
{
	fake_write64(tables->fake, fake_entry(tables, level, va), desc);
}

uint64_t fake_table_of(struct fake_tables *tables, int level, uint64_t va)
{
	return fake_entry(tables, level, va) & ~page_mask(tables->fake);
}

int fake_kind_level(enum fake_kind kind)
{
	static const int levels[FAKE_KINDS] = { 1, 2, 2, 3, 3 };

	return levels[kind];
}

bool fake_kind_cont(enum fake_kind kind)
{
	return kind == FAKE_CONT_PMD || kind == FAKE_CONT_PTE;
}

static uint64_t members_of(const struct hr_geometry *geo, enum fake_kind kind)
{
	if (kind == FAKE_CONT_PMD)
		return BIT(geo->cont_pmd_shift);
	return kind == FAKE_CONT_PTE ? BIT(geo->cont_pte_shift) : 1;
}

uint64_t fake_kind_size(const struct hr_geometry *geo, enum fake_kind kind)
{
	return hr_level_size(geo, fake_kind_level(kind)) * members_of(geo, kind);
}

static void map_leaf(struct fake_tables *tables, uint64_t va, uint64_t pa, enum fake_kind kind,
		     uint64_t clear)
{
	const struct hr_geometry *geo = &tables->geo;
	int level = fake_kind_level(kind);
	uint64_t size = hr_level_size(geo, level);

	for (uint64_t i = 0; i < members_of(geo, kind); i++) {
		uint64_t desc = fake_leaf_desc(geo, level, pa + i * size);

		if (fake_kind_cont(kind))
			desc |= FAKE_CONT;
		fake_set(tables, level, va + i * size, desc & ~clear);
	}
}

void fake_map(struct fake_tables *tables, uint64_t va, uint64_t pa, enum fake_kind kind)
{
	map_leaf(tables, va, pa, kind, 0);
}

void fake_map_invalid(struct fake_tables *tables, uint64_t va, uint64_t pa, enum fake_kind kind)
{
	map_leaf(tables, va, pa, kind, 1);
}

void fake_map_range(struct fake_tables *tables, uint64_t va, uint64_t pa, uint64_t size,
		    enum fake_kind kind)
{
	uint64_t step = fake_kind_size(&tables->geo, kind);

	for (uint64_t done = 0; done < size; done += step)
		fake_map(tables, va + done, pa + done, kind);
}

/* The layout of 6.9 and later. Up to 6.8 the vmemmap was elsewhere. */
static void place_vmemmap(struct hr_layout *layout)
{
	uint64_t pages = (layout->linear_end - layout->page_offset) >> layout->geo.page_shift;

	layout->struct_page_size = 64;
	layout->vmemmap_end = -GIB(1);
	layout->vmemmap_start = layout->vmemmap_end - pages * layout->struct_page_size;
}

static void place_sections(struct fake_kernel *kernel, uint64_t base)
{
	struct hr_layout *layout = &kernel->layout;
	uint64_t per_root = BIT(layout->geo.page_shift) / 16;

	layout->section_size_bits = layout->geo.page_shift == 16 ? 29 : 27;
	layout->has_mem_section = true;
	layout->section_struct_size = 16;
	layout->section_roots = BIT(layout->pa_bits - layout->section_size_bits) / per_root;
	layout->mem_section_va = fake_linear(kernel, base + MIB(16));
	for (uint64_t at = 0; at < layout->section_roots * 8; at += BIT(layout->geo.page_shift))
		fake_page(&kernel->fake, base + MIB(16) + at);
}

void fake_kernel_init(struct fake_kernel *kernel, const struct fake_shape *shape, uint64_t base)
{
	struct hr_layout *layout = &kernel->layout;
	unsigned int min_bits =
		shape->va_bits > 48 ? (shape->page_shift == 14 ? 47 : 48) : shape->va_bits;

	memset(kernel, 0, sizeof(*kernel));
	fake_init(&kernel->fake, shape->page_shift);
	layout->geo = fake_geometry(shape);
	layout->pa_bits = 48;
	layout->page_offset = -BIT(shape->va_bits);
	layout->linear_end = -BIT(min_bits - 1);
	layout->phys_offset = base - (BIT(shape->va_bits) - BIT(shape->va_bits_actual));
	place_vmemmap(layout);
	place_sections(kernel, base);
	fake_tables_init(&kernel->tables, &kernel->fake, &layout->geo);
	layout->swapper_pa = kernel->tables.root_pa;
	fake_map(&kernel->tables, layout->linear_end + MIB(512), MIB(512), FAKE_PTE);
}

void fake_kernel_release(struct fake_kernel *kernel)
{
	fake_release(&kernel->fake);
}

uint64_t fake_linear(const struct fake_kernel *kernel, uint64_t pa)
{
	return pa - kernel->layout.phys_offset + kernel->layout.page_offset;
}

uint64_t fake_vmemmap(const struct fake_kernel *kernel, uint64_t pa)
{
	const struct hr_layout *layout = &kernel->layout;
	int64_t pages = (int64_t)(pa - layout->phys_offset) >> layout->geo.page_shift;

	return layout->vmemmap_start + (uint64_t)pages * layout->struct_page_size;
}

static uint64_t section_root_entry(const struct fake_kernel *kernel, uint64_t pa)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t per_root = BIT(layout->geo.page_shift) / layout->section_struct_size;
	uint64_t roots = layout->mem_section_va - layout->page_offset + layout->phys_offset;

	return roots + 8 * ((pa >> layout->section_size_bits) / per_root);
}

uint64_t fake_section_root(struct fake_kernel *kernel, uint64_t pa)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t entry = section_root_entry(kernel, pa);
	uint64_t root = fake_read64(&kernel->fake, entry);

	if (root)
		return root - layout->page_offset + layout->phys_offset;
	/* After the array, in an order of their own. */
	root = layout->mem_section_va + MIB(64) +
	       (++kernel->tables.tables * 977 % 4096 << layout->geo.page_shift);
	fake_write64(&kernel->fake, entry, root);
	fake_page(&kernel->fake, root - layout->page_offset + layout->phys_offset);
	return root - layout->page_offset + layout->phys_offset;
}

void fake_section_raw(struct fake_kernel *kernel, uint64_t pa, uint64_t value)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t per_root = BIT(layout->geo.page_shift) / layout->section_struct_size;
	uint64_t nr = pa >> layout->section_size_bits;

	fake_write64(&kernel->fake,
		     fake_section_root(kernel, pa) + nr % per_root * layout->section_struct_size,
		     value);
}

void fake_section_gone(struct fake_kernel *kernel, uint64_t pa)
{
	uint64_t size = hr_level_size(&kernel->layout.geo, HR_LEVEL_PMD);
	uint64_t va = fake_vmemmap(kernel, pa);
	uint64_t end = fake_vmemmap(kernel, pa + hr_section_size(&kernel->layout));

	fake_section_raw(kernel, pa, 0);
	for (; end - va >= size && va < end; va += size)
		fake_set(&kernel->tables, HR_LEVEL_PMD, va, 0);
}

void fake_section(struct fake_kernel *kernel, uint64_t pa, uint64_t flags)
{
	fake_section_raw(kernel, pa, fake_vmemmap(kernel, 0) + flags);
}

void fake_sections(struct fake_kernel *kernel, uint64_t pa, uint64_t size, uint64_t flags)
{
	for (uint64_t at = pa; at < pa + size; at += hr_section_size(&kernel->layout))
		fake_section(kernel, at, flags);
}

void fake_map_linear(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind kind)
{
	fake_map_range(&kernel->tables, fake_linear(kernel, pa), pa, size, kind);
}

/* The struct pages themselves are in memory from 64 GiB on. */
void fake_map_vmemmap(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind kind)
{
	uint64_t va = fake_vmemmap(kernel, pa);

	fake_map_range(&kernel->tables, va, GIB(64) + (va - kernel->layout.vmemmap_start),
		       fake_vmemmap(kernel, pa + size) - va, kind);
}

void fake_add_memory(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind linear,
		     enum fake_kind vmemmap)
{
	fake_sections(kernel, pa, size, 7);
	fake_map_linear(kernel, pa, size, linear);
	fake_map_vmemmap(kernel, pa, size, vmemmap);
}

void fake_note_add(struct fake_note *note, const char *key, const char *format, ...)
{
	size_t room = sizeof(note->text) - note->len;
	va_list args;
	int len = snprintf(note->text + note->len, room, "%s=", key);

	va_start(args, format);
	len += vsnprintf(note->text + note->len + len, room - (size_t)len, format, args);
	va_end(args);
	assert_true((size_t)len + 1 < room);
	note->len += (size_t)len;
	note->text[note->len++] = '\n';
	note->text[note->len] = '\0';
}

void fake_note_drop(struct fake_note *note, const char *key)
{
	size_t key_len = strlen(key);

	for (char *line = note->text; line < note->text + note->len;) {
		char *next = strchr(line, '\n') + 1;

		if (!strncmp(line, key, key_len) && line[key_len] == '=') {
			memmove(line, next, (size_t)(note->text + note->len - next));
			note->len -= (size_t)(next - line);
			return;
		}
		line = next;
	}
	fail_msg("the note has no %s", key);
}

void fake_note_init(struct fake_note *note)
{
	note->len = 0;
	fake_note_add(note, "OSRELEASE", "6.12.107");
	fake_note_add(note, "PAGESIZE", "4096");
	fake_note_add(note, "NUMBER(VA_BITS)", "48");
	fake_note_add(note, "NUMBER(TCR_EL1_T1SZ)", "0x10");
	fake_note_add(note, "NUMBER(PHYS_OFFSET)", "0x40000000");
	fake_note_add(note, "NUMBER(kimage_voffset)", "0xffff800040000000");
	fake_note_add(note, "SYMBOL(swapper_pg_dir)", "ffff800081a2b000");
	fake_note_add(note, "SIZE(page)", "64");
	fake_note_add(note, "NUMBER(SECTION_SIZE_BITS)", "27");
	fake_note_add(note, "NUMBER(MAX_PHYSMEM_BITS)", "48");
	fake_note_add(note, "SYMBOL(mem_section)", "ffff0000bfdf0000");
	fake_note_add(note, "LENGTH(mem_section)", "8192");
	fake_note_add(note, "SIZE(mem_section)", "16");
}

void assert_success(struct hr_error *error)
{
	char message[256];

	if (!error)
		return;
	snprintf(message, sizeof(message), "%s", error->message);
	hr_error_destroy(error);
	fail_msg("unexpected error: %s", message);
}

void assert_failure(struct hr_error *error, enum hr_error_code code, const char *part)
{
	enum hr_error_code found;
	char message[512];

	assert_non_null(error);
	found = error->code;
	snprintf(message, sizeof(message), "%s", error->message);
	hr_error_destroy(error);
	if (found != code || !strstr(message, part))
		fail_msg("error %d \"%s\", expected %d with \"%s\"", found, message, code, part);
}
