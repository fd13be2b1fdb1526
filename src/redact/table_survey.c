// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/table_survey.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "base/page_buffer.h"
#include "base/zero.h"
#include "kernel/override.h"

/* VAs, inclusive; none if @first is above @last. */
struct span {
	uint64_t first, last;
};

static const struct span empty = { UINT64_MAX, 0 };

/* A table on the way: its page, its level, and what it could map. */
struct place {
	uint64_t pa, va;
	int level;
};

struct survey {
	struct hr_table_survey *found;
	const struct hr_memory *memory;
	enum hr_area_name area;
	struct span bounds; /* of the area */
	uint64_t left;	    /* tables that may still be looked at */
	unsigned char *pages[HR_LEVELS_MAX];
};

uint64_t hr_table_survey_step(const struct hr_geometry *geo)
{
	uint64_t leaf = hr_level_size(geo, geo->leaf_level);
	uint64_t group = hr_level_size(geo, HR_LEVEL_PMD) * hr_cont_entries(geo, HR_LEVEL_PMD);
	uint64_t step = leaf > group ? leaf : group;

	return step > HR_PHYS_OFFSET_ALIGN ? step : HR_PHYS_OFFSET_ALIGN;
}

bool hr_table_survey_is_narrow(const struct hr_table_survey *survey, enum hr_area_name area,
			       int level)
{
	return hr_table_span(&survey->geo, level) <= survey->steps[area];
}

