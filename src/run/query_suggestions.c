// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "run/round.h"

static struct hr_error *watch_suggestions(struct hr_watch *watch,
					  const struct hr_suggestions *suggestions)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < hr_suggestions_listed(suggestions); i++) {
		const struct hr_suggestion *suggestion = &suggestions->list[i];
		uint64_t size = suggestion->range.end - suggestion->range.start;
		char key[32], value[192];

		snprintf(key, sizeof(key), "suggestion %zu", i + 1);
		snprintf(value, sizeof(value), "%s (%s), %" PRIu64 " TLBI, %s refused",
			 hr_range_text(suggestion->range.start, suggestion->range.end).text,
			 hr_size_text(size).text, suggestion->tlbi,
			 hr_count_text(suggestion->refused, "block", "blocks").text);
		error = hr_watch_put(watch, key, value);
	}
	return error;
}

/* Unread memory matters only if it may be the reason why nothing was found. */
static void sum_up(struct hr_round *round)
{
	const struct hr_suggestions *suggestions = &round->suggestions;
	struct hr_summary *summary = &round->summary;

	summary->wanted = round->session->options->suggest;
	summary->suggestions = suggestions->count;
	if (suggestions->count)
		summary->best = suggestions->list[0].range;
	else if (suggestions->unread)
		summary->incomplete = true;
	else
		summary->nothing_found = true;
	if (suggestions->unread)
		hr_kernel_warn(round->kernel,
			       "some memory could not be read, so suggestions may be "
			       "missing");
}

struct hr_error *hr_round_suggestions(struct hr_round *round)
{
	struct hr_error *error;

	sum_up(round);
	error = hr_sink_suggestions(round->sink, &round->suggestions);
	return error || !round->watch ? error
				      : watch_suggestions(round->watch, &round->suggestions);
}
