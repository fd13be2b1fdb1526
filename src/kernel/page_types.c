// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/page_types.h"

#include "kernel/btf_data.h"

/*
 * include/linux/page-flags.h, read in 6.1, 6.12 and 7.2. Up to 6.9, PageType() asks whether the
 * bits of PAGE_TYPE_BASE are set and that of the type is clear, and PG_table is the bit after
 * PG_offline.
 */
enum {
	CLEAR_BUDDY = 0x80,
	CLEAR_OFFLINE = 0x100,
	CLEAR_TABLE = 0x200,
	BYTE_SHIFT = 24,
	BYTE_FIRST = 0x80, /* a smaller one is the start of a mapcount */
	BYTE_NONE = 0xff,  /* PGTY_mapcount_underflow */
};

#define CLEAR_BASE UINT32_C(0xf0000000)

/* PAGE_MAPCOUNT_RESERVE, below which a mapcount is a type. */
#define CLEAR_MOST UINT32_C(0xffffff80)

static const char *const names[HR_PAGE_TYPE_COUNT] = {
	[HR_PAGE_TYPE_BUDDY] = "PGTY_buddy", [HR_PAGE_TYPE_OFFLINE] = "PGTY_offline",
	[HR_PAGE_TYPE_TABLE] = "PGTY_table", [HR_PAGE_TYPE_HUGETLB] = "PGTY_hugetlb",
	[HR_PAGE_TYPE_SLAB] = "PGTY_slab",   [HR_PAGE_TYPE_ZSMALLOC] = "PGTY_zsmalloc",
};

/* Without these nothing can be said. */
static bool are_complete(const struct hr_page_types *types)
{
	const uint32_t *value = types->value;

	return value[HR_PAGE_TYPE_BUDDY] && value[HR_PAGE_TYPE_OFFLINE] &&
	       value[HR_PAGE_TYPE_TABLE] && value[HR_PAGE_TYPE_HUGETLB] && value[HR_PAGE_TYPE_SLAB];
}

static bool find_bytes(const struct btf *btf, struct hr_page_types *ret)
{
	*ret = (struct hr_page_types){ .is_byte = true };
	for (enum hr_page_type type = 0; type < HR_PAGE_TYPE_COUNT; type++) {
		int64_t value;

		if (names[type] && hr_btf_enumerator(btf, "pagetype", names[type], &value) &&
		    value >= BYTE_FIRST && value < BYTE_NONE)
			ret->value[type] = (uint32_t)value;
	}
	return are_complete(ret);
}

/* Does @note say that the pages of @key have the bits of a type but for @bit? */
static bool note_has(const struct hr_vmcoreinfo *note, const char *key, uint32_t bit)
{
	uint64_t value = 0;
	bool found = false;

	hr_error_destroy(hr_vmcoreinfo_number(note, key, &found, &value));
	return found && (uint32_t)value == ~bit;
}

bool hr_page_types_find(const struct btf *btf, const struct hr_vmcoreinfo *note,
			struct hr_page_types *ret)
{
	int64_t value;

	if (find_bytes(btf, ret))
		return true;
	*ret = (struct hr_page_types){
		.value = { [HR_PAGE_TYPE_BUDDY] = CLEAR_BUDDY,
			   [HR_PAGE_TYPE_OFFLINE] = CLEAR_OFFLINE,
			   [HR_PAGE_TYPE_TABLE] = CLEAR_TABLE },
	};
	/* 6.10 and 6.11 have an enum of bits. */
	return !hr_btf_enumerator(btf, "pagetype", "PG_buddy", &value) &&
	       note_has(note, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", CLEAR_BUDDY) &&
	       note_has(note, "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", CLEAR_OFFLINE);
}

/* Is @word a type and not a mapcount? */
static bool is_type(const struct hr_page_types *types, uint32_t word)
{
	uint32_t byte = word >> BYTE_SHIFT;

	if (types->is_byte)
		return byte >= BYTE_FIRST && byte < BYTE_NONE;
	return (word & CLEAR_BASE) == CLEAR_BASE && word < CLEAR_MOST;
}

enum hr_page_type hr_page_type_of(const struct hr_page_types *types, uint32_t word)
{
	if (!is_type(types, word))
		return HR_PAGE_TYPE_NONE;
	for (enum hr_page_type type = 0; type < HR_PAGE_TYPE_OTHER; type++) {
		uint32_t value = types->value[type];

		if (value && (types->is_byte ? word >> BYTE_SHIFT == value : !(word & value)))
			return type;
	}
	return HR_PAGE_TYPE_OTHER;
}
