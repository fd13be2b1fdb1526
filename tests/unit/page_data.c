// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "page_data.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"

/* Offsets in a struct page, in bytes. */
enum {
	AT_FLAGS = 0,
	AT_LINK = 8,
	AT_MAPPING = 24,
	AT_PRIVATE = 40,
	AT_TYPE = 48,
	AT_REFS = 52,
	/* In the first tail page: of 6.1. */
	AT_DTOR = 16,
	AT_ORDER = 17,
	AT_COMPOUND_MAPCOUNT = 20,
	AT_COMPOUND_PINS = 24,
	/* Of later kernels, whose order is in the flags. */
	AT_LARGE_MAPCOUNT = 16,
	AT_ENTIRE_MAPCOUNT = 24,
	AT_PINS = 28,
	HUGETLB_DTOR = 2,
	NODES = 16,
	ZONES = 4,
	ZONE_SHIFT = 58, /* 4 bits of the node above, 2 of the zone */
	BIT_HUGETLB_6_6 = 8,
};

struct word {
	const char *name;
	long long value;
};

/* The flags by their bit in enum page_data_flag. */
static const struct word flags_6_1[] = {
	{ "PG_dirty", 3 },
	{ "PG_lru", 4 },
	{ "PG_reserved", 12 },
	{ "PG_private", 13 },
	{ "PG_head", 16 },
	{ "PG_swapcache", 10 },
	{ "PG_swapbacked", 19 },
	{ "PG_unevictable", 20 },
	{ "PG_mlocked", 21 },
	{ "PG_hwpoison", 22 },
	{ "PG_vmemmap_self_hosted", 10 },
	{ "PG_slab", 9 },
	{ NULL, 0 },
};

static const struct word flags_7_2[] = {
	{ "PG_dirty", 4 },
	{ "PG_lru", 5 },
	{ "PG_reserved", 13 },
	{ "PG_private", 14 },
	{ "PG_head", 6 },
	{ "PG_swapcache", 10 },
	{ "PG_swapbacked", 17 },
	{ "PG_unevictable", 18 },
	{ "PG_mlocked", 19 },
	{ "PG_hwpoison", 20 },
	{ "PG_vmemmap_self_hosted", 10 },
	{ "", 0 },
	{ "PG_movable_ops", 3 },
	{ NULL, 0 },
};

static const struct word types_7_2[] = {
	{ "PGTY_buddy", 0xf0 },
	{ "PGTY_offline", 0xf1 },
	{ "PGTY_table", 0xf2 },
	{ "PGTY_guard", 0xf3 },
	{ "PGTY_hugetlb", 0xf4 },
	{ "PGTY_slab", 0xf5 },
	{ "PGTY_zsmalloc", 0xf6 },
	{ "PGTY_large_kmalloc", 0xf8 },
	{ "PGTY_mapcount_underflow", 0xff },
	{ NULL, 0 },
};

static const struct word zones[] = {
	{ "ZONE_DMA", 0 },
	{ "ZONE_DMA32", 1 },
	{ "ZONE_NORMAL", ZONE_OF_KERNEL },
	{ "ZONE_MOVABLE", ZONE_THAT_IS_MOVABLE },
	{ "__MAX_NR_ZONES", ZONES },
	{ NULL, 0 },
};

static const struct word dtors[] = {
	{ "NULL_COMPOUND_DTOR", 0 },
	{ "COMPOUND_PAGE_DTOR", 1 },
	{ "HUGETLB_PAGE_DTOR", HUGETLB_DTOR },
	{ NULL, 0 },
};

static const struct word *flags_of(enum page_data_form form)
{
	return form == PAGE_DATA_7_2 ? flags_7_2 : flags_6_1;
}

static void add_enum(struct btf *btf, const char *name, const struct word *words)
{
	assert_true(btf__add_enum(btf, name, 4) > 0);
	for (; words->name; words++)
		if (*words->name)
			assert_int_equal(btf__add_enum_value(btf, words->name, words->value), 0);
}

