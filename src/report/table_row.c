// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/table_row.h"

#include <string.h>

#include "base/text_append.h"

enum {
	UNKNOWN = 1 << (HR_UNKNOWN + 1),
	NO = 1 << (HR_NO + 1),
	YES = 1 << (HR_YES + 1)
};

/* The columns about a single byte: that at the start, or at the end, of a row. */
static const struct edge {
	enum hr_column column;
	enum hr_map map;
	bool at_end;
} edges[] = {
	{ HR_COLUMN_LINEAR_START, HR_MAP_LINEAR, false },
	{ HR_COLUMN_LINEAR_END, HR_MAP_LINEAR, true },
	{ HR_COLUMN_VMEMMAP_START, HR_MAP_VMEMMAP, false },
	{ HR_COLUMN_VMEMMAP_END, HR_MAP_VMEMMAP, true },
};

enum {
	EDGES = sizeof(edges) / sizeof(edges[0])
};

/* Columns of one value. What differs from block to block is not said. */
static const enum hr_column of_one[] = { HR_COLUMN_NODE, HR_COLUMN_ZONES, HR_COLUMN_DEVICE,
					 HR_COLUMN_ON_MEMORY, HR_COLUMN_PAGES };

/* A single value of a set of tristates. With an unknown one, only a difference is certain. */
static const char *single(uint32_t tristates, const char *no, const char *yes)
{
	if ((tristates & (NO | YES)) == (NO | YES))
		return "mixed";
	if (tristates & UNKNOWN)
		return "?";
	return (tristates & YES) ? yes : no;
}

static void set_cell(struct hr_table_row *row, enum hr_column column, const char *text)
{
	row->cells[column][0] = '\0';
	hr_text_append(row->cells[column], HR_BLOCK_TEXT_SIZE, "", text);
}

static void list_outcomes(struct hr_table_row *row)
{
	char *cell = row->cells[HR_COLUMN_CHECK];

	cell[0] = '\0';
	for (enum hr_guard_outcome outcome = 0; outcome <= HR_GUARD_CANNOT_TELL; outcome++)
		if (row->set.outcomes & 1u << outcome)
			hr_text_append(cell, HR_BLOCK_TEXT_SIZE, ",",
				       hr_guard_outcome_name(outcome));
}

/* Fill the cells that follow from the set of the row. */
static void describe_set(struct hr_table_row *row)
{
	const struct hr_block_set *set = &row->set;

	row->verdict = hr_worst_verdict(set->verdicts);
	set_cell(row, HR_COLUMN_STATE, single(set->states, "offline", "online"));
	set_cell(row, HR_COLUMN_ORIGIN, single(set->origins, "hot-added", "boot"));
	set_cell(row, HR_COLUMN_VERDICT, hr_verdict_name(row->verdict));
	list_outcomes(row);
	hr_leaves_text(set->leaves[HR_MAP_LINEAR], row->cells[HR_COLUMN_LINEAR]);
	hr_leaves_text(set->leaves[HR_MAP_VMEMMAP], row->cells[HR_COLUMN_VMEMMAP]);
	hr_reasons_text(set->reasons, row->cells[HR_COLUMN_WHY]);
}

/* Most rows continue the one before, so columns that are not wanted would cost the most. */
static void describe_edges(struct hr_table_row *row, const struct hr_selection *wanted,
			   const struct hr_listed_block *block)
{
	for (size_t i = 0; i < EDGES; i++)
		if (hr_column_is_selected(wanted, edges[i].column))
			hr_block_edge_text(block, edges[i].map, edges[i].at_end,
					   row->cells[edges[i].column]);
}

void hr_table_row_fill(struct hr_table_row *row, const struct hr_selection *wanted,
		       const struct hr_listed_block *block)
{
	row->start = block->answer->range.start;
	row->end = block->answer->range.end;
	row->set = hr_block_set_of(block);
	for (size_t i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++)
		row->cells[of_one[i]][0] = '\0';
	describe_set(row);
	describe_edges(row, wanted, block);
}

void hr_table_row_take(struct hr_table_row *row, const struct hr_selection *wanted,
		       const struct hr_table_row *next)
{
	row->end = next->end;
	for (size_t i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++)
		if (strcmp(row->cells[of_one[i]], next->cells[of_one[i]]) != 0)
			set_cell(row, of_one[i], "mixed");
	for (size_t i = 0; i < EDGES; i++)
		if (edges[i].at_end && hr_column_is_selected(wanted, edges[i].column))
			set_cell(row, edges[i].column, next->cells[edges[i].column]);
	if (hr_block_set_is_equal(&row->set, &next->set))
		return;
	hr_block_set_add(&row->set, &next->set);
	describe_set(row);
}

bool hr_table_row_is_alike(const struct hr_table_row *row, const struct hr_selection *selection,
			   const struct hr_table_row *other)
{
	for (size_t i = 0; i < selection->count; i++) {
		enum hr_column column = selection->columns[i];

		if (!hr_columns[column].is_place &&
		    strcmp(row->cells[column], other->cells[column]) != 0)
			return false;
	}
	return true;
}
