/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the areas of a kernel can move so that its tables stay what they are: whatever one table
 * maps, one table maps afterwards, and nothing else is in that table. Of all such distances a seed
 * chooses one.
 */
#ifndef HR_CHOOSE_MOVES_H
#define HR_CHOOSE_MOVES_H

#include <hotremove/hotremove.h>

#include "redact/table_survey.h"

/* What moves, besides what tables map. */
struct hr_moved_things {
	const struct hr_layout *layout;
	const struct hr_table_survey *survey;
	/* VAs in the linear map of memory that has sections; inclusive */
	uint64_t sections_first, sections_last;
	/* VAs of the struct pages of the first boot memory; inclusive */
	uint64_t boot_first, boot_last;
	/* VAs in the image that are known; inclusive */
	uint64_t image_first, image_last;
	/* The image's offset by KASLR: it does not go below where it is without. */
	uint64_t kaslr_offset;
	/* The leaf by which the image maps the root table. */
	uint64_t leaf_va;
	int leaf_level;
	/* Which of these are known. */
	bool has_sections, has_boot, has_image, has_kaslr_offset, has_leaf;
};

/*
 * Choose how far the linear map and the image of @things move, by @seed, and set that in @moves,
 * whose areas have not moved. Error HR_ERROR_INPUT: one of the two cannot move.
 *
 * A table that reaches beyond its map is not freed when it becomes empty. If no place keeps that
 * for all tables, those with struct pages of boot memory may differ, as they do not become empty.
 */
struct hr_error *hr_moves_choose(const struct hr_moved_things *things, uint64_t seed,
				 struct hr_moves *moves);

#endif
