// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/units.h"
#include "report/block_text.h"

enum {
	WORDS_MAX = 192 << 10, /* bytes of reasons as text, in all rows */
	SHIFT_MAX = 63
};

struct hr_block_rows {
	uint64_t block_size;
	uint32_t ignored;
	/* Rows are joined if they begin in the same 1 << shift bytes; 0: none is. */
	unsigned int shift;
	size_t count;
	size_t words; /* bytes */
	struct hr_block_row rows[HR_BLOCK_ROWS_MAX + 1];
};

static void row_release(struct hr_block_row *row)
{
	free(row->words);
	free(row->edges);
	*row = (struct hr_block_row){ 0 };
}

struct hr_error *hr_block_rows_create(uint64_t block_size, uint32_t ignored,
				      struct hr_block_rows **ret)
{
	struct hr_block_rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return hr_error_no_memory();
	rows->block_size = block_size;
	rows->ignored = ignored;
	*ret = rows;
	return NULL;
}

void hr_block_rows_destroy(struct hr_block_rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < rows->count; i++)
		row_release(&rows->rows[i]);
	free(rows);
}

static struct hr_block_row row_of(const struct hr_listed_block *block, uint32_t ignored)
{
	const struct hr_answer *answer = block->answer;
	struct hr_block_row row = {
		.start = answer->range.start,
		.end = answer->range.end,
		.count = 1,
		.set = hr_block_set_of(block),
	};

	row.parts[hr_block_part_of(block, ignored)] = 1;
	return row;
}

static bool is_alike(const struct hr_block_row *one, const struct hr_block_row *other)
{
	bool alike = !one->is_joined && !other->is_joined && one->end == other->start;

	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++)
		alike = alike && !one->parts[part] == !other->parts[part];
	return alike && hr_block_set_is_equal(&one->set, &other->set);
}

/* Add @other to @row, which keeps its words. */
static void row_take(struct hr_block_row *row, struct hr_block_row *other)
{
	row->is_joined = !is_alike(row, other);
	row->end = other->end;
	row->count += other->count;
	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++)
		row->parts[part] += other->parts[part];
	hr_block_set_add(&row->set, &other->set);
	row_release(other);
}

static bool is_joined_with(const struct hr_block_rows *rows, const struct hr_block_row *one,
			   const struct hr_block_row *other)
{
	if (is_alike(one, other))
		return true;
	return rows->shift && one->start >> rows->shift == other->start >> rows->shift;
}

/* Join rows of ever larger pieces of memory until there are few enough. */
static void join_rows(struct hr_block_rows *rows)
{
	if (!rows->shift)
		while (rows->shift < SHIFT_MAX && UINT64_C(1) << rows->shift < rows->block_size)
			rows->shift++;
	while (rows->count > HR_BLOCK_ROWS_MAX && rows->shift < SHIFT_MAX) {
		size_t count = 1;

		rows->shift++;
		for (size_t i = 1; i < rows->count; i++) {
			struct hr_block_row *last = &rows->rows[count - 1];

			if (is_joined_with(rows, last, &rows->rows[i]))
				row_take(last, &rows->rows[i]);
			else if (count++ != i)
				rows->rows[count - 1] = rows->rows[i];
		}
		rows->count = count;
	}
}

/* "memory24: its message" for each reason of @block; NULL without memory. */
static char *reasons_of(const struct hr_block_rows *rows, const struct hr_listed_block *block)
{
	const struct hr_check_result *check = &block->answer->check;
	const struct hr_name_text name =
		hr_block_name(block->answer->range.start, rows->block_size);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < check->count; i++)
		fprintf(stream, "%s: %s\n", name.text, check->reasons[i].message);
	if (!fclose(stream))
		return text;
	free(text);
	return NULL;
}

/* Keep why @block cannot be removed in @row, the last one. */
static struct hr_error *add_words(struct hr_block_rows *rows, struct hr_block_row *row,
				  const struct hr_listed_block *block)
{
	_cleanup_free_ char *more = NULL;
	size_t len, before = row->words ? strlen(row->words) : 0;
	char *words;

	if (!block->answer->check.count || row->is_joined || row->worded == HR_BLOCK_ROW_WORDS ||
	    rows->words > WORDS_MAX)
		return NULL;
	more = reasons_of(rows, block);
	if (!more)
		return hr_error_no_memory();
	len = strlen(more);
	words = realloc(row->words, before + len + 1);
	if (!words)
		return hr_error_no_memory();
	memcpy(words + before, more, len + 1);
	row->words = words;
	row->worded++;
	rows->words += len;
	return NULL;
}

/* "linear: first byte: PUD 1 GiB; last byte: PUD 1 GiB, beyond", a line for each map. */
static struct hr_error *describe_edges(const struct hr_listed_block *block,
				       struct hr_block_row *row)
{
	char start[HR_BLOCK_TEXT_SIZE], end[HR_BLOCK_TEXT_SIZE];
	char text[HR_MAP_COUNT * (2 * HR_BLOCK_TEXT_SIZE + 32)];
	size_t len = 0;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		hr_block_edge_text(block, map, false, start);
		hr_block_edge_text(block, map, true, end);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s: first byte: %s; last byte: %s", len ? "\n" : "",
					hr_map_name(map), start, end);
	}
	row->edges = strdup(text);
	return row->edges ? NULL : hr_error_no_memory();
}

struct hr_error *hr_block_rows_add(struct hr_block_rows *rows, const struct hr_listed_block *block)
{
	struct hr_block_row row = row_of(block, rows->ignored);
	struct hr_block_row *last = rows->count ? &rows->rows[rows->count - 1] : NULL;
	struct hr_error *error;

	if (last && is_joined_with(rows, last, &row)) {
		row_take(last, &row);
		return add_words(rows, last, block);
	}
	error = describe_edges(block, &row);
	if (!error)
		error = add_words(rows, &row, block);
	if (error) {
		row_release(&row);
		return error;
	}
	rows->rows[rows->count++] = row;
	if (rows->count > HR_BLOCK_ROWS_MAX)
		join_rows(rows);
	return NULL;
}

const struct hr_block_row *hr_block_rows_at(const struct hr_block_rows *rows, size_t index)
{
	return index < rows->count ? &rows->rows[index] : NULL;
}

bool hr_block_rows_are_joined(const struct hr_block_rows *rows)
{
	return rows->shift != 0;
}
