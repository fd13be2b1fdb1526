// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/cleanup.h"
#include "kernel/section.h"

#define BASE GIB(2)

struct fixture {
	struct fake_kernel kernel;
	struct hr_sections *sections;
};

static void set_up(struct fixture *fixture, size_t shape)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[shape], BASE);
	assert_success(hr_sections_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					  &fixture->sections));
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->sections);
	fake_kernel_release(&fixture->kernel);
}

static uint64_t read_section(struct fixture *fixture, uint64_t pa)
{
	uint64_t value = 1;

	assert_success(hr_section_read(fixture->sections,
				       pa >> fixture->kernel.layout.section_size_bits, &value));
	return value;
}

static uint64_t next_section(struct fixture *fixture, uint64_t nr)
{
	uint64_t next = 1;

	assert_success(hr_section_next(fixture->sections, nr, UINT64_MAX, &next));
	return next;
}

static void section_is_found_in_its_root(void **state)
{
	static const size_t shapes[] = { 1, 3, 5, 9, 11 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct fixture fixture;

		set_up(&fixture, shapes[i]);
		fake_section_raw(&fixture.kernel, BASE + GIB(8), 0xfffffc0000000003);
		fake_section_raw(&fixture.kernel, BASE + GIB(300), 0xfffffc000000000f);
		assert_int_equal(read_section(&fixture, BASE + GIB(8)), 0xfffffc0000000003);
		assert_int_equal(read_section(&fixture, BASE + GIB(300)), 0xfffffc000000000f);
		tear_down(&fixture);
	}
}

static void neighbours_do_not_mix(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	for (uint64_t i = 0; i < 300; i++)
		fake_section_raw(&fixture.kernel, BASE + i * MIB(128), 0x100 * (i + 1));
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(read_section(&fixture, BASE + i * MIB(128)), 0x100 * (i + 1));
	tear_down(&fixture);
}

static void sections_without_a_root_are_absent(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	assert_int_equal(read_section(&fixture, BASE + GIB(64)), 0);
	assert_int_equal(read_section(&fixture, BASE + MIB(128)), 0);
	tear_down(&fixture);
}

static void sections_beyond_the_last_root_are_absent(void **state)
{
	struct fixture fixture;
	uint64_t value = 1;

	(void)state;
	set_up(&fixture, 1);
	assert_success(hr_section_read(fixture.sections, UINT64_C(1) << 40, &value));
	assert_int_equal(value, 0);
	tear_down(&fixture);
}

static void larger_structures_hold_fewer_to_a_root(void **state)
{
	struct fixture fixture;

	(void)state;
	fake_kernel_init(&fixture.kernel, &fake_shapes[1], BASE);
	fixture.kernel.layout.section_struct_size = 32;
	fixture.kernel.layout.section_roots *= 2;
	assert_success(hr_sections_create(&fixture.kernel.layout, &fixture.kernel.fake.memory,
					  &fixture.sections));
	fake_section_raw(&fixture.kernel, BASE + 127 * MIB(128), 0x100);
	fake_section_raw(&fixture.kernel, BASE + 129 * MIB(128), 0x200);
	assert_int_equal(read_section(&fixture, BASE + 127 * MIB(128)), 0x100);
	assert_int_equal(read_section(&fixture, BASE + 129 * MIB(128)), 0x200);
	tear_down(&fixture);
}

static bool is_sound(struct fixture *fixture, uint64_t pa)
{
	uint64_t nr = pa / MIB(128);
	struct hr_error *error = hr_section_check(fixture->sections, nr, read_section(fixture, pa));
	bool sound = !error;

	hr_error_destroy(error);
	return sound;
}

static void present_sections_have_struct_pages(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	fake_section(&fixture.kernel, BASE + MIB(128), 5);
	fake_section(&fixture.kernel, BASE + MIB(256), 2);
	fake_section_raw(&fixture.kernel, BASE + MIB(512), 1);
	fake_section_raw(&fixture.kernel, BASE + MIB(640), 0x5a5a5000 | 1);
	assert_true(is_sound(&fixture, BASE));
	assert_true(is_sound(&fixture, BASE + MIB(128)));
	assert_true(is_sound(&fixture, BASE + MIB(256)));
	assert_true(is_sound(&fixture, BASE + MIB(384)));
	assert_true(is_sound(&fixture, BASE + MIB(512)));
	assert_false(is_sound(&fixture, BASE + MIB(640)));
	tear_down(&fixture);
}

