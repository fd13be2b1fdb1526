// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/round.h"

/* The map that is being reported. */
struct teller {
	struct hr_round *round;
	enum hr_map map;
};

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	const struct teller *teller = context;
	struct hr_round *round = teller->round;

	if (run->leaf.expected)
		round->summary.mapped[teller->map] += run->leaf.size * run->count;
	return hr_sink_run(round->sink, teller->map, run);
}

static struct hr_error *on_unread(void *context, const struct hr_run *run)
{
	const struct teller *teller = context;

	return hr_sink_run(teller->round->sink, teller->map, run);
}

static struct hr_error *answer_map(struct hr_round *round, enum hr_map map)
{
	struct teller teller = { round, map };
	struct hr_map_walk walk = { .run = on_run, .unread = on_unread, .context = &teller };
	struct hr_error *error = hr_sink_begin_map(round->sink, map);

	if (!error)
		error = hr_kernel_walk_map(round->kernel, map, &walk);
	if (!error)
		error = hr_sink_end_map(round->sink, map);
	round->summary.incomplete |= walk.unreadable != 0;
	return error;
}

static struct hr_error *watch_maps(const struct hr_round *round)
{
	struct hr_inventory *inventory = NULL;
	struct hr_error *error = hr_inventory_create(round->kernel, false, &inventory);

	if (!error)
		hr_watch_put_maps(round->watch, inventory);
	return error;
}

struct hr_error *hr_round_map(struct hr_round *round)
{
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++)
		error = answer_map(round, map);
	return error || !round->watch ? error : watch_maps(round);
}
