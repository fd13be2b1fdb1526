// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "machine.h"

#define DESC_TABLE UINT64_C(3)
#define DESC_BLOCK UINT64_C(1)
#define DESC_PAGE  UINT64_C(3)
#define DESC_CONT  (UINT64_C(1) << 52)
#define DESC_ATTRS ((UINT64_C(3) << 53) | (UINT64_C(1) << 51) | 0x700)
#define DESC_PA	   ((UINT64_C(1) << 48) - 1)

/* Memory is added in pieces, as with DIMMs and virtio-mem devices. */
#define DIMM (16 * GIB)

/* Which kinds of leaves a map may use, by its name; "mixed" combines these. */
struct recipe {
	const char *name;
	unsigned int kinds;
};

#define ALL_UP_TO(kind) (((1u << KINDS) - 1) & ~((1u << (kind)) - 1))

static const struct recipe recipes[] = {
	{ "pages", 1u << KIND_PTE },
	{ "cont-pte", ALL_UP_TO(KIND_CONT_PTE) },
	{ "pmd", 1u << KIND_PMD | 1u << KIND_PTE },
	{ "cont-pmd", ALL_UP_TO(KIND_CONT_PMD) },
	{ "pud", ALL_UP_TO(KIND_PUD) },
};

/* Of each 16 GiB: half a GiB by pages, half a GiB by CONT pages, the rest by larger leaves. */
static const struct {
	uint64_t size;
	const char *name;
} mix[] = {
	{ 8 * GIB, "pud" },	   { 3 * GIB, "pmd" },	   { 4 * GIB, "cont-pmd" },
	{ 512 * MIB, "cont-pte" }, { 512 * MIB, "pages" },
};

/* xorshift64*: the same on every machine. */
static uint64_t random_below(struct machine *m, uint64_t limit)
{
	uint64_t x = m->pool.random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	m->pool.random = x;
	return (x * UINT64_C(0x2545f4914f6cdd1d) >> 11) % limit;
}

