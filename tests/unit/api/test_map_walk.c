// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

static void maps_extend_over_all_that_they_may_have(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_layout *layout = &make_kernel(fixture)->layout;
	uint64_t start, last;

	hr_kernel_map_extent(fixture->kernel, HR_MAP_LINEAR, &start, &last);
	assert_int_equal(start, UINT64_C(0xffff000000000000));
	assert_int_equal(last, UINT64_C(0xffff7fffffffffff));
	hr_kernel_map_extent(fixture->kernel, HR_MAP_VMEMMAP, &start, &last);
	assert_int_equal(start, layout->vmemmap_start);
	assert_int_equal(last, layout->vmemmap_end - 1);
}

/* The bytes of the runs that a walk has shown. */
struct bytes {
	uint64_t mapped, unread;
};

static struct hr_error *on_mapped(void *context, const struct hr_run *run)
{
	struct bytes *bytes = context;

	assert_int_equal(run->state, HR_MAP_MAPPED);
	bytes->mapped += run->count * run->leaf.size;
	return NULL;
}

static struct hr_error *on_unread(void *context, const struct hr_run *run)
{
	struct bytes *bytes = context;

	assert_int_equal(run->state, HR_MAP_UNREADABLE);
	bytes->unread += run->leaf.size;
	return NULL;
}

static struct hr_error *on_failing(void *context, const struct hr_run *run)
{
	(void)context;
	(void)run;
	return hr_error_new(HR_ERROR_INPUT, "enough");
}

static void walk_of_a_map_shows_what_is_mapped_and_what_is_unread(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .unread = on_unread, .context = &bytes };

	add_memory(fixture, FAKE_PTE);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
							fake_linear(&fixture->fake, HOT)));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(bytes.mapped, GIB(2) - MIB(2));
	assert_int_equal(bytes.unread, MIB(2));
	assert_int_equal(walk.unreadable, MIB(2));
}

static void what_is_unread_is_counted_for_those_who_do_not_look(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes, .unreadable = 1 };

	add_memory(fixture, FAKE_PTE);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
							fake_linear(&fixture->fake, HOT)));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(walk.unreadable, MIB(2));
}

/* The groups that a walk has shown, and the runs since the last of them. */
struct groups {
	struct hr_leaf last;
	size_t count, runs_since;
};

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct groups *groups = context;

	(void)run;
	groups->runs_since++;
	return NULL;
}

static struct hr_error *on_group(void *context, const struct hr_leaf *group)
{
	struct groups *groups = context;

	groups->last = *group;
	groups->count++;
	groups->runs_since = 0;
	return NULL;
}

/* Let one member of the group at HOT lose its bit. */
static void break_group(struct fixture *fixture)
{
	struct fake_kernel *fake = &fixture->fake;

	fake_map_linear(fake, HOT, MIB(64), FAKE_CONT_PMD);
	fake_set(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, HOT + MIB(4)),
		 fake_leaf_desc(&fake->layout.geo, HR_LEVEL_PMD, HOT + MIB(4)));
}

static void malformed_groups_are_shown_before_their_members(void **state)
{
	struct fixture *fixture = *state;
	struct groups groups = { .count = 0 };
	struct hr_map_walk walk = { .run = on_run, .malformed = on_group, .context = &groups };

	break_group(fixture);
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(groups.count, 1);
	assert_int_equal(groups.last.va, fake_linear(&fixture->fake, HOT));
	assert_int_equal(groups.last.size, MIB(32));
	assert_true(groups.runs_since >= 2);
	assert_int_equal(walk.unreadable, 0);
}

static void who_does_not_look_at_groups_sees_their_members(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	break_group(fixture);
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(bytes.mapped, GIB(1) + MIB(64));
}

static struct hr_error *on_failing_group(void *context, const struct hr_leaf *group)
{
	(void)context;
	(void)group;
	return hr_error_new(HR_ERROR_INPUT, "enough of groups");
}

static void an_error_about_a_group_ends_the_walk(void **state)
{
	struct fixture *fixture = *state;
	struct groups groups = { .count = 0 };
	struct hr_map_walk walk = {
		.run = on_run,
		.malformed = on_failing_group,
		.context = &groups,
	};

	break_group(fixture);
	assert_failure(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk),
		       HR_ERROR_INPUT, "enough of groups");
}

static void walk_of_a_map_ends_with_the_error_of_its_function(void **state)
{
	struct fixture *fixture = *state;
	struct hr_map_walk walk = { .run = on_failing };

	assert_failure(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk),
		       HR_ERROR_INPUT, "enough");
}

