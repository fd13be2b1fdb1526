/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies in memory, in words. */
#ifndef HR_PAGE_TEXT_H
#define HR_PAGE_TEXT_H

#include <hotremove/hotremove.h>

/* Room for either of these texts. */
enum {
	HR_PAGE_TEXT_SIZE = 1024
};

/*
 * "120 MiB free, 8 MiB movable, 12 slab pages from PFN 0x44000 on": kinds that cannot be moved come
 * last. If there is none, the text ends with "no unmovable page seen", which is not a promise.
 */
void hr_pages_text(const struct hr_pages *pages, uint64_t page_size, char text[HR_PAGE_TEXT_SIZE]);

/*
 * "movable:2048,slab:12": the number of pages of each kind that is not free; "free" if there is
 * none. @pages may be NULL.
 */
void hr_pages_word(const struct hr_pages *pages, char *text, size_t size);

#endif
