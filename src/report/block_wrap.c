// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_wrap.h"

#include <string.h>

/* What is narrowed on a terminal, in this order, until the table fits. */
static const struct {
	enum hr_column column;
	enum hr_breaking breaking;
} narrowing[] = {
	{ HR_COLUMN_WHY, HR_BREAK_COMMAS },	    { HR_COLUMN_LINEAR_START, HR_BREAK_COMMAS },
	{ HR_COLUMN_LINEAR_END, HR_BREAK_COMMAS },  { HR_COLUMN_VMEMMAP_START, HR_BREAK_COMMAS },
	{ HR_COLUMN_VMEMMAP_END, HR_BREAK_COMMAS }, { HR_COLUMN_VMEMMAP, HR_BREAK_COMMAS },
	{ HR_COLUMN_LINEAR, HR_BREAK_COMMAS },	    { HR_COLUMN_CHECK, HR_BREAK_COMMAS },
	{ HR_COLUMN_RANGE, HR_BREAK_ALL },	    { HR_COLUMN_WHY, HR_BREAK_ALL },
	{ HR_COLUMN_VERDICT, HR_BREAK_ALL },	    { HR_COLUMN_CHECK, HR_BREAK_ALL },
};

/* Bytes of @text up to its first possible break, all of it if there is none. */
static size_t piece_length(const char *text, enum hr_breaking breaking)
{
	size_t len = strcspn(text, breaking == HR_BREAK_ALL ? " ,-" : ",");

	if (text[len] == ',' || text[len] == '-')
		len++;
	return len;
}

void hr_widths_add_heading(struct hr_widths *widths, const char *name)
{
	widths->whole = strlen(name);
	for (enum hr_breaking breaking = 0; breaking < HR_BREAKINGS; breaking++)
		widths->broken[breaking] = widths->whole;
}

void hr_widths_add(struct hr_widths *widths, const char *text)
{
	size_t whole = strlen(text);

	if (whole > widths->whole)
		widths->whole = whole;
	for (enum hr_breaking breaking = 0; breaking < HR_BREAKINGS; breaking++) {
		for (const char *at = text; *at;) {
			size_t len = piece_length(at, breaking);

			if (len > widths->broken[breaking])
				widths->broken[breaking] = len;
			at += len;
			at += *at == ' ';
		}
	}
}

/* Narrow @widths by up to @surplus; returns by how much. */
static size_t narrow(struct hr_widths *widths, enum hr_breaking breaking, size_t surplus)
{
	size_t least = widths->broken[breaking];

	if (widths->used <= least)
		return 0;
	if (surplus > widths->used - least)
		surplus = widths->used - least;
	widths->used -= surplus;
	widths->breaking = breaking;
	return surplus;
}

void hr_widths_fit(struct hr_widths widths[HR_COLUMN_COUNT], const struct hr_selection *selection,
		   size_t columns)
{
	size_t total = selection->count - 1;

	for (size_t i = 0; i < selection->count; i++) {
		struct hr_widths *column = &widths[selection->columns[i]];

		column->used = column->whole;
		total += column->used;
	}
	for (size_t i = 0; i < sizeof(narrowing) / sizeof(narrowing[0]) && total > columns; i++) {
		enum hr_column column = narrowing[i].column;

		if (hr_column_is_selected(selection, column))
			total -= narrow(&widths[column], narrowing[i].breaking, total - columns);
	}
}

void hr_widths_break(const struct hr_widths *widths, const char *text, char *ret, size_t size)
{
	size_t line = 0, used = 0;

	while (*text) {
		size_t len = piece_length(text, widths->breaking);
		size_t space = text[len] == ' ';

		if (line && line + len > widths->used) {
			if (ret[used - 1] == ' ')
				used--;
			ret[used++] = '\n';
			line = 0;
		}
		if (used + len + space + 2 > size)
			break;
		memcpy(ret + used, text, len + space);
		used += len + space;
		line += len + space;
		text += len + space;
	}
	ret[used] = '\0';
}
