// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "report/run_list.h"
#include "walk/walk.h"

enum {
	MAX = 40
};

static struct hr_geometry geometry(void)
{
	struct hr_geometry geo;

	assert_success(hr_geometry_init(4096, 48, 48, &geo));
	return geo;
}

/* The run number @number of a map, each of another kind than the one before. */
static struct hr_run run_of(const struct hr_geometry *geo, uint64_t number)
{
	int level = HR_LEVEL_PTE - (int)(number % 3);
	bool cont = number % 2 && hr_cont_entries(geo, level) > 1;
	uint64_t size = hr_level_size(geo, level) * (cont ? hr_cont_entries(geo, level) : 1);

	return (struct hr_run){
		.state = HR_MAP_MAPPED,
		.leaf = {
			.level = level,
			.cont = cont,
			.valid = number % 5 != 0,
			.expected = number % 7 != 0,
			.va = UINT64_C(0xffff000000000000) + (number << 36),
			.pa = (number * 31) << 32,
			.size = size,
		},
		.count = 1 + number % 11,
	};
}

static void assert_same(const struct hr_run *a, const struct hr_run *b)
{
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->leaf.level, b->leaf.level);
	assert_int_equal(a->leaf.cont, b->leaf.cont);
	assert_int_equal(a->leaf.valid, b->leaf.valid);
	assert_int_equal(a->leaf.expected, b->leaf.expected);
	assert_int_equal(a->leaf.va, b->leaf.va);
	assert_int_equal(a->leaf.pa, b->leaf.pa);
	assert_int_equal(a->leaf.size, b->leaf.size);
	assert_int_equal(a->count, b->count);
}

static struct hr_run_list *list_of(const struct hr_geometry *geo, uint64_t count)
{
	struct hr_run_list *list;

	assert_success(hr_run_list_create(geo, MAX, &list));
	for (uint64_t i = 0; i < count; i++) {
		struct hr_run run = run_of(geo, i);

		assert_success(hr_run_list_add(list, &run));
	}
	return list;
}

static void gives_back_what_it_got(void **state)
{
	struct hr_geometry geo = geometry();
	struct hr_run_list *list = list_of(&geo, MAX);
	uint64_t rest;

	(void)state;
	assert_int_equal(hr_run_list_count(list), MAX);
	for (size_t i = 0; i < MAX; i++) {
		struct hr_run run = run_of(&geo, i), kept = hr_run_list_get(list, i);

		assert_same(&kept, &run);
	}
	assert_false(hr_run_list_has_rest(list, &rest));
	hr_run_list_destroy(list);
}

static void empty(void **state)
{
	struct hr_geometry geo = geometry();
	struct hr_run_list *list = list_of(&geo, 0);
	uint64_t rest;

	(void)state;
	assert_int_equal(hr_run_list_count(list), 0);
	assert_false(hr_run_list_has_rest(list, &rest));
	hr_run_list_destroy(list);
	hr_run_list_destroy(NULL);
}

static void digests_the_rest(void **state)
{
	struct hr_geometry geo = geometry();
	struct hr_run_list *list = list_of(&geo, MAX + 3);
	struct hr_run last = run_of(&geo, MAX - 1);
	uint64_t rest, digest = 0;

	(void)state;
	assert_int_equal(hr_run_list_count(list), MAX);
	assert_true(hr_run_list_has_rest(list, &rest));
	assert_int_equal(rest, last.leaf.va + last.leaf.size * last.count);
	for (uint64_t i = MAX; i < MAX + 3; i++) {
		struct hr_run run = run_of(&geo, i);

		assert_int_not_equal(digest, hr_run_list_rest_digest(list));
		digest = hr_run_digest(digest, &run);
	}
	assert_int_equal(digest, hr_run_list_rest_digest(list));
	hr_run_list_destroy(list);
}

/* No detail of a run may change unseen. */
static void digest_sees_every_change(void **state)
{
	struct hr_geometry geo = geometry();
	struct hr_run run = run_of(&geo, 5), changed[7];
	uint64_t digest = hr_run_digest(1, &run);

	(void)state;
	for (size_t i = 0; i < 7; i++)
		changed[i] = run;
	changed[0].leaf.va += 4096;
	changed[1].leaf.pa += 4096;
	changed[2].count++;
	changed[3].leaf.level--;
	changed[4].leaf.cont ^= true;
	changed[5].leaf.valid ^= true;
	changed[6].leaf.expected ^= true;
	for (size_t i = 0; i < 7; i++)
		assert_int_not_equal(hr_run_digest(1, &changed[i]), digest);
	assert_int_not_equal(hr_run_digest(2, &run), digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_it_got),
		cmocka_unit_test(empty),
		cmocka_unit_test(digests_the_rest),
		cmocka_unit_test(digest_sees_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
