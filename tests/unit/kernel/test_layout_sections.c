// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "layout_note.h"

static void section_size_without_the_key_goes_by_version(void **state)
{
	static const struct {
		size_t shape;
		const char *release;
		unsigned int bits;
	} rows[] = {
		{ 1, "5.10.223", 30 }, { 10, "5.10.223", 30 }, { 1, "5.11.0", 30 },
		{ 1, "5.12.0", 27 },   { 1, "6.12.0", 27 },    { 5, "6.12.0", 27 },
		{ 10, "5.15.0", 29 },  { 11, "6.12.0", 29 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], rows[i].release);

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		assert_int_equal(good_layout(&note).section_size_bits, rows[i].bits);
	}
}

/* Vendors gave kernels 27 bits whose release had 30. The array of roots shows that. */
static void section_size_without_the_key_is_that_of_the_array(void **state)
{
	static const struct {
		const char *release, *roots, *struct_size, *pa_bits;
		unsigned int bits;
	} rows[] = {
		{ "5.10.36", "16384", "32", "48", 27 }, { "5.10.36", "8192", "16", "48", 27 },
		{ "5.10.223", "2048", "32", "48", 30 }, { "5.10.223", "4096", "32", "48", 29 },
		{ "6.1.170", "16384", "32", NULL, 27 }, { "6.12.0", "262144", "32", "48", 27 },
		{ "vendor", "16384", "32", NULL, 27 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
		fake_note_add(&note, "LENGTH(mem_section)", "%s", rows[i].roots);
		fake_note_add(&note, "SIZE(mem_section)", "%s", rows[i].struct_size);
		if (rows[i].pa_bits)
			fake_note_add(&note, "NUMBER(MAX_PHYSMEM_BITS)", "%s", rows[i].pa_bits);
		assert_int_equal(good_layout(&note).section_size_bits, rows[i].bits);
	}
}

static void section_array_that_fits_no_section_size_is_refused(void **state)
{
	static const struct {
		const char *release, *roots;
	} rows[] = {
		{ "5.10.36", "16383" },
		{ "5.10.36", "0" },
		{ "5.10.36", "16777216" },
		{ "6.12.0", "67108864" },
		{ "6.12.0", "1" },
		{ "5.10.36", "18446744073709551615" },
		/* The 1 GiB sections of older kernels. */
		{ "5.12.0", "2048" },
		{ "7.2.12", "2048" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);
		struct hr_layout layout;

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		fake_note_add(&note, "NUMBER(MAX_PHYSMEM_BITS)", "48");
		fake_note_add(&note, "LENGTH(mem_section)", "%s", rows[i].roots);
		fake_note_add(&note, "SIZE(mem_section)", "32");
		assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT,
			       "{section_size_bits}");
	}
}

static void mem_section_is_known_only_from_all_its_keys(void **state)
{
	static const char *const keys[] = { "SYMBOL(mem_section)", "LENGTH(mem_section)",
					    "SIZE(mem_section)" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct fake_note note;

		fake_note_init(&note);
		fake_note_drop(&note, keys[i]);
		assert_false(good_layout(&note).has_mem_section);
	}
}

/* A static array of sections would be in the image: a different layout, which is not read. */
static void mem_section_in_the_image_is_not_known(void **state)
{
	struct fake_note note = note_with("SYMBOL(mem_section)", "ffff800082000000");

	(void)state;
	assert_false(good_layout(&note).has_mem_section);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_size_without_the_key_goes_by_version),
		cmocka_unit_test(section_size_without_the_key_is_that_of_the_array),
		cmocka_unit_test(section_array_that_fits_no_section_size_is_refused),
		cmocka_unit_test(mem_section_is_known_only_from_all_its_keys),
		cmocka_unit_test(mem_section_in_the_image_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
