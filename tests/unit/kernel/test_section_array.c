// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/section_array.h"

static void sizes_go_by_release_and_granule(void **state)
{
	static const struct {
		size_t shape;
		enum hr_section_size size;
		unsigned int bits;
	} rows[] = {
		{ 1, HR_SECTION_SIZE_1G, 30 },	       { 5, HR_SECTION_SIZE_1G, 30 },
		{ 10, HR_SECTION_SIZE_1G, 30 },	       { 1, HR_SECTION_SIZE_BY_GRANULE, 27 },
		{ 5, HR_SECTION_SIZE_BY_GRANULE, 27 }, { 10, HR_SECTION_SIZE_BY_GRANULE, 29 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = fake_geometry(&fake_shapes[rows[i].shape]);

		assert_int_equal(hr_section_bits_of(rows[i].size, &geo), rows[i].bits);
		assert_true(hr_section_bits_are_usual(rows[i].bits));
	}
}

static void array_tells_the_size(void **state)
{
	static const struct {
		struct hr_section_array array;
		bool found;
		uint64_t bits;
	} rows[] = {
		/* 2^21 sections of 2^27 bytes make 48 bits. */
		{ { 4096, 8192, 16, 48, false }, true, 27 },
		{ { 4096, 16384, 32, 48, false }, true, 27 },
		{ { 4096, 1024, 16, 48, false }, true, 30 },
		/* Built for 52 bits, and running with 48. */
		{ { 65536, 2048, 16, 48, false }, true, 29 },
		/* An unusual size, which is acceptable only if the width is exact. */
		{ { 4096, 4096, 16, 48, false }, false, 0 },
		{ { 4096, 4096, 16, 48, true }, true, 28 },
		{ { 4096, 65536, 16, 48, true }, true, 24 },
		/* Not possible in any kernel. */
		{ { 4096, 8191, 16, 48, false }, false, 0 },
		{ { 4096, 0, 16, 48, false }, false, 0 },
		{ { 4096, 8192, 0, 48, false }, false, 0 },
		{ { 4096, 8192, 8192, 48, false }, false, 0 },
		{ { 4096, UINT64_MAX, 16, 48, false }, false, 0 },
		{ { 4096, 1, 16, 48, true }, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t bits;

		if (hr_section_array_bits(&rows[i].array, &bits) != rows[i].found)
			fail_msg("row %zu", i);
		if (rows[i].found)
			assert_int_equal(bits, rows[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_go_by_release_and_granule),
		cmocka_unit_test(array_tells_the_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
