// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/vmemmap_index.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/grow.h"
#include "kernel/address.h"
#include "walk/walk.h"

/* A stretch that is contiguous in both VA and PA. */
struct piece {
	uint64_t va, pa;
	uint64_t size; /* bytes */
	/* Where it ends, or one before it does, if that is later. */
	uint64_t reach;
};

struct hr_vmemmap_index {
	struct piece *pieces; /* in ascending PA */
	size_t count;
	/* Only while the index is built: */
	size_t room, tables;
	bool no_memory;
};

static void cleanup_index(struct hr_vmemmap_index **index)
{
	hr_vmemmap_index_destroy(*index);
}

void hr_vmemmap_index_destroy(struct hr_vmemmap_index *index)
{
	if (!index)
		return;
	free(index->pieces);
	free(index);
}

static void on_table(void *context, uint64_t pa)
{
	struct hr_vmemmap_index *index = context;

	(void)pa;
	index->tables++;
}

static void add(struct hr_vmemmap_index *index, const struct hr_run *run)
{
	uint64_t size = run->leaf.size * run->count;
	struct piece *pieces =
		hr_grow(index->pieces, index->count, &index->room, sizeof(*index->pieces));

	index->no_memory |= !pieces;
	if (!pieces)
		return;
	index->pieces = pieces;
	pieces[index->count++] = (struct piece){ run->leaf.va, run->leaf.pa, size, 0 };
}

/* Our own error ends the walk once there is enough. */
static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct hr_vmemmap_index *index = context;

	if (run->state == HR_MAP_MAPPED)
		add(index, run);
	if (index->no_memory || index->tables > HR_VMEMMAP_INDEX_TABLES ||
	    index->count == HR_VMEMMAP_INDEX_PIECES)
		return hr_error_no_memory();
	return NULL;
}

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

static void sort(struct hr_vmemmap_index *index)
{
	uint64_t reach = 0;

	if (index->count)
		qsort(index->pieces, index->count, sizeof(*index->pieces), compare_pieces);
	for (size_t i = 0; i < index->count; i++) {
		struct piece *piece = &index->pieces[i];

		if (piece->pa + piece->size > reach)
			reach = piece->pa + piece->size;
		piece->reach = reach;
	}
}

struct hr_error *hr_vmemmap_index_create(const struct hr_layout *layout, struct hr_walker *walker,
					 struct hr_vmemmap_index **ret)
{
	_cleanup_(cleanup_index) struct hr_vmemmap_index *index = calloc(1, sizeof(*index));
	const struct hr_visitor visitor = {
		.context = index,
		.run = on_run,
		.table = on_table,
	};

	if (!index)
		return hr_error_no_memory();
	if (!layout->hides_vmemmap_pa)
		hr_error_destroy(hr_walk_range(walker, hr_layout_vmemmap_used(layout),
					       layout->vmemmap_end - 1, &visitor));
	if (index->no_memory)
		return hr_error_no_memory();
	sort(index);
	*ret = hr_take(index);
	return NULL;
}

/* The first piece that reaches beyond @pa, or is behind one that does. */
static size_t first_beyond(const struct hr_vmemmap_index *index, uint64_t pa)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->pieces[middle].reach <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool hr_vmemmap_index_doubles(const struct hr_vmemmap_index *index, uint64_t va, uint64_t pa,
			      uint64_t size, uint64_t *ret_pa)
{
	if (!index)
		return false;
	for (size_t i = first_beyond(index, pa);
	     i < index->count && index->pieces[i].pa < pa + size; i++) {
		const struct piece *piece = &index->pieces[i];

		if (piece->pa + piece->size <= pa || piece->va - piece->pa == va - pa)
			continue;
		*ret_pa = piece->pa > pa ? piece->pa : pa;
		return true;
	}
	return false;
}
