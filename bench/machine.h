/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A synthetic arm64 machine for the benchmark: how much memory it has, how that is mapped, and
 * where the kernel keeps things. It is written independently of src/, so that a mistake there is
 * not repeated in the generator.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)
#define TIB (GIB * 1024)

enum {
	LEVEL_PUD = 1,
	LEVEL_PMD = 2,
	LEVEL_PTE = 3,
	VA_BITS = 48, /* on all machines here, configured and in use */
	STRUCT_PAGE = 64,
	SECTION_STRUCT = 32,
	ROOT_ARRAY_OFFSET = 0x380,
	UTS_OFFSET = 0x130,
};

/* The kinds of leaves, largest first, in the order of the counters. */
enum kind {
	KIND_PUD,
	KIND_CONT_PMD,
	KIND_PMD,
	KIND_CONT_PTE,
	KIND_PTE,
	KINDS,
};

struct geometry {
	unsigned int page_shift;
	int root_level;
	unsigned int cont[4]; /* entries of a CONT group, by level; 1: none */
	bool pud_leaves;
};

/* Free pages of boot memory, allocated in runs as on a kernel that has been running for long. */
struct pool {
	uint64_t start; /* page frame */
	uint64_t count; /* pages */
	unsigned char *used;
	uint64_t next, left; /* the current run */
	unsigned int mean;   /* of the length of a run, in pages */
	uint64_t taken, runs;
	uint64_t random;
};

struct machine {
	/* The request. */
	uint64_t size;	      /* hot-added memory */
	const char *map;      /* how it is mapped */
	uint64_t part;	      /* size of the first part, which is mapped differently */
	const char *part_map; /* how that part is mapped */
	const char *boot_map;
	const char *format;
	const char *release;
	unsigned int run;
	/* The derived values. */
	struct geometry geo;
	uint64_t boot_pa, boot_size, hot_pa;
	uint64_t window; /* bytes of boot memory, from its start, that hold tables */
	uint64_t image_pa, image_size, root_pa, uts_pa, sections_pa;
	unsigned int section_shift, pa_bits;
	uint64_t section_roots;
	uint64_t backing;      /* next memory for struct pages */
	unsigned char *memory; /* the window */
	struct pool pool;
	bool hot;				/* leaves are being counted */
	uint64_t linear[KINDS], vmemmap[KINDS]; /* leaves of the hot-added memory */
	uint64_t *count;			/* the current one of the two */
};

static inline uint64_t page_size(const struct machine *m)
{
	return UINT64_C(1) << m->geo.page_shift;
}

static inline unsigned int level_shift(const struct geometry *geo, int level)
{
	return (geo->page_shift - 3) * (unsigned int)(4 - level) + 3;
}

static inline uint64_t level_size(const struct geometry *geo, int level)
{
	return UINT64_C(1) << level_shift(geo, level);
}

static inline size_t table_entries(const struct geometry *geo, int level)
{
	return (size_t)1 << (level == geo->root_level ? VA_BITS - level_shift(geo, level)
						      : geo->page_shift - 3);
}

static inline size_t table_index(const struct geometry *geo, int level, uint64_t va)
{
	return (va >> level_shift(geo, level)) & (table_entries(geo, level) - 1);
}

/* machine.c: addresses */
void machine_plan(struct machine *m, uint64_t page_size);
uint64_t linear_va(const struct machine *m, uint64_t pa);
uint64_t vmemmap_va(const struct machine *m, uint64_t pa);
uint64_t vmemmap_start(const struct machine *m);
uint64_t vmemmap_size(const struct machine *m);
uint64_t image_va(void);
uint64_t linear_end(void);
uint64_t page_offset(void);
void *at_pa(const struct machine *m, uint64_t pa);
uint64_t parse_size(const char *text);

/* tables.c: page tables */
void reserve_memory(struct machine *m);
bool is_taken(const struct machine *m, uint64_t page);
uint64_t take_page(struct machine *m);
uint64_t take_pages(struct machine *m, uint64_t count);
void build_tables(struct machine *m);
void list_tables(const struct machine *m, const char *path, bool hot_only);

/* contents.c: everything else that the kernel keeps */
void reserve_sections(struct machine *m);
void build_contents(struct machine *m);
char *make_note(const struct machine *m, size_t *ret_size);

/* elf_out.c, kdump_out.c */
void elf_write(const struct machine *m, const char *path);
void kdump_write(const struct machine *m, const char *path);
bool is_compression(const char *name);

#endif
