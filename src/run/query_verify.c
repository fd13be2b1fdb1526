// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "run/round.h"

/* The comparison that is being reported. */
struct reported {
	struct hr_round *round;
	enum hr_map map;
};

static struct hr_error *watch_difference(struct hr_watch *watch, const struct hr_difference *found)
{
	char key[48], value[3 * HR_VERIFY_TEXT_SIZE];

	snprintf(key, sizeof(key), "difference at 0x%016" PRIx64, found->va);
	snprintf(value, sizeof(value), "walk: %s, text: %s", found->walk, found->text);
	return hr_watch_put(watch, key, value);
}

static struct hr_error *on_difference(void *context, const struct hr_difference *found)
{
	const struct reported *reported = context;
	struct hr_round *round = reported->round;
	struct hr_error *error;

	round->summary.differs |= !found->unreadable;
	error = hr_sink_difference(round->sink, reported->map, found);
	return error || !round->watch ? error : watch_difference(round->watch, found);
}

static struct hr_error *compare_map(struct hr_round *round, enum hr_map map)
{
	struct reported reported = { round, map };
	struct hr_compared compared = { .difference = on_difference, .context = &reported };
	struct hr_error *error = hr_comparison_run(round->comparison, map, &compared);

	if (error)
		return error;
	round->summary.leaves += compared.leaves;
	round->summary.differences += compared.differences;
	round->summary.incomplete |= compared.incomplete;
	return NULL;
}

struct hr_error *hr_round_verify(struct hr_round *round)
{
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++)
		error = compare_map(round, map);
	return error ? error
		     : hr_sink_compared(round->sink, round->summary.leaves,
					round->summary.differences);
}
