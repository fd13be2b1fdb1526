// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/page_form.h"

#include "kernel/btf_data.h"

enum {
	ZONES_MOST = 8,
	NODE_BITS_MOST = 16
};

/* What is looked up, and how many bytes of the struct page it takes. */
struct member {
	const char *name, *other_name;
	size_t at; /* in struct hr_page_form */
	size_t len;
};

static const struct member members[] = {
	{ "flags", NULL, offsetof(struct hr_page_form, flags), sizeof(uint64_t) },
	{ "compound_head", "compound_info", offsetof(struct hr_page_form, link), sizeof(uint64_t) },
	{ "mapping", NULL, offsetof(struct hr_page_form, mapping), sizeof(uint64_t) },
	{ "private", NULL, offsetof(struct hr_page_form, private), sizeof(uint64_t) },
	{ "_mapcount", NULL, offsetof(struct hr_page_form, type), sizeof(uint32_t) },
	{ "_refcount", NULL, offsetof(struct hr_page_form, refs), sizeof(uint32_t) },
};

static const struct {
	const char *name;
	bool is_needed;
} flags[HR_PG_FLAGS] = {
	[HR_PG_LRU] = { "PG_lru", true },
	[HR_PG_HEAD] = { "PG_head", true },
	[HR_PG_RESERVED] = { "PG_reserved", true },
	[HR_PG_DIRTY] = { "PG_dirty", true },
	[HR_PG_UNEVICTABLE] = { "PG_unevictable", true },
	[HR_PG_MLOCKED] = { "PG_mlocked", false },
	[HR_PG_SWAPBACKED] = { "PG_swapbacked", true },
	[HR_PG_SWAPCACHE] = { "PG_swapcache", false },
	[HR_PG_PRIVATE] = { "PG_private", true },
	[HR_PG_HWPOISON] = { "PG_hwpoison", false },
	[HR_PG_SLAB] = { "PG_slab", false },
	[HR_PG_SELF_HOSTED] = { "PG_vmemmap_self_hosted", false },
	[HR_PG_MOVABLE_OPS] = { "PG_movable_ops", false },
	[HR_PG_DOUBLE_MAP] = { "PG_double_map", false },
	[HR_PG_HUGETLB] = { "PG_hugetlb", false },
};

static struct hr_error *lacks(const char *what)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "the kernel's BTF does not say %s", what);
}

static struct hr_error *find_members(const struct btf *btf, struct hr_page_form *form)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *member = &members[i];
		size_t *at = (size_t *)(void *)((char *)form + member->at);
		bool found = hr_btf_member(btf, "page", form->size, member->name, at) ||
			     (member->other_name &&
			      hr_btf_member(btf, "page", form->size, member->other_name, at));

		if (!found || *at + member->len > form->size)
			return lacks("where the members of a struct page of this size are");
	}
	return NULL;
}

static struct hr_error *find_flags(const struct btf *btf, struct hr_page_form *form)
{
	for (enum hr_page_flag flag = 0; flag < HR_PG_FLAGS; flag++) {
		int64_t bit;

		if (hr_btf_enumerator(btf, "pageflags", flags[flag].name, &bit) && bit >= 0 &&
		    bit < 64)
			form->masks[flag] = UINT64_C(1) << bit;
		else if (flags[flag].is_needed)
			return lacks("which flags a struct page has");
	}
	return NULL;
}

/*
 * The offset of a member in the first tail page: @page_name of struct page or, from 5.18 on,
 * @folio_name of struct folio. Returns false if it is not there with its @len bytes.
 */
static bool in_tail(const struct btf *btf, const struct hr_page_form *form, const char *page_name,
		    const char *folio_name, size_t len, size_t *ret)
{
	size_t at;

	if (page_name && hr_btf_member(btf, "page", form->size, page_name, &at)) {
		*ret = at;
		return at + len <= form->size;
	}
	if (!folio_name || !hr_btf_member(btf, "folio", 0, folio_name, &at) || at < form->size)
		return false;
	*ret = at - form->size;
	return *ret + len <= form->size;
}

