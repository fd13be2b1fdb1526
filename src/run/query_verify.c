// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "run/round.h"

/* The comparison that is being reported. */
struct comparison {
	struct hr_round *round;
	enum hr_map map;
	uint64_t leaves;
	uint64_t differences;
	bool unreadable;
	bool cut; /* not all malformed groups were compared */
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
	struct comparison *compare = context;
	struct hr_round *round = compare->round;
	struct hr_error *error;

	compare->differences++;
	if (found->unreadable)
		compare->unreadable = true;
	else
		round->summary.differs = true;
	error = hr_sink_difference(round->sink, compare->map, found);
	return error || !round->watch ? error : watch_difference(round->watch, found);
}

static struct hr_error *compare_map(struct comparison *compare)
{
	struct hr_kernel *kernel = compare->round->kernel;
	struct hr_verify verify = {
		.geo = &kernel->layout.geo,
		.walker = kernel->walker,
		.text_walker = hr_verify_text_walker(compare->round->text),
		.difference = on_difference,
		.context = compare,
	};
	struct hr_error *error;
	uint64_t leaves;
	bool cut;

	hr_kernel_map_extent(kernel, compare->map, &verify.va_start, &verify.va_last);
	error = hr_verify_map(&verify, &leaves, &cut);
	compare->leaves += leaves;
	compare->cut |= cut;
	return error;
}

static struct hr_error *compare_maps(struct comparison *compare)
{
	struct hr_round *round = compare->round;
	struct hr_error *error = NULL;

	for (compare->map = 0; !error && compare->map < HR_MAP_COUNT; compare->map++)
		error = compare_map(compare);
	if (!error && compare->unreadable) {
		round->summary.incomplete = true;
		hr_kernel_warn(round->kernel,
			       "parts of the maps could not be read, and not compared");
	}
	if (!error && compare->cut) {
		_Static_assert(HR_VERIFY_GROUPS_MAX == 4096, "the sentence names the limit");
		round->summary.incomplete = true;
		hr_kernel_warn(round->kernel, "a map has more malformed CONT groups than the 4096 "
					      "that are compared");
	}
	return error;
}

struct hr_error *hr_round_verify(struct hr_round *round)
{
	struct comparison compare = { .round = round };
	struct hr_error *error = compare_maps(&compare);

	if (error)
		return error;
	round->summary.differences = compare.differences;
	round->summary.leaves = compare.leaves;
	return hr_sink_compared(round->sink, compare.leaves, compare.differences);
}
