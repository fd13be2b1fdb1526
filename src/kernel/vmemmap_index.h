/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which memory the vmemmap maps, and where. A vmemmap table with the content of another table maps
 * memory that is also mapped elsewhere, which no kernel does.
 */
#ifndef HR_VMEMMAP_INDEX_H
#define HR_VMEMMAP_INDEX_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "walk/walker.h"

/*
 * How much of the vmemmap is indexed, in ascending order from its start: boot memory comes first,
 * and the cost of a query for a small range does not grow with the machine.
 */
enum {
	HR_VMEMMAP_INDEX_TABLES = 64,
	HR_VMEMMAP_INDEX_PIECES = 1 << 14
};

struct hr_vmemmap_index;

/* Walk the vmemmap of the kernel with @layout up to these limits. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_vmemmap_index_create(const struct hr_layout *layout, struct hr_walker *walker,
					 struct hr_vmemmap_index **ret);
void hr_vmemmap_index_destroy(struct hr_vmemmap_index *index);

/*
 * Does the vmemmap map any of the @size bytes at the physical address @pa, which it maps at @va, at
 * another address too? *@ret_pa is the first such byte of one of its pieces. @index may be NULL:
 * then nothing is known.
 */
bool hr_vmemmap_index_doubles(const struct hr_vmemmap_index *index, uint64_t va, uint64_t pa,
			      uint64_t size, uint64_t *ret_pa);

#endif
