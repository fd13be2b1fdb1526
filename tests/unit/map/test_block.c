// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "map/block.h"
#include "walk/walker.h"

/* With 4K pages, one page of mem_section has the sections of 32 GiB. */
#define ROOT GIB(32)
#define BASE GIB(16)

struct fixture {
	struct fake_kernel kernel;
	struct hr_machine machine;
};

static void set_up(struct fixture *fixture, uint64_t block_size)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	fake_section(&fixture->kernel, BASE, 15);
	fixture->machine = (struct hr_machine){
		.layout = &fixture->kernel.layout,
		.block_size = block_size,
	};
	assert_success(hr_sections_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					  &fixture->machine.sections));
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->machine.sections);
	fake_kernel_release(&fixture->kernel);
}

static void assert_state(struct fixture *fixture, uint64_t start, bool present, bool online,
			 bool early)
{
	struct hr_block_state state;

	assert_success(hr_block_read(&fixture->machine, start, &state));
	assert_int_equal(state.present, present);
	assert_int_equal(state.online, online);
	assert_int_equal(state.early, early);
}

/* The next block is @expected, and all sections up to it were readable. */
static void assert_next(struct fixture *fixture, uint64_t start, uint64_t end, uint64_t expected)
{
	bool unread = false;

	assert_int_equal(hr_block_next(&fixture->machine, start, end, &unread), expected);
	assert_false(unread);
}

static void block_is_what_any_of_its_sections_is(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MIB(256));
	fake_section(&fixture.kernel, ROOT + MIB(128), 3);
	fake_section(&fixture.kernel, ROOT + MIB(256), 7);
	fake_section(&fixture.kernel, ROOT + MIB(512), 3);
	fake_section(&fixture.kernel, ROOT + MIB(640), 15);
	assert_state(&fixture, ROOT, true, false, false);
	assert_state(&fixture, ROOT + MIB(256), true, true, false);
	assert_state(&fixture, ROOT + MIB(512), true, true, true);
	assert_state(&fixture, ROOT + MIB(768), false, false, false);
	tear_down(&fixture);
}

static void flags_of_an_absent_section_mean_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_section(&fixture.kernel, ROOT, 7);
	fake_section(&fixture.kernel, ROOT + MIB(128), 14);
	assert_state(&fixture, ROOT + MIB(128), false, false, false);
	assert_next(&fixture, ROOT + MIB(128), ROOT + GIB(1), HR_NO_BLOCK);
	tear_down(&fixture);
}

static void unreadable_section_is_an_error(void **state)
{
	struct fixture fixture;
	struct hr_block_state block;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_section(&fixture.kernel, ROOT, 7);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, ROOT));
	assert_failure(hr_block_read(&fixture.machine, ROOT, &block), HR_ERROR_UNREADABLE,
		       "mem_section");
	tear_down(&fixture);
}

static void without_sections_blocks_are_online_but_none_is_found(void **state)
{
	struct fixture fixture;
	struct hr_sections *sections;

	(void)state;
	set_up(&fixture, MIB(128));
	sections = fixture.machine.sections;
	fixture.machine.sections = NULL;
	assert_state(&fixture, ROOT, true, true, false);
	assert_next(&fixture, BASE, BASE + GIB(1), HR_NO_BLOCK);
	fixture.machine.sections = sections;
	tear_down(&fixture);
}

static void next_steps_over_holes(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_section(&fixture.kernel, BASE + GIB(3), 3);
	fake_section(&fixture.kernel, 40 * ROOT + MIB(128), 7);
	assert_next(&fixture, 0, 64 * ROOT, BASE);
	assert_next(&fixture, BASE, 64 * ROOT, BASE);
	assert_next(&fixture, BASE + MIB(128), 64 * ROOT, BASE + GIB(3));
	assert_next(&fixture, BASE + GIB(3) + MIB(128), 64 * ROOT, 40 * ROOT + MIB(128));
	assert_next(&fixture, 40 * ROOT + MIB(256), 64 * ROOT, HR_NO_BLOCK);
	tear_down(&fixture);
}

