// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/api_fixture.h"
#include "tree_files.h"

#include <stdio.h>
#include <string.h>

#include "cli/device_memory.h"

/* A kernel with memory from boot and 1 GiB that was added, and what its system says about both. */
struct machine {
	struct fixture *fixture;
	struct tree_files files;
	struct hr_source source;
	struct hr_inputs inputs;
	struct hr_system system;
	struct hr_session session;
	struct hr_asked_list found;
	char said[512];
};

enum {
	FIRST_BOOT = 128,
	FIRST_HOT = 256,
	BLOCKS = 8
};

static int begin(void **state)
{
	struct machine *machine = test_calloc(1, sizeof(*machine));
	void *fixture;

	set_up(&fixture);
	machine->fixture = fixture;
	tree_files_create(&machine->files);
	machine->inputs.iomem_fd = -1;
	hr_system_begin(machine->files.root, NULL, -1, &machine->system);
	machine->session = (struct hr_session){
		.kernel = add_memory(machine->fixture, FAKE_PMD),
		.inputs = &machine->inputs,
		.source = &machine->source,
		.system = &machine->system,
	};
	*state = machine;
	return 0;
}

static int end(void **state)
{
	struct machine *machine = *state;
	void *fixture = machine->fixture;

	hr_asked_release(&machine->found);
	hr_system_release(&machine->system);
	tree_files_destroy(&machine->files);
	tear_down(&fixture);
	test_free(machine);
	return 0;
}

/* The memory from boot is on node 0; of what was added, two DIMMs on node 1 have a half each. */
static void make_blocks(const struct machine *machine)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		tree_files_block(&machine->files, FIRST_BOOT + i, "online\n", "DMA\n", 0, NULL);
		tree_files_block(&machine->files, FIRST_HOT + i, i ? "online\n" : "offline\n",
				 "Movable\n", 1, i < 4 ? "PNP0C80:00" : "PNP0C80:01");
	}
}

static struct hr_error *say(void *context, const struct hr_place_span *span)
{
	struct machine *machine = context;
	size_t len = strlen(machine->said);

	snprintf(machine->said + len, sizeof(machine->said) - len, "%s %d: %llu of %llu online\n",
		 span->place.device, span->place.node, (unsigned long long)span->online,
		 (unsigned long long)span->blocks);
	return NULL;
}

static struct hr_error *add_device(struct machine *machine, const char *name)
{
	const struct hr_range_spec spec = { .device = name };

	return hr_device_memory_add(&machine->session, &spec, &machine->found);
}

static struct hr_error *add_node(struct machine *machine, int node)
{
	const struct hr_range_spec spec = { .is_node = true, .node = node };

	return hr_device_memory_add(&machine->session, &spec, &machine->found);
}

static void assert_found(const struct machine *machine, size_t i, uint64_t start, uint64_t end)
{
	assert_true(i < machine->found.count);
	assert_int_equal(machine->found.list[i].range.start, start);
	assert_int_equal(machine->found.list[i].range.end, end);
}

static void neighbours_of_one_device_are_together(void **state)
{
	struct machine *machine = *state;

	make_blocks(machine);
	assert_success(hr_place_spans_list(&machine->session, say, machine));
	/* What the system does not know is there, too. */
	assert_string_equal(machine->said, " 0: 8 of 8 online\n"
					   "PNP0C80:00 1: 3 of 4 online\n"
					   "PNP0C80:01 1: 4 of 4 online\n"
					   " -1: 0 of 1 online\n");
}

static void a_device_is_found_by_its_name(void **state)
{
	struct machine *machine = *state;

	make_blocks(machine);
	assert_success(add_device(machine, "PNP0C80:01"));
	assert_int_equal(machine->found.count, 1);
	assert_found(machine, 0, HOT + 4 * BLOCK, HOT + 8 * BLOCK);
	assert_string_equal(machine->found.list[0].device, "PNP0C80:01");
	assert_int_equal(machine->found.list[0].node, HR_NO_NODE);
}

/* Each of its devices goes by itself. */
static void a_node_is_the_memory_of_its_devices(void **state)
{
	struct machine *machine = *state;

	make_blocks(machine);
	assert_success(add_node(machine, 1));
	assert_int_equal(machine->found.count, 2);
	assert_found(machine, 0, HOT, HOT + 4 * BLOCK);
	assert_found(machine, 1, HOT + 4 * BLOCK, HOT + 8 * BLOCK);
	assert_int_equal(machine->found.list[1].node, 1);
}

static void what_is_not_there_is_answered_with_what_is(void **state)
{
	struct machine *machine = *state;

	make_blocks(machine);
	tree_files_put(&machine->files, "sys/bus/dax/devices/dax0.0/state", "offline\n");
	assert_failure(add_device(machine, "virtio7"), HR_ERROR_USAGE,
		       "there is no device 'virtio7'; the devices that have memory: PNP0C80:00, "
		       "PNP0C80:01");
	assert_failure(add_device(machine, "dax0.0"), HR_ERROR_USAGE,
		       "dax0.0 has no memory that the system uses");
	assert_failure(add_node(machine, 5), HR_ERROR_USAGE,
		       "no memory belongs to node 5; the nodes that have some: 0, 1");
	assert_int_equal(machine->found.count, 0);
}

static void a_system_without_devices_has_none(void **state)
{
	struct machine *machine = *state;

	assert_failure(add_device(machine, "virtio7"), HR_ERROR_USAGE, "that have memory: none");
}

static void a_dump_does_not_know(void **state)
{
	struct machine *machine = *state;

	hr_system_release(&machine->system);
	assert_failure(add_device(machine, "dax0.0"), HR_ERROR_INPUT,
		       "does not say which memory belongs to a device");
}

/* There may be more of it. */
static void sections_that_cannot_be_read_are_an_error(void **state)
{
	struct machine *machine = *state;

	make_blocks(machine);
	fake_exclude(&machine->fixture->fake.fake, fake_section_root(&machine->fixture->fake, HOT));
	assert_failure(add_node(machine, 1), HR_ERROR_UNREADABLE, "there may be more memory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(neighbours_of_one_device_are_together),
		TEST(a_device_is_found_by_its_name),
		TEST(a_node_is_the_memory_of_its_devices),
		TEST(what_is_not_there_is_answered_with_what_is),
		TEST(a_system_without_devices_has_none),
		TEST(a_dump_does_not_know),
		TEST(sections_that_cannot_be_read_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
