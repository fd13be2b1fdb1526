/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page types: what a kernel writes in the place of _mapcount for pages that nothing maps. Up to 6.9
 * a type is a bit that is clear, from 6.12 on it is the top byte. Up to 6.9 the values are macros,
 * which BTF lacks, so they are known only if VMCOREINFO has the two of which the others follow.
 */
#ifndef HR_PAGE_TYPES_H
#define HR_PAGE_TYPES_H

#include <hotremove/hotremove.h>

#include "kernel/vmcoreinfo.h"

struct btf; /* bpf/btf.h */

enum hr_page_type {
	HR_PAGE_TYPE_BUDDY,
	HR_PAGE_TYPE_OFFLINE,
	HR_PAGE_TYPE_TABLE,
	HR_PAGE_TYPE_HUGETLB,  /* 6.12 on */
	HR_PAGE_TYPE_SLAB,     /* 6.12 on */
	HR_PAGE_TYPE_ZSMALLOC, /* 6.12 on */
	HR_PAGE_TYPE_OTHER,    /* one that does not matter here */
	HR_PAGE_TYPE_COUNT,
	HR_PAGE_TYPE_NONE = HR_PAGE_TYPE_COUNT, /* the page has a mapcount */
};

struct hr_page_types {
	bool is_byte;			    /* the top byte, not a bit that is clear */
	uint32_t value[HR_PAGE_TYPE_COUNT]; /* 0: this kernel has no such type */
};

/*
 * Find the types in @btf, or in @note, which may be NULL. Returns false if they are of no form that
 * is known: those of 6.10 and 6.11, and of 6.9, whose hugetlb pages have one.
 */
bool hr_page_types_find(const struct btf *btf, const struct hr_vmcoreinfo *note,
			struct hr_page_types *ret);

/* The type that @word says, in the place of _mapcount. */
enum hr_page_type hr_page_type_of(const struct hr_page_types *types, uint32_t word);

#endif