/* Where a folio of several pages has its order, and how it counts mappings. */
static bool find_folio(const struct btf *btf, struct hr_page_form *form)
{
	const size_t word = sizeof(uint32_t);
	size_t at;

	form->pins = in_tail(btf, form, "compound_pincount", "_pincount", word, &at)
			     ? (int)at
			     : HR_PAGE_NOWHERE;
	/* From 6.6 on, it is the low byte of flags, which comes first. */
	if (!in_tail(btf, form, "compound_order", "_folio_order", 1, &form->order) &&
	    !in_tail(btf, form, NULL, "_flags_1", 1, &form->order))
		return false;
	form->count_form = HR_PAGE_COUNT_LARGE;
	if (in_tail(btf, form, NULL, "_large_mapcount", word, &form->count))
		return true;
	form->count_form = HR_PAGE_COUNT_COMPOUND;
	if (in_tail(btf, form, "compound_mapcount", NULL, word, &form->count))
		return true;
	form->count_form = HR_PAGE_COUNT_ENTIRE;
	return in_tail(btf, form, NULL, "_entire_mapcount", word, &form->count);
}

/* How a kernel without a type for hugetlb pages knows them. */
static bool find_hugetlb(const struct btf *btf, struct hr_page_form *form)
{
	int64_t dtor;
	size_t at;

	form->dtor = HR_PAGE_NOWHERE;
	if (form->types.value[HR_PAGE_TYPE_HUGETLB] || form->masks[HR_PG_HUGETLB])
		return true;
	if (!in_tail(btf, form, "compound_dtor", "_folio_dtor", 1, &at) ||
	    !hr_btf_enumerator(btf, "compound_dtor_id", "HUGETLB_PAGE_DTOR", &dtor))
		return false;
	form->dtor = (int)at;
	form->hugetlb_dtor = (uint32_t)dtor;
	return true;
}

/* log2, rounded up; at most 64. */
static unsigned int bits_for(uint64_t values)
{
	unsigned int bits = 0;

	while (bits < 64 && UINT64_C(1) << bits < values)
		bits++;
	return bits;
}

/*
 * The node is in the top bits of the flags, and the zone in those below: with SPARSEMEM_VMEMMAP,
 * which arm64 always has, there is no section there (page-flags-layout.h and mm.h, read in 6.1 and
 * 7.2). How many bits the node has follows from the number of zonerefs in a zonelist, which is
 * MAX_NUMNODES * MAX_NR_ZONES + 1 (mmzone.h).
 */
static struct hr_error *find_zone(const struct btf *btf, struct hr_page_form *form)
{
	int64_t zones = 0, movable = 0;
	uint32_t refs = 0;
	unsigned int node_bits, zone_bits;

	if (!hr_btf_enumerator(btf, "zone_type", "__MAX_NR_ZONES", &zones) ||
	    !hr_btf_enumerator(btf, "zone_type", "ZONE_MOVABLE", &movable) || zones < 2 ||
	    zones > ZONES_MOST || movable < 0 || movable >= zones ||
	    !hr_btf_elements(btf, "zonelist", "_zonerefs", &refs) || refs <= zones ||
	    (refs - 1) % (uint32_t)zones)
		return lacks("which zone a page is in");
	node_bits = bits_for((refs - 1) / (uint32_t)zones);
	zone_bits = bits_for((uint64_t)zones);
	if (node_bits > NODE_BITS_MOST)
		return lacks("which zone a page is in");
	form->zone_shift = 64 - node_bits - zone_bits;
	form->zone_mask = (UINT64_C(1) << zone_bits) - 1;
	form->zone_movable = (uint64_t)movable;
	return NULL;
}

struct hr_error *hr_page_form_find(const struct btf *btf, const struct hr_vmcoreinfo *note,
				   uint64_t struct_page_size, struct hr_page_form *ret)
{
	struct hr_page_form *form = ret;
	struct hr_error *error;

	*form = (struct hr_page_form){ .size = (size_t)struct_page_size };
	error = find_members(btf, form);
	if (!error)
		error = find_flags(btf, form);
	if (!error)
		error = find_zone(btf, form);
	if (error)
		return error;
	if (!hr_page_types_find(btf, note, &form->types))
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the types that this kernel gives pages are not known");
	/* A kernel that has neither cannot tell slab. */
	if (!form->types.value[HR_PAGE_TYPE_SLAB] && !form->masks[HR_PG_SLAB])
		return lacks("how to tell slab pages");
	if (!find_hugetlb(btf, form))
		return lacks("how to tell hugetlb pages");
	return find_folio(btf, form) ? NULL : lacks("how many pages a folio has");
}
