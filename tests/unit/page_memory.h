/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel with added memory, and the struct pages of that. */
#ifndef PAGE_MEMORY_H
#define PAGE_MEMORY_H

#include "fake.h"

#include "kernel/page_form.h"
#include "page_data.h"

/* The form that the types of a kernel with @kind describe. */
struct hr_page_form page_memory_form(enum page_data_form kind);

/* Write @page, or the folio that it heads, as the struct pages of the memory at @pa. */
void page_memory_put(struct fake_kernel *kernel, enum page_data_form kind, uint64_t pa,
		     const struct page_data_page *page);

/* Let all of [@pa, @pa + @size) be free, in chunks of 4 MiB. */
void page_memory_free(struct fake_kernel *kernel, enum page_data_form kind, uint64_t pa,
		      uint64_t size);

#endif
