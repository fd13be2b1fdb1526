// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/struct_pages.h"

#include <stdlib.h>
#include <string.h>

#include "arch/descriptor.h"
#include "kernel/address.h"
#include "kernel/vmemmap_index.h"
#include "walk/lookup.h"
#include "walk/walk.h"

enum {
	WALKS_PER_SECTION = 4,
	/* Memory types by their AttrIndx, MT_NORMAL and MT_NORMAL_TAGGED (memory.h, 6.1 to 7.3). */
	TYPE_NORMAL = 0,
	TYPE_TAGGED = 1,
	BLOCK_SHIFT_MAX = 8, /* log2 of the most sections in a memory block */
};

void hr_struct_pages_begin(struct hr_struct_pages *pages, const struct hr_layout *layout,
			   uint64_t pa_start, uint64_t pa_end)
{
	pages->layout = layout;
	pages->pa_start = pa_start;
	pages->pa_end = pa_end;
	pages->pieces = pages->few;
	pages->count = 0;
	pages->room = HR_STRUCT_PAGES_INLINE;
	pages->found = (struct hr_struct_pages_finding){ .flaw = HR_STRUCT_PAGES_SOUND };
}

static void note(struct hr_struct_pages *pages, enum hr_struct_pages_flaw flaw, uint64_t pa)
{
	if (pages->found.flaw != HR_STRUCT_PAGES_SOUND)
		return;
	pages->found.flaw = flaw;
	pages->found.pa = pa;
}

/* Make room for one more piece. Returns false if out of memory. */
static bool grow(struct hr_struct_pages *pages)
{
	bool is_inline = pages->pieces == pages->few;
	struct hr_pa_piece *pieces;

	if (pages->count < pages->room)
		return true;
	pieces = reallocarray(is_inline ? NULL : pages->pieces, 2 * pages->room, sizeof(*pieces));
	if (!pieces)
		return false;
	if (is_inline)
		memcpy(pieces, pages->few, sizeof(pages->few));
	pages->pieces = pieces;
	pages->room *= 2;
	return true;
}

/* Does @next directly follow @piece, and is it of the same kind? */
static bool follows(const struct hr_pa_piece *next, const struct hr_pa_piece *piece)
{
	return piece->pa + piece->size == next->pa && !piece->va == !next->va;
}

static void add(struct hr_struct_pages *pages, const struct hr_pa_piece *piece)
{
	if (pages->count) {
		struct hr_pa_piece *last = &pages->pieces[pages->count - 1];

		if (follows(piece, last)) {
			last->size += piece->size;
			return;
		}
	}
	if (pages->count == HR_STRUCT_PAGES_MAX)
		note(pages, HR_STRUCT_PAGES_TOO_MANY, piece->pa);
	else if (!grow(pages))
		pages->found.no_memory = true;
	else
		pages->pieces[pages->count++] = *piece;
}

static uint64_t struct_page_va(const struct hr_layout *layout, uint64_t pa)
{
	return hr_layout_page_va(layout, pa >> layout->geo.page_shift);
}

/*
 * With memmap_on_memory, the struct pages of a memory block lie in order from the start of the
 * block. The number of sections in a block is not known here.
 */
static bool is_own_memmap(const struct hr_layout *layout, uint64_t va, uint64_t pa)
{
	uint64_t pages = (va - hr_layout_page_va(layout, 0)) / layout->struct_page_size;
	uint64_t described = pages << layout->geo.page_shift;

	for (unsigned int shift = 0; shift <= BLOCK_SHIFT_MAX; shift++) {
		uint64_t block = described & ~((hr_section_size(layout) << shift) - 1);

		if (pa == block + (va - struct_page_va(layout, block)))
			return true;
	}
	return false;
}

