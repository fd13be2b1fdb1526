// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_bands.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "report/html_strip.h"

/* A group of cells of one picture after the other. */
struct cursor {
	const struct hr_picture *picture;
	size_t next; /* the first cell that is not yet counted */
};

/* What a band of a picture shows. */
struct form {
	unsigned int (*kind_of)(const uint64_t bytes[HR_PICTURE_KINDS]);
	const char *(*class_of)(unsigned int kind);
	const char *(*name_of)(unsigned int kind);
};

enum {
	NOTHING = HR_PICTURE_HOLE /* not drawn, except as a hole between leaves */
};

void hr_html_pictures_align(const struct hr_html_pictures *pictures)
{
	uint64_t size = hr_html_cell_size(pictures);

	if (pictures->leaves)
		hr_picture_coarsen(pictures->leaves, size);
	if (pictures->parts)
		hr_picture_coarsen(pictures->parts, size);
}

void hr_html_pictures_fit(const struct hr_html_pictures *pictures, size_t width, size_t lines)
{
	if (pictures->leaves)
		hr_picture_fit(pictures->leaves, width, lines);
	if (pictures->parts)
		hr_picture_fit(pictures->parts, width, lines);
	hr_html_pictures_align(pictures);
}

uint64_t hr_html_cell_size(const struct hr_html_pictures *pictures)
{
	uint64_t leaves = pictures->leaves ? hr_picture_cell_size(pictures->leaves) : 0;
	uint64_t parts = pictures->parts ? hr_picture_cell_size(pictures->parts) : 0;

	if (!leaves && !parts)
		return 1;
	return leaves > parts ? leaves : parts;
}

/* The first place at or after @place that @picture, which may be NULL, uses; UINT64_MAX: none. */
static uint64_t used_from(const struct hr_picture *picture, uint64_t place)
{
	size_t index;

	if (!picture)
		return UINT64_MAX;
	index = hr_picture_find(picture, place * hr_picture_cell_size(picture));
	return index < hr_picture_count(picture) ? hr_picture_place(picture, index) : UINT64_MAX;
}

static uint64_t next_used(const struct hr_html_pictures *pictures, uint64_t place)
{
	uint64_t leaves = used_from(pictures->leaves, place);
	uint64_t parts = used_from(pictures->parts, place);

	return leaves < parts ? leaves : parts;
}

bool hr_html_line_at(const struct hr_html_pictures *pictures, uint64_t place, size_t width,
		     struct hr_html_line *ret)
{
	*ret = (struct hr_html_line){ .first = next_used(pictures, place), .group = 1 };
	if (ret->first == UINT64_MAX)
		return false;
	while (ret->count < width &&
	       next_used(pictures, ret->first + ret->count) == ret->first + ret->count)
		ret->count++;
	return true;
}

struct hr_html_line hr_html_line_of(const struct hr_html_pictures *pictures, uint64_t start,
				    uint64_t end, size_t width)
{
	uint64_t size = hr_html_cell_size(pictures);
	uint64_t first = start / size, count = (end - 1) / size - first + 1;
	uint64_t group = (count - 1) / width + 1;

	return (struct hr_html_line){
		.first = first,
		.count = (size_t)((count + group - 1) / group),
		.group = group,
	};
}

const char *hr_html_leaf_class(enum hr_picture_kind kind)
{
	static const char *const classes[HR_PICTURE_KINDS] = { "k0", "k1", "k2", "k3",
							       "k4", "k5", "k6", "k7" };

	return classes[kind];
}

const char *hr_html_part_class(unsigned int part)
{
	static const char *const classes[HR_HTML_PARTS] = { "v0", "v1", "v2", "v3", "v4", "v5" };

	return classes[part];
}

const char *hr_html_leaf_name(enum hr_picture_kind kind)
{
	static const char *const others[] = { "never created by Linux", "unreadable",
					      "not mapped" };

	return kind < HR_PICTURE_OTHER ? hr_leaf_kind_name((enum hr_leaf_kind)kind)
				       : others[kind - HR_PICTURE_OTHER];
}

const char *hr_html_part_name(unsigned int part)
{
	static const char *const names[HR_HTML_PARTS] = {
		[HR_PART_REMOVABLE] = "removable",
		[HR_PART_WHOLE_LEAF] = "not removable by itself",
		[HR_PART_BOOT] = "boot memory",
		[HR_PART_OTHER] = "not removable for other reasons",
		[HR_PART_UNKNOWN] = "unknown",
		[HR_HTML_MIXED] = "of more than one kind",
	};

	return names[part];
}

