// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_columns.h"

#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "base/text_append.h"
#include "report/block_text.h"

const struct hr_column_form hr_columns[HR_COLUMN_COUNT] = {
	[HR_COLUMN_RANGE] = { "RANGE", true, true, SCOLS_FL_WRAP,
			      "first and last address of the memory" },
	[HR_COLUMN_SIZE] = { "SIZE", true, true, SCOLS_FL_RIGHT, "size of the memory" },
	[HR_COLUMN_STATE] = { "STATE", true, false, 0, "online, offline or, where not known, ?" },
	[HR_COLUMN_ORIGIN] = { "ORIGIN", false, false, 0,
			       "boot, hot-added or, where not known, ?" },
	[HR_COLUMN_NODE] = { "NODE", false, false, SCOLS_FL_RIGHT, "NUMA node, if it is known" },
	[HR_COLUMN_ZONES] = { "ZONES", false, false, 0, "zone, or zones in which to come online" },
	[HR_COLUMN_DEVICE] = { "DEVICE", false, false, 0, "device that brought the memory" },
	[HR_COLUMN_ON_MEMORY] = { "MEMMAP-ON-MEMORY", false, false, 0,
				  "yes if the block holds its own struct pages" },
	[HR_COLUMN_BLOCK] = { "BLOCK", false, true, SCOLS_FL_RIGHT,
			      "first and last number of the memory blocks" },
	[HR_COLUMN_PFN] = { "PFN", false, true, SCOLS_FL_RIGHT,
			    "first and last page frame number" },
	[HR_COLUMN_LINEAR] = { "LINEAR", true, false, SCOLS_FL_WRAP,
			       "kinds of leaves in the linear map" },
	[HR_COLUMN_VMEMMAP] = { "VMEMMAP", false, false, SCOLS_FL_WRAP,
				"kinds of leaves in the vmemmap" },
	[HR_COLUMN_LINEAR_START] = { "LINEAR-START", false, false, SCOLS_FL_WRAP,
				     "leaf of the linear map at the first byte" },
	[HR_COLUMN_LINEAR_END] = { "LINEAR-END", false, false, SCOLS_FL_WRAP,
				   "leaf of the linear map at the last byte" },
	[HR_COLUMN_VMEMMAP_START] = { "VMEMMAP-START", false, false, SCOLS_FL_WRAP,
				      "leaf of the vmemmap for the first byte" },
	[HR_COLUMN_VMEMMAP_END] = { "VMEMMAP-END", false, false, SCOLS_FL_WRAP,
				    "leaf of the vmemmap for the last byte" },
	[HR_COLUMN_VERDICT] = { "VERDICT", true, false, SCOLS_FL_WRAP,
				"removable, not-removable or unknown" },
	[HR_COLUMN_CHECK] = { "CHECK", true, false, SCOLS_FL_WRAP,
			      "what the kernel's own check would say" },
	[HR_COLUMN_PAGES] = { "PAGES", false, false, SCOLS_FL_WRAP,
			      "with --pages: pages that are not free" },
	[HR_COLUMN_WHY] = { "WHY", true, false, SCOLS_FL_WRAP, "reasons against the removal" },
};

const char *hr_column_at(size_t index, const char **ret_help)
{
	if (index >= HR_COLUMN_COUNT)
		return NULL;
	*ret_help = hr_columns[index].help;
	return hr_columns[index].name;
}

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

static struct hr_error *unknown_column(const char *option, const char *name, size_t len)
{
	char names[256] = "";

	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		hr_text_append(names, sizeof(names), ", ", hr_columns[column].name);
	if (!len)
		return hr_error_new(HR_ERROR_USAGE,
				    "--%s: a column has no name; the columns are %s", option,
				    names);
	return hr_error_new(HR_ERROR_USAGE, "--%s: there is no column '%.*s'; the columns are %s",
			    option, len < 64 ? (int)len : 64, name, names);
}

static struct hr_error *select_name(struct hr_selection *selection, const char *option,
				    const char *name, size_t len)
{
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++) {
		const char *known = hr_columns[column].name;

		if (strlen(known) != len || strncasecmp(known, name, len) != 0)
			continue;
		select_column(selection, column);
		return NULL;
	}
	return unknown_column(option, name, len);
}

/* Select the columns in @text, the value of @option, behind those that are selected already. */
static struct hr_error *select_names(struct hr_selection *selection, const char *option,
				     const char *text)
{
	struct hr_error *error;

	do {
		size_t len = strcspn(text, ",");

		error = select_name(selection, option, text, len);
		text += len;
	} while (!error && *text++);
	return error;
}

struct hr_error *hr_columns_select(const char *text, uint32_t more, struct hr_selection *ret)
{
	ret->count = 0;
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		if ((hr_columns[column].is_usual || more & 1u << column) && (!text || *text == '+'))
			select_column(ret, column);
	if (!text)
		return NULL;
	return select_names(ret, "output", text + (*text == '+'));
}

void hr_columns_select_all(struct hr_selection *ret)
{
	ret->count = 0;
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		select_column(ret, column);
}

struct hr_error *hr_columns_select_split(const char *text, struct hr_selection *ret)
{
	ret->count = 0;
	return strcasecmp(text, "none") != 0 ? select_names(ret, "split", text) : NULL;
}

struct hr_error *hr_columns_check(const char *output, const char *split)
{
	struct hr_selection selection;
	struct hr_error *error = hr_columns_select(output, 0, &selection);

	return error || !split ? error : hr_columns_select_split(split, &selection);
}

void hr_columns_add(struct hr_selection *selection, const struct hr_selection *added)
{
	for (size_t i = 0; i < added->count; i++)
		select_column(selection, added->columns[i]);
}
