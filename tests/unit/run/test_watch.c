// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/inventory.h"
#include "map/leaf_form.h"
#include "run/watch.h"

enum {
	THINGS_MAX = 1000000
};

/* What hr_watch_end_round() reported, one line each. */
struct told {
	char text[4096];
	size_t count;
};

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	struct told *told = context;
	size_t len = strlen(told->text);

	snprintf(told->text + len, sizeof(told->text) - len, "%s: %s -> %s\n", key,
		 before ? before : "nothing", after ? after : "nothing");
	told->count++;
}

static struct hr_watch *watch;

static int set_up(void **state)
{
	(void)state;
	assert_success(hr_watch_create(&watch));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_watch_destroy(watch);
	return 0;
}

static void put(const char *key, const char *value)
{
	assert_success(hr_watch_put(watch, key, value));
}

/* The round ends with these changes. */
static void assert_changes(const char *expected)
{
	struct told told = { 0 };

	hr_watch_end_round(watch, on_change, &told);
	assert_string_equal(told.text, expected);
}

static void first_round_changes_nothing(void **state)
{
	(void)state;
	put("memory1", "online");
	assert_changes("");
	put("memory1", "online");
	assert_changes("");
}

static void changed_new_and_gone(void **state)
{
	(void)state;
	put("a", "1");
	put("b", "2");
	put("c", "3");
	assert_changes("");
	put("d", "4");
	put("c", "33");
	put("a", "1");
	assert_changes("d: nothing -> 4\nc: 3 -> 33\nb: 2 -> nothing\n");
	put("b", "2");
	put("d", "4");
	assert_changes("b: nothing -> 2\nc: 33 -> nothing\na: 1 -> nothing\n");
	assert_changes("b: 2 -> nothing\nd: 4 -> nothing\n");
	assert_changes("");
}

/* A first round that was empty is still a round to compare with. */
static void empty_round_is_a_round(void **state)
{
	(void)state;
	assert_changes("");
	put("a", "1");
	assert_changes("a: nothing -> 1\n");
}

static void later_value_counts(void **state)
{
	(void)state;
	put("a", "1");
	put("b", "1");
	put("a", "2");
	assert_changes("");
	put("a", "3");
	put("a", "2");
	put("b", "1");
	assert_changes("");
}

static void nobody_needs_to_be_told(void **state)
{
	(void)state;
	put("a", "1");
	hr_watch_end_round(watch, NULL, NULL);
	put("a", "2");
	hr_watch_end_round(watch, NULL, NULL);
	put("a", "3");
	assert_changes("a: 2 -> 3\n");
	hr_watch_destroy(NULL);
}

/* The maps of this round: 2 MiB leaves of the linear map from 4 GiB on, up to @end. */
static void put_maps(uint64_t end, bool valid)
{
	const struct hr_leaf_form form = {
		.state = HR_MAP_MAPPED,
		.level = HR_LEVEL_PMD,
		.valid = valid,
		.expected = true,
		.size = MIB(2),
	};
	struct hr_inventory *inventory = calloc(1, sizeof(*inventory));

	assert_non_null(inventory);
	assert_success(hr_parts_add(&inventory->leaves[HR_MAP_LINEAR], GIB(4), end - 1,
				    hr_leaf_form_pack(&form)));
	hr_watch_put_maps(watch, inventory);
}

static void leaves_are_things_by_their_place(void **state)
{
	(void)state;
	put_maps(GIB(5), true);
	assert_changes("");
	put_maps(GIB(6), true);
	put("memory40", "online");
	assert_changes("memory40: nothing -> online\n"
		       "linear 0x140000000-0x17fffffff: nothing -> PMD 2 MiB\n");
	put("memory40", "online");
	put_maps(GIB(6), false);
	assert_changes("linear 0x100000000-0x17fffffff: PMD 2 MiB -> PMD 2 MiB, not valid\n");
	put("memory40", "online");
	put_maps(GIB(5), false);
	assert_changes("linear 0x140000000-0x17fffffff: PMD 2 MiB, not valid -> nothing\n");
}

static void later_maps_of_a_round_count(void **state)
{
	(void)state;
	put_maps(GIB(5), true);
	assert_changes("");
	put_maps(GIB(9), true);
	put_maps(GIB(5), true);
	assert_changes("");
}

static void a_round_without_maps_has_nothing_to_compare(void **state)
{
	(void)state;
	put_maps(GIB(5), true);
	assert_changes("");
	assert_changes("");
	put_maps(GIB(6), true);
	assert_changes("");
}

static void put_numbered(unsigned int number, unsigned int value)
{
	char key[32], text[32];

	snprintf(key, sizeof(key), "0x%016x000", number);
	snprintf(text, sizeof(text), "%u x PMD", value);
	put(key, text);
}

static void many_things(void **state)
{
	struct told told = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		put_numbered(i, i);
	assert_changes("");
	for (unsigned int i = 100000; i-- > 0;)
		put_numbered(i, i == 77777 ? 0 : i);
	assert_changes("0x0000000000012fd1000: 77777 x PMD -> 0 x PMD\n");
	for (unsigned int i = 50000; i < 200000; i++)
		put_numbered(i, i == 77777 ? 0 : i);
	hr_watch_end_round(watch, on_change, &told);
	assert_int_equal(told.count, 150000);
}

static void number_of_things_is_limited(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < THINGS_MAX; i++)
		put_numbered(i, 1);
	assert_failure(hr_watch_put(watch, "one more", "1"), HR_ERROR_INPUT, "1000000");
	/* A known thing does not count again. */
	put_numbered(1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(first_round_changes_nothing),
		ROW(changed_new_and_gone),
		ROW(empty_round_is_a_round),
		ROW(later_value_counts),
		ROW(nobody_needs_to_be_told),
		ROW(leaves_are_things_by_their_place),
		ROW(later_maps_of_a_round_count),
		ROW(a_round_without_maps_has_nothing_to_compare),
		ROW(many_things),
		ROW(number_of_things_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
