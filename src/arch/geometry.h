/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of a kernel's translation tables: granule, VA width, where the walk starts, the size of
 * an entry at each level, and the number of entries in a CONT group.
 *
 * Levels use the architecture's numbers: -1 (PGD of a 5-level kernel), 0 (P4D), 1 (PUD), 2 (PMD)
 * and 3 (PTE).
 */
#ifndef HR_GEOMETRY_H
#define HR_GEOMETRY_H

#include <hotremove/hotremove.h>

/* No implementation has wider physical addresses. */
enum {
	HR_PA_BITS_MAX = 52
};

/* How descriptors hold an output address. */
struct hr_address_format {
	unsigned int pa_bits; /* width of the largest address that fits */
	unsigned int shift;   /* bits of @moved hold PA bits that are this much higher */
	uint64_t moved;
	uint64_t in_place; /* PA bits at their own positions, without the page offset */
	/*
	 * A bit that hardware ignores. In a table that this program makes it says that the address
	 * is not one of memory, and becomes HR_PA_PREDICTED. 0: there are no such tables.
	 */
	uint64_t predicted;
};

struct hr_geometry {
	unsigned int page_shift;     /* 12, 14 or 16 */
	unsigned int va_bits;	     /* as configured (CONFIG_ARM64_VA_BITS) */
	unsigned int va_bits_actual; /* in use: 64 - TCR_EL1.T1SZ */
	int root_level;		     /* level of the table at swapper_pg_dir */
	unsigned int root_bits;	     /* VA bits that index that table */
	unsigned int cont_pte_shift; /* log2 of the PTEs in a CONT group */
	unsigned int cont_pmd_shift; /* log2 of the PMDs in a CONT group */
	int leaf_level;		     /* of the largest leaves that Linux makes */
	bool lpa2;		     /* 52-bit descriptor format of the 4K and 16K granules */
	struct hr_address_format address;
};

/*
 * Fill @ret for a kernel with pages of @page_size bytes, built for @va_bits and running with
 * @va_bits_actual. LPA2 is derived: with 4K and 16K pages, the kernel enables 52 bits of VA and the
 * 52-bit descriptor format together (map_kernel.c, 6.9 and later). Error HR_ERROR_INPUT: no arm64
 * kernel has this combination.
 */
struct hr_error *hr_geometry_init(uint64_t page_size, uint64_t va_bits, uint64_t va_bits_actual,
				  struct hr_geometry *ret);

/* Set whether @geo uses the LPA2 format, which 64K pages never do. */
void hr_geometry_set_lpa2(struct hr_geometry *geo, bool lpa2);

/* Let descriptors of @geo hold addresses with HR_PA_PREDICTED. */
void hr_geometry_allow_predicted(struct hr_geometry *geo);

/*
 * The @index-th geometry that arm64 kernels can have, counted from 0. Returns false after the last.
 */
bool hr_geometry_nth(size_t index, struct hr_geometry *ret);

/* The VA width that a kernel built for @va_bits falls back to on a CPU without 52-bit VAs. */
unsigned int hr_geometry_va_bits_min(unsigned int page_shift, unsigned int va_bits);

static inline uint64_t hr_page_size(const struct hr_geometry *geo)
{
	return UINT64_C(1) << geo->page_shift;
}

/* VA: the start of the part of the kernel's half that is in use. */
static inline uint64_t hr_half_base(const struct hr_geometry *geo)
{
	return -(UINT64_C(1) << geo->va_bits_actual);
}

/* log2 of the bytes that one entry of @level maps (pgtable-hwdef.h: unchanged from 5.10 to 7.3). */
static inline unsigned int hr_level_shift(const struct hr_geometry *geo, int level)
{
	return (geo->page_shift - 3) * (unsigned int)(4 - level) + 3;
}

static inline uint64_t hr_level_size(const struct hr_geometry *geo, int level)
{
	return UINT64_C(1) << hr_level_shift(geo, level);
}

/* Entries that the table of @level uses. The root may use fewer than fit in its page. */
static inline size_t hr_table_entries(const struct hr_geometry *geo, int level)
{
	return (size_t)1 << (level == geo->root_level ? geo->root_bits : geo->page_shift - 3);
}

/* Bytes that a table of @level maps. */
static inline uint64_t hr_table_span(const struct hr_geometry *geo, int level)
{
	return hr_level_size(geo, level) * hr_table_entries(geo, level);
}

/* The last byte up to @last that is in the same aligned region of @size bytes as @va. */
static inline uint64_t hr_region_last(uint64_t va, uint64_t size, uint64_t last)
{
	uint64_t end = va | (size - 1);

	return end < last ? end : last;
}

/* Index of @va in its table of @level. */
static inline size_t hr_table_index(const struct hr_geometry *geo, int level, uint64_t va)
{
	return (va >> hr_level_shift(geo, level)) & (hr_table_entries(geo, level) - 1);
}

/* Entries of a CONT group at @level, 1 if the level has none. */
static inline size_t hr_cont_entries(const struct hr_geometry *geo, int level)
{
	if (level == HR_LEVEL_PTE)
		return (size_t)1 << geo->cont_pte_shift;
	if (level == HR_LEVEL_PMD)
		return (size_t)1 << geo->cont_pmd_shift;
	return 1;
}

/* Levels of translation in use, 2 to 5. */
static inline unsigned int hr_live_levels(const struct hr_geometry *geo)
{
	return (unsigned int)(4 - geo->root_level);
}

#endif
