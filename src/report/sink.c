// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sink.h"

#include <stdio.h>
#include <stdlib.h>

/* For answers about ranges that were given as such. */
static const struct hr_asked plain_range = { .node = HR_NO_NODE };

struct hr_error *hr_sink_create(const struct hr_output *output, const struct hr_session *session,
				struct hr_sink **ret)
{
	struct hr_sink *sink = calloc(1, output->ops->size);

	if (!sink)
		return hr_error_no_memory();
	sink->ops = output->ops;
	sink->output = output;
	sink->session = session;
	sink->asked = &plain_range;
	*ret = sink;
	return NULL;
}

void hr_sink_destroy(struct hr_sink *sink)
{
	if (sink && sink->ops->release)
		sink->ops->release(sink);
	free(sink);
}

static struct hr_error *check_output(void)
{
	return ferror(stdout) ? hr_error_new(HR_ERROR_OUTPUT, "cannot write the result") : NULL;
}

/* Call the operation @op of a sink, if it has it, and check that the output is still working. */
#define SAY(op, ...)                                                                               \
	({                                                                                         \
		struct hr_error *error_ = NULL;                                                    \
		if (sink && sink->ops->op)                                                         \
			error_ = sink->ops->op(sink, ##__VA_ARGS__);                               \
		error_ ? error_ : check_output();                                                  \
	})

struct hr_error *hr_sink_begin(struct hr_sink *sink)
{
	return SAY(begin);
}

struct hr_error *hr_sink_skip_query(struct hr_sink *sink, enum hr_query query)
{
	return SAY(skip_query, query);
}

struct hr_error *hr_sink_begin_query(struct hr_sink *sink, enum hr_query query)
{
	return SAY(begin_query, query);
}

struct hr_error *hr_sink_end_query(struct hr_sink *sink, enum hr_query query)
{
	return SAY(end_query, query);
}

struct hr_error *hr_sink_end(struct hr_sink *sink, const struct hr_summary *summary)
{
	return SAY(end, summary);
}

struct hr_error *hr_sink_range(struct hr_sink *sink, const struct hr_answer *answer)
{
	return SAY(range, answer);
}

struct hr_error *hr_sink_device(struct hr_sink *sink, const struct hr_told_device *device)
{
	return SAY(device, device);
}

struct hr_error *hr_sink_block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	return SAY(block, block);
}

struct hr_error *hr_sink_begin_map(struct hr_sink *sink, enum hr_map map)
{
	return SAY(begin_map, map);
}

struct hr_error *hr_sink_run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	return SAY(run, map, run);
}

struct hr_error *hr_sink_end_map(struct hr_sink *sink, enum hr_map map)
{
	return SAY(end_map, map);
}

struct hr_error *hr_sink_suggestions(struct hr_sink *sink, const struct hr_suggestions *suggestions)
{
	return SAY(suggestions, suggestions);
}

struct hr_error *hr_sink_difference(struct hr_sink *sink, enum hr_map map,
				    const struct hr_difference *difference)
{
	return SAY(difference, map, difference);
}

struct hr_error *hr_sink_compared(struct hr_sink *sink, uint64_t leaves, uint64_t differences)
{
	return SAY(compared, leaves, differences);
}

struct hr_error *hr_sink_begin_part(struct hr_sink *sink, enum hr_diff_part part)
{
	return SAY(begin_part, part);
}

struct hr_error *hr_sink_fact_change(struct hr_sink *sink, const struct hr_fact_change *change)
{
	return SAY(fact_change, change);
}

struct hr_error *hr_sink_range_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	return SAY(range_change, change);
}

struct hr_error *hr_sink_block_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	return SAY(block_change, change);
}

struct hr_error *hr_sink_leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change)
{
	return SAY(leaf_change, change);
}

struct hr_error *hr_sink_diff_result(struct hr_sink *sink, const struct hr_summary *summary)
{
	return SAY(diff_result, summary);
}

struct hr_error *hr_output_change(const struct hr_output *output, bool is_first, const char *key,
				  const char *before, const char *after)
{
	return output->ops->change ? output->ops->change(is_first, key, before, after) : NULL;
}

void hr_output_error(const struct hr_output *output, const char *message)
{
	if (output->ops->error)
		output->ops->error(message);
}
