// SPDX-License-Identifier: GPL-2.0-or-later
#include "predict/prediction.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "predict/made_tables.h"

/* What was added, for the tables that are computed later. */
struct addition {
	struct hr_add add[HR_MAP_COUNT];
	struct addition *next;
};

struct hr_prediction {
	const struct hr_layout *layout;
	struct hr_made_tables *tables;
	struct addition *additions;
	struct hr_section_change *sections;
	size_t section_count;
	uint64_t room; /* bytes of tables that were added, at most */
};

struct hr_error *hr_prediction_create(const struct hr_layout *layout,
				      const struct hr_memory *memory, struct hr_prediction **ret)
{
	_cleanup_(hr_cleanup_prediction) struct hr_prediction *prediction =
		calloc(1, sizeof(*prediction));
	struct hr_error *error;

	if (!prediction)
		return hr_error_no_memory();
	prediction->layout = layout;
	error = hr_made_tables_create(layout, memory, &prediction->tables);
	if (!error)
		*ret = hr_take(prediction);
	return error;
}

void hr_prediction_destroy(struct hr_prediction *prediction)
{
	if (!prediction)
		return;
	hr_made_tables_destroy(prediction->tables);
	while (prediction->additions) {
		struct addition *next = prediction->additions->next;

		free(prediction->additions);
		prediction->additions = next;
	}
	free(prediction->sections);
	free(prediction);
}

static struct hr_error *change_sections(struct hr_prediction *prediction,
					const struct hr_pa_range *range, bool present)
{
	unsigned int bits = prediction->layout->section_size_bits;
	struct hr_section_change *list =
		realloc(prediction->sections, (prediction->section_count + 1) * sizeof(*list));

	if (!list)
		return hr_error_no_memory();
	list[prediction->section_count++] = (struct hr_section_change){
		.first = range->start >> bits,
		.last = (range->end - 1) >> bits,
		.present = present,
	};
	prediction->sections = list;
	return NULL;
}

/*
 * Bytes of tables for both maps, if pages map all of @range: an entry for each page, and less than
 * that again for struct pages, higher levels, and tables that are only partly used.
 */
static uint64_t tables_of(const struct hr_layout *layout, const struct hr_pa_range *range)
{
	uint64_t pages = (range->end - range->start) >> layout->geo.page_shift;

	return 2 * pages * sizeof(uint64_t) +
	       (uint64_t)4 * HR_LEVELS_MAX * hr_page_size(&layout->geo);
}

struct hr_error *hr_prediction_add(struct hr_prediction *prediction, const struct hr_add *how,
				   uint64_t *ret_left_out)
{
	struct addition *addition = calloc(1, sizeof(*addition));
	struct hr_error *error = NULL;

	if (!addition)
		return hr_error_no_memory();
	addition->next = prediction->additions;
	prediction->additions = addition;
	prediction->room += tables_of(prediction->layout, &how->range);
	*ret_left_out = 0;
	for (enum hr_map map = 0; map < HR_MAP_COUNT && !error; map++) {
		struct hr_add *add = &addition->add[map];
		uint64_t left_out;

		*add = *how;
		add->layout = prediction->layout;
		add->map = map;
		error = hr_add_apply(prediction->tables, add, &left_out);
		*ret_left_out += left_out;
	}
	return error ? error : change_sections(prediction, &how->range, true);
}

struct hr_error *hr_prediction_remove(struct hr_prediction *prediction,
				      const struct hr_pa_range *range,
				      struct hr_torn ret_torn[HR_MAP_COUNT])
{
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; map < HR_MAP_COUNT && !error; map++) {
		const struct hr_remove remove = { prediction->layout, map, *range };

		error = hr_remove_apply(prediction->tables, &remove, &ret_torn[map]);
	}
	return error ? error : change_sections(prediction, range, false);
}

struct hr_memory hr_prediction_memory(const struct hr_prediction *prediction)
{
	return hr_made_tables_memory(prediction->tables, prediction->room);
}

uint64_t hr_prediction_root_pa(const struct hr_prediction *prediction)
{
	return hr_made_root_pa(prediction->tables);
}

const struct hr_section_change *hr_prediction_sections(const struct hr_prediction *prediction,
						       size_t *ret_count)
{
	*ret_count = prediction->section_count;
	return prediction->sections;
}
