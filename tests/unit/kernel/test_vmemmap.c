// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "layout_note.h"

#define BIT(n) (UINT64_C(1) << (n))

static void vmemmap_without_the_key_is_placed_by_version(void **state)
{
	static const struct {
		size_t shape;
		uint64_t v5_10, v5_15, v6_12; /* 0: that version has no such kernel */
	} rows[] = {
		{ 0, 0xfffffffeffe00000, 0xfffffffe00000000, 0xfffffffec0000000 },
		{ 1, 0xfffffdffffe00000, 0xfffffc0000000000, 0xfffffdffc0000000 },
		{ 2, 0, 0, 0xffffc1ffc0000000 },
		{ 3, 0, 0, 0xffffc1ffc0000000 },
		{ 5, 0xffffffbfffe00000, 0xffffff8000000000, 0xffffffbfc0000000 },
		{ 6, 0xffffff7fffe00000, 0xffffff0000000000, 0xffffff7fc0000000 },
		{ 7, 0, 0, 0xfffff03fc0000000 },
		{ 8, 0, 0, 0xfffff03fc0000000 },
		{ 9, 0xffffffff7fe00000, 0xffffffff00000000, 0xffffffff40000000 },
		{ 10, 0xffffffdfffe00000, 0xffffffc000000000, 0xffffffdfc0000000 },
		{ 12, 0xfffffc1fffe00000, 0xfffffc0000000000, 0xfffffc1fc0000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint64_t starts[] = { rows[i].v5_10, rows[i].v5_10, rows[i].v5_15,
					    rows[i].v5_15, rows[i].v5_15, rows[i].v6_12,
					    rows[i].v6_12 };
		static const char *const releases[] = { "5.10.0", "5.10.223", "5.11.0",	 "5.15.224",
							"6.8.12", "6.9.0",    "6.12.107" };

		for (size_t j = 0; j < COUNT_OF(releases); j++) {
			struct fake_note note = note_of(&fake_shapes[rows[i].shape], releases[j]);
			struct hr_layout layout;

			if (!starts[j])
				continue;
			layout = good_layout(&note);
			assert_int_equal(layout.vmemmap_start, starts[j]);
			assert_true(layout.vmemmap_is_derived);
		}
	}
}

static void vmemmap_ends_where_the_version_has_it(void **state)
{
	static const struct {
		const char *release;
		uint64_t end; /* with 4K pages and 48 bits */
	} rows[] = {
		{ "5.10.223", 0xffffffffffe00000 },
		{ "5.15.0", 0xfffffe0000000000 },
		{ "6.12.0", 0xffffffffc0000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		assert_int_equal(good_layout(&note).vmemmap_end, rows[i].end);
	}
}

/* Only the formula of 6.9 uses the exact size; before, it was rounded up to a power of two. */
static void odd_struct_pages_change_the_vmemmap_as_the_version_does(void **state)
{
	static const struct {
		const char *release;
		uint64_t start;
	} rows[] = {
		{ "5.10.223", -(BIT(47) >> 5) - 0x200000 },
		{ "5.15.0", -(BIT(48) >> 5) },
		{ "6.12.0", -GIB(1) - (BIT(47) >> 12) * 80 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		fake_note_drop(&note, "SIZE(page)");
		fake_note_add(&note, "SIZE(page)", "80");
		assert_int_equal(good_layout(&note).vmemmap_start, rows[i].start);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmemmap_without_the_key_is_placed_by_version),
		cmocka_unit_test(vmemmap_ends_where_the_version_has_it),
		cmocka_unit_test(odd_struct_pages_change_the_vmemmap_as_the_version_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
