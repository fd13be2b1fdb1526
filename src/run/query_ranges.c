// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "cli/fields.h"
#include "run/round.h"

/* The kernel accepts what does not exist: it is never asked. */
static const char *outcome_of(const struct hr_guard_result *guard)
{
	if (guard->outcome == HR_GUARD_ACCEPTS && !guard->count)
		return "has nothing to check";
	return hr_guard_outcome_name(guard->outcome);
}

/* What a watch of a range reports: the verdict, the reasons, the kernel's check. */
static struct hr_error *watch_range(struct hr_watch *watch, const struct hr_answer *answer)
{
	struct hr_range_text range = hr_range_text(answer->range.start, answer->range.end);
	/* Room for everything: a change in what is cut off would be missed. */
	char value[64 + HR_REASONS_MAX * (HR_MESSAGE_SIZE + 2)];
	_cleanup_free_ char *named = NULL;
	size_t len;

	len = (size_t)snprintf(value, sizeof(value), "%s, kernel's check %s",
			       hr_verdict_name(answer->verdict), outcome_of(&answer->guard));
	for (size_t i = 0; i < answer->check.count && len < sizeof(value); i++)
		len += (size_t)snprintf(value + len, sizeof(value) - len, "; %s",
					answer->check.reasons[i].message);
	named = hr_fields_to_options(value);
	return named ? hr_watch_put(watch, range.text, named) : hr_error_no_memory();
}

static struct hr_error *tell(struct hr_round *round, const struct hr_answer *answer)
{
	struct hr_error *error;

	round->summary.ranges++;
	round->summary.verdicts[answer->verdict]++;
	error = hr_sink_range(round->sink, answer);
	return error || !round->watch ? error : watch_range(round->watch, answer);
}

static struct hr_error *answer_range(struct hr_round *round, const struct hr_asked *asked)
{
	enum hr_depth depth = round->session->options->output->ops->depth;
	struct hr_answer *answer = NULL;
	struct hr_error *error = hr_kernel_ask(round->kernel, &asked->range, depth, &answer);

	if (round->sink)
		round->sink->asked = asked;
	if (!error)
		error = tell(round, answer);
	hr_answer_destroy(answer);
	return error;
}

struct hr_error *hr_round_ranges(struct hr_round *round)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < round->asked->count; i++) {
		hr_work_next(&round->work, &round->asked->list[i].range);
		error = answer_range(round, &round->asked->list[i]);
	}
	return error;
}
