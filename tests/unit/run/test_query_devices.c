// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"
#include "tree_files.h"

#include <string.h>

/* A round about a machine whose memory is that of a device. */
struct devices {
	struct asked *asked;
	struct tree_files files;
	struct hr_source source;
	struct hr_system system;
};

static int begin(void **state)
{
	struct devices *devices = test_calloc(1, sizeof(*devices));
	struct hr_session *session;
	void *asked;

	ask_set_up(&asked);
	devices->asked = asked;
	tree_files_create(&devices->files);
	hr_system_begin(devices->files.root, NULL, -1, &devices->system);
	session = &devices->asked->session;
	session->source = &devices->source;
	session->system = &devices->system;
	*state = devices;
	return 0;
}

static int end(void **state)
{
	struct devices *devices = *state;
	void *asked = devices->asked;

	ask_tear_down(&asked);
	hr_system_release(&devices->system);
	tree_files_destroy(&devices->files);
	test_free(devices);
	return 0;
}

/* Make the kernel, and find its devices. */
static struct hr_error *find(struct devices *devices)
{
	ask_begin(devices->asked);
	return hr_round_find_devices(&devices->asked->round);
}

static void each_device_is_told_with_its_verdict(void **state)
{
	struct devices *devices = *state;
	struct fake_kernel *fake = &devices->asked->machine->fake;

	fake_add_memory(fake, HOT, 2 * BLOCK, FAKE_PMD, FAKE_PMD);
	fake_add_memory(fake, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	tree_files_block(&devices->files, 256, "online\n", "Movable\n", 1, "PNP0C80:00");
	tree_files_block(&devices->files, 257, "offline\n", "Movable\n", 1, "PNP0C80:00");
	/* A part of what one leaf maps. */
	tree_files_block(&devices->files, 264, "online\n", "Movable\n", 1, "PNP0C80:01");
	tree_files_put(&devices->files, "sys/bus/dax/devices/dax0.0/state", "");
	assert_success(find(devices));
	assert_success(hr_round_devices(&devices->asked->round));
	assert_string_equal(devices->asked->said, "device PNP0C80:00 1 of 2 online, removable\n"
						  "device PNP0C80:01 1 of 1 online, not-removable\n"
						  "device dax0.0 0 of 0 online, removable\n");
}

static void output_that_failed_ends_the_list(void **state)
{
	struct devices *devices = *state;

	fake_add_memory(&devices->asked->machine->fake, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	tree_files_block(&devices->files, 256, "online\n", "Movable\n", 1, "PNP0C80:00");
	assert_success(find(devices));
	ask_fail(devices->asked);
	assert_failure(hr_round_devices(&devices->asked->round), HR_ERROR_OUTPUT, "has gone");
}

static void a_dump_has_no_list(void **state)
{
	struct devices *devices = *state;

	hr_system_release(&devices->system);
	assert_failure(find(devices), HR_ERROR_INPUT, "does not say which memory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_device_is_told_with_its_verdict),
		TEST(output_that_failed_ends_the_list),
		TEST(a_dump_has_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
