// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "units.h"

enum {
	LINE_SIZE = 80 + 1
};

/* The reason that decided: a definite one before one that only leaves it open. */
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

static void describe_ranges(const struct hr_summary *summary, char line[LINE_SIZE])
{
	const struct hr_answer *worst = summary->worst;

	if (!worst)
		snprintf(line, LINE_SIZE, "removable: all of %" PRIu64 " range%s", summary->ranges,
			 summary->ranges == 1 ? "" : "s");
	else
		snprintf(line, LINE_SIZE, "%s: %s %s; %" PRIu64 "/%" PRIu64 " removable",
			 hr_verdict_name(worst->verdict),
			 hr_range_text(worst->range.start, worst->range.end).text,
			 deciding_reason(worst, summary->ignored),
			 summary->verdicts[HR_VERDICT_REMOVABLE], summary->ranges);
}

static void describe_suggestions(const struct hr_summary *summary, char line[LINE_SIZE])
{
	const struct hr_pa_range *best = &summary->best;
	size_t len;

	if (!summary->suggestions) {
		snprintf(line, LINE_SIZE, "nothing of at least %s %s",
			 hr_size_text(summary->wanted).text,
			 summary->incomplete ? "is known to be removable" : "can be removed");
		return;
	}
	len = (size_t)snprintf(line, LINE_SIZE, "suggested: %s (%s)",
			       hr_range_text(best->start, best->end).text,
			       hr_size_text(best->end - best->start).text);
	if (summary->suggestions > 1 && len + 1 < LINE_SIZE)
		snprintf(line + len, LINE_SIZE - len, ", %" PRIu64 " more",
			 summary->suggestions - 1);
}

static void describe_comparison(const struct hr_summary *summary, char line[LINE_SIZE])
{
	if (summary->differences)
		snprintf(line, LINE_SIZE, "walk and text differ: %" PRIu64 " differences",
			 summary->differences);
	else
		snprintf(line, LINE_SIZE, "walk and text agree: %" PRIu64 " leaves",
			 summary->leaves);
}

static void describe_blocks(const struct hr_summary *summary, char line[LINE_SIZE])
{
	snprintf(line, LINE_SIZE, "removable: %" PRIu64 " of %" PRIu64 " memory blocks, %.24s",
		 summary->removable_blocks, summary->blocks,
		 hr_size_text(summary->removable_blocks * summary->block_size).text);
}

static void describe_map(const struct hr_summary *summary, char line[LINE_SIZE])
{
	snprintf(line, LINE_SIZE, "mapped: linear map %.20s, vmemmap %.20s",
		 hr_size_text(summary->mapped[HR_MAP_LINEAR]).text,
		 hr_size_text(summary->mapped[HR_MAP_VMEMMAP]).text);
}

/* What decided the exit status comes first, then what is most of a question. */
static void describe(const struct hr_options *options, const struct hr_summary *summary,
		     char line[LINE_SIZE])
{
	const struct {
		bool applies;
		void (*describe)(const struct hr_summary *summary, char line[LINE_SIZE]);
	} cases[] = {
		{ summary->worst, describe_ranges },
		{ summary->nothing_found, describe_suggestions },
		{ summary->differs, describe_comparison },
		{ summary->ranges, describe_ranges },
		{ options->suggest, describe_suggestions },
		{ options->verify_path, describe_comparison },
		{ options->blocks, describe_blocks },
		{ true, describe_map },
	};
	size_t i = 0;

	while (!cases[i].applies)
		i++;
	cases[i].describe(summary, line);
}

void hr_text_print_summary(const struct hr_options *options, const struct hr_summary *summary)
{
	static const char suffix[] = "; not all could be read";
	char line[LINE_SIZE];

	describe(options, summary, line);
	printf("%s%s\n", line,
	       summary->incomplete && !options->suggest &&
			       strlen(line) + sizeof(suffix) <= LINE_SIZE
		       ? suffix
		       : "");
}