/* A member at @offset, in bytes; NULL has no name. */
static void add_field(struct btf *btf, const char *name, int type, unsigned int offset)
{
	assert_int_equal(btf__add_field(btf, name, type, 8 * offset, 0), 0);
}

/* The numbers that members have, and struct page. */
static void add_page(struct btf *btf, enum page_data_form form, int word, int half, int byte)
{
	int cache, tail, both, counts;

	cache = btf__add_struct(btf, NULL, 40);
	add_field(btf, "lru", word, 0);
	add_field(btf, "mapping", word, AT_MAPPING - AT_LINK);
	add_field(btf, "private", word, AT_PRIVATE - AT_LINK);
	tail = btf__add_struct(btf, NULL, 40);
	add_field(btf, form == PAGE_DATA_7_2 ? "compound_info" : "compound_head", word, 0);
	if (form == PAGE_DATA_6_1) {
		add_field(btf, "compound_dtor", byte, AT_DTOR - AT_LINK);
		add_field(btf, "compound_order", byte, AT_ORDER - AT_LINK);
		add_field(btf, "compound_mapcount", half, AT_COMPOUND_MAPCOUNT - AT_LINK);
		add_field(btf, "compound_pincount", half, AT_COMPOUND_PINS - AT_LINK);
	}
	both = btf__add_union(btf, NULL, 40);
	add_field(btf, NULL, cache, 0);
	add_field(btf, NULL, tail, 0);
	counts = btf__add_union(btf, NULL, 4);
	add_field(btf, "page_type", half, 0);
	add_field(btf, "_mapcount", half, 0);
	assert_true(btf__add_struct(btf, "page", PAGE_DATA_SIZE) > 0);
	add_field(btf, "flags", word, AT_FLAGS);
	add_field(btf, NULL, both, AT_LINK);
	add_field(btf, NULL, counts, AT_TYPE);
	add_field(btf, "_refcount", half, AT_REFS);
}

static void add_folio(struct btf *btf, enum page_data_form form, int word, int half)
{
	int tail = btf__add_struct(btf, NULL, PAGE_DATA_SIZE);

	add_field(btf, "_flags_1", word, 0);
	if (form == PAGE_DATA_7_2)
		add_field(btf, "_large_mapcount", half, AT_LARGE_MAPCOUNT);
	add_field(btf, "_entire_mapcount", half, AT_ENTIRE_MAPCOUNT);
	add_field(btf, "_pincount", half, AT_PINS);
	assert_true(btf__add_struct(btf, "folio", 4 * PAGE_DATA_SIZE) > 0);
	add_field(btf, "flags", word, 0);
	add_field(btf, NULL, tail, PAGE_DATA_SIZE);
}

static void add_flags(struct btf *btf, enum page_data_form form)
{
	add_enum(btf, "pageflags", flags_of(form));
	if (form == PAGE_DATA_6_6)
		assert_int_equal(btf__add_enum_value(btf, "PG_hugetlb", BIT_HUGETLB_6_6), 0);
}

void *page_data_types(enum page_data_form form, size_t *ret_size)
{
	struct btf *btf = btf__new_empty();
	int word = btf__add_int(btf, "unsigned long", 8, 0);
	int half = btf__add_int(btf, "unsigned int", 4, 0);
	int byte = btf__add_int(btf, "unsigned char", 1, 0), refs;
	const void *raw;
	uint32_t size;
	void *copy;

	add_page(btf, form, word, half, byte);
	if (form != PAGE_DATA_6_1)
		add_folio(btf, form, word, half);
	else
		add_enum(btf, "compound_dtor_id", dtors);
	add_flags(btf, form);
	if (form == PAGE_DATA_7_2)
		add_enum(btf, "pagetype", types_7_2);
	add_enum(btf, "zone_type", zones);
	refs = btf__add_array(btf, half, word, NODES * ZONES + 1);
	assert_true(btf__add_struct(btf, "zonelist", 8 * (NODES * ZONES + 1)) > 0);
	add_field(btf, "_zonerefs", refs, 0);
	raw = btf__raw_data(btf, &size);
	assert_non_null(raw);
	copy = malloc(size);
	assert_non_null(copy);
	memcpy(copy, raw, size);
	btf__free(btf);
	*ret_size = size;
	return copy;
}

