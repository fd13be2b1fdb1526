// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <string.h>

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

static void put(struct hr_watch *watch, const char *key, const char *value)
{
	assert_success(hr_watch_put(watch, key, value));
}

/* The round ends with these changes. */
static void assert_changes(struct hr_watch *watch, const char *expected)
{
	struct told told = { 0 };

	hr_watch_end_round(watch, on_change, &told);
	assert_string_equal(told.text, expected);
}

static struct hr_watch *new_watch(void)
{
	struct hr_watch *watch;

	assert_success(hr_watch_create(&watch));
	return watch;
}

static void first_round_changes_nothing(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	put(watch, "memory1", "online");
	assert_changes(watch, "");
	put(watch, "memory1", "online");
	assert_changes(watch, "");
	hr_watch_destroy(watch);
}

static void changed_new_and_gone(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	put(watch, "a", "1");
	put(watch, "b", "2");
	put(watch, "c", "3");
	assert_changes(watch, "");
	put(watch, "d", "4");
	put(watch, "c", "33");
	put(watch, "a", "1");
	assert_changes(watch, "d: nothing -> 4\nc: 3 -> 33\nb: 2 -> nothing\n");
	put(watch, "b", "2");
	put(watch, "d", "4");
	assert_changes(watch, "b: nothing -> 2\nc: 33 -> nothing\na: 1 -> nothing\n");
	assert_changes(watch, "b: 2 -> nothing\nd: 4 -> nothing\n");
	assert_changes(watch, "");
	hr_watch_destroy(watch);
}

/* A first round that was empty is still a round to compare with. */
static void empty_round_is_a_round(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	assert_changes(watch, "");
	put(watch, "a", "1");
	assert_changes(watch, "a: nothing -> 1\n");
	hr_watch_destroy(watch);
}

static void later_value_counts(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	put(watch, "a", "1");
	put(watch, "b", "1");
	put(watch, "a", "2");
	assert_changes(watch, "");
	put(watch, "a", "3");
	put(watch, "a", "2");
	put(watch, "b", "1");
	assert_changes(watch, "");
	hr_watch_destroy(watch);
}

static void nobody_needs_to_be_told(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	put(watch, "a", "1");
	hr_watch_end_round(watch, NULL, NULL);
	put(watch, "a", "2");
	hr_watch_end_round(watch, NULL, NULL);
	put(watch, "a", "3");
	assert_changes(watch, "a: 2 -> 3\n");
	hr_watch_destroy(watch);
	hr_watch_destroy(NULL);
}

static void put_numbered(struct hr_watch *watch, unsigned int number, unsigned int value)
{
	char key[32], text[32];

	snprintf(key, sizeof(key), "0x%016x000", number);
	snprintf(text, sizeof(text), "%u x PMD", value);
	put(watch, key, text);
}

static void many_things(void **state)
{
	struct hr_watch *watch = new_watch();
	struct told told = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		put_numbered(watch, i, i);
	assert_changes(watch, "");
	for (unsigned int i = 100000; i-- > 0;)
		put_numbered(watch, i, i == 77777 ? 0 : i);
	assert_changes(watch, "0x0000000000012fd1000: 77777 x PMD -> 0 x PMD\n");
	for (unsigned int i = 50000; i < 200000; i++)
		put_numbered(watch, i, i == 77777 ? 0 : i);
	hr_watch_end_round(watch, on_change, &told);
	assert_int_equal(told.count, 150000);
	hr_watch_destroy(watch);
}

static void number_of_things_is_limited(void **state)
{
	struct hr_watch *watch = new_watch();

	(void)state;
	for (unsigned int i = 0; i < THINGS_MAX; i++)
		put_numbered(watch, i, 1);
	assert_failure(hr_watch_put(watch, "one more", "1"), HR_ERROR_INPUT, "1000000");
	/* A known thing does not count again. */
	put_numbered(watch, 1, 2);
	hr_watch_destroy(watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_round_changes_nothing),
		cmocka_unit_test(changed_new_and_gone),
		cmocka_unit_test(empty_round_is_a_round),
		cmocka_unit_test(later_value_counts),
		cmocka_unit_test(nobody_needs_to_be_told),
		cmocka_unit_test(many_things),
		cmocka_unit_test(number_of_things_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
