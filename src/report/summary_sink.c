// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text_append.h"
#include "base/units.h"
#include "report/outputs.h"

enum {
	LINE_MAX_CHARS = 80,
	PART_SIZE = 128
};

/* The range that the line names: the first that is not removable, or else the first unknown one. */
struct worst {
	bool is_known;
	enum hr_verdict verdict;
	struct hr_pa_range range;
	const char *reason; /* the reason that decided */
};

struct summary {
	struct hr_sink sink; /* must be first */
	struct worst worst;
	struct hr_pa_range last; /* of all ranges */
};

/* The line: what decided, and what else fits, the most important first. */
struct line {
	const struct hr_summary *summary;
	const struct worst *worst;
	const struct hr_pa_range *last;
	char head[PART_SIZE];
	char rest[PART_SIZE];
	char more[PART_SIZE + 2];
};

/* The reason that decided: a definite one takes precedence over an unknown one. */
static const char *deciding_reason(const struct hr_answer *answer, uint32_t ignored)
{
	const char *name = "";

	for (size_t i = 0; i < answer->check.count; i++) {
		enum hr_reason_code code = answer->check.reasons[i].code;

		if (ignored & 1u << code)
			continue;
		if ((code == HR_REASON_UNREADABLE) == (answer->verdict == HR_VERDICT_UNKNOWN))
			return hr_reason_name(code);
	}
	return name;
}

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	struct worst *worst = &((struct summary *)sink)->worst;

	((struct summary *)sink)->last = answer->range;
	if (answer->verdict == HR_VERDICT_REMOVABLE ||
	    (worst->is_known &&
	     (worst->verdict == HR_VERDICT_NOT_REMOVABLE || answer->verdict == HR_VERDICT_UNKNOWN)))
		return NULL;
	*worst = (struct worst){
		.is_known = true,
		.verdict = answer->verdict,
		.range = answer->range,
		.reason = deciding_reason(answer, sink->session->options->ignored),
	};
	return NULL;
}

static void describe_ranges(struct line *line)
{
	const struct hr_summary *summary = line->summary;
	const struct worst *worst = line->worst;

	if (!worst->is_known && summary->ranges == 1)
		snprintf(line->head, PART_SIZE, "removable: %s",
			 hr_range_text(line->last->start, line->last->end).text);
	else if (!worst->is_known)
		snprintf(line->head, PART_SIZE, "removable: all %" PRIu64 " ranges",
			 summary->ranges);
	else
		snprintf(line->head, PART_SIZE, "%s: %s %s", hr_verdict_name(worst->verdict),
			 hr_range_text(worst->range.start, worst->range.end).text, worst->reason);
	if (worst->is_known)
		snprintf(line->rest, PART_SIZE, "; %" PRIu64 "/%" PRIu64 " removable",
			 summary->verdicts[HR_VERDICT_REMOVABLE], summary->ranges);
}

static void describe_suggestions(struct line *line)
{
	const struct hr_summary *summary = line->summary;
	const struct hr_pa_range *best = &summary->best;
	char more[32] = "";

	if (!summary->suggestions) {
		snprintf(line->head, PART_SIZE, "no range of at least %s is %s",
			 hr_size_text(summary->wanted).text,
			 summary->incomplete ? "known to be removable" : "removable");
		return;
	}
	snprintf(line->head, PART_SIZE, "suggested: %s",
		 hr_range_text(best->start, best->end).text);
	if (summary->suggestions > 1)
		snprintf(more, sizeof(more), ", %" PRIu64 " more", summary->suggestions - 1);
	snprintf(line->rest, PART_SIZE, " (%s)%s", hr_size_text(best->end - best->start).text,
		 more);
}

static void describe_comparison(struct line *line)
{
	const struct hr_summary *summary = line->summary;

	if (summary->differences)
		snprintf(line->head, PART_SIZE, "walk and text differ: %s",
			 hr_count_text(summary->differences, "difference", "differences").text);
	else
		snprintf(line->head, PART_SIZE, "walk and text agree: %s",
			 hr_count_text(summary->leaves, "leaf", "leaves").text);
}

static void describe_changes(struct line *line)
{
	const struct hr_summary *summary = line->summary;
	uint64_t certain = summary->changes - summary->uncertain;

	if (certain)
		snprintf(line->head, PART_SIZE, "changed: %s",
			 hr_count_text(certain, "difference", "differences").text);
	else
		snprintf(line->head, PART_SIZE, "nothing %s",
			 summary->unsure ? "known has changed" : "has changed");
}

