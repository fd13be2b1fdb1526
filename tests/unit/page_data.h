/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Struct pages as kernels write them, and the types (BTF) that describe them. Offsets and numbers
 * are written down here, not taken from the code under test.
 */
#ifndef PAGE_DATA_H
#define PAGE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A form of struct pages. */
enum page_data_form {
	PAGE_DATA_6_1,
	PAGE_DATA_6_6, /* as 6.1, but with struct folio and without compound_dtor */
	PAGE_DATA_7_2,
	PAGE_DATA_FORMS,
};

enum {
	PAGE_DATA_SIZE = 64 /* bytes of a struct page */
};

/* Flags that all forms have, each with its own bit. */
enum page_data_flag {
	FLAG_DIRTY = 1 << 0,
	FLAG_LRU = 1 << 1,
	FLAG_RESERVED = 1 << 2,
	FLAG_PRIVATE = 1 << 3,
	FLAG_HEAD = 1 << 4,
	FLAG_SWAPCACHE = 1 << 5,
	FLAG_SWAPBACKED = 1 << 6,
	FLAG_UNEVICTABLE = 1 << 7,
	FLAG_MLOCKED = 1 << 8,
	FLAG_HWPOISON = 1 << 9,
	FLAG_SELF_HOSTED = 1 << 10,
	FLAG_SLAB = 1 << 11,	    /* not in PAGE_DATA_7_2 */
	FLAG_MOVABLE_OPS = 1 << 12, /* only there */
};

enum page_data_type {
	TYPE_NONE,
	TYPE_BUDDY,
	TYPE_OFFLINE,
	TYPE_TABLE,
	TYPE_HUGETLB, /* the rest only in PAGE_DATA_7_2 */
	TYPE_SLAB,
	TYPE_ZSMALLOC,
	TYPE_LARGE_KMALLOC, /* of no interest */
};

enum {
	ZONE_OF_KERNEL = 2,
	ZONE_THAT_IS_MOVABLE = 3
};

/* A page, or the head of a folio. */
struct page_data_page {
	unsigned int flags; /* enum page_data_flag */
	enum page_data_type type;
	uint64_t mapping, private;
	unsigned int maps, refs;
	unsigned int zone; /* 0: ZONE_OF_KERNEL */
	/* The rest is of a folio of several pages. */
	unsigned int order;
	unsigned int whole_maps; /* mappings of the whole folio, beside @maps of its first page */
	unsigned int pins;
	bool is_hugetlb;
};

/* The types of a kernel with this form; *@ret_size bytes, which the caller frees. */
void *page_data_types(enum page_data_form form, size_t *ret_size);

/*
 * Write @page at @at, and for a folio its tail pages behind it. @va is the virtual address that the
 * first has in the kernel.
 */
void page_data_put(enum page_data_form form, unsigned char *at, uint64_t va,
		   const struct page_data_page *page);

#endif