/* Most of the window is never touched. */
void reserve_memory(struct machine *m)
{
	m->memory = mmap(NULL, m->window, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m->memory == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
}

static bool is_used(const struct pool *pool, uint64_t page)
{
	return page >= pool->count || (pool->used[page >> 3] >> (page & 7) & 1);
}

/* Is @page, counted from the start of boot memory, in use? */
bool is_taken(const struct machine *m, uint64_t page)
{
	return is_used(&m->pool, page);
}

static void start_run(struct machine *m)
{
	struct pool *pool = &m->pool;

	do
		pool->next = random_below(m, pool->count);
	while (is_used(pool, pool->next));
	pool->left = 1 + random_below(m, 2 * pool->mean - 1);
	pool->runs++;
}

static uint64_t claim_page(struct machine *m, uint64_t page)
{
	m->pool.taken++;
	m->pool.used[page >> 3] |= (unsigned char)(1u << (page & 7));
	return (m->pool.start + page) << m->geo.page_shift;
}

/* The next free page: after the last one while a run lasts, then anywhere. */
uint64_t take_page(struct machine *m)
{
	struct pool *pool = &m->pool;

	if (!pool->left || is_used(pool, pool->next))
		start_run(m);
	pool->left--;
	return claim_page(m, pool->next++);
}

/* @count contiguous free pages. */
uint64_t take_pages(struct machine *m, uint64_t count)
{
	uint64_t first = 0, found = 0;

	while (found < count) {
		if (!found)
			first = random_below(m, m->pool.count);
		found = is_used(&m->pool, first + found) ? 0 : found + 1;
	}
	for (uint64_t i = 0; i < count; i++)
		claim_page(m, first + i);
	return (m->pool.start + first) << m->geo.page_shift;
}

static void create_pool(struct machine *m)
{
	struct pool *pool = &m->pool;
	uint64_t first = (m->image_pa - m->boot_pa) >> m->geo.page_shift;
	uint64_t end = first + (m->image_size >> m->geo.page_shift);

	pool->start = m->boot_pa >> m->geo.page_shift;
	pool->count = m->window >> m->geo.page_shift;
	pool->used = calloc(pool->count / 8 + 1, 1);
	if (!pool->used)
		err(EXIT_FAILURE, "calloc");
	for (uint64_t page = first; page < end; page++)
		pool->used[page >> 3] |= (unsigned char)(1u << (page & 7));
	pool->random = UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t address_bits(const struct machine *m, uint64_t pa)
{
	uint64_t low = pa & DESC_PA;

	return m->geo.page_shift == 16 ? low | (pa >> 48 & 15) << 12 : low;
}

static uint64_t address_of(const struct machine *m, uint64_t desc)
{
	return desc & DESC_PA & ~(page_size(m) - 1);
}

static uint64_t *child_table(struct machine *m, uint64_t *entry)
{
	if (!*entry)
		*entry = address_bits(m, take_page(m)) | DESC_TABLE;
	return at_pa(m, address_of(m, *entry));
}

static enum kind kind_of(int level, bool cont)
{
	static const enum kind kinds[] = { KIND_PTE, KIND_PTE, KIND_PMD, KIND_PTE };

	if (level == LEVEL_PUD)
		return KIND_PUD;
	return cont ? kinds[level] - 1 : kinds[level];
}

/* Map [@va, @end) to addresses that are higher by @delta, with leaves of @kinds. */
struct job {
	uint64_t va, end, delta;
	unsigned int kinds;
};

/* Can a block of @size begin at the current position of @job? */
static bool fits(const struct job *job, uint64_t size)
{
	return !((job->va | (job->va + job->delta)) & (size - 1)) && job->end - job->va >= size;
}

static bool leaf_allowed(const struct machine *m, const struct job *job, int level, bool cont)
{
	unsigned int bit = 1u << kind_of(level, cont);

	if (level < LEVEL_PUD || (level == LEVEL_PUD && (!m->geo.pud_leaves || cont)))
		return false;
	return job->kinds & bit;
}

/* Write @count leaves of @level, all in one table. */
static void put_leaves(struct machine *m, uint64_t *entry, int level, struct job *job, size_t count,
		       bool cont)
{
	uint64_t size = level_size(&m->geo, level);
	uint64_t bits = DESC_ATTRS | (level == LEVEL_PTE ? DESC_PAGE : DESC_BLOCK);

	if (cont)
		bits |= DESC_CONT;
	if (m->count)
		m->count[kind_of(level, cont)] += cont ? 1 : count;
	for (size_t i = 0; i < count; i++, job->va += size)
		entry[i] = address_bits(m, job->va + job->delta) | bits;
}

static bool put_group(struct machine *m, uint64_t *entry, int level, struct job *job)
{
	unsigned int members = m->geo.cont[level];

	if (members == 1 || !leaf_allowed(m, job, level, true) ||
	    !fits(job, level_size(&m->geo, level) * members))
		return false;
	put_leaves(m, entry, level, job, members, true);
	return true;
}

static bool put_leaf(struct machine *m, uint64_t *entry, int level, struct job *job)
{
	if (!leaf_allowed(m, job, level, false) || !fits(job, level_size(&m->geo, level)))
		return false;
	put_leaves(m, entry, level, job, 1, false);
	return true;
}

/* Fill in the part of @job that lies in the table of @level. */
static void fill_table(struct machine *m, uint64_t *table, int level, struct job *job)
{
	uint64_t end = job->end;

	do {
		uint64_t size = level_size(&m->geo, level);
		uint64_t next = (job->va & ~(size - 1)) + size;
		uint64_t *entry = &table[table_index(&m->geo, level, job->va)];

		if (put_group(m, entry, level, job) || put_leaf(m, entry, level, job))
			continue;
		if (level == LEVEL_PTE)
			errx(EXIT_FAILURE, "no leaf fits");
		if (next - 1 < end - 1)
			job->end = next;
		fill_table(m, child_table(m, entry), level + 1, job);
		job->end = end;
	} while (job->va != end && table_index(&m->geo, level, job->va));
}

static void map(struct machine *m, uint64_t va, uint64_t pa, uint64_t size, unsigned int kinds)
{
	struct job job = { va, va + size, pa - va, kinds };

	fill_table(m, at_pa(m, m->root_pa), m->geo.root_level, &job);
}

static unsigned int kinds_of(const char *name)
{
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++)
		if (!strcmp(recipes[i].name, name))
			return recipes[i].kinds;
	errx(EXIT_FAILURE, "no such map: %s", name);
}

static void map_linear(struct machine *m, uint64_t pa, uint64_t size, const char *name)
{
	m->count = m->hot ? m->linear : NULL;
	if (strcmp(name, "mixed")) {
		map(m, linear_va(m, pa), pa, size, kinds_of(name));
		return;
	}
	for (size_t i = 0; size; i = (i + 1) % (sizeof(mix) / sizeof(mix[0]))) {
		uint64_t here = mix[i].size < size ? mix[i].size : size;

		map_linear(m, pa, here, mix[i].name);
		pa += here;
		size -= here;
	}
}

/* Memory for struct pages: runs of a few units, with gaps between them. */
static uint64_t take_backing(struct machine *m, uint64_t unit)
{
	uint64_t pa = (m->backing + unit - 1) & ~(unit - 1);

	m->backing = pa + unit;
	if (m->hot && !random_below(m, 6))
		m->backing += unit * (1 + random_below(m, 3));
	return pa;
}

/* PMD leaves with 4K pages if a memory block fills them, otherwise base pages. */
static void map_vmemmap(struct machine *m, uint64_t pa, uint64_t size)
{
	bool leaves = m->geo.page_shift == 12;
	uint64_t unit = leaves ? level_size(&m->geo, LEVEL_PMD) : page_size(m);
	uint64_t va = vmemmap_va(m, pa), end = vmemmap_va(m, pa + size);

	m->count = m->hot ? m->vmemmap : NULL;
	for (; va < end; va += unit)
		map(m, va, take_backing(m, unit), unit, 1u << (leaves ? KIND_PMD : KIND_PTE));
}

static void add_memory(struct machine *m, uint64_t pa, uint64_t size)
{
	uint64_t hot = pa - m->hot_pa, by_part = 0;

	if (hot < m->part)
		by_part = m->part - hot < size ? m->part - hot : size;
	if (by_part)
		map_linear(m, pa, by_part, m->part_map);
	if (size > by_part)
		map_linear(m, pa + by_part, size - by_part, m->map);
	map_vmemmap(m, pa, size);
}

/* The image is also mapped in the vmalloc area. */
static void map_image(struct machine *m)
{
	m->count = NULL;
	map(m, image_va(), m->image_pa, m->image_size, kinds_of("cont-pte"));
}

void build_tables(struct machine *m)
{
	create_pool(m);
	reserve_sections(m);
	m->pool.mean = 64;
	map_linear(m, m->boot_pa, m->boot_size, m->boot_map);
	map_vmemmap(m, m->boot_pa, m->boot_size);
	map_image(m);
	m->pool.mean = m->run;
	m->pool.left = 0;
	m->hot = true;
	for (uint64_t done = 0; done < m->size; done += DIMM)
		add_memory(m, m->hot_pa + done, m->size - done < DIMM ? m->size - done : DIMM);
}

/* The walk of a reader, for the list of pages that it must read. */
struct listing {
	const struct machine *m;
	uint64_t first, last;
	FILE *out;
};

static void list_table(const struct listing *list, uint64_t pa, int level, uint64_t va)
{
	const struct machine *m = list->m;
	const uint64_t *table = at_pa(m, pa);
	uint64_t size = level_size(&m->geo, level);

	if (fwrite(&pa, sizeof(pa), 1, list->out) != 1)
		err(EXIT_FAILURE, "the list");
	if (level == LEVEL_PTE)
		return;
	for (size_t i = 0; i < table_entries(&m->geo, level); i++, va += size)
		if ((table[i] & 3) == DESC_TABLE && va <= list->last &&
		    va + (size - 1) >= list->first)
			list_table(list, address_of(m, table[i]), level + 1, va);
}

/*
 * Write the page size to @path, followed by the table pages that a walk of the linear map and one
 * of the vmemmap read, in order.
 */
void list_tables(const struct machine *m, const char *path, bool hot_only)
{
	uint64_t pa = m->hot_pa, end = m->hot_pa + m->size, half = page_offset();
	struct listing list = { m, half, linear_end() - 1, fopen(path, "we") };
	uint64_t size = page_size(m);

	if (!list.out || fwrite(&size, sizeof(size), 1, list.out) != 1)
		err(EXIT_FAILURE, "%s", path);
	if (hot_only) {
		list.first = linear_va(m, pa);
		list.last = linear_va(m, end) - 1;
	}
	list_table(&list, m->root_pa, m->geo.root_level, half);
	list.first = hot_only ? vmemmap_va(m, pa) : vmemmap_start(m);
	list.last = hot_only ? vmemmap_va(m, end) - 1 : -GIB - 1;
	list_table(&list, m->root_pa, m->geo.root_level, half);
	if (fclose(list.out))
		err(EXIT_FAILURE, "%s", path);
}