static void unreadable_pages_are_errors_not_absence(void **state)
{
	struct fixture fixture;
	uint64_t nr = BASE / MIB(128), value;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, BASE));
	assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE,
		       "mem_section");
	tear_down(&fixture);
}

static void unreadable_root_array_is_an_error(void **state)
{
	struct fixture fixture;
	uint64_t nr = BASE / MIB(128), value;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	fake_exclude(&fixture.kernel.fake, BASE + MIB(16));
	assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE,
		       "mem_section");
	assert_failure(hr_section_next(fixture.sections, nr, UINT64_MAX, &value),
		       HR_ERROR_UNREADABLE, "mem_section");
	tear_down(&fixture);
}

/* Every kernel has memory, and a page of sections exists because at least one section does. */
static void pages_of_zeros_are_unreadable_not_absence(void **state)
{
	struct fixture fixture;
	uint64_t nr = BASE / MIB(128), value;

	(void)state;
	set_up(&fixture, 1);
	assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE, "zeros");
	fake_section_raw(&fixture.kernel, BASE, 0);
	assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE, "zeros");
	tear_down(&fixture);
}

/* One reading shows that the array is empty, however many sections are asked about. */
static void array_of_zeros_is_read_once(void **state)
{
	struct fixture fixture;
	uint64_t value, reads;

	(void)state;
	set_up(&fixture, 1);
	assert_failure(hr_section_read(fixture.sections, 0, &value), HR_ERROR_UNREADABLE, "zeros");
	reads = fixture.kernel.fake.reads;
	for (uint64_t nr = 0; nr < 100000; nr += 100)
		assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE,
			       "zeros");
	assert_in_range(fixture.kernel.fake.reads - reads, 0, 1000);
	tear_down(&fixture);
}

/* Kernels with tagged pointers leave a tag in bits 63:56, which is not part of the address. */
static void tags_in_root_pointers_are_dropped(void **state)
{
	struct fixture fixture;
	uint64_t entry = BASE + MIB(16) + 8 * (BASE / MIB(128) / 256), root;

	(void)state;
	set_up(&fixture, 1);
	fake_section_raw(&fixture.kernel, BASE, 0x700);
	root = fake_read64(&fixture.kernel.fake, entry);
	fake_write64(&fixture.kernel.fake, entry,
		     (root & ~(UINT64_C(0xff) << 56)) | UINT64_C(0xf4) << 56);
	assert_int_equal(read_section(&fixture, BASE), 0x700);
	tear_down(&fixture);
}

static void tags_in_section_values_are_dropped(void **state)
{
	(void)state;
	assert_int_equal(hr_section_memmap(0xf4fffdffbf00000f), 0xfffffdffbf000000);
	assert_int_equal(hr_section_memmap(0x0000000000000001), 0);
}

/* After a failure, a half-filled buffer must not be used the second time. */
static void errors_repeat(void **state)
{
	struct fixture fixture;
	uint64_t nr = BASE / MIB(128), value;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, BASE));
	for (int i = 0; i < 2; i++)
		assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE,
			       "not in this fake");
	tear_down(&fixture);
}

static void roots_outside_the_kernel_are_unreadable(void **state)
{
	static const uint64_t roots[] = { 0x1000, 0x0000ffffdeadb000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(roots); i++) {
		struct fixture fixture;
		uint64_t nr = BASE / MIB(128), value;

		set_up(&fixture, 1);
		fake_write64(&fixture.kernel.fake, BASE + MIB(16) + 8 * (nr / 256), roots[i]);
		assert_failure(hr_section_read(fixture.sections, nr, &value), HR_ERROR_UNREADABLE,
			       "not a kernel address");
		tear_down(&fixture);
	}
}

