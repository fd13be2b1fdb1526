// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/page_census.h"

#include <stdio.h>
#include <string.h>

#include "kernel/address.h"
#include "map/altmap.h"

/* The memory block that is looked at, and the folio that its first pages are tails of. */
struct place {
	const struct hr_page_census *census;
	uint64_t memmap_end; /* PFN: pages of the block before it hold its struct pages; 0: none */
	uint64_t head;	     /* PFN of a head that is outside of the window */
	enum hr_page_kind head_kind;
	bool has_head;
};

static void count(struct hr_page_count *at, uint64_t pfn, uint64_t pages)
{
	if (!at->pages || pfn < at->first_pfn)
		at->first_pfn = pfn;
	at->pages += pages;
}

void hr_pages_add(struct hr_pages *ret, enum hr_page_kind kind, uint64_t pfn, uint64_t pages)
{
	if (!pages)
		return;
	count(&ret->kinds[kind], pfn, pages);
	if (hr_page_kind_is_unmovable(kind))
		count(&ret->unmovable, pfn, pages);
	if (hr_page_kind_moves(kind))
		ret->to_move += pages;
}

static void merge(struct hr_pages *ret, const struct hr_pages *more)
{
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		hr_pages_add(ret, kind, more->kinds[kind].first_pfn, more->kinds[kind].pages);
	ret->in_zone_movable |= more->in_zone_movable;
	if (!ret->why[0])
		memcpy(ret->why, more->why, sizeof(ret->why));
}

/* The kind of the folio with the head @pfn, whose first pages are read by themselves. */
static enum hr_page_kind kind_of_head(struct place *place, uint64_t pfn)
{
	struct hr_page_run run;
	size_t span;

	if (place->has_head && place->head == pfn)
		return place->head_kind;
	hr_page_reader_read(place->census->reader, pfn, 2, &run);
	place->has_head = true;
	place->head = pfn;
	place->head_kind = hr_page_kind_at(&run, 0, &span);
	return place->head_kind;
}

/*
 * How far from the first page of @run on pages are tails of one folio that began before, and the
 * kind of that. Only hugetlb pages are larger than a window, or a memory block.
 */
static size_t count_tails(struct place *place, struct hr_page_run *run, enum hr_page_kind *ret)
{
	const struct hr_layout *layout = place->census->machine.layout;
	uint64_t pfn = run->pfn, back = 0, head = 0;
	size_t tails = 0;

	while (tails < run->count &&
	       hr_page_is_tail(run, tails, hr_layout_page_va(layout, pfn + tails), &back) &&
	       back > tails && (!tails || pfn + tails - back == head)) {
		head = pfn + tails - back;
		tails++;
	}
	if (!tails)
		return 0;
	*ret = kind_of_head(place, head);
	hr_page_reader_read(place->census->reader, pfn, run->count, run);
	return tails;
}

/* Pages at the start of a block that hold its struct pages are in use for nothing else. */
static enum hr_page_kind kind_at(const struct place *place, const struct hr_page_run *run,
				 size_t index, size_t *ret_span)
{
	uint64_t pfn = run->pfn + index, back;
	enum hr_page_kind kind;

	*ret_span = 1;
	if (pfn < place->memmap_end)
		return HR_PAGES_MEMMAP;
	/* A tail page that its head does not count: the two do not fit together. */
	if (hr_page_is_tail(run, index, hr_layout_page_va(place->census->machine.layout, pfn),
			    &back))
		return HR_PAGES_UNREADABLE;
	kind = hr_page_kind_at(run, index, ret_span);
	if (kind == HR_PAGES_KERNEL && place->memmap_end && hr_page_is_self_hosted(run, index))
		return HR_PAGES_MEMMAP;
	return kind;
}

/* Look once at @pages pages, at most a window, from @pfn on. */
static void look(struct place *place, uint64_t pfn, size_t pages, struct hr_pages *ret)
{
	enum hr_page_kind kind = HR_PAGES_UNREADABLE;
	struct hr_page_run run;
	size_t span;

	*ret = (struct hr_pages){ .to_move = 0 };
	hr_page_reader_read(place->census->reader, pfn, pages, &run);
	span = count_tails(place, &run, &kind);
	hr_pages_add(ret, kind, pfn, span);
	for (size_t i = span; i < pages; i += span) {
		kind = kind_at(place, &run, i, &span);
		hr_pages_add(ret, kind, pfn + i, span);
	}
	ret->in_zone_movable = hr_page_is_in_zone_movable(&run, 0);
	snprintf(ret->why, sizeof(ret->why), "%s", hr_page_reader_why(place->census->reader));
	if (ret->kinds[HR_PAGES_UNREADABLE].pages && !ret->why[0])
		snprintf(ret->why, sizeof(ret->why),
			 "they are blank, or do not fit those beside them");
}

/* Pages of which a later look may say something else. Slab and page tables stay what they are. */
static uint64_t doubts(const struct hr_pages *pages)
{
	return pages->kinds[HR_PAGES_PINNED].pages + pages->kinds[HR_PAGES_KERNEL].pages +
	       pages->kinds[HR_PAGES_UNREADABLE].pages;
}

