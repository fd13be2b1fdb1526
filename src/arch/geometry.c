// SPDX-License-Identifier: GPL-2.0-or-later
#include "arch/geometry.h"

#include <inttypes.h>

enum format {
	FORMAT_PLAIN,
	FORMAT_LPA,
	FORMAT_LPA2,
};

/* PA bits below @place_bits are in place; the others are where @moved puts them. */
static const struct {
	unsigned int pa_bits, place_bits, shift;
	uint64_t moved;
} formats[] = {
	[FORMAT_PLAIN] = { 48, 48, 0, 0 },
	[FORMAT_LPA] = { 52, 48, 36, 0xf000 }, /* PA bits 51:48 in bits 15:12 */
	/* PA bits 51:50 in bits 9:8, otherwise the shareability */
	[FORMAT_LPA2] = { 52, 50, 42, 0x300 },
};

/*
 * CONT group sizes are Kconfig's ARM64_CONT_PTE_SHIFT and ARM64_CONT_PMD_SHIFT, 5.10 to 7.3. Linux
 * creates leaves at level 1 only with the 4K granule, and none above (mmu.c, 5.10 to 7.3).
 */
static const struct granule {
	unsigned int page_shift;
	unsigned int cont_pte_shift;
	unsigned int cont_pmd_shift;
	unsigned int va_bits_min; /* fallback of a 52-bit kernel */
	int leaf_level;
	enum format format, wide; /* without and with LPA2 */
} granules[] = {
	{ 12, 4, 4, 48, HR_LEVEL_PUD, FORMAT_PLAIN, FORMAT_LPA2 },
	{ 14, 7, 5, 47, HR_LEVEL_PMD, FORMAT_PLAIN, FORMAT_LPA2 },
	{ 16, 5, 5, 48, HR_LEVEL_PMD, FORMAT_LPA, FORMAT_LPA },
};

/*
 * Where the walk starts. On hardware without 52-bit VAs, a 52-bit kernel folds its root: with 4K
 * and 16K pages, the page at swapper_pg_dir is then the table of the next level. With 64K pages the
 * table stays as it is and TTBR1 points into it. Since VA bits 51:48 are ones, indexing the whole
 * table from its base finds the same entries.
 */
static const struct root {
	unsigned int page_shift, va_bits, va_bits_actual;
	int level;
	unsigned int bits;
} roots[] = {
	{ 12, 39, 39, 1, 9 },  { 12, 48, 48, 0, 9 },  { 12, 52, 52, -1, 4 }, { 12, 52, 48, 0, 9 },
	{ 14, 36, 36, 2, 11 }, { 14, 47, 47, 1, 11 }, { 14, 48, 48, 0, 1 },  { 14, 52, 52, 0, 5 },
	{ 14, 52, 47, 1, 11 }, { 16, 42, 42, 2, 13 }, { 16, 48, 48, 1, 6 },  { 16, 52, 52, 1, 10 },
	{ 16, 52, 48, 1, 10 },
};

static const struct granule *granule_find(uint64_t page_size)
{
	for (size_t i = 0; i < sizeof(granules) / sizeof(granules[0]); i++)
		if (UINT64_C(1) << granules[i].page_shift == page_size)
			return &granules[i];
	return NULL;
}

static const struct root *root_find(unsigned int page_shift, uint64_t va_bits, uint64_t actual)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (roots[i].page_shift == page_shift && roots[i].va_bits == va_bits &&
		    roots[i].va_bits_actual == actual)
			return &roots[i];
	return NULL;
}

static struct hr_address_format address_format(enum format format, unsigned int page_shift)
{
	uint64_t below = UINT64_C(1) << formats[format].place_bits;

	return (struct hr_address_format){
		.pa_bits = formats[format].pa_bits,
		.shift = formats[format].shift,
		.moved = formats[format].moved,
		.in_place = below - (UINT64_C(1) << page_shift),
	};
}

static void set_format(struct hr_geometry *geo, const struct granule *granule, bool lpa2)
{
	enum format format = lpa2 ? granule->wide : granule->format;

	geo->lpa2 = format == FORMAT_LPA2;
	geo->address = address_format(format, granule->page_shift);
}

void hr_geometry_set_lpa2(struct hr_geometry *geo, bool lpa2)
{
	const struct granule *granule = granule_find(hr_page_size(geo));

	if (granule)
		set_format(geo, granule, lpa2);
}

/* Bits 58:55 of any descriptor are left to software. */
void hr_geometry_allow_predicted(struct hr_geometry *geo)
{
	geo->address.predicted = UINT64_C(1) << 58;
}

static struct hr_geometry geometry_of(const struct granule *granule, const struct root *root)
{
	struct hr_geometry geo = {
		.page_shift = granule->page_shift,
		.va_bits = root->va_bits,
		.va_bits_actual = root->va_bits_actual,
		.root_level = root->level,
		.root_bits = root->bits,
		.cont_pte_shift = granule->cont_pte_shift,
		.cont_pmd_shift = granule->cont_pmd_shift,
		.leaf_level = granule->leaf_level,
	};

	set_format(&geo, granule, root->va_bits_actual == 52);
	return geo;
}

struct hr_error *hr_geometry_init(uint64_t page_size, uint64_t va_bits, uint64_t va_bits_actual,
				  struct hr_geometry *ret)
{
	const struct granule *granule = granule_find(page_size);
	const struct root *root;

	if (!granule)
		return hr_error_new(HR_ERROR_INPUT,
				    "arm64 has no pages of %" PRIu64
				    " bytes, only of 4096, 16384 and 65536",
				    page_size);
	root = root_find(granule->page_shift, va_bits, va_bits_actual);
	if (!root)
		return hr_error_new(HR_ERROR_INPUT,
				    "no arm64 kernel has %" PRIu64 "-byte pages, %" PRIu64
				    " VA bits configured and %" PRIu64 " in use",
				    page_size, va_bits, va_bits_actual);
	*ret = geometry_of(granule, root);
	return NULL;
}

bool hr_geometry_nth(size_t index, struct hr_geometry *ret)
{
	if (index >= sizeof(roots) / sizeof(roots[0]))
		return false;
	*ret = geometry_of(granule_find(UINT64_C(1) << roots[index].page_shift), &roots[index]);
	return true;
}

unsigned int hr_geometry_va_bits_min(unsigned int page_shift, unsigned int va_bits)
{
	const struct granule *granule = granule_find(UINT64_C(1) << page_shift);

	return va_bits <= 48 || !granule ? va_bits : granule->va_bits_min;
}

const char *hr_level_name(int level, bool cont)
{
	static const char *const names[HR_LEVELS_MAX][2] = {
		{ "PGD", "PGD" },      { "P4D", "P4D" },      { "PUD", "PUD" },
		{ "PMD", "CONT_PMD" }, { "PTE", "CONT_PTE" },
	};

	return level >= HR_LEVEL_PGD && level <= HR_LEVEL_PTE ? names[level + 1][cont] : NULL;
}
