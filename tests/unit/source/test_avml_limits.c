// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiled with src/source/avml.c and avml_blocks.c, and limits of 3 blocks and 5 chunks. */
#include "avml_fixture.h"

#include "source/avml_blocks.h"

_Static_assert(HR_AVML_BLOCKS_MAX == 3 && HR_AVML_CHUNKS_MAX == 5, "other limits");

static struct hr_error *read_byte(uint64_t pa)
{
	char byte;

	return hr_memory_read(&source.memory, pa, &byte, 1);
}

static void add_blocks(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		avml_file_block(&file, i << 30, (i << 30) + AVML_FULL - 1, 1);
}

static void as_many_blocks_as_the_limit_are_read(void **state)
{
	(void)state;
	add_blocks(3);
	assert_success(open_file());
	assert_int_equal(source.memory.size, 3 * AVML_FULL);
}

static void more_blocks_are_refused(void **state)
{
	(void)state;
	add_blocks(4);
	assert_failure(open_file(), HR_ERROR_INPUT, "it has more than 3 blocks");
}

/* The places of a block that does not fit are given back. */
static void more_chunks_are_unreadable(void **state)
{
	(void)state;
	avml_file_block(&file, 0, 3 * AVML_FULL - 1, 1);
	avml_file_block(&file, 0x40000000, 0x40000000 + 3 * AVML_FULL - 1, 1);
	avml_file_block(&file, 0x80000000, 0x80000000 + 2 * AVML_FULL - 1, 1);
	assert_success(open_file());
	assert_success(read_byte(0));
	assert_failure(read_byte(0x40000000), HR_ERROR_UNREADABLE,
		       "the AVML block 0x40000000-0x4002ffff cannot be used: more than 5 chunks "
		       "were needed");
	assert_success(read_byte(0x80000000));
	assert_success(read_byte(AVML_FULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(as_many_blocks_as_the_limit_are_read),
		ROW(more_blocks_are_refused),
		ROW(more_chunks_are_unreadable),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