/* Add up the bytes of the cells in the places before @end. */
static void count_cells(struct cursor *cursor, uint64_t end, uint64_t bytes[HR_PICTURE_KINDS])
{
	memset(bytes, 0, HR_PICTURE_KINDS * sizeof(*bytes));
	while (cursor->next < hr_picture_count(cursor->picture) &&
	       hr_picture_place(cursor->picture, cursor->next) < end) {
		for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_HOLE; kind++)
			bytes[kind] += hr_picture_cell_bytes(cursor->picture, cursor->next, kind);
		cursor->next++;
	}
}

static unsigned int most_of(const uint64_t bytes[HR_PICTURE_KINDS])
{
	unsigned int most = 0;

	for (unsigned int kind = 0; kind < HR_PICTURE_HOLE; kind++)
		if (bytes[kind] > bytes[most])
			most = kind;
	return bytes[most] ? most : NOTHING;
}

static unsigned int only_of(const uint64_t bytes[HR_PICTURE_KINDS])
{
	unsigned int only = NOTHING;

	for (unsigned int part = 0; part < HR_PART_COUNT; part++) {
		if (!bytes[part])
			continue;
		if (only != NOTHING)
			return HR_HTML_MIXED;
		only = part;
	}
	return only;
}

static const char *class_of_leaf(unsigned int kind)
{
	return hr_html_leaf_class((enum hr_picture_kind)kind);
}

static const char *name_of_leaf(unsigned int kind)
{
	return hr_html_leaf_name((enum hr_picture_kind)kind);
}

/* The physical memory of the groups [@from, @to) of a line. */
static struct hr_range_text memory_of(const struct hr_html_band *band,
				      const struct hr_html_line *line, uint64_t cell_size,
				      size_t from, size_t to)
{
	uint64_t first = line->first + from * line->group, last = line->first + to * line->group;

	return hr_range_text(band->origin + first * cell_size, band->origin + last * cell_size);
}

/* Write the groups [@from, @to) of a line, which show the same @kind, as one box. */
static void put_run(FILE *stream, const struct form *form, const struct hr_html_band *band,
		    const struct hr_html_line *line, uint64_t cell_size, unsigned int kind,
		    size_t from, size_t to)
{
	struct hr_html_box box = {
		.x = (unsigned int)(from * HR_HTML_WHOLE / band->width),
		.width = (unsigned int)((to - from) * HR_HTML_WHOLE / band->width),
		.y = band->y,
		.height = band->height,
	};

	if (band->has_titles)
		hr_html_box_titled(stream, form->class_of(kind), box, "%s: %s",
				   memory_of(band, line, cell_size, from, to).text,
				   form->name_of(kind));
	else
		hr_html_box(stream, form->class_of(kind), box);
}

static uint32_t put_band(FILE *stream, const struct form *form, const struct hr_picture *picture,
			 const struct hr_html_line *line, const struct hr_html_band *band)
{
	uint64_t size = hr_picture_cell_size(picture);
	struct cursor cursor = { picture, hr_picture_find(picture, line->first * size) };
	unsigned int kind = NOTHING;
	uint32_t shown = 0;
	size_t from = 0;

	for (size_t i = 0; i <= line->count; i++) {
		unsigned int next = NOTHING;

		if (i < line->count) {
			uint64_t bytes[HR_PICTURE_KINDS];

			count_cells(&cursor, line->first + (i + 1) * line->group, bytes);
			next = form->kind_of(bytes);
			shown |= 1u << next;
		}
		if (i && (next != kind || i == line->count)) {
			if (kind != NOTHING)
				put_run(stream, form, band, line, size, kind, from, i);
			from = i;
		}
		kind = next;
	}
	return shown;
}

uint32_t hr_html_put_leaves(FILE *stream, const struct hr_html_pictures *pictures,
			    const struct hr_html_line *line, const struct hr_html_band *band)
{
	static const struct form form = { most_of, class_of_leaf, name_of_leaf };

	return put_band(stream, &form, pictures->leaves, line, band);
}

uint32_t hr_html_put_parts(FILE *stream, const struct hr_html_pictures *pictures,
			   const struct hr_html_line *line, const struct hr_html_band *band)
{
	static const struct form form = { only_of, hr_html_part_class, hr_html_part_name };

	return put_band(stream, &form, pictures->parts, line, band);
}