/* All leaves inside the range must be the own memmap of its blocks. */
static void check_range(struct hr_struct_pages *pages, const struct hr_run *run)
{
	const struct hr_leaf *leaf = &run->leaf;

	if (leaf->pa >= pages->pa_end || leaf->pa + leaf->size * run->count <= pages->pa_start)
		return;
	pages->found.own_memory = true;
	for (uint64_t i = 0; i < run->count && !pages->found.in_range; i++) {
		uint64_t pa = leaf->pa + i * leaf->size;

		if (pa < pages->pa_end && pa + leaf->size > pages->pa_start &&
		    !is_own_memmap(pages->layout, leaf->va + i * leaf->size, pa)) {
			pages->found.in_range = true;
			pages->found.in_range_pa = pa;
		}
	}
}

void hr_struct_pages_add(struct hr_struct_pages *pages, const struct hr_run *run)
{
	const struct hr_leaf *leaf = &run->leaf;
	struct hr_pa_piece piece = { .pa = leaf->pa, .size = leaf->size * run->count };
	uint64_t pa;

	if (pages->layout->hides_vmemmap_pa || leaf->pa & HR_PA_PREDICTED)
		return;
	check_range(pages, run);
	if (hr_vmemmap_index_doubles(pages->layout->vmemmap_index, leaf->va, leaf->pa, piece.size,
				     &pa))
		note(pages, HR_STRUCT_PAGES_DOUBLED, pa);
	if (!is_own_memmap(pages->layout, leaf->va, leaf->pa))
		piece.va = leaf->va;
	add(pages, &piece);
}

void hr_struct_pages_check_table(struct hr_struct_pages *pages, uint64_t pa)
{
	/* If a text stands in for memory, the tables are synthetic. */
	if (pages->layout->hides_vmemmap_pa || pages->found.in_range || pa < pages->pa_start ||
	    pa >= pages->pa_end)
		return;
	pages->found.in_range = pages->found.in_range_is_table = true;
	pages->found.in_range_pa = pa;
}

void hr_struct_pages_add_table(struct hr_struct_pages *pages, uint64_t pa)
{
	const struct hr_pa_piece piece = { .pa = pa, .size = hr_page_size(&pages->layout->geo) };

	hr_struct_pages_check_table(pages, pa);
	if (!pages->layout->hides_vmemmap_pa && !(pa & HR_PA_PREDICTED))
		add(pages, &piece);
}

static int compare_pieces(const void *a, const void *b)
{
	uint64_t left = ((const struct hr_pa_piece *)a)->pa;
	uint64_t right = ((const struct hr_pa_piece *)b)->pa;

	return (left > right) - (left < right);
}

/* Sort the pieces and join neighbours. Overlapping pieces are a flaw. */
static void sort_pieces(struct hr_struct_pages *pages)
{
	size_t count = 0;

	if (!pages->count)
		return;
	qsort(pages->pieces, pages->count, sizeof(*pages->pieces), compare_pieces);
	for (size_t i = 1; i < pages->count; i++) {
		struct hr_pa_piece *last = &pages->pieces[count];
		const struct hr_pa_piece *piece = &pages->pieces[i];

		if (piece->pa < last->pa + last->size)
			note(pages, HR_STRUCT_PAGES_DOUBLED, piece->pa);
		if (follows(piece, last))
			last->size += piece->size;
		else
			pages->pieces[++count] = *piece;
	}
	pages->count = count + 1;
}

/* Check what the linear map has for one stretch of a piece. */
static struct hr_error *on_linear_run(void *context, const struct hr_run *run)
{
	struct hr_struct_pages *pages = context;
	uint64_t pa = hr_layout_linear_pa(pages->layout, run->leaf.va);

	if (run->state == HR_MAP_UNMAPPED && pages->layout->struct_pages_are_mapped)
		note(pages, HR_STRUCT_PAGES_NO_MEMORY, pa);
	if (run->state == HR_MAP_MAPPED && run->leaf.pa != pa)
		note(pages, HR_STRUCT_PAGES_MISPLACED, pa);
	return NULL;
}

static unsigned int memory_type(const struct hr_lookup *found)
{
	return hr_desc_memory_type(found->path[found->leaf.level + 1]);
}