/* Count a window; on live memory, the look counts that has found the least to doubt. */
static void take_window(struct place *place, uint64_t pfn, size_t pages, struct hr_pages *ret)
{
	unsigned int looks = place->census->live ? HR_PAGE_LOOKS : 1;
	struct hr_pages best, again;

	look(place, pfn, pages, &best);
	while (--looks && doubts(&best)) {
		look(place, pfn, pages, &again);
		if (doubts(&again) < doubts(&best))
			best = again;
	}
	merge(ret, &best);
}

/* Find out which pages of the block around @pa hold its struct pages. */
static void enter_block(struct place *place, uint64_t pa)
{
	const struct hr_machine *machine = &place->census->machine;
	const struct hr_layout *layout = machine->layout;
	unsigned int shift = layout->geo.page_shift;
	uint64_t start = pa & -machine->block_size, pages = machine->block_size >> shift;
	uint64_t bytes = pages * layout->struct_page_size;
	bool has_altmap = false;

	place->memmap_end = 0;
	if (hr_block_has_altmap(layout, machine->walker, start, &has_altmap) && has_altmap)
		place->memmap_end =
			(start >> shift) + ((bytes + hr_page_size(&layout->geo) - 1) >> shift);
}

/* Count the pages of [@start, @end), in one section, which is online. */
static void take_section(const struct hr_page_census *census, uint64_t start, uint64_t end,
			 struct hr_pages *ret)
{
	unsigned int shift = census->machine.layout->geo.page_shift;
	uint64_t pfn = start >> shift, pfn_end = ((end - 1) >> shift) + 1;
	struct place place = { .census = census };

	enter_block(&place, start);
	while (pfn < pfn_end) {
		/* Windows are aligned, and so are the folios in them. */
		uint64_t next = (pfn | (HR_PAGE_WINDOW - 1)) + 1;

		if (next > pfn_end)
			next = pfn_end;
		if (census->progress)
			census->progress(census->context, pfn << shift);
		take_window(&place, pfn, (size_t)(next - pfn), ret);
		pfn = next;
	}
}

/* The memory of a range, section by section. */
struct tour {
	const struct hr_page_census *census;
	uint64_t start, end;
	struct hr_pages *pages;
};

/* The part of section @nr that is in the range. */
static void part_of(const struct tour *tour, uint64_t nr, uint64_t *ret_start, uint64_t *ret_end)
{
	uint64_t size = hr_section_size(tour->census->machine.layout);

	*ret_start = nr * size > tour->start ? nr * size : tour->start;
	*ret_end = (nr + 1) * size < tour->end ? (nr + 1) * size : tour->end;
}

/* Count all pages of section @nr as @kind. */
static void take_whole(const struct tour *tour, uint64_t nr, enum hr_page_kind kind)
{
	unsigned int shift = tour->census->machine.layout->geo.page_shift;
	uint64_t start, end;

	part_of(tour, nr, &start, &end);
	hr_pages_add(tour->pages, kind, start >> shift,
		     ((end - 1) >> shift) + 1 - (start >> shift));
}

/* Count sections from @nr up to, and without, @next as unreadable, because of @error. */
static void take_unread(const struct tour *tour, uint64_t nr, uint64_t next, struct hr_error *error)
{
	char *why = tour->pages->why;

	if (!why[0])
		snprintf(why, HR_MESSAGE_SIZE, "%s", error->message);
	hr_error_destroy(error);
	for (; nr < next; nr++)
		take_whole(tour, nr, HR_PAGES_UNREADABLE);
}

static void take_nr(const struct tour *tour, uint64_t nr)
{
	struct hr_sections *sections = tour->census->machine.sections;
	uint64_t value, start, end;
	struct hr_error *error = hr_section_read(sections, nr, &value);

	if (!error)
		error = hr_section_check(sections, nr, value);
	if (error) {
		take_unread(tour, nr, nr + 1, error);
		return;
	}
	if (!hr_section_is_present(hr_sections_flags(sections), value))
		return;
	if (!(value & hr_sections_flags(sections)->online)) {
		take_whole(tour, nr, HR_PAGES_NOT_ONLINE);
		return;
	}
	part_of(tour, nr, &start, &end);
	take_section(tour->census, start, end, tour->pages);
}

/* Without sections, all memory may exist and be online. */
static void take_any(const struct tour *tour, uint64_t nr, uint64_t last)
{
	for (; nr <= last; nr++) {
		uint64_t start, end;

		part_of(tour, nr, &start, &end);
		take_section(tour->census, start, end, tour->pages);
	}
}

void hr_page_census_take(const struct hr_page_census *census, uint64_t start, uint64_t end,
			 struct hr_pages *ret)
{
	const struct tour tour = { census, start, end, ret };
	struct hr_sections *sections = census->machine.sections;
	uint64_t size = hr_section_size(census->machine.layout);
	uint64_t nr = start / size, last = (end - 1) / size, next;

	*ret = (struct hr_pages){ .to_move = 0 };
	if (!sections)
		take_any(&tour, nr, last);
	while (sections && nr <= last) {
		struct hr_error *error = hr_section_next(sections, nr, last, &next);

		nr = next;
		if (error) {
			next = hr_section_skip(sections, nr);
			next = next <= last ? next : last + 1;
			take_unread(&tour, nr, next, error);
		} else if (nr <= last) {
			take_nr(&tour, nr);
			next = nr + 1;
		}
		nr = next;
	}
}
