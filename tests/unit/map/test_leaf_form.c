// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/leaf_form.h"

#include "fake.h"

static struct hr_run run_of(int level, bool cont, uint64_t size)
{
	return (struct hr_run){
		.state = HR_MAP_MAPPED,
		.count = 5,
		.leaf = { .level = level,
			  .cont = cont,
			  .valid = true,
			  .expected = true,
			  .va = UINT64_C(0xffff000040000000),
			  .pa = GIB(1),
			  .size = size },
	};
}

static void assert_same(const struct hr_leaf_form *one, const struct hr_leaf_form *other)
{
	assert_int_equal(one->state, other->state);
	assert_int_equal(one->level, other->level);
	assert_int_equal(one->cont, other->cont);
	assert_int_equal(one->valid, other->valid);
	assert_int_equal(one->expected, other->expected);
	assert_int_equal(one->malformed, other->malformed);
	assert_int_equal(one->size, other->size);
}

static void a_form_is_what_a_leaf_is_like(void **state)
{
	const struct hr_run run = run_of(HR_LEVEL_PMD, true, MIB(32));
	const struct hr_leaf_form form = hr_leaf_form_of(&run);
	const struct hr_leaf_form expected = {
		.state = HR_MAP_MAPPED,
		.level = HR_LEVEL_PMD,
		.cont = true,
		.valid = true,
		.expected = true,
		.size = MIB(32),
	};

	(void)state;
	assert_same(&form, &expected);
}

static void a_form_does_not_know_its_place(void **state)
{
	struct hr_run one = run_of(HR_LEVEL_PMD, false, MIB(2)), other = one;
	struct hr_leaf_form forms[2];

	(void)state;
	other.count++;
	other.leaf.va += GIB(3);
	other.leaf.pa += GIB(7);
	forms[0] = hr_leaf_form_of(&one);
	forms[1] = hr_leaf_form_of(&other);
	assert_int_equal(hr_leaf_form_pack(&forms[0]), hr_leaf_form_pack(&forms[1]));
}

/* What a run has of a leaf that is not there does not count. */
static void memory_without_a_mapping_has_a_state_only(void **state)
{
	static const enum hr_map_state states[] = { HR_MAP_UNMAPPED, HR_MAP_UNREADABLE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		struct hr_run run = run_of(HR_LEVEL_PUD, true, GIB(1));
		const struct hr_leaf_form expected = { .state = states[i] };
		struct hr_leaf_form form;

		run.state = states[i];
		form = hr_leaf_form_of(&run);
		assert_same(&form, &expected);
		form = hr_leaf_form_unpack(hr_leaf_form_pack(&form));
		assert_same(&form, &expected);
	}
}

static void unmapped_memory_has_the_number_0(void **state)
{
	const struct hr_leaf_form unmapped = { .state = HR_MAP_UNMAPPED, .level = 3, .size = 4096 };
	const struct hr_leaf_form unreadable = { .state = HR_MAP_UNREADABLE };

	(void)state;
	assert_int_equal(hr_leaf_form_pack(&unmapped), 0);
	assert_int_not_equal(hr_leaf_form_pack(&unreadable), 0);
}

/* Leaves of all levels, with each of the flags, of each size that a level can have, or of none. */
static void a_number_has_all_of_a_form(void **state)
{
	uint32_t before = 0;

	(void)state;
	for (int level = -1; level <= 3; level++)
		for (unsigned int flags = 0; flags < 16; flags++)
			for (unsigned int shift = 11; shift < 64; shift++) {
				const struct hr_leaf_form form = {
					.state = HR_MAP_MAPPED,
					.level = level,
					.cont = flags & 1,
					.valid = flags & 2,
					.expected = flags & 4,
					.malformed = flags & 8,
					.size = shift < 12 ? 0 : UINT64_C(1) << shift,
				};
				const uint32_t number = hr_leaf_form_pack(&form);
				const struct hr_leaf_form again = hr_leaf_form_unpack(number);

				assert_same(&form, &again);
				assert_int_not_equal(number, 0);
				assert_int_not_equal(number, before);
				before = number;
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_what_a_leaf_is_like),
		cmocka_unit_test(a_form_does_not_know_its_place),
		cmocka_unit_test(memory_without_a_mapping_has_a_state_only),
		cmocka_unit_test(unmapped_memory_has_the_number_0),
		cmocka_unit_test(a_number_has_all_of_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