static void next_ends_before_the_end(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_section(&fixture.kernel, ROOT, 7);
	assert_next(&fixture, ROOT - GIB(1), ROOT, HR_NO_BLOCK);
	assert_next(&fixture, ROOT - GIB(1), ROOT + 1, ROOT);
	assert_next(&fixture, ROOT, ROOT, HR_NO_BLOCK);
	tear_down(&fixture);
}

static void next_gives_the_start_of_a_block_of_several_sections(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, GIB(1));
	fake_section(&fixture.kernel, ROOT + GIB(2) + MIB(896), 7);
	assert_next(&fixture, ROOT, 2 * ROOT, ROOT + GIB(2));
	assert_next(&fixture, ROOT + GIB(3), 2 * ROOT, HR_NO_BLOCK);
	tear_down(&fixture);
}

static void next_steps_over_an_unread_root_and_says_so(void **state)
{
	struct fixture fixture;
	bool unread = false;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_section(&fixture.kernel, ROOT, 7);
	fake_section(&fixture.kernel, 2 * ROOT + MIB(128), 7);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, ROOT));
	assert_int_equal(hr_block_next(&fixture.machine, ROOT, 4 * ROOT, &unread),
			 2 * ROOT + MIB(128));
	assert_true(unread);
	unread = false;
	assert_int_equal(hr_block_next(&fixture.machine, ROOT, 2 * ROOT, &unread), HR_NO_BLOCK);
	assert_true(unread);
	tear_down(&fixture);
}

static void next_ends_with_an_unread_array_of_roots(void **state)
{
	struct fixture fixture;
	bool unread = false;

	(void)state;
	set_up(&fixture, MIB(128));
	fake_exclude(&fixture.kernel.fake, BASE + MIB(16));
	assert_int_equal(hr_block_next(&fixture.machine, 0, 4 * ROOT, &unread), HR_NO_BLOCK);
	assert_true(unread);
	tear_down(&fixture);
}

static void next_leaves_the_mark_of_an_earlier_failure(void **state)
{
	struct fixture fixture;
	bool unread = true;

	(void)state;
	set_up(&fixture, MIB(128));
	assert_int_equal(hr_block_next(&fixture.machine, BASE, ROOT, &unread), BASE);
	assert_true(unread);
	tear_down(&fixture);
}

/* Without sections, a block exists if the linear map maps part of it. */
static void the_map_tells_blocks_where_sections_do_not(void **state)
{
	struct fixture fixture;
	struct hr_walker *walker = NULL;
	struct hr_sections *sections;
	bool unread = false;

	(void)state;
	set_up(&fixture, MIB(128));
	assert_success(hr_walker_create(&fixture.kernel.layout.geo, &fixture.kernel.fake.memory,
					fixture.kernel.layout.swapper_pa, &walker));
	sections = fixture.machine.sections;
	fixture.machine.sections = NULL;
	assert_true(hr_block_next(&fixture.machine, 0, GIB(64), &unread) == HR_NO_BLOCK);
	fixture.machine.walker = walker;
	fake_map_linear(&fixture.kernel, BASE + GIB(3) + MIB(64), MIB(2), FAKE_PMD);
	fake_map_linear(&fixture.kernel, BASE + GIB(5), GIB(1), FAKE_PUD);
	assert_int_equal(hr_block_next(&fixture.machine, 0, GIB(64), &unread), BASE + GIB(3));
	assert_int_equal(
		hr_block_next(&fixture.machine, BASE + GIB(3) + MIB(128), GIB(64), &unread),
		BASE + GIB(5));
	assert_int_equal(
		hr_block_next(&fixture.machine, BASE + GIB(6) - MIB(128), GIB(64), &unread),
		BASE + GIB(6) - MIB(128));
	assert_true(hr_block_next(&fixture.machine, BASE + GIB(6), GIB(64), &unread) ==
		    HR_NO_BLOCK);
	assert_false(unread);
	fake_exclude(&fixture.kernel.fake,
		     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD,
				   fake_linear(&fixture.kernel, BASE + GIB(3))));
	/* A walker caches the tables that it has read. */
	hr_walker_destroy(walker);
	assert_success(hr_walker_create(&fixture.kernel.layout.geo, &fixture.kernel.fake.memory,
					fixture.kernel.layout.swapper_pa, &walker));
	fixture.machine.walker = walker;
	assert_int_equal(hr_block_next(&fixture.machine, 0, GIB(64), &unread), BASE + GIB(5));
	assert_true(unread);
	fixture.machine.sections = sections;
	hr_walker_destroy(walker);
	tear_down(&fixture);
}

