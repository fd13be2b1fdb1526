// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/watch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum {
	THINGS_MAX = 1000000, /* a round */
	SLOTS_MIN = 64
};

struct thing {
	char *key, *value;
	bool seen; /* in the round behind this one too */
};

/* What one round has said. Things are found by a hash of their keys. */
struct round {
	struct thing *things; /* in the order in which they came */
	size_t count, capacity;
	size_t *slots;	   /* index + 1 of a thing, 0 for none */
	size_t slot_count; /* a power of two, at least twice @count; or 0 */
};

struct hr_watch {
	bool has_before;
	struct round before, now;
};

static void round_release(struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		free(round->things[i].key);
		free(round->things[i].value);
	}
	free(round->things);
	free(round->slots);
	*round = (struct round){ 0 };
}

/* FNV-1a. */
static uint64_t hash(const char *key)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	while (*key)
		value = (value ^ (unsigned char)*key++) * UINT64_C(0x100000001b3);
	return value ^ value >> 32;
}

/* The slot of @key, or the one that it would take; there are slots, and some are free. */
static size_t *find_slot(const struct round *round, const char *key)
{
	size_t mask = round->slot_count - 1, at = hash(key) & mask;

	while (round->slots[at] && strcmp(round->things[round->slots[at] - 1].key, key) != 0)
		at = (at + 1) & mask;
	return &round->slots[at];
}

static struct thing *find_thing(const struct round *round, const char *key)
{
	size_t index = round->slot_count ? *find_slot(round, key) : 0;

	return index ? &round->things[index - 1] : NULL;
}

/* Make room for one thing more; false without memory. */
static bool reserve(struct round *round)
{
	size_t capacity = round->capacity ? 2 * round->capacity : SLOTS_MIN / 2;
	struct thing *things;
	size_t *slots;

	if (round->things && round->count < round->capacity)
		return true;
	things = reallocarray(round->things, capacity, sizeof(*things));
	if (!things)
		return false;
	round->things = things;
	slots = calloc(2 * capacity, sizeof(*slots));
	if (!slots)
		return false;
	free(round->slots);
	round->slots = slots;
	round->slot_count = 2 * capacity;
	round->capacity = capacity;
	for (size_t i = 0; i < round->count; i++)
		*find_slot(round, round->things[i].key) = i + 1;
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
	_cleanup_free_ char *own_key = strdup(key), *own_value = strdup(value);

	if (round->count == THINGS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "there are more than %d things to watch: ask for less",
				    THINGS_MAX);
	if (!own_key || !own_value || !reserve(round))
		return hr_error_no_memory();
	*find_slot(round, key) = round->count + 1;
	round->things[round->count++] = (struct thing){
		.key = hr_take(own_key),
		.value = hr_take(own_value),
	};
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

/* Tell of all that differs between the two rounds. */
static void compare(const struct hr_watch *watch, hr_watch_fn *changed, void *context)
{
	for (size_t i = 0; i < watch->now.count; i++) {
		const struct thing *thing = &watch->now.things[i];
		struct thing *before = find_thing(&watch->before, thing->key);

		if (before)
			before->seen = true;
		if (!before || strcmp(before->value, thing->value) != 0)
			changed(context, thing->key, before ? before->value : NULL, thing->value);
	}
	for (size_t i = 0; watch->before.things && i < watch->before.count; i++) {
		const struct thing *thing = &watch->before.things[i];

		if (!thing->seen)
			changed(context, thing->key, thing->value, NULL);
	}
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