static int compare_pieces(const void *a, const void *b)
{
	const struct hr_table_piece *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static bool has_one_fate(const struct hr_table_piece *one, const struct hr_table_piece *other)
{
	return one->fate == other->fate && one->level == other->level && one->area == other->area &&
	       one->va == other->va;
}

static struct hr_error *add_piece(struct hr_table_survey *survey, struct hr_table_piece piece)
{
	struct hr_table_piece *pieces = survey->pieces;

	if (survey->piece_count) {
		struct hr_table_piece *last = &pieces[survey->piece_count - 1];

		if (last->end == piece.start && has_one_fate(last, &piece)) {
			last->end = piece.end;
			return NULL;
		}
	}
	pieces = hr_grow(pieces, survey->piece_count, &survey->piece_room, sizeof(*pieces));
	if (!pieces)
		return hr_error_no_memory();
	survey->pieces = pieces;
	pieces[survey->piece_count++] = piece;
	return NULL;
}

struct hr_error *hr_table_survey_add(struct hr_table_survey *survey, uint64_t pa, int level,
				     uint64_t va)
{
	return add_piece(survey, (struct hr_table_piece){
					 .start = pa,
					 .end = pa + hr_page_size(&survey->geo),
					 .fate = HR_TABLE_CHANGES,
					 .level = level,
					 .va = va,
				 });
}

/* Put a table on the list by what it and its entries could map. */
static struct hr_error *add_table(const struct survey *survey, const struct place *place)
{
	struct hr_table_survey *found = survey->found;
	const struct hr_geometry *geo = &found->geo;
	uint64_t last = place->va + (hr_table_span(geo, place->level) - 1);
	struct hr_table_piece piece = { .start = place->pa, .end = place->pa + hr_page_size(geo) };

	if (hr_table_survey_is_narrow(found, survey->area, place->level))
		return add_piece(found, piece);
	if (place->level == geo->root_level ||
	    hr_level_size(geo, place->level) > found->steps[survey->area] ||
	    place->va < survey->bounds.first || last > survey->bounds.last)
		return hr_table_survey_add(found, place->pa, place->level, place->va);
	piece.fate = HR_TABLE_ROTATES;
	piece.level = place->level;
	piece.area = survey->area;
	return add_piece(found, piece);
}

static struct hr_error *note_wide(const struct survey *survey, const struct place *place,
				  const struct span *span)
{
	struct hr_table_survey *found = survey->found;
	struct hr_wide_table *tables = found->tables;

	if (place->level == found->geo.root_level || span->first > span->last ||
	    hr_table_survey_is_narrow(found, survey->area, place->level))
		return NULL;
	tables = hr_grow(tables, found->table_count, &found->table_room, sizeof(*tables));
	if (!tables)
		return hr_error_no_memory();
	found->tables = tables;
	tables[found->table_count++] = (struct hr_wide_table){
		place->level, survey->area, place->va, span->first, span->last,
	};
	return NULL;
}

static struct span clip(const struct survey *survey, uint64_t va, uint64_t size)
{
	uint64_t last = va + (size - 1);

	return (struct span){
		va > survey->bounds.first ? va : survey->bounds.first,
		last < survey->bounds.last ? last : survey->bounds.last,
	};
}

static void join(struct span *span, const struct span *more)
{
	if (more->first > more->last)
		return;
	span->first = more->first < span->first ? more->first : span->first;
	span->last = more->last > span->last ? more->last : span->last;
}

static void note_leaf(const struct survey *survey, int level, uint64_t desc)
{
	const struct hr_geometry *geo = &survey->found->geo;
	uint64_t *align = &survey->found->aligns[survey->area];
	uint64_t size = hr_level_size(geo, level);

	if (desc & HR_DESC_CONT)
		size *= hr_cont_entries(geo, level);
	if (size > *align)
		*align = size;
}

static struct hr_error *look_at(struct survey *survey, const struct place *place, struct span *ret);

/* Look at the entry @desc, which maps what begins at @va. */
static struct hr_error *look_below(struct survey *survey, const struct place *place, uint64_t va,
				   uint64_t desc, struct span *span)
{
	const struct hr_geometry *geo = &survey->found->geo;
	const struct hr_entry entry = hr_desc_decode(geo, place->level, desc);
	const struct place below = { entry.pa, va, place->level + 1 };
	struct span found = clip(survey, va, hr_level_size(geo, place->level));
	struct hr_error *error = NULL;

	if (entry.kind == HR_ENTRY_TABLE)
		error = look_at(survey, &below, &found);
	else
		note_leaf(survey, place->level, desc);
	join(span, &found);
	return error;
}

static struct hr_error *look_through(struct survey *survey, const struct place *place,
				     const unsigned char *page, struct span *ret)
{
	const struct hr_geometry *geo = &survey->found->geo;
	uint64_t size = hr_level_size(geo, place->level);
	struct hr_error *error = NULL;

	*ret = empty;
	for (size_t i = 0; !error && i < hr_table_entries(geo, place->level); i++) {
		uint64_t va = place->va + i * size, desc;

		__builtin_memcpy(&desc, page + i * sizeof(desc), sizeof(desc));
		if (desc && va <= survey->bounds.last && va + (size - 1) >= survey->bounds.first)
			error = look_below(survey, place, va, le64toh(desc), ret);
	}
	return error;
}

/* A table without entries cannot be read, like one that the source lacks: all of it is there. */
static struct hr_error *read_table(struct survey *survey, const struct place *place,
				   struct span *ret)
{
	const struct hr_geometry *geo = &survey->found->geo;
	unsigned char *page = survey->pages[place->level + 1];
	struct hr_error *error = hr_memory_read(survey->memory, place->pa, page, hr_page_size(geo));

	*ret = clip(survey, place->va, hr_table_span(geo, place->level));
	if (error && error->code == HR_ERROR_NO_MEMORY)
		return error;
	if (!error && !hr_is_zero(page, hr_table_entries(geo, place->level) * sizeof(uint64_t)))
		return look_through(survey, place, page, ret);
	hr_error_destroy(error);
	return NULL;
}

/* Recursion goes down a level each time, at most five. */
static struct hr_error *look_at(struct survey *survey, const struct place *place, struct span *ret)
{
	struct hr_error *error;

	*ret = clip(survey, place->va, hr_table_span(&survey->found->geo, place->level));
	if (!survey->left--)
		return hr_error_new(HR_ERROR_INPUT,
				    "its tables lead to more tables than the source has pages");
	error = add_table(survey, place);
	/* Nothing is below the last level, and a table that stays need not be read for its own. */
	if (error || (place->level == HR_LEVEL_PTE &&
		      hr_table_survey_is_narrow(survey->found, survey->area, place->level)))
		return error;
	error = read_table(survey, place, ret);
	return error ? error : note_wide(survey, place, ret);
}

static struct hr_error *survey_area(struct survey *survey, const struct hr_moves *moves,
				    enum hr_area_name area, const struct hr_layout *layout)
{
	const struct hr_geometry *geo = &layout->geo;
	/* A root that a wider kernel has folded is indexed by the bits in use. */
	const struct place root = { layout->swapper_pa, -hr_table_span(geo, geo->root_level),
				    geo->root_level };
	struct span span;
	struct hr_error *error;

	survey->area = area;
	survey->bounds = (struct span){ moves->areas[area].first, moves->areas[area].last };
	error = look_at(survey, &root, &span);
	survey->found->first[area] = span.first;
	survey->found->last[area] = span.last;
	survey->found->is_mapped[area] = span.first <= span.last;
	return error;
}

static void set_steps(const struct hr_layout *layout, struct hr_table_survey *ret)
{
	uint64_t step = hr_table_survey_step(&layout->geo);
	uint64_t struct_pages = (step >> layout->geo.page_shift) * layout->struct_page_size;

	ret->geo = layout->geo;
	ret->steps[HR_AREA_LINEAR] = step;
	ret->steps[HR_AREA_VMEMMAP] = struct_pages & -struct_pages;
	for (size_t i = 0; i < HR_AREAS; i++)
		ret->aligns[i] = hr_page_size(&layout->geo);
}

struct hr_error *hr_table_survey_make(const struct hr_layout *layout,
				      const struct hr_memory *memory, struct hr_table_survey *ret)
{
	_cleanup_free_ unsigned char *pages = NULL;
	const struct hr_moves moves = hr_moves_of(layout);
	size_t size = hr_page_size(&layout->geo);
	struct survey survey = { .found = ret, .memory = memory };
	struct hr_error *error;

	*ret = (struct hr_table_survey){ .table_count = 0 };
	pages = hr_page_buffer(HR_LEVELS_MAX * size);
	if (!pages)
		return hr_error_no_memory();
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		survey.pages[i] = pages + i * size;
	set_steps(layout, ret);
	/* Each map has its root, and both may share tables at its end. */
	survey.left = memory->size / size + (uint64_t)HR_AREAS * HR_LEVELS_MAX;
	error = survey_area(&survey, &moves, HR_AREA_LINEAR, layout);
	if (!error)
		error = survey_area(&survey, &moves, HR_AREA_VMEMMAP, layout);
	return error ? error : hr_table_survey_sort(ret);
}

void hr_table_survey_release(struct hr_table_survey *survey)
{
	free(survey->tables);
	free(survey->pieces);
	*survey = (struct hr_table_survey){ .table_count = 0 };
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_tables(const void *a, const void *b)
{
	const struct hr_wide_table *left = a, *right = b;

	if (left->level != right->level)
		return left->level < right->level ? -1 : 1;
	if (left->area != right->area)
		return left->area < right->area ? -1 : 1;
	return compare_numbers(left->va, right->va);
}

/* Join what is twice on the list. */
static struct hr_error *join_pieces(struct hr_table_survey *survey)
{
	struct hr_table_piece *last = survey->pieces;

	for (size_t i = 1; i < survey->piece_count; i++) {
		const struct hr_table_piece *piece = &survey->pieces[i];

		if (piece->start < last->end && !has_one_fate(piece, last))
			return hr_error_new(HR_ERROR_INPUT,
					    "the page at PA 0x%" PRIx64
					    " is more than one of its tables",
					    piece->start);
		if (piece->start > last->end || !has_one_fate(piece, last))
			*++last = *piece;
		else if (piece->end > last->end)
			last->end = piece->end;
	}
	survey->piece_count = (size_t)(last - survey->pieces) + 1;
	return NULL;
}

struct hr_error *hr_table_survey_sort(struct hr_table_survey *survey)
{
	if (survey->table_count)
		qsort(survey->tables, survey->table_count, sizeof(*survey->tables), compare_tables);
	if (!survey->piece_count)
		return NULL;
	qsort(survey->pieces, survey->piece_count, sizeof(*survey->pieces), compare_pieces);
	return join_pieces(survey);
}

static int compare_place(const void *key, const void *element)
{
	uint64_t pa = *(const uint64_t *)key;
	const struct hr_table_piece *piece = element;

	return pa < piece->start ? -1 : pa >= piece->end;
}

const struct hr_table_piece *hr_table_survey_find(const struct hr_table_survey *survey, uint64_t pa)
{
	if (!survey->piece_count)
		return NULL;
	return bsearch(&pa, survey->pieces, survey->piece_count, sizeof(*survey->pieces),
		       compare_place);
}

const struct hr_wide_table *hr_table_survey_wide(const struct hr_table_survey *survey, int level,
						 enum hr_area_name area, uint64_t va)
{
	const struct hr_wide_table wanted = { .level = level, .area = area, .va = va };

	if (!survey->table_count)
		return NULL;
	return bsearch(&wanted, survey->tables, survey->table_count, sizeof(*survey->tables),
		       compare_tables);
}