/* The linear map has room for half of the physical addresses, from PHYS_OFFSET on. */
static void memory_without_a_place_in_the_linear_map_is_passed_over(void **state)
{
	struct hr_walker *walker = NULL;
	struct hr_sections *sections;
	struct fixture fixture;
	bool unread = false;

	(void)state;
	set_up(&fixture, MIB(2));
	fake_map_linear(&fixture.kernel, BASE, MIB(2), FAKE_PMD);
	sections = fixture.machine.sections;
	fixture.machine.sections = NULL;
	assert_success(hr_walker_create(&fixture.kernel.layout.geo, &fixture.kernel.fake.memory,
					fixture.kernel.layout.swapper_pa, &walker));
	fixture.machine.walker = walker;
	assert_int_equal(hr_block_next(&fixture.machine, 0, UINT64_C(1) << 48, &unread), BASE);
	assert_int_equal(hr_block_next(&fixture.machine, BASE + MIB(2), UINT64_C(1) << 48, &unread),
			 HR_NO_BLOCK);
	assert_false(unread);
	fixture.machine.sections = sections;
	hr_walker_destroy(walker);
	tear_down(&fixture);
}

/* A table of 1 GiB of the linear map, and then the root, cannot be read. */
static void what_an_unreadable_table_would_map_is_skipped_at_once(void **state)
{
	struct hr_walker *walker = NULL;
	struct hr_sections *sections;
	struct fixture fixture;
	bool unread = false;
	size_t reads;

	(void)state;
	set_up(&fixture, MIB(2));
	fake_map_linear(&fixture.kernel, BASE + MIB(2), MIB(2), FAKE_PMD);
	fake_map_linear(&fixture.kernel, BASE + GIB(2), GIB(1), FAKE_PUD);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD,
							 fake_linear(&fixture.kernel, BASE)));
	sections = fixture.machine.sections;
	fixture.machine.sections = NULL;
	for (int i = 0; i < 2; i++) {
		assert_success(hr_walker_create(&fixture.kernel.layout.geo,
						&fixture.kernel.fake.memory,
						fixture.kernel.layout.swapper_pa, &walker));
		fixture.machine.walker = walker;
		reads = fixture.kernel.fake.reads;
		assert_true(hr_block_next(&fixture.machine, BASE, UINT64_C(1) << 48, &unread) ==
			    (i ? HR_NO_BLOCK : BASE + GIB(2)));
		assert_true(unread);
		assert_in_range(fixture.kernel.fake.reads - reads, 1, 8);
		hr_walker_destroy(walker);
		fake_exclude(&fixture.kernel.fake, fixture.kernel.layout.swapper_pa);
	}
	fixture.machine.sections = sections;
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_is_what_any_of_its_sections_is),
		cmocka_unit_test(flags_of_an_absent_section_mean_nothing),
		cmocka_unit_test(unreadable_section_is_an_error),
		cmocka_unit_test(without_sections_blocks_are_online_but_none_is_found),
		cmocka_unit_test(next_steps_over_holes),
		cmocka_unit_test(next_ends_before_the_end),
		cmocka_unit_test(next_gives_the_start_of_a_block_of_several_sections),
		cmocka_unit_test(next_steps_over_an_unread_root_and_says_so),
		cmocka_unit_test(next_ends_with_an_unread_array_of_roots),
		cmocka_unit_test(next_leaves_the_mark_of_an_earlier_failure),
		cmocka_unit_test(the_map_tells_blocks_where_sections_do_not),
		cmocka_unit_test(memory_without_a_place_in_the_linear_map_is_passed_over),
		cmocka_unit_test(what_an_unreadable_table_would_map_is_skipped_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
