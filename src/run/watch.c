// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/watch.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/grow.h"
#include "base/units.h"
#include "report/form_text.h"

enum {
	THINGS_MAX = 1000000 /* in a round */
};

struct thing {
	char *key, *value;
	bool seen; /* also in the next round */
};

/* What one round has reported. */
struct round {
	struct thing **things; /* in order of arrival */
	size_t count, room;
	void *by_key;		   /* the same, as a tsearch() tree */
	struct hr_inventory *maps; /* NULL: not watched */
};

struct hr_watch {
	bool has_before;
	struct round before, now;
};

static void thing_destroy(struct thing *thing)
{
	if (!thing)
		return;
	free(thing->key);
	free(thing->value);
	free(thing);
}

static void cleanup_thing(struct thing **thing)
{
	thing_destroy(*thing);
}

/* The things are freed with the list. */
static void keep(void *thing)
{
	(void)thing;
}

static void round_release(struct round *round)
{
	tdestroy(round->by_key, keep);
	for (size_t i = 0; i < round->count; i++)
		thing_destroy(round->things[i]);
	free((void *)round->things);
	hr_inventory_destroy(round->maps);
	*round = (struct round){ 0 };
}

static int compare_keys(const void *one, const void *other)
{
	return strcmp(((const struct thing *)one)->key, ((const struct thing *)other)->key);
}

static struct thing *find_thing(const struct round *round, const char *key)
{
	const struct thing wanted = { .key = (char *)key };
	struct thing *const *found =
		(struct thing *const *)tfind(&wanted, &round->by_key, compare_keys);

	return found ? *found : NULL;
}

static struct thing *new_thing(const char *key, const char *value)
{
	_cleanup_(cleanup_thing) struct thing *thing = calloc(1, sizeof(*thing));

	if (!thing)
		return NULL;
	thing->key = strdup(key);
	thing->value = strdup(value);
	return thing->key && thing->value ? hr_take(thing) : NULL;
}

/* Append @thing. Returns false without memory. */
static bool round_add(struct round *round, struct thing *thing)
{
	struct thing **things = (struct thing **)hr_grow((void *)round->things, round->count,
							 &round->room, sizeof(struct thing *));

	if (!things)
		return false;
	round->things = things;
	if (!tsearch(thing, &round->by_key, compare_keys))
		return false;
	things[round->count++] = thing;
	return true;
}

struct hr_error *hr_watch_create(struct hr_watch **ret)
{
	struct hr_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return hr_error_no_memory();
	*ret = watch;
	return NULL;
}

void hr_watch_destroy(struct hr_watch *watch)
{
	if (!watch)
		return;
	round_release(&watch->before);
	round_release(&watch->now);
	free(watch);
}

static struct hr_error *add_thing(struct round *round, const char *key, const char *value)
{
	_cleanup_(cleanup_thing) struct thing *thing = NULL;

	if (round->count == THINGS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "there are more than %d things to watch: narrow the query",
				    THINGS_MAX);
	thing = new_thing(key, value);
	if (!thing || !round_add(round, thing))
		return hr_error_no_memory();
	hr_take(thing);
	return NULL;
}

struct hr_error *hr_watch_put(struct hr_watch *watch, const char *key, const char *value)
{
	struct thing *known = find_thing(&watch->now, key);
	char *copy;

	if (!known)
		return add_thing(&watch->now, key, value);
	copy = strdup(value);
	if (!copy)
		return hr_error_no_memory();
	free(known->value);
	known->value = copy;
	return NULL;
}

void hr_watch_put_maps(struct hr_watch *watch, struct hr_inventory *inventory)
{
	hr_inventory_destroy(watch->now.maps);
	watch->now.maps = inventory;
}

/* Who wants to know what has changed. */
struct observer {
	hr_watch_fn *changed;
	void *context;
};

static struct hr_error *on_leaf(void *context, const struct hr_leaf_change *change)
{
	const struct observer *observer = context;
	const struct hr_range_text range = hr_range_text(change->range.start, change->range.end);
	char key[64], before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];

	snprintf(key, sizeof(key), "%s %s", hr_map_name(change->map), range.text);
	hr_leaf_form_text(&change->before, before);
	hr_leaf_form_text(&change->after, after);
	observer->changed(observer->context, key,
			  change->before.state == HR_MAP_UNMAPPED ? NULL : before,
			  change->after.state == HR_MAP_UNMAPPED ? NULL : after);
	return NULL;
}

static void compare_maps(const struct hr_watch *watch, struct observer *observer)
{
	struct hr_inventory_changes changes = { .leaf = on_leaf, .context = observer };

	/* It has no other errors than those of on_leaf(). */
	if (watch->before.maps && watch->now.maps)
		(void)hr_inventory_compare(watch->before.maps, watch->now.maps, &changes);
}

/* Report everything that differs between the two rounds. */
static void compare(const struct hr_watch *watch, hr_watch_fn *changed, void *context)
{
	for (size_t i = 0; i < watch->now.count; i++) {
		const struct thing *thing = watch->now.things[i];
		struct thing *before = find_thing(&watch->before, thing->key);

		if (before)
			before->seen = true;
		if (!before || strcmp(before->value, thing->value) != 0)
			changed(context, thing->key, before ? before->value : NULL, thing->value);
	}
	for (size_t i = 0; i < watch->before.count; i++) {
		const struct thing *thing = watch->before.things[i];

		if (!thing->seen)
			changed(context, thing->key, thing->value, NULL);
	}
	compare_maps(watch, &(struct observer){ changed, context });
}

void hr_watch_end_round(struct hr_watch *watch, hr_watch_fn *changed, void *context)
{
	if (watch->has_before && changed)
		compare(watch, changed, context);
	round_release(&watch->before);
	watch->before = watch->now;
	watch->now = (struct round){ 0 };
	watch->has_before = true;
}