/* The bits of @flags, and the zone. */
static uint64_t flags_word(enum page_data_form form, const struct page_data_page *page)
{
	const struct word *words = flags_of(form);
	uint64_t zone = page->zone ? page->zone : ZONE_OF_KERNEL, value = zone << ZONE_SHIFT;

	for (size_t i = 0; words[i].name; i++)
		if (page->flags & 1u << i)
			value |= UINT64_C(1) << words[i].value;
	return value;
}

/* What is in the place of _mapcount. */
static uint32_t type_word(enum page_data_form form, const struct page_data_page *page)
{
	static const unsigned char bytes[] = {
		[TYPE_BUDDY] = 0xf0,	     [TYPE_OFFLINE] = 0xf1, [TYPE_TABLE] = 0xf2,
		[TYPE_HUGETLB] = 0xf4,	     [TYPE_SLAB] = 0xf5,    [TYPE_ZSMALLOC] = 0xf6,
		[TYPE_LARGE_KMALLOC] = 0xf8,
	};
	static const uint32_t clear[] = {
		[TYPE_BUDDY] = 0x80,
		[TYPE_OFFLINE] = 0x100,
		[TYPE_TABLE] = 0x200,
	};

	if (page->type == TYPE_NONE)
		return page->maps - 1;
	return form == PAGE_DATA_7_2 ? (uint32_t)bytes[page->type] << 24 : ~clear[page->type];
}

static void put_tail(unsigned char *at, uint64_t head_va)
{
	memset(at, 0, PAGE_DATA_SIZE);
	hr_put_le64(at + AT_LINK, head_va | 1);
	hr_put_le32(at + AT_TYPE, UINT32_MAX);
}

/* What a folio has in its first tail page. */
static void put_folio(enum page_data_form form, unsigned char *tail,
		      const struct page_data_page *page)
{
	uint32_t hugetlb = page->is_hugetlb ? 1u << BIT_HUGETLB_6_6 : 0;

	if (form == PAGE_DATA_6_1) {
		tail[AT_DTOR] = page->is_hugetlb ? HUGETLB_DTOR : 1;
		tail[AT_ORDER] = (unsigned char)page->order;
		hr_put_le32(tail + AT_COMPOUND_MAPCOUNT, page->whole_maps - 1);
		hr_put_le32(tail + AT_COMPOUND_PINS, page->pins);
		return;
	}
	hr_put_le64(tail + AT_FLAGS, page->order | (form == PAGE_DATA_6_6 ? hugetlb : 0));
	hr_put_le32(tail + AT_ENTIRE_MAPCOUNT, page->whole_maps - 1);
	hr_put_le32(tail + AT_PINS, page->pins);
	if (form == PAGE_DATA_7_2)
		hr_put_le32(tail + AT_LARGE_MAPCOUNT, page->maps + page->whole_maps - 1);
}

void page_data_put(enum page_data_form form, unsigned char *at, uint64_t va,
		   const struct page_data_page *page)
{
	memset(at, 0, PAGE_DATA_SIZE);
	hr_put_le64(at + AT_FLAGS, flags_word(form, page));
	hr_put_le64(at + AT_MAPPING, page->mapping);
	hr_put_le64(at + AT_PRIVATE, page->private);
	hr_put_le32(at + AT_TYPE, type_word(form, page));
	hr_put_le32(at + AT_REFS, page->refs);
	for (size_t i = 1; page->order && i < (size_t)1 << page->order; i++)
		put_tail(at + i * PAGE_DATA_SIZE, va);
	if (page->order)
		put_folio(form, at + PAGE_DATA_SIZE, page);
}
