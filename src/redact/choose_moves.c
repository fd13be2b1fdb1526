// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/choose_moves.h"

#include "kernel/address.h"
#include "kernel/maps.h"
#include "redact/random.h"

/* KASLR moves the image by multiples of this (MIN_KIMG_ALIGN, 4.6 to 7.3). */
#define IMAGE_STEP UINT64_C(0x200000)

/* Tables that are looked at until the search ends, and distances that are tried for the image. */
enum {
	LOOKS_MAX = 1 << 28,
	IMAGE_TRIES = 1 << 16
};

/* A search for the distance of the linear map, and with it the vmemmap. */
struct search {
	const struct hr_moved_things *things;
	struct hr_moves moves; /* that are tried */
	bool is_exact;	       /* even tables that never become empty would be freed as before */
	uint64_t looks;
};

static uint64_t begin_of(const struct hr_table_survey *survey, int level, uint64_t va)
{
	return va & -hr_table_span(&survey->geo, level);
}

/* Does [@first, @last] stay in its area? */
static bool stays_inside(const struct hr_moves *moves, uint64_t first, uint64_t last)
{
	uint64_t moved_first, moved_last;

	return hr_moves_va(moves, first, &moved_first) && hr_moves_va(moves, last, &moved_last) &&
	       moved_first <= moved_last;
}

/* Would a removal that empties the table of @level which begins at @va free it? */
static bool is_freed(const struct hr_moved_things *things, enum hr_area_name area, int level,
		     uint64_t va)
{
	enum hr_map map = area == HR_AREA_LINEAR ? HR_MAP_LINEAR : HR_MAP_VMEMMAP;

	return hr_map_frees_table(things->layout, map, level, va, va);
}

/* No kernel removes boot memory, so a table with its struct pages does not become empty. */
static bool has_boot(const struct hr_moved_things *things, const struct hr_wide_table *table)
{
	return table->area == HR_AREA_VMEMMAP && things->has_boot &&
	       table->first <= things->boot_last && table->last >= things->boot_first;
}

/* Is the table, which is at @at after the move, freed as it was before? */
static bool keeps_freed(const struct search *search, const struct hr_wide_table *table, uint64_t at)
{
	const struct hr_moved_things *things = search->things;

	return is_freed(things, table->area, table->level, table->va) ==
		       is_freed(things, table->area, table->level, at) ||
	       (!search->is_exact && has_boot(things, table));
}

/* Where the table is after the move; false if its entries would be in two. */
static bool move_table(const struct search *search, const struct hr_wide_table *table,
		       uint64_t *ret)
{
	const struct hr_table_survey *survey = search->things->survey;
	uint64_t by = search->moves.areas[table->area].by;

	*ret = begin_of(survey, table->level, table->first + by);
	return *ret == begin_of(survey, table->level, table->last + by) &&
	       keeps_freed(search, table, *ret);
}

/* Tables are in ascending order and stay so: it is enough to compare neighbours. */
static bool keeps_tables(struct search *search)
{
	const struct hr_table_survey *survey = search->things->survey;
	uint64_t before = 0, at;

	for (size_t i = 0; i < survey->table_count; i++) {
		const struct hr_wide_table *table = &survey->tables[i];

		search->looks++;
		if (!move_table(search, table, &at))
			return false;
		if (i && table[-1].level == table->level &&
		    (table[-1].va == table->va) != (before == at))
			return false;
		before = at;
	}
	return true;
}

static bool keeps_area(const struct search *search, enum hr_area_name area)
{
	const struct hr_table_survey *survey = search->things->survey;
	const struct hr_moved_area *moved = &search->moves.areas[area];
	bool is_mapped = survey->is_mapped[area];
	uint64_t first = is_mapped ? survey->first[area] : moved->first;
	uint64_t last = is_mapped ? survey->last[area] : moved->first;

	return !(moved->by & (survey->aligns[area] - 1)) &&
	       stays_inside(&search->moves, first, last);
}

static bool is_possible(struct search *search, uint64_t by)
{
	const struct hr_moved_things *things = search->things;

	hr_moves_set_linear(&search->moves, by);
	return by && keeps_area(search, HR_AREA_LINEAR) && keeps_area(search, HR_AREA_VMEMMAP) &&
	       (!things->has_sections ||
		stays_inside(&search->moves, things->sections_first, things->sections_last)) &&
	       keeps_tables(search);
}

