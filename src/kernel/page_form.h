/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How one kernel writes a struct page: where its members lie, which bits are which flags, and which
 * of them are the zone. It comes from the kernel's types (BTF), so that no table of releases has to
 * have it.
 */
#ifndef HR_PAGE_FORM_H
#define HR_PAGE_FORM_H

#include <hotremove/hotremove.h>

#include "kernel/page_types.h"
#include "kernel/vmcoreinfo.h"

struct btf; /* bpf/btf.h */

enum hr_page_flag {
	HR_PG_LRU,
	HR_PG_HEAD,
	HR_PG_RESERVED,
	HR_PG_DIRTY,
	HR_PG_UNEVICTABLE,
	HR_PG_MLOCKED,
	HR_PG_SWAPBACKED,
	HR_PG_SWAPCACHE,
	HR_PG_PRIVATE,
	HR_PG_HWPOISON,
	HR_PG_SLAB,	   /* up to 6.9; then it is a type */
	HR_PG_SELF_HOSTED, /* the page holds struct pages of its own block */
	HR_PG_MOVABLE_OPS, /* 6.17 on: of pages of some types */
	HR_PG_DOUBLE_MAP,  /* up to 6.1: of the first tail page */
	HR_PG_HUGETLB,	   /* 6.6 to 6.8: of the first tail page */
	HR_PG_FLAGS,
};

/* How a kernel counts the mappings of a folio of several pages. */
enum hr_page_count_form {
	HR_PAGE_COUNT_LARGE,	/* in one number: 6.10 on */
	HR_PAGE_COUNT_ENTIRE,	/* those of the whole folio, and those of each page: 6.2 on */
	HR_PAGE_COUNT_COMPOUND, /* up to 6.1: the same, and for files the first in each page too */
};

enum {
	HR_PAGE_NOWHERE = -1 /* the kernel has no such member */
};

struct hr_page_form {
	size_t size; /* bytes of a struct page */
	/* Offsets of members in bytes. */
	size_t flags, link, mapping, private, type, refs;
	/* The same in the first tail page of a folio. */
	size_t order, count;
	enum hr_page_count_form count_form;
	int pins; /* HR_PAGE_NOWHERE: none */
	int dtor; /* the same: up to 6.5, a number in a byte there says that it is hugetlb */
	uint32_t hugetlb_dtor;
	uint64_t masks[HR_PG_FLAGS]; /* of flags; 0: there is no such flag */
	struct hr_page_types types;
	/* The zone in the flags: its number is flags >> zone_shift & zone_mask. */
	unsigned int zone_shift;
	uint64_t zone_mask, zone_movable;
};

/*
 * Find the form in @btf and, for values that types do not have, in @note, which may be NULL.
 * @struct_page_size is what the kernel is known to have. Error HR_ERROR_UNREADABLE, as a clause:
 * the types lack something, or the kernel has a form that is not known.
 */
struct hr_error *hr_page_form_find(const struct btf *btf, const struct hr_vmcoreinfo *note,
				   uint64_t struct_page_size, struct hr_page_form *ret);

#endif