static void next_passes_over_missing_roots(void **state)
{
	struct fixture fixture;
	uint64_t last_of_first, far = BASE / MIB(128) + 256 * 700 + 5;

	(void)state;
	set_up(&fixture, 1);
	fake_section(&fixture.kernel, BASE, 7);
	fake_section(&fixture.kernel, far * MIB(128), 7);
	last_of_first = BASE / MIB(128) | 255;
	assert_int_equal(next_section(&fixture, 0), 0);
	assert_int_equal(next_section(&fixture, 17), 17);
	assert_int_equal(next_section(&fixture, last_of_first), last_of_first);
	assert_int_equal(next_section(&fixture, last_of_first + 1), far & ~UINT64_C(255));
	assert_int_equal(next_section(&fixture, far + 1), far + 1);
	assert_int_equal(next_section(&fixture, (far | 255) + 1), UINT64_MAX);
	tear_down(&fixture);
}

/* One read for each page of roots, one for each root: a terabyte has thousands of sections. */
static void neighbours_share_their_reads(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_sections(&fixture.kernel, BASE, GIB(16), 7);
	for (uint64_t pa = BASE; pa < BASE + GIB(16); pa += MIB(128))
		read_section(&fixture, pa);
	assert_int_equal(fixture.kernel.fake.reads, 2);
	tear_down(&fixture);
}

/* What runs say of the sections from @first on is what reading each of them says. */
static void compare_runs(struct fixture *fixture, uint64_t first, uint64_t last)
{
	uint64_t count;

	for (uint64_t nr = first; nr <= last; nr += count) {
		uint64_t value, alone;

		assert_success(hr_section_run(fixture->sections, nr, last, &value, &count));
		assert_true(count >= 1 && nr + count - 1 <= last);
		for (uint64_t i = 0; i < count; i++) {
			assert_success(hr_section_read(fixture->sections, nr + i, &alone));
			assert_int_equal(value, alone);
		}
	}
}

static void runs_are_as_the_sections_alone(void **state)
{
	static const size_t shapes[] = { 1, 3, 5, 9, 11 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		uint64_t size, first;
		struct fixture fixture;

		set_up(&fixture, shapes[i]);
		size = hr_section_size(&fixture.kernel.layout);
		first = BASE / size;
		fake_sections(&fixture.kernel, BASE, 1000 * size, 7);
		for (uint64_t nr = 0; nr < 1000; nr += 1 + nr % 97)
			fake_section(&fixture.kernel, BASE + nr * size, nr % 2 ? 3 : 15);
		fake_section_raw(&fixture.kernel, BASE + 300 * size, 0);
		for (uint64_t from = 0; from < 1000; from += 111)
			compare_runs(&fixture, first + from, first + 1100 - from / 2);
		tear_down(&fixture);
	}
}

/* A run goes on from page to page, and in a dump none of them is read again for it. */
static void run_of_a_dump_is_read_once(void **state)
{
	(void)state;
	for (int live = 0; live < 2; live++) {
		uint64_t size, value, count, reads, first = BASE / MIB(128);
		struct fixture fixture;

		set_up(&fixture, 1);
		size = hr_section_size(&fixture.kernel.layout);
		assert_int_equal(size, MIB(128));
		fake_sections(&fixture.kernel, BASE, 1000 * size, 7);
		fixture.kernel.fake.memory.live = live;
		for (uint64_t nr = first; nr < first + 1000; nr += count)
			assert_success(
				hr_section_run(fixture.sections, nr, first + 999, &value, &count));
		reads = fixture.kernel.fake.reads;
		assert_success(
			hr_section_run(fixture.sections, first, first + 999, &value, &count));
		assert_int_equal(value & 7, 7);
		assert_int_equal(count == 1000, !live);
		assert_int_equal(fixture.kernel.fake.reads == reads, !live);
		assert_success(
			hr_section_run(fixture.sections, first + 998, first + 998, &value, &count));
		assert_int_equal(count, 1);
		tear_down(&fixture);
	}
}

