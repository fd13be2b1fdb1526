/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page holds, and whether the kernel could move it, by its struct page. The rules are those
 * of has_unmovable_pages() (mm/page_isolation.c), which ends an attempt to take memory offline with
 * EBUSY, and of scan_movable_pages(), do_migrate_range() and migrate_pages(), which otherwise are
 * tried again until a signal comes; read in 6.1, 6.12 and 7.2.
 */
#ifndef HR_PAGE_KIND_H
#define HR_PAGE_KIND_H

#include <hotremove/hotremove.h>

#include "kernel/page_form.h"

/* What is known of a struct page. */
enum hr_page_state {
	HR_PAGE_UNREAD,
	HR_PAGE_READ,
	HR_PAGE_EXPECTED, /* it will be there once the memory was added, with nothing in it */
};

/* Struct pages of neighbours, in a buffer. */
struct hr_page_run {
	const struct hr_page_form *form;
	const unsigned char *pages;  /* the first one */
	const unsigned char *states; /* enum hr_page_state of each */
	uint64_t pfn;		     /* of the first */
	size_t count;
};

/*
 * The kind of page @index of @run, which is not a tail page. *@ret_span is how many pages from
 * there on share it: those of a free chunk or of a folio, as far as they are in the run.
 */
enum hr_page_kind hr_page_kind_at(const struct hr_page_run *run, size_t index, size_t *ret_span);

/*
 * Is page @index of @run, at @page_va, a tail page, whose kind is that of its head? That is
 * *@ret_back pages before; 0 if nothing says where.
 */
bool hr_page_is_tail(const struct hr_page_run *run, size_t index, uint64_t page_va,
		     uint64_t *ret_back);

/* Does page @index of @run, which is in use, say that it holds struct pages of its own block? */
bool hr_page_is_self_hosted(const struct hr_page_run *run, size_t index);

/* Is page @index of @run, which could be read, in ZONE_MOVABLE? */
bool hr_page_is_in_zone_movable(const struct hr_page_run *run, size_t index);

/* Has a page of @kind to be moved when its memory goes offline? */
bool hr_page_kind_moves(enum hr_page_kind kind);

#endif
