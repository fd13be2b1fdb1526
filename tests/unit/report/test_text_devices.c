// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_devices.h"

#include <string.h>

#include "report_fixture.h"

static struct hr_device_table *table;

static int begin(void **state)
{
	assert_int_equal(report_set_up(state), 0);
	assert_success(hr_device_table_create(&table));
	return 0;
}

static int end(void **state)
{
	hr_device_table_destroy(table);
	return report_tear_down(state);
}

static void add(uint64_t online, uint64_t unknown, enum hr_verdict verdict, uint32_t reasons)
{
	struct hr_device_part part = {
		.span = { .range = { GIB(1), GIB(2) },
			  .place = { .node = 1 },
			  .blocks = 8,
			  .online = online,
			  .unknown = unknown },
		.verdict = verdict,
		.reasons = reasons,
	};
	const struct hr_told_device device = {
		.name = "dax0.0", .kind = HR_DEVICE_DAX, .parts = &part, .count = 1
	};

	assert_success(hr_device_table_add(table, &device));
}

static void a_line_is_a_range_of_a_device(void **state)
{
	(void)state;
	add(8, 0, HR_VERDICT_NOT_REMOVABLE, 1u << HR_REASON_SPLITS_LEAF);
	assert_success(hr_device_table_print(table));
	assert_text(&told, "dax0.0 DAX     1 0x40000000-0x7fffffff 1 GiB online not-removable "
			   "splits-leaf\n\n");
}

static void a_state_is_that_of_all_blocks(void **state)
{
	(void)state;
	add(0, 0, HR_VERDICT_REMOVABLE, 0);
	add(3, 0, HR_VERDICT_REMOVABLE, 0);
	add(3, 1, HR_VERDICT_REMOVABLE, 0);
	assert_success(hr_device_table_print(table));
	assert_text(&told, " offline       removable\n");
	assert_text(&told, " partly online removable\n");
	assert_text(&told, " ?             removable\n");
}

static void a_device_without_memory_has_a_line(void **state)
{
	const struct hr_told_device device = { .name = "virtio1", .kind = HR_DEVICE_VIRTIO_MEM };

	(void)state;
	assert_success(hr_device_table_add(table, &device));
	assert_success(hr_device_table_print(table));
	assert_text(&told, "\nvirtio1 virtio-mem             0 B\n");
}

static void no_device_at_all_is_a_sentence(void **state)
{
	(void)state;
	assert_success(hr_device_table_print(table));
	assert_text(&told,
		    "no device has memory: all of it was there at boot, or was added by hand\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_a_range_of_a_device),
		TEST(a_state_is_that_of_all_blocks),
		TEST(a_device_without_memory_has_a_line),
		TEST(no_device_at_all_is_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
