// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_suggestions.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "report/sink.h"

enum {
	CELL_SIZE = 64
};

/* "memory40-memory47", or a single name. */
static void describe_blocks(const struct hr_pa_range *range, uint64_t block_size,
			    char text[CELL_SIZE])
{
	const struct hr_name_text first = hr_block_name(range->start, block_size);
	const struct hr_name_text last = hr_block_name(range->end - 1, block_size);
	bool one = !strcmp(first.text, last.text);

	snprintf(text, CELL_SIZE, "%s%s%s", first.text, one ? "" : "-", one ? "" : last.text);
}

static bool add_line(struct libscols_table *table, const struct hr_suggestion *suggestion,
		     uint64_t block_size)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const struct hr_pa_range *range = &suggestion->range;
	struct hr_size_text size = hr_size_text(range->end - range->start);
	char blocks[CELL_SIZE], tlbi[24], refused[24];

	describe_blocks(range, block_size, blocks);
	snprintf(tlbi, sizeof(tlbi), "%" PRIu64, suggestion->tlbi);
	snprintf(refused, sizeof(refused), "%" PRIu64, suggestion->refused);
	return line &&
	       !scols_line_set_data(line, 0, hr_range_text(range->start, range->end).text) &&
	       !scols_line_set_data(line, 1, size.text) && !scols_line_set_data(line, 2, blocks) &&
	       !scols_line_set_data(line, 3, tlbi) && !scols_line_set_data(line, 4, refused);
}

static struct hr_error *print_table(const struct hr_suggestions *suggestions, uint64_t block_size)
{
	static const struct {
		const char *name;
		int flags;
	} columns[] = {
		{ "RANGE", 0 },
		{ "SIZE", SCOLS_FL_RIGHT },
		{ "BLOCKS", 0 },
		{ "TLBI", SCOLS_FL_RIGHT },
		{ "REFUSED", SCOLS_FL_RIGHT },
	};
	struct libscols_table *table = scols_new_table();
	_cleanup_free_ char *text = NULL;
	bool ok = table != NULL;

	for (size_t i = 0; ok && i < sizeof(columns) / sizeof(columns[0]); i++)
		ok = scols_table_new_column(table, columns[i].name, 0, columns[i].flags);
	for (size_t i = 0; ok && i < hr_suggestions_listed(suggestions); i++)
		ok = add_line(table, &suggestions->list[i], block_size);
	ok = ok && !scols_print_table_to_string(table, &text);
	scols_unref_table(table);
	if (!ok)
		return hr_error_no_memory();
	puts(text);
	return NULL;
}

static void print_none(const struct hr_suggestions *suggestions, uint64_t wanted)
{
	const struct hr_pa_range *largest = &suggestions->largest;

	printf("no range of at least %s is %s\n", hr_size_text(wanted).text,
	       suggestions->unread ? "known to be removable: some memory could not be read"
				   : "removable");
	if (!suggestions->has_largest)
		return;
	printf("the largest removable range is %s (%s)\n",
	       hr_range_text(largest->start, largest->end).text,
	       hr_size_text(largest->end - largest->start).text);
}

struct hr_error *hr_text_suggestions(const struct hr_suggestions *suggestions, uint64_t wanted,
				     uint64_t block_size)
{
	struct hr_error *error = NULL;

	if (suggestions->count)
		error = print_table(suggestions, block_size);
	else
		print_none(suggestions, wanted);
	if (suggestions->count > HR_SUGGESTIONS_LISTED)
		printf("and %zu more\n", suggestions->count - HR_SUGGESTIONS_LISTED);
	if (!error)
		putchar('\n');
	return error;
}
