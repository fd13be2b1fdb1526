// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout_note.h"

#include <string.h>

#include "api/kernel_steps.h"

/* The place of the kernel's names: init_uts_ns in the linear map. */
#define UTS_VA UINT64_C(0xffff000000001000)
#define UTS_PA UINT64_C(0x40001000)

struct fixture {
	struct fake fake;
	struct hr_kernel kernel;
};

/* Fields of struct new_utsname have 65 bytes. */
static void write_text(struct fake *fake, unsigned int field, const char *text)
{
	unsigned char bytes[6 * 65] = { 0 };
	uint64_t word;

	fake_page(fake, UTS_PA);
	memcpy(bytes + field * 65, text, strlen(text));
	for (size_t i = 0; i < sizeof(bytes) / 8; i++) {
		memcpy(&word, bytes + i * 8, 8);
		if (word)
			fake_write64(fake, UTS_PA + i * 8,
				     fake_read64(fake, UTS_PA + i * 8) | word);
	}
}

/* A kernel whose note has @release, and whose memory has the other two unless they are NULL. */
static void set_up(struct fixture *fixture, const char *release, const char *running,
		   const char *version)
{
	struct fake_note note = note_with("OSRELEASE", release);

	*fixture = (struct fixture){ .kernel.warning_count = 0 };
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	fake_note_add(&note, "SYMBOL(init_uts_ns)", "%lx", (unsigned long)UTS_VA);
	fake_note_add(&note, "OFFSET(uts_namespace.name)", "0");
	fixture->kernel.layout = good_layout(&note);
	fake_init(&fixture->fake, 12);
	if (running)
		write_text(&fixture->fake, 2, running);
	if (version)
		write_text(&fixture->fake, 3, version);
	fixture->kernel.memory = fixture->fake.memory;
}

static void tear_down(struct fixture *fixture)
{
	fake_release(&fixture->fake);
}

static void release_of_the_note_is_kept(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "6.12.107", "6.12.107", "#1 SMP");
	hr_kernel_find_release(&fixture.kernel);
	assert_string_equal(fixture.kernel.layout.release, "6.12.107");
	assert_int_equal(fixture.kernel.layout.version.patch, 107);
	assert_int_equal(fixture.kernel.warning_count, 0);
	tear_down(&fixture);
}

static void point_release_is_read_from_debians_version(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "6.1.0-50-arm64", "6.1.0-50-arm64",
	       "#1 SMP Debian 6.1.176-1 (2026-06-01)");
	hr_kernel_find_release(&fixture.kernel);
	assert_int_equal(fixture.kernel.layout.version.patch, 176);
	assert_int_equal(fixture.kernel.layout.version.span, HR_SPAN_EXACT);
	tear_down(&fixture);
}

static void memory_stands_in_for_a_note_that_tells_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "mainline", "7.2.12", "#1 SMP");
	hr_kernel_find_release(&fixture.kernel);
	assert_string_equal(fixture.kernel.layout.release, "7.2.12");
	assert_int_equal(fixture.kernel.layout.version.minor, 2);
	assert_int_equal(fixture.kernel.warning_count, 0);
	tear_down(&fixture);
}

static void another_kernels_note_is_warned_of(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "6.12.107", "7.2.12", "#1 SMP");
	hr_kernel_find_release(&fixture.kernel);
	assert_int_equal(fixture.kernel.warning_count, 1);
	assert_non_null(strstr(fixture.kernel.warnings[0], "another release"));
	assert_string_equal(fixture.kernel.layout.release, "6.12.107");
	tear_down(&fixture);
}

static void users_release_is_not_doubted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "6.12.107", "7.2.12", "#1 SMP");
	fixture.kernel.config.overrides.release = "6.12.107";
	hr_kernel_find_release(&fixture.kernel);
	assert_int_equal(fixture.kernel.warning_count, 0);
	tear_down(&fixture);
}

static void names_that_cannot_be_read_change_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "6.1.0-50-arm64", NULL, NULL);
	hr_kernel_find_release(&fixture.kernel);
	assert_string_equal(fixture.kernel.layout.release, "6.1.0-50-arm64");
	assert_int_equal(fixture.kernel.layout.version.span, HR_SPAN_BRANCH);
	assert_int_equal(fixture.kernel.warning_count, 0);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_of_the_note_is_kept),
		cmocka_unit_test(point_release_is_read_from_debians_version),
		cmocka_unit_test(memory_stands_in_for_a_note_that_tells_nothing),
		cmocka_unit_test(another_kernels_note_is_warned_of),
		cmocka_unit_test(users_release_is_not_doubted),
		cmocka_unit_test(names_that_cannot_be_read_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