static void there_is_no_third_map_to_walk(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	make_kernel(fixture);
	assert_failure(hr_kernel_walk_map(fixture->kernel, HR_MAP_COUNT, &walk), HR_ERROR_USAGE,
		       "no map");
	assert_failure(hr_kernel_walk_map(fixture->kernel, (enum hr_map) - 1, &walk),
		       HR_ERROR_USAGE, "no map");
}

static void map_that_lacks_parts_has_a_warning_for_each_map(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	add_memory(fixture, FAKE_PTE);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
							fake_linear(&fixture->fake, HOT)));
	make_kernel(fixture);
	assert_success(hr_kernel_walk_map(fixture->kernel, HR_MAP_VMEMMAP, &walk));
	assert_false(warns_of(fixture, "the map lacks them"));
	assert_success(hr_kernel_walk_map(fixture->kernel, HR_MAP_LINEAR, &walk));
	assert_true(warns_of(fixture, "parts of the linear map could not be read"));
}

/* A 512 GiB block, which no kernel makes. Map what a walk finds, and say how much it counts. */
static uint64_t unreadable_with_a_huge_leaf(struct fixture *fixture, enum hr_map map, uint64_t va)
{
	struct fake_tables *tables = &fixture->fake.tables;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	fake_set(tables, HR_LEVEL_P4D, va, fake_leaf_desc(&tables->geo, HR_LEVEL_P4D, 0));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), map, &walk));
	assert_true(bytes.mapped >= GIB(512));
	return walk.unreadable;
}

static void leaves_that_no_kernel_makes_are_shown_but_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	uint64_t far = fake_linear(&fixture->fake, BASE) + GIB(4096);

	assert_int_equal(unreadable_with_a_huge_leaf(fixture, HR_MAP_LINEAR, far), GIB(512));
	assert_true(warns_of(fixture, "the linear map has leaves that no kernel makes"));
	assert_false(warns_of(fixture, "could not be read"));
	assert_false(warns_of(fixture, "is empty"));
}

static void leaves_of_the_vmemmap_are_judged_too(void **state)
{
	struct fixture *fixture = *state;
	uint64_t far = fixture->fake.layout.vmemmap_start + GIB(512);

	assert_int_equal(unreadable_with_a_huge_leaf(fixture, HR_MAP_VMEMMAP, far), GIB(512));
	assert_true(warns_of(fixture, "the vmemmap has leaves that no kernel makes"));
}

/* Remove what maps @va from the root on. */
static void clear_root_entry(struct fixture *fixture, uint64_t va)
{
	fake_set(&fixture->fake.tables, HR_LEVEL_P4D, va, 0);
}

static void linear_map_without_a_leaf_was_not_found(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	clear_root_entry(fixture, fake_linear(&fixture->fake, BASE));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(bytes.mapped, 0);
	assert_int_equal(walk.unreadable, UINT64_C(1) << 47);
	assert_true(warns_of(fixture, "the linear map is empty"));
}

static void vmemmap_without_a_leaf_has_a_warning(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes };

	clear_root_entry(fixture, fake_vmemmap(&fixture->fake, BASE));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_VMEMMAP, &walk));
	assert_int_equal(walk.unreadable, 0);
	assert_true(warns_of(fixture, "the vmemmap is empty"));
}

static void place_in_the_linear_map_has_a_physical_address(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_int_equal(hr_kernel_linear_pa(fixture->kernel, fake_linear(&fixture->fake, HOT)),
			 HOT);
	assert_true(hr_kernel_has_pa(fixture->kernel, HR_MAP_LINEAR));
	assert_true(hr_kernel_has_pa(fixture->kernel, HR_MAP_VMEMMAP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(maps_extend_over_all_that_they_may_have),
		test_of_kernel(walk_of_a_map_shows_what_is_mapped_and_what_is_unread),
		test_of_kernel(what_is_unread_is_counted_for_those_who_do_not_look),
		test_of_kernel(malformed_groups_are_shown_before_their_members),
		test_of_kernel(who_does_not_look_at_groups_sees_their_members),
		test_of_kernel(an_error_about_a_group_ends_the_walk),
		test_of_kernel(walk_of_a_map_ends_with_the_error_of_its_function),
		test_of_kernel(there_is_no_third_map_to_walk),
		test_of_kernel(map_that_lacks_parts_has_a_warning_for_each_map),
		test_of_kernel(leaves_that_no_kernel_makes_are_shown_but_not_trusted),
		test_of_kernel(leaves_of_the_vmemmap_are_judged_too),
		test_of_kernel(linear_map_without_a_leaf_was_not_found),
		test_of_kernel(vmemmap_without_a_leaf_has_a_warning),
		test_of_kernel(place_in_the_linear_map_has_a_physical_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
