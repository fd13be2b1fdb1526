// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_table.h"
#include "report/outputs.h"

/* The table of memory blocks for programs: its rows, and nothing else. */
struct table {
	struct hr_sink sink; /* must be first */
	struct hr_block_table *blocks;
};

static struct table *table_of(struct hr_sink *sink)
{
	return (struct table *)sink;
}

static void release(struct hr_sink *sink)
{
	hr_block_table_destroy(table_of(sink)->blocks);
}

static struct hr_error *begin_query(struct hr_sink *sink, enum hr_query query)
{
	if (query != HR_QUERY_BLOCKS)
		return NULL;
	return hr_block_table_create(sink->session, &table_of(sink)->blocks);
}

static struct hr_error *end_query(struct hr_sink *sink, enum hr_query query)
{
	if (query != HR_QUERY_BLOCKS)
		return NULL;
	return hr_block_table_print(table_of(sink)->blocks);
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	return hr_block_table_add(table_of(sink)->blocks, block);
}

const struct hr_sink_ops hr_table_sink = {
	.depth = HR_DEPTH_VERDICT,
	.size = sizeof(struct table),
	.release = release,
	.begin_query = begin_query,
	.end_query = end_query,
	.block = block,
};