/*
 * Catch a table of the linear map in the place of a vmemmap table: its entries equal those of the
 * linear map for the same memory, and have its memory type.
 */
static void check_type(struct hr_struct_pages *pages, struct hr_walker *walker,
		       const struct hr_pa_piece *piece)
{
	const struct hr_layout *layout = pages->layout;
	struct hr_lookup found, linear;
	int level;

	if (!piece->va || !layout->linear_map_is_tagged || !hr_layout_has_linear(layout, piece->pa))
		return;
	hr_walk_lookup(walker, piece->va, &found);
	if (found.state != HR_MAP_MAPPED || memory_type(&found) != TYPE_TAGGED)
		return;
	hr_walk_lookup(walker, hr_layout_linear_va(layout, piece->pa), &linear);
	level = found.leaf.level;
	if (linear.state == HR_MAP_MAPPED && linear.leaf.level == level &&
	    linear.path[level + 1] == found.path[level + 1])
		note(pages, HR_STRUCT_PAGES_FOREIGN, piece->pa);
}

/* What the linear map was found to have from @found.leaf.va to @last, if that is mapped. */
struct stretch {
	bool wide; /* look beyond the leaf, which pays if there are many pieces */
	struct hr_lookup found;
	uint64_t last;
};

static bool stretch_has(const struct stretch *stretch, uint64_t va)
{
	return stretch->found.state == HR_MAP_MAPPED && va >= stretch->found.leaf.va &&
	       va <= stretch->last;
}

static void find_stretch(struct hr_walker *walker, uint64_t va, struct stretch *stretch)
{
	const struct hr_leaf *leaf = &stretch->found.leaf;

	if (stretch->wide) {
		hr_walk_lookup_on(walker, va, &stretch->found, &stretch->last);
		return;
	}
	hr_walk_lookup(walker, va, &stretch->found);
	stretch->last = leaf->va + (leaf->size - 1);
}

/*
 * Look up @pa in the linear map. Pieces ascend, so the stretch that the last lookup found often has
 * the next page, too.
 */
static void look_up(const struct hr_layout *layout, struct hr_walker *walker, uint64_t pa,
		    struct stretch *stretch)
{
	uint64_t va = hr_layout_linear_va(layout, pa);

	if (!hr_layout_has_linear(layout, pa))
		stretch->found = (struct hr_lookup){ .state = HR_MAP_UNMAPPED };
	else if (!stretch_has(stretch, va))
		find_stretch(walker, va, stretch);
}

/* Check what the linear map has for the page at @pa of @piece. @stretch is of the page before. */
static void check_page(struct hr_struct_pages *pages, struct hr_walker *walker,
		       const struct hr_pa_piece *piece, uint64_t pa, struct stretch *stretch)
{
	const struct hr_layout *layout = pages->layout;
	const struct hr_lookup *found = &stretch->found;

	look_up(layout, walker, pa, stretch);
	if (found->state == HR_MAP_UNMAPPED && layout->struct_pages_are_mapped)
		note(pages, HR_STRUCT_PAGES_NO_MEMORY, pa);
	if (found->state == HR_MAP_MAPPED &&
	    found->leaf.pa != hr_layout_linear_pa(layout, found->leaf.va))
		note(pages, HR_STRUCT_PAGES_MISPLACED, pa);
	if (found->state == HR_MAP_MAPPED && layout->struct_pages_are_apart && piece->va)
		note(pages, HR_STRUCT_PAGES_UNLIKE, pa);
}

/* Is there something between the ends of @piece, in the linear map? */
static bool has_inside(const struct hr_layout *layout, const struct hr_pa_piece *piece)
{
	uint64_t last = piece->pa + (piece->size - 1);

	return last - piece->pa >= 2 * hr_page_size(&layout->geo) &&
	       hr_layout_has_linear(layout, piece->pa) && hr_layout_has_linear(layout, last);
}

