// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_columns.h"

#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "base/text_append.h"
#include "report/block_text.h"

const struct hr_column_form hr_columns[HR_COLUMN_COUNT] = {
	[HR_COLUMN_RANGE] = { "RANGE", true, true, SCOLS_FL_WRAP },
	[HR_COLUMN_SIZE] = { "SIZE", true, true, SCOLS_FL_RIGHT },
	[HR_COLUMN_STATE] = { "STATE", true, false, 0 },
	[HR_COLUMN_ORIGIN] = { "ORIGIN", false, false, 0 },
	[HR_COLUMN_NODE] = { "NODE", false, false, SCOLS_FL_RIGHT },
	[HR_COLUMN_ZONES] = { "ZONES", false, false, 0 },
	[HR_COLUMN_DEVICE] = { "DEVICE", false, false, 0 },
	[HR_COLUMN_ON_MEMORY] = { "MEMMAP-ON-MEMORY", false, false, 0 },
	[HR_COLUMN_BLOCK] = { "BLOCK", false, true, SCOLS_FL_RIGHT },
	[HR_COLUMN_LINEAR] = { "LINEAR", true, false, SCOLS_FL_WRAP },
	[HR_COLUMN_VMEMMAP] = { "VMEMMAP", false, false, SCOLS_FL_WRAP },
	[HR_COLUMN_LINEAR_START] = { "LINEAR-START", false, false, SCOLS_FL_WRAP },
	[HR_COLUMN_LINEAR_END] = { "LINEAR-END", false, false, SCOLS_FL_WRAP },
	[HR_COLUMN_VMEMMAP_START] = { "VMEMMAP-START", false, false, SCOLS_FL_WRAP },
	[HR_COLUMN_VMEMMAP_END] = { "VMEMMAP-END", false, false, SCOLS_FL_WRAP },
	[HR_COLUMN_VERDICT] = { "VERDICT", true, false, SCOLS_FL_WRAP },
	[HR_COLUMN_CHECK] = { "CHECK", true, false, SCOLS_FL_WRAP },
	[HR_COLUMN_WHY] = { "WHY", true, false, SCOLS_FL_WRAP },
};

bool hr_column_is_selected(const struct hr_selection *selection, enum hr_column column)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->columns[i] == column)
			return true;
	return false;
}

/* A column that is already selected keeps its place. */
static void select_column(struct hr_selection *selection, enum hr_column column)
{
	if (!hr_column_is_selected(selection, column))
		selection->columns[selection->count++] = column;
}

static struct hr_error *unknown_column(const char *name, size_t len)
{
	char names[256] = "";

	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		hr_text_append(names, sizeof(names), ", ", hr_columns[column].name);
	if (!len)
		return hr_error_new(HR_ERROR_USAGE,
				    "--output: a column has no name; the columns are %s", names);
	return hr_error_new(HR_ERROR_USAGE,
			    "--output: there is no column '%.*s'; the columns are %s",
			    len < 64 ? (int)len : 64, name, names);
}

static struct hr_error *select_name(struct hr_selection *selection, const char *name, size_t len)
{
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++) {
		const char *known = hr_columns[column].name;

		if (strlen(known) != len || strncasecmp(known, name, len) != 0)
			continue;
		select_column(selection, column);
		return NULL;
	}
	return unknown_column(name, len);
}

struct hr_error *hr_columns_select(const char *text, struct hr_selection *ret)
{
	struct hr_error *error = NULL;

	ret->count = 0;
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		if (hr_columns[column].is_usual && (!text || *text == '+'))
			select_column(ret, column);
	if (!text)
		return NULL;
	text += *text == '+';
	do {
		size_t len = strcspn(text, ",");

		error = select_name(ret, text, len);
		text += len;
	} while (!error && *text++);
	return error;
}

struct hr_error *hr_columns_check(const char *text)
{
	struct hr_selection selection;

	return hr_columns_select(text, &selection);
}
