// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "redact/moved_data.h"

enum {
	SHAPE_4K = 1, /* of fake_shapes: 48 bits of VA */
	FROM_BOOT = 15,
};

#define BASE  GIB(16)
#define PLACE GIB(2) /* PA of what symbols lead to */

static struct fake_kernel kernel;
static struct hr_memory memory;
static struct hr_read_log reads;
static struct hr_table_survey survey;
static struct hr_moves moves;
static struct hr_data_copy copy;

static int set_up(void **state)
{
	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[SHAPE_4K], BASE);
	kernel.layout.has_kimage_voffset = true;
	kernel.layout.kimage_voffset = kernel.layout.linear_end;
	moves = hr_moves_of(&kernel.layout);
	hr_moves_set_linear(&moves, GIB(1));
	moves.areas[HR_AREA_IMAGE].by = MIB(2);
	fake_page(&kernel.fake, PLACE);
	hr_read_log_begin(&kernel.fake.memory, &reads, &memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_data_copy_release(&copy);
	hr_read_log_release(&reads);
	hr_table_survey_release(&survey);
	fake_kernel_release(&kernel);
	return 0;
}

static struct hr_moved_data data_of(void)
{
	return (struct hr_moved_data){ &kernel.layout, &kernel.fake.memory, &moves, &reads,
				       &survey };
}

/* Let @len bytes at PLACE be read, and make the copy. */
static void read_and_make(size_t len)
{
	const struct hr_moved_data data = data_of();
	unsigned char buffer[4096];

	assert_success(hr_memory_read(&memory, PLACE, buffer, len));
	assert_success(hr_moved_data_make(&data, &copy));
}

static uint64_t word_at(uint64_t pa)
{
	uint64_t word = 0;

	assert_true(hr_data_copy_read(&copy, pa, &word, sizeof(word)));
	return word;
}

static void put_text(const char *text, size_t len)
{
	memcpy(fake_page(&kernel.fake, PLACE)->bytes, text, len);
}

static void pointers_move_and_numbers_stay(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	fake_write64(&kernel.fake, PLACE, va);
	fake_write64(&kernel.fake, PLACE + 8, kernel.layout.linear_end + 5);
	fake_write64(&kernel.fake, PLACE + 16, 42);
	read_and_make(24);
	assert_int_equal(word_at(PLACE), va + GIB(1));
	assert_int_equal(word_at(PLACE + 8), kernel.layout.linear_end + MIB(2) + 5);
	assert_int_equal(word_at(PLACE + 16), 42);
	assert_int_equal(hr_data_copy_known(&copy, PLACE + 24, 1), 0);
}

static void small_variable_stays(void **state)
{
	(void)state;
	put_text("\1", 1);
	read_and_make(1);
	assert_int_equal(hr_data_copy_known(&copy, PLACE, 8), 1);
}

/* What follows the text, and what is no text, is not needed. */
static void description_is_kept_to_its_end(void **state)
{
	char text[64];

	(void)state;
	put_text("ARM erratum\0secret", 18);
	read_and_make(64);
	assert_true(hr_data_copy_read(&copy, PLACE, text, sizeof(text)));
	assert_memory_equal(text, "ARM erratum\0\0\0\0\0\0\0", 18);
}

static void code_is_not_kept(void **state)
{
	(void)state;
	put_text("code\x1f\x20\x03\xd5", 8);
	read_and_make(64);
	assert_int_equal(word_at(PLACE), 0);
}

static void sections_lead_to_the_moved_struct_pages(void **state)
{
	uint64_t root, at, value;

	(void)state;
	fake_section(&kernel, BASE, FROM_BOOT);
	root = fake_section_root(&kernel, BASE);
	at = root + (BASE >> kernel.layout.section_size_bits) %
			    (4096 / kernel.layout.section_struct_size) *
			    kernel.layout.section_struct_size;
	value = fake_read64(&kernel.fake, at);
	fake_write64(&kernel.fake, at + 8, fake_linear(&kernel, BASE));
	read_and_make(8);
	assert_int_equal(word_at(at), value + moves.areas[HR_AREA_VMEMMAP].by);
	/* The map of its usage is not needed. */
	assert_int_equal(word_at(at + 8), 0);
}

static void extent_of_the_image_is_what_was_read(void **state)
{
	const struct hr_moved_data data = data_of();
	uint64_t first = UINT64_MAX, last = 0;

	(void)state;
	read_and_make(24);
	hr_moved_data_image(&data, &first, &last);
	assert_int_equal(first, kernel.layout.linear_end + PLACE);
	assert_int_equal(last, kernel.layout.linear_end + PLACE + 23);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pointers_move_and_numbers_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(small_variable_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(description_is_kept_to_its_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(code_is_not_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sections_lead_to_the_moved_struct_pages, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(extent_of_the_image_is_what_was_read, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
