/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sink receives the answers and prints them in one form of output. A form is a table of
 * operations, one for each kind of answer. It prints nothing for operations that it leaves out.
 */
#ifndef HR_SINK_H
#define HR_SINK_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"
#include "cli/session.h"
#include "report/told_device.h"
#include "report/summary.h"

/* The queries, in the order in which they are answered. */
enum hr_query {
	HR_QUERY_RANGES,
	HR_QUERY_DEVICES,
	HR_QUERY_BLOCKS,
	HR_QUERY_MAP,
	HR_QUERY_SUGGESTIONS,
	HR_QUERY_VERIFY,
	HR_QUERY_DIFF,
	HR_QUERY_COUNT,
};

/* What --diff compares, in the order in which changes are told. */
enum hr_diff_part {
	HR_DIFF_KERNEL,
	HR_DIFF_RANGES,
	HR_DIFF_BLOCKS,
	HR_DIFF_LEAVES,
	HR_DIFF_PARTS,
};

/* A fact about the kernel that has changed. Empty: not known. */
struct hr_fact_change {
	const char *key; /* as in the member "kernel" of a document: "models.guard" */
	const char *before, *after;
};

/* Limits of lists: more suggestions than this are not listed. */
enum {
	HR_SUGGESTIONS_LISTED = 64
};

/* A sink for the answers of one round. A form may have its own struct that begins with it. */
struct hr_sink {
	const struct hr_sink_ops *ops;
	const struct hr_output *output;
	const struct hr_session *session; /* the session of the answers */
	const struct hr_asked *asked;	  /* what the answer for a range is about */
};

/*
 * The operations of a form. Each prints on standard output, and returns HR_ERROR_NO_MEMORY, or an
 * error of what it asks the kernel. Answers come in this order: begin; each query in turn, either
 * skip_query, or begin_query, its results, and end_query; end. After an error nothing follows.
 */
struct hr_sink_ops {
	enum hr_depth depth; /* how much of an answer for a range it needs */
	const char *schema;  /* of the documents that it prints; NULL: none */
	size_t size;	     /* bytes of its sink, at least those of struct hr_sink */
	void (*release)(struct hr_sink *sink);

	struct hr_error *(*begin)(struct hr_sink *sink);
	struct hr_error *(*skip_query)(struct hr_sink *sink, enum hr_query query);
	struct hr_error *(*begin_query)(struct hr_sink *sink, enum hr_query query);
	struct hr_error *(*end_query)(struct hr_sink *sink, enum hr_query query);
	struct hr_error *(*end)(struct hr_sink *sink, const struct hr_summary *summary);

	/* HR_QUERY_RANGES */
	struct hr_error *(*range)(struct hr_sink *sink, const struct hr_answer *answer);
	/* HR_QUERY_DEVICES: those with memory, in ascending order of it, then the others */
	struct hr_error *(*device)(struct hr_sink *sink, const struct hr_told_device *device);
	/* HR_QUERY_BLOCKS: in ascending order */
	struct hr_error *(*block)(struct hr_sink *sink, const struct hr_listed_block *block);
	/* HR_QUERY_MAP: for each map its runs, ascending, mapped or unreadable */
	struct hr_error *(*begin_map)(struct hr_sink *sink, enum hr_map map);
	struct hr_error *(*run)(struct hr_sink *sink, enum hr_map map, const struct hr_run *run);
	struct hr_error *(*end_map)(struct hr_sink *sink, enum hr_map map);
	/* HR_QUERY_SUGGESTIONS: the first HR_SUGGESTIONS_LISTED of them are listed */
	struct hr_error *(*suggestions)(struct hr_sink *sink,
					const struct hr_suggestions *suggestions);
	/* HR_QUERY_VERIFY: the differences, ascending in each map, then their number */
	struct hr_error *(*difference)(struct hr_sink *sink, enum hr_map map,
				       const struct hr_difference *difference);
	struct hr_error *(*compared)(struct hr_sink *sink, uint64_t leaves, uint64_t differences);

