// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"
#include "fake.h"
#include "tree_files.h"

#include <string.h>

#include "system/system.h"

#define BLOCK MIB(128)

static const char iomem[] = "100000000-10fffffff : dax0.0\n"
			    "  100000000-10fffffff : System RAM (kmem)\n";

struct fixture {
	struct tree_files files;
	struct core_file iomem;
	struct hr_system system;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	*state = &fixture;
	tree_files_create(&fixture.files);
	tree_files_block(&fixture.files, 32, "online\n", "Movable\n", 1, NULL);
	tree_files_block(&fixture.files, 33, "offline\n", "Movable\n", 1, "PNP0C80:00");
	core_file_raw(&fixture.iomem, iomem, strlen(iomem));
	hr_system_begin(fixture.files.root, NULL, fixture.iomem.fd, &fixture.system);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_system_release(&fixture->system);
	assert_false(fixture->system.is_there);
	core_file_release(&fixture->iomem);
	tree_files_destroy(&fixture->files);
	return 0;
}

static void a_place_is_what_sysfs_and_iomem_say(void **state)
{
	struct fixture *fixture = *state;
	struct hr_place place;

	hr_system_place(&fixture->system, 32, BLOCK, &place);
	assert_int_equal(place.online, HR_YES);
	assert_int_equal(place.node, 1);
	assert_string_equal(place.zones[0], "Movable");
	assert_string_equal(place.device, "dax0.0");
}

/* The kernel links a block to the slot of its DIMM. */
static void a_slot_counts_more_than_an_entry_of_iomem(void **state)
{
	struct fixture *fixture = *state;
	struct hr_place place;

	hr_system_place(&fixture->system, 33, BLOCK, &place);
	assert_string_equal(place.device, "PNP0C80:00");
}

static void without_the_size_of_a_block_iomem_says_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct hr_place place;

	hr_system_place(&fixture->system, 32, 0, &place);
	assert_int_equal(place.online, HR_YES);
	assert_string_equal(place.device, "");
	hr_system_place(&fixture->system, UINT64_MAX, BLOCK, &place);
	assert_string_equal(place.device, "");
}

/* The state and the place of a block are asked for one after the other. */
static void a_block_is_asked_about_once(void **state)
{
	struct fixture *fixture = *state;
	struct hr_place place;

	hr_system_place(&fixture->system, 32, BLOCK, &place);
	tree_files_put(&fixture->files, "sys/devices/system/memory/memory32/state", "offline\n");
	hr_system_place(&fixture->system, 32, BLOCK, &place);
	assert_int_equal(place.online, HR_YES);
	hr_system_place(&fixture->system, 33, BLOCK, &place);
	hr_system_place(&fixture->system, 32, BLOCK, &place);
	assert_int_equal(place.online, HR_NO);
}

static void without_iomem_other_devices_are_known(void **state)
{
	struct fixture *fixture = *state;
	struct hr_place place;

	hr_system_release(&fixture->system);
	hr_system_begin(fixture->files.root, NULL, -1, &fixture->system);
	hr_system_place(&fixture->system, 32, BLOCK, &place);
	assert_string_equal(place.device, "");
	hr_system_place(&fixture->system, 33, BLOCK, &place);
	assert_string_equal(place.device, "PNP0C80:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_place_is_what_sysfs_and_iomem_say),
		TEST(a_slot_counts_more_than_an_entry_of_iomem),
		TEST(without_the_size_of_a_block_iomem_says_nothing),
		TEST(a_block_is_asked_about_once),
		TEST(without_iomem_other_devices_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