/*
 * Check both ends of each piece. Each piece comes from an entry that was walked, which bounds the
 * work. Of the first pieces of more than one page, those that do not lie in one stretch remain for
 * check_insides().
 */
static void check_ends(struct hr_struct_pages *pages, struct hr_walker *walker)
{
	const struct hr_layout *layout = pages->layout;
	uint64_t sections = (pages->pa_end - pages->pa_start) >> layout->section_size_bits;
	uint64_t inside = (sections + 1) * WALKS_PER_SECTION, page = hr_page_size(&layout->geo);
	uint64_t visits = hr_walker_visits(walker);
	struct stretch stretch = {
		.wide = pages->count > HR_STRUCT_PAGES_INLINE,
		.found = { .state = HR_MAP_UNMAPPED },
	};
	size_t left = 0;

	for (size_t i = 0; i < pages->count && !pages->found.flaw; i++) {
		const struct hr_pa_piece *piece = &pages->pieces[i];

		check_page(pages, walker, piece, piece->pa, &stretch);
		if (piece->size > page)
			check_page(pages, walker, piece, piece->pa + piece->size - page, &stretch);
		check_type(pages, walker, piece);
		if (!inside || !has_inside(layout, piece))
			continue;
		inside--;
		if (!stretch_has(&stretch, hr_layout_linear_va(layout, piece->pa)))
			pages->pieces[left++] = *piece;
	}
	pages->count = left;
	hr_walker_forget_visits(walker, visits);
}

/* Check what lies between the ends of the pieces that check_ends() has left. */
static void check_insides(struct hr_struct_pages *pages, struct hr_walker *walker)
{
	const struct hr_visitor visitor = { .context = pages, .run = on_linear_run };
	const struct hr_layout *layout = pages->layout;

	for (size_t i = 0; i < pages->count && !pages->found.flaw; i++) {
		uint64_t first = pages->pieces[i].pa, last = first + (pages->pieces[i].size - 1);

		/* The visitor's function does not fail. */
		hr_error_destroy(hr_walk_range(walker, hr_layout_linear_va(layout, first),
					       hr_layout_linear_va(layout, last), &visitor));
	}
}

struct hr_struct_pages_finding hr_struct_pages_end(struct hr_struct_pages *pages,
						   struct hr_walker *walker)
{
	sort_pieces(pages);
	if (!pages->found.flaw)
		check_ends(pages, walker);
	if (!pages->found.flaw)
		check_insides(pages, walker);
	if (pages->pieces != pages->few)
		free(pages->pieces);
	return pages->found;
}

/* Learn what both maps have at the struct page of the kernel's root table. */
void hr_struct_pages_learn(struct hr_layout *layout, struct hr_walker *walker)
{
	uint64_t va = struct_page_va(layout, layout->swapper_pa), pa;
	struct hr_lookup vmemmap, linear = { .state = HR_MAP_UNMAPPED };

	layout->struct_pages_are_mapped = layout->struct_pages_are_apart = false;
	layout->linear_map_is_tagged = false;
	if (layout->hides_vmemmap_pa)
		return;
	hr_walk_lookup(walker, va, &vmemmap);
	if (vmemmap.state != HR_MAP_MAPPED || !vmemmap.leaf.expected)
		return;
	pa = vmemmap.leaf.pa + (va - vmemmap.leaf.va);
	if (hr_layout_has_linear(layout, pa))
		hr_walk_lookup(walker, hr_layout_linear_va(layout, pa), &linear);
	layout->struct_pages_are_apart = linear.state == HR_MAP_UNMAPPED;
	layout->struct_pages_are_mapped =
		linear.state == HR_MAP_MAPPED &&
		linear.leaf.pa == hr_layout_linear_pa(layout, linear.leaf.va);
	layout->linear_map_is_tagged = layout->struct_pages_are_mapped &&
				       memory_type(&vmemmap) == TYPE_NORMAL &&
				       memory_type(&linear) == TYPE_TAGGED;
}
