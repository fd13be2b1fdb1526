/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads struct pages, by the thousand, from where the vmemmap maps them to. */
#ifndef HR_PAGE_READER_H
#define HR_PAGE_READER_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/page_kind.h"
#include "map/machine.h"

struct hr_page_reader;

/* The most struct pages that are read at once: those of a section with pages of 4K. */
enum {
	HR_PAGE_WINDOW = 1 << 15
};

/*
 * Create a reader of the struct pages of @machine, of the form @form, in @memory; what @machine
 * points to and the others must outlive it. It takes memory for HR_PAGE_WINDOW of them.
 */
struct hr_error *hr_page_reader_create(const struct hr_machine *machine,
				       const struct hr_memory *memory,
				       const struct hr_page_form *form,
				       struct hr_page_reader **ret);
void hr_page_reader_destroy(struct hr_page_reader *reader);

/*
 * Let what is read from now on have at most @bytes. No two struct pages share memory, so only a
 * source with damaged tables has more of them than bytes.
 */
void hr_page_reader_allow(struct hr_page_reader *reader, uint64_t bytes);

/* How many of them are left. */
uint64_t hr_page_reader_left(const struct hr_page_reader *reader);

/*
 * Read @count struct pages, at most HR_PAGE_WINDOW, from @pfn on. *@ret is valid until the next
 * call. What could not be read has that state.
 */
void hr_page_reader_read(struct hr_page_reader *reader, uint64_t pfn, size_t count,
			 struct hr_page_run *ret);

/* Why the first struct page that could not be read was not, as a clause; empty if all could. */
const char *hr_page_reader_why(const struct hr_page_reader *reader);

#endif