static void describe_blocks(struct line *line)
{
	const struct hr_summary *summary = line->summary;

	snprintf(line->head, PART_SIZE, "removable: %" PRIu64 " of %s", summary->removable_blocks,
		 hr_count_text(summary->blocks, "memory block", "memory blocks").text);
	snprintf(line->rest, PART_SIZE, ", %s",
		 hr_size_text(summary->removable_blocks * summary->block_size).text);
}

static void describe_map(struct line *line)
{
	const struct hr_summary *summary = line->summary;

	snprintf(line->head, PART_SIZE, "mapped: linear map %s",
		 hr_size_text(summary->mapped[HR_MAP_LINEAR]).text);
	snprintf(line->rest, PART_SIZE, ", vmemmap %s",
		 hr_size_text(summary->mapped[HR_MAP_VMEMMAP]).text);
}

/* What decided the exit status comes first, then the most important rest of the answer. */
static void describe(const struct hr_options *options, struct line *line)
{
	const struct hr_summary *summary = line->summary;
	const struct {
		bool applies;
		void (*describe)(struct line *line);
	} cases[] = {
		{ line->worst->is_known, describe_ranges },
		{ summary->nothing_found, describe_suggestions },
		{ summary->differs, describe_comparison },
		{ summary->changed, describe_changes },
		{ summary->ranges, describe_ranges },
		{ options->suggest, describe_suggestions },
		{ options->verify_path, describe_comparison },
		{ options->diff_path, describe_changes },
		{ options->blocks, describe_blocks },
		{ true, describe_map },
	};
	size_t i = 0;

	while (!cases[i].applies)
		i++;
	cases[i].describe(line);
}

/* Of ranges and suggestions, describe those that the head does not. */
static void describe_others(const struct hr_options *options, struct line *line)
{
	struct line other = {
		.summary = line->summary,
		.worst = line->worst,
		.last = line->last,
	};
	bool has_ranges = line->worst->is_known || !line->summary->nothing_found;

	if (!line->summary->ranges || !options->suggest || line->summary->differs)
		return;
	if (has_ranges)
		describe_suggestions(&other);
	else
		describe_ranges(&other);
	snprintf(line->more, sizeof(line->more), "; %s", other.head);
}

/* List the reasons that do not count. */
static void list_ignored(uint32_t ignored, char *ret)
{
	char names[PART_SIZE - 16] = "";

	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		if (ignored & 1u << code)
			hr_text_append(names, sizeof(names), ",", hr_reason_name(code));
	snprintf(ret, PART_SIZE, "; ignores %s", names);
}

/* Returns @part if all of it fits after *@len characters, and adds it to *@len. */
static const char *fit(const char *part, size_t *len)
{
	size_t more = strlen(part);

	if (*len + more > LINE_MAX_CHARS)
		return "";
	*len += more;
	return part;
}

/* That reasons do not count: each of them, or a few words if there is no room for that. */
static const char *fit_ignored(uint32_t ignored, char *list, size_t *len)
{
	const char *part;

	if (!ignored)
		return "";
	list_ignored(ignored, list);
	part = fit(list, len);
	return *part ? part : fit("; some ignored", len);
}

/*
 * The sandbox mark must not be left out, nor that reasons do not count if the answer is good: even
 * the longest head leaves room for them. Of the rest, what could not be read matters most, and then
 * what the dump lacks.
 */
static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	const struct hr_options *options = sink->session->options;
	const char *given = sink->session->inputs->mark, *mark = given ? given : "";
	bool incomplete = summary->incomplete && !options->suggest;
	struct line line = {
		.summary = summary,
		.worst = &((struct summary *)sink)->worst,
		.last = &((struct summary *)sink)->last,
	};
	const char *ignored, *unread, *lacking, *rest, *more;
	size_t len = strlen(mark);
	int room = LINE_MAX_CHARS - (int)len;
	char list[PART_SIZE];

	describe(options, &line);
	describe_others(options, &line);
	len += strnlen(line.head, (size_t)room);
	ignored = fit_ignored(options->ignored, list, &len);
	unread = fit(incomplete ? "; partly unreadable" : "", &len);
	lacking = fit(sink->session->source->incomplete.is_set ? "; incomplete dump" : "", &len);
	rest = fit(line.rest, &len);
	more = fit(line.more, &len);
	printf("%.*s%s%s%s%s%s%s\n", room, line.head, rest, more, unread, lacking, ignored, mark);
	return NULL;
}

const struct hr_sink_ops hr_summary_sink = {
	.depth = HR_DEPTH_PLAN,
	.size = sizeof(struct summary),
	.range = range,
	.end = end,
	.change = hr_text_change,
};
