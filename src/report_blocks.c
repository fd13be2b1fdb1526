// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_blocks.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "units.h"

/* What a block is counted as in the lines below the table. */
enum part {
	PART_REMOVABLE,
	PART_WHOLE_LEAF, /* not on its own: a leaf reaches beyond it, or the kernel refuses it */
	PART_BOOT,
	PART_OTHER,
	PART_COUNT,
};

/* A line of the table: one block, or neighbours that agree in all but their place. */
struct row {
	uint64_t start, end;
	enum hr_tristate online;
	enum hr_verdict verdict;
	uint32_t reasons; /* bits by enum hr_reason_code */
	uint32_t leaves;  /* bits by enum hr_leaf_kind: what maps it in the linear map */
	enum hr_guard_outcome guard;
};

struct hr_block_table {
	bool all;
	struct libscols_table *table;
	struct row row;
	bool pending;
	uint64_t bytes[PART_COUNT];
};

enum {
	TEXT_SIZE = 128
};

static const struct {
	const char *name;
	int flags;
} columns[] = {
	{ "RANGE", 0 },	  { "SIZE", SCOLS_FL_RIGHT }, { "STATE", 0 }, { "LINEAR MAP", 0 },
	{ "VERDICT", 0 }, { "KERNEL'S CHECK", 0 },    { "WHY", 0 },
};

struct hr_error *hr_block_table_create(bool all, struct hr_block_table **ret)
{
	struct hr_block_table *table = calloc(1, sizeof(*table));
	bool ok = table && (table->table = scols_new_table());

	for (size_t i = 0; ok && i < sizeof(columns) / sizeof(columns[0]); i++)
		ok = scols_table_new_column(table->table, columns[i].name, 0, columns[i].flags);
	if (!ok) {
		hr_block_table_destroy(table);
		return hr_error_no_memory();
	}
	table->all = all;
	*ret = table;
	return NULL;
}

void hr_block_table_destroy(struct hr_block_table *table)
{
	if (!table)
		return;
	scols_unref_table(table->table);
	free(table);
}

static void append(char *text, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, TEXT_SIZE - len, "%s%s", len ? "," : "", word);
}

static void describe_reasons(uint32_t reasons, char *text)
{
	text[0] = '\0';
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		if (reasons & 1u << code)
			append(text, hr_reason_name(code));
}

static void describe_leaves(uint32_t leaves, char *text)
{
	text[0] = '\0';
	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		if (leaves & 1u << kind)
			append(text, hr_leaf_kind_name(kind));
}

static const char *state_name(enum hr_tristate online)
{
	if (online == HR_UNKNOWN)
		return "?";
	return online == HR_YES ? "online" : "offline";
}

/* Put the row that is pending into the table. */
static struct hr_error *flush_row(struct hr_block_table *table)
{
	const struct row *row = &table->row;
	char range[64], leaves[TEXT_SIZE], why[TEXT_SIZE];
	struct libscols_line *line;

	if (!table->pending)
		return NULL;
	table->pending = false;
	snprintf(range, sizeof(range), "0x%" PRIx64 "-0x%" PRIx64, row->start, row->end - 1);
	describe_leaves(row->leaves, leaves);
	describe_reasons(row->reasons, why);
	line = scols_table_new_line(table->table, NULL);
	if (!line || scols_line_set_data(line, 0, range) ||
	    scols_line_set_data(line, 1, hr_size_text(row->end - row->start).text) ||
	    scols_line_set_data(line, 2, state_name(row->online)) ||
	    scols_line_set_data(line, 3, leaves) ||
	    scols_line_set_data(line, 4, hr_verdict_name(row->verdict)) ||
	    scols_line_set_data(line, 5, hr_guard_outcome_name(row->guard)) ||
	    scols_line_set_data(line, 6, why))
		return hr_error_no_memory();
	return NULL;
}

/* The kinds of leaves that map the block, those that reach beyond it too. */
static uint32_t leaf_kinds(const struct hr_answer *answer)
{
	const struct hr_map_survey *linear = &answer->survey.maps[HR_MAP_LINEAR];
	uint32_t kinds = 0;

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		kinds |= (uint32_t)(linear->leaves[kind] != 0) << kind;
	for (size_t i = 0; i < answer->check.count; i++) {
		const struct hr_reason *reason = &answer->check.reasons[i];
		enum hr_leaf_kind kind;

		if (reason->code == HR_REASON_SPLITS_LEAF && reason->map == HR_MAP_LINEAR &&
		    hr_leaf_kind_of(&reason->leaf, &kind))
			kinds |= 1u << kind;
	}
	return kinds;
}

static uint32_t reason_bits(const struct hr_check_result *check)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < check->count; i++)
		bits |= 1u << check->reasons[i].code;
	return bits;
}

static enum part part_of(const struct row *row)
{
	uint32_t leaf = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_GUARD_VETO;

	if (row->verdict == HR_VERDICT_REMOVABLE)
		return PART_REMOVABLE;
	if (row->reasons & 1u << HR_REASON_BOOT_MEMORY)
		return PART_BOOT;
	return row->reasons && !(row->reasons & ~leaf) ? PART_WHOLE_LEAF : PART_OTHER;
}

static bool row_continues(const struct row *a, const struct row *b)
{
	return a->end == b->start && a->online == b->online && a->verdict == b->verdict &&
	       a->reasons == b->reasons && a->leaves == b->leaves && a->guard == b->guard;
}

struct hr_error *hr_block_table_add(struct hr_block_table *table,
				    const struct hr_listed_block *block)
{
	const struct hr_answer *answer = block->answer;
	const struct row row = {
		.start = answer->range.start,
		.end = answer->range.end,
		.online = block->online,
		.verdict = answer->verdict,
		.reasons = reason_bits(&answer->check),
		.leaves = leaf_kinds(answer),
		.guard = answer->guard.outcome,
	};
	struct hr_error *error;

	table->bytes[part_of(&row)] += row.end - row.start;
	if (table->pending && !table->all && row_continues(&table->row, &row)) {
		table->row.end = row.end;
		return NULL;
	}
	error = flush_row(table);
	table->row = row;
	table->pending = true;
	return error;
}

struct hr_error *hr_block_table_print(struct hr_block_table *table)
{
	static const char *const texts[PART_COUNT] = {
		"removable block by block",
		"not block by block: a leaf reaches beyond, or the kernel refuses",
		"boot memory",
		"not removable or not known for other reasons",
	};
	struct hr_error *error = flush_row(table);
	_cleanup_free_ char *text = NULL;

	if (error)
		return error;
	if (scols_print_table_to_string(table->table, &text))
		return hr_error_no_memory();
	printf("%s\n", text);
	for (enum part part = 0; part < PART_COUNT; part++)
		if (table->bytes[part])
			printf("%10s  %s\n", hr_size_text(table->bytes[part]).text, texts[part]);
	putchar('\n');
	return NULL;
}