/* The smallest power of two that is not below @number. */
static uint64_t power_of(uint64_t number)
{
	uint64_t power = 1;

	while (power < number)
		power *= 2;
	return power;
}

/* Try each place of the linear map once, in an order that follows from the seed. */
static bool try_linear(struct search *search, uint64_t *state)
{
	const struct hr_moved_area *area = &search->moves.areas[HR_AREA_LINEAR];
	const struct hr_table_survey *survey = search->things->survey;
	uint64_t step = survey->steps[HR_AREA_LINEAR];
	uint64_t places = power_of((area->last - area->first) / step + 1);
	uint64_t start = hr_random_next(state), stride = hr_random_next(state) | 1;
	uint64_t first =
		survey->is_mapped[HR_AREA_LINEAR] ? survey->first[HR_AREA_LINEAR] : area->first;

	for (uint64_t i = 0; i < places && search->looks < LOOKS_MAX; i++) {
		uint64_t place = (start + i * stride) & (places - 1);

		if (is_possible(search, area->first + place * step - (first & -step)))
			return true;
	}
	return false;
}

static struct hr_error *choose_linear(struct search *search, uint64_t *state)
{
	uint64_t again = *state;

	search->is_exact = true;
	if (try_linear(search, state))
		return NULL;
	search->is_exact = false;
	search->looks = 0;
	if (try_linear(search, &again))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "its linear map cannot be moved: at any other place, what one of its "
			    "tables maps would be in two tables, or outside of the map");
}

/* Is the table of @level around the image's leaf shared with @table if, and only if, it was? */
static bool shares_as_before(const struct search *search, const struct hr_wide_table *table)
{
	const struct hr_moved_things *things = search->things;
	uint64_t leaf = things->leaf_va, moved = leaf + search->moves.areas[HR_AREA_IMAGE].by, at;

	return move_table(search, table, &at) &&
	       (begin_of(things->survey, table->level, leaf) == table->va) ==
		       (begin_of(things->survey, table->level, moved) == at);
}

static bool keeps_image(const struct search *search)
{
	const struct hr_moved_things *things = search->things;
	const struct hr_table_survey *survey = things->survey;

	if (!search->moves.areas[HR_AREA_IMAGE].by ||
	    !stays_inside(&search->moves, things->image_first, things->image_last))
		return false;
	for (size_t i = 0; things->has_leaf && i < survey->table_count; i++)
		if (survey->tables[i].level <= things->leaf_level &&
		    !shares_as_before(search, &survey->tables[i]))
			return false;
	return true;
}

static uint64_t image_step(const struct hr_moved_things *things)
{
	uint64_t leaf =
		things->has_leaf ? hr_level_size(&things->survey->geo, things->leaf_level) : 0;

	return leaf > IMAGE_STEP ? leaf : IMAGE_STEP;
}

static struct hr_error *choose_image(struct search *search, uint64_t *state)
{
	const struct hr_moved_things *things = search->things;
	struct hr_moved_area *area = &search->moves.areas[HR_AREA_IMAGE];
	uint64_t step = image_step(things), lowest = area->first, places;

	if (!things->has_image)
		return NULL;
	if (things->has_kaslr_offset && things->kaslr_offset <= things->image_first - area->first)
		lowest = things->image_first - things->kaslr_offset;
	places = (area->last - lowest) / step + 1;
	for (unsigned int i = 0; i < IMAGE_TRIES; i++) {
		area->by = ((lowest - things->image_first + step - 1) & -step) +
			   hr_random_next(state) % places * step;
		if (keeps_image(search))
			return NULL;
	}
	return hr_error_new(HR_ERROR_INPUT,
			    "its kernel image cannot be moved: there is no other place for it");
}

struct hr_error *hr_moves_choose(const struct hr_moved_things *things, uint64_t seed,
				 struct hr_moves *moves)
{
	struct search search = { .things = things, .moves = *moves };
	struct hr_error *error = choose_linear(&search, &seed);

	if (!error)
		error = choose_image(&search, &seed);
	if (!error)
		*moves = search.moves;
	return error;
}