	/* HR_QUERY_DIFF: begin_part for each part in turn, followed by its changes; the result */
	struct hr_error *(*begin_part)(struct hr_sink *sink, enum hr_diff_part part);
	struct hr_error *(*fact_change)(struct hr_sink *sink, const struct hr_fact_change *change);
	struct hr_error *(*range_change)(struct hr_sink *sink,
					 const struct hr_block_change *change);
	struct hr_error *(*block_change)(struct hr_sink *sink,
					 const struct hr_block_change *change);
	struct hr_error *(*leaf_change)(struct hr_sink *sink, const struct hr_leaf_change *change);
	struct hr_error *(*diff_result)(struct hr_sink *sink, const struct hr_summary *summary);

	/*
	 * Outside of rounds: @key was @before and is @after in this round, either of which may be
	 * NULL. @is_first begins the changes of a round.
	 */
	struct hr_error *(*change)(bool is_first, const char *key, const char *before,
				   const char *after);
	/* Print why there is no answer, in place of one. */
	void (*error)(const char *message);
};

/*
 * Create a sink in the form @output for the answers about the kernel of @session, both of which
 * must outlive it. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_sink_create(const struct hr_output *output, const struct hr_session *session,
				struct hr_sink **ret);
void hr_sink_destroy(struct hr_sink *sink);

/*
 * Pass to @sink, which may be NULL, what the operation of that name takes. Errors: those of the
 * operation; HR_ERROR_OUTPUT if output that was already written failed, so that a caller that
 * prints line by line can stop.
 */
struct hr_error *hr_sink_begin(struct hr_sink *sink);
struct hr_error *hr_sink_skip_query(struct hr_sink *sink, enum hr_query query);
struct hr_error *hr_sink_begin_query(struct hr_sink *sink, enum hr_query query);
struct hr_error *hr_sink_end_query(struct hr_sink *sink, enum hr_query query);
struct hr_error *hr_sink_end(struct hr_sink *sink, const struct hr_summary *summary);
struct hr_error *hr_sink_range(struct hr_sink *sink, const struct hr_answer *answer);
struct hr_error *hr_sink_device(struct hr_sink *sink, const struct hr_told_device *device);
struct hr_error *hr_sink_block(struct hr_sink *sink, const struct hr_listed_block *block);
struct hr_error *hr_sink_begin_map(struct hr_sink *sink, enum hr_map map);
struct hr_error *hr_sink_run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run);
struct hr_error *hr_sink_end_map(struct hr_sink *sink, enum hr_map map);
struct hr_error *hr_sink_suggestions(struct hr_sink *sink,
				     const struct hr_suggestions *suggestions);
struct hr_error *hr_sink_difference(struct hr_sink *sink, enum hr_map map,
				    const struct hr_difference *difference);
struct hr_error *hr_sink_compared(struct hr_sink *sink, uint64_t leaves, uint64_t differences);
struct hr_error *hr_sink_begin_part(struct hr_sink *sink, enum hr_diff_part part);
struct hr_error *hr_sink_fact_change(struct hr_sink *sink, const struct hr_fact_change *change);
struct hr_error *hr_sink_range_change(struct hr_sink *sink, const struct hr_block_change *change);
struct hr_error *hr_sink_block_change(struct hr_sink *sink, const struct hr_block_change *change);
struct hr_error *hr_sink_leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change);
struct hr_error *hr_sink_diff_result(struct hr_sink *sink, const struct hr_summary *summary);

/* The same for what the form @output prints outside of rounds. */
struct hr_error *hr_output_change(const struct hr_output *output, bool is_first, const char *key,
				  const char *before, const char *after);
void hr_output_error(const struct hr_output *output, const char *message);

/* The number of suggestions that are listed. */
static inline size_t hr_suggestions_listed(const struct hr_suggestions *suggestions)
{
	return suggestions->count < HR_SUGGESTIONS_LISTED ? suggestions->count
							  : HR_SUGGESTIONS_LISTED;
}

#endif