/* The number of the section @n after the first of memory. */
static uint64_t number(const struct fixture *fixture, uint64_t n)
{
	return (BASE >> fixture->kernel.layout.section_size_bits) + n;
}

/* Sections of which some exist, changed thrice. */
static void set_up_changes(struct fixture *fixture, struct hr_section_change changes[3])
{
	set_up(fixture, 1);
	for (uint64_t i = 0; i < 16; i++)
		fake_section(&fixture->kernel, BASE + i * MIB(128), 7);
	changes[0] = (struct hr_section_change){ number(fixture, 4), number(fixture, 11), false };
	changes[1] = (struct hr_section_change){ number(fixture, 8), number(fixture, 9), true };
	changes[2] =
		(struct hr_section_change){ number(fixture, 5000), number(fixture, 5003), true };
	hr_sections_set_changes(fixture->sections, changes, 3);
}

static bool exists_after_changes(uint64_t n)
{
	return n < 4 || n == 8 || n == 9 || (n >= 12 && n < 16) || (n >= 5000 && n <= 5003);
}

static void later_changes_replace_what_memory_has(void **state)
{
	struct hr_section_change changes[3];
	struct fixture fixture;

	(void)state;
	set_up_changes(&fixture, changes);
	for (uint64_t n = 0; n < 5010; n++) {
		uint64_t value = read_section(&fixture, BASE + n * MIB(128));

		assert_int_equal(hr_section_is_present(hr_sections_flags(fixture.sections), value),
				 exists_after_changes(n));
		if (value)
			assert_success(
				hr_section_check(fixture.sections, number(&fixture, n), value));
	}
	tear_down(&fixture);
}

static void runs_end_where_changes_do(void **state)
{
	struct hr_section_change changes[3];
	struct fixture fixture;

	(void)state;
	set_up_changes(&fixture, changes);
	for (uint64_t n = 0; n < 5010; n++) {
		uint64_t value, count;

		assert_success(hr_section_run(fixture.sections, number(&fixture, n),
					      number(&fixture, 5020), &value, &count));
		for (uint64_t i = 0; i < count; i++)
			assert_int_equal(read_section(&fixture, BASE + (n + i) * MIB(128)), value);
	}
	tear_down(&fixture);
}

static void added_sections_are_found_without_a_root(void **state)
{
	struct hr_section_change changes[3];
	struct fixture fixture;

	(void)state;
	set_up_changes(&fixture, changes);
	assert_int_equal(next_section(&fixture, number(&fixture, 600)), number(&fixture, 5000));
	assert_int_equal(next_section(&fixture, number(&fixture, 5002)), number(&fixture, 5002));
	assert_int_equal(next_section(&fixture, number(&fixture, 5004)), UINT64_MAX);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_is_found_in_its_root),
		cmocka_unit_test(neighbours_do_not_mix),
		cmocka_unit_test(sections_without_a_root_are_absent),
		cmocka_unit_test(sections_beyond_the_last_root_are_absent),
		cmocka_unit_test(larger_structures_hold_fewer_to_a_root),
		cmocka_unit_test(present_sections_have_struct_pages),
		cmocka_unit_test(unreadable_pages_are_errors_not_absence),
		cmocka_unit_test(unreadable_root_array_is_an_error),
		cmocka_unit_test(pages_of_zeros_are_unreadable_not_absence),
		cmocka_unit_test(array_of_zeros_is_read_once),
		cmocka_unit_test(tags_in_root_pointers_are_dropped),
		cmocka_unit_test(tags_in_section_values_are_dropped),
		cmocka_unit_test(errors_repeat),
		cmocka_unit_test(roots_outside_the_kernel_are_unreadable),
		cmocka_unit_test(next_passes_over_missing_roots),
		cmocka_unit_test(neighbours_share_their_reads),
		cmocka_unit_test(runs_are_as_the_sections_alone),
		cmocka_unit_test(run_of_a_dump_is_read_once),
		cmocka_unit_test(later_changes_replace_what_memory_has),
		cmocka_unit_test(runs_end_where_changes_do),
		cmocka_unit_test(added_sections_are_found_without_a_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
