// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_kernel.h"

#include "report_fixture.h"

static void assert_kernel(const char *line)
{
	hr_text_kernel(&told.session);
	assert_line(&told, line);
}

static void a_kernel_is_named_with_its_geometry(void **state)
{
	(void)state;
	facts->release = "7.2.12";
	facts->page_size = KIB(64);
	facts->va_bits = 52;
	facts->va_bits_actual = 48;
	facts->levels = 3;
	assert_kernel("kernel 7.2.12: 64 KiB pages, 52 VA bits (48 in use), 3 levels");
}

static void a_release_that_is_not_known_is_said_so(void **state)
{
	(void)state;
	facts->release = NULL;
	hr_text_kernel(&told.session);
	assert_text(&told, "kernel of unknown release: 4 KiB pages");
}

static void descriptors_of_52_bits_are_mentioned(void **state)
{
	(void)state;
	facts->lpa2 = true;
	hr_text_kernel(&told.session);
	assert_text(&told, " levels, LPA2\n");
}

static void models_are_named(void **state)
{
	(void)state;
	facts->memory_block_size = GIB(2);
	facts->teardown = HR_TEARDOWN_BATCHED_WIDE;
	facts->flush = HR_FLUSH_RANGE_OPS;
	assert_kernel("                  memory blocks of 2 GiB; teardown batched-wide, flush "
		      "range-ops");
}

static void the_size_of_a_block_is_left_to_the_list_of_blocks(void **state)
{
	(void)state;
	told.options.blocks = true;
	hr_text_kernel(&told.session);
	assert_text(&told, "                  teardown ");
	assert_no_text(&told, "memory blocks of");
}

static void models_that_are_not_known_are_unknown(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_UNKNOWN;
	facts->flush = HR_FLUSH_UNKNOWN;
	assert_kernel(
		"                  memory blocks of 128 MiB; teardown unknown, flush unknown");
}

static void mapped_memory_is_shown_with_the_offset(void **state)
{
	(void)state;
	fake_map_linear(&told.fake, GIB(3), GIB(1), FAKE_PUD);
	told_reopen(&told);
	assert_kernel("                  PHYS_OFFSET 0x80000000, mapped memory "
		      "0xc0000000-0xffffffff");
}

static void mapped_memory_may_not_be_known(void **state)
{
	(void)state;
	assert_kernel("                  PHYS_OFFSET 0x80000000, mapped memory unknown");
}

static void a_text_without_an_offset_has_no_line_for_it(void **state)
{
	(void)state;
	facts->has_phys_offset = false;
	hr_text_kernel(&told.session);
	assert_no_text(&told, "PHYS_OFFSET");
}

static void overrides_are_listed_under_one_label(void **state)
{
	static char first[] = "va-bits=48", second[] = "lpa2=0";

	(void)state;
	told.options.echoes[0] = first;
	told.options.echoes[1] = second;
	told.options.echo_count = 2;
	assert_kernel("  overrides       va-bits=48");
	assert_line(&told, "                  lpa2=0");
}

static void what_the_user_gave_cannot_drive_the_terminal(void **state)
{
	static char echo[] = "kernel-release=\033[2J\n7.2";

	(void)state;
	told.options.echoes[0] = echo;
	told.options.echo_count = 1;
	assert_kernel("  overrides       kernel-release=?[2J?7.2");
}

static void assumptions_are_listed_under_one_label(void **state)
{
	(void)state;
	hr_kernel_warn(&told.kernel, "the first");
	hr_kernel_warn(&told.kernel, "the second");
	assert_kernel("  assumed         the first");
	assert_line(&told, "                  the second");
}

static void a_warning_about_protection_has_its_own_label(void **state)
{
	(void)state;
	told.inputs.warning = "no sandbox";
	hr_kernel_warn(&told.kernel, "the first");
	hr_text_kernel(&told.session);
	assert_text(&told, "\n  warning         no sandbox\n  assumed         the first\n");
}

static void a_warning_names_options(void **state)
{
	(void)state;
	hr_kernel_warn(&told.kernel, "it is assumed ({va_bits} overrides)");
	assert_kernel("  assumed         it is assumed (--va-bits overrides)");
}

/* A warning can quote what a dump holds. */
static void a_warning_cannot_drive_the_terminal(void **state)
{
	(void)state;
	hr_kernel_warn(&told.kernel, "release \x9b"
				     "2J");
	assert_kernel("  assumed         release ?2J");
}

static void without_overrides_and_warnings_there_are_no_labels(void **state)
{
	(void)state;
	hr_text_kernel(&told.session);
	assert_no_text(&told, "overrides");
	assert_no_text(&told, "warning");
	assert_no_text(&told, "assumed");
}

static void a_predicted_kernel_is_named(void **state)
{
	(void)state;
	assert_success(hr_kernel_predict_release(told.session.kernel, "6.12.90"));
	assert_kernel("  predicted       as if kernel 6.12.90 ran from here on");
}

static void a_prediction_for_a_running_kernel_has_a_time(void **state)
{
	(void)state;
	assert_success(hr_kernel_predict_release(told.session.kernel, "6.12.90"));
	told.session.memory.live = true;
	hr_text_kernel(&told.session);
	assert_text(&told, "  predicted       from the running kernel at 2");
	assert_line(&told, "                  as if kernel 6.12.90 ran from here on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_kernel_is_named_with_its_geometry),
		test_of_report(a_release_that_is_not_known_is_said_so),
		test_of_report(descriptors_of_52_bits_are_mentioned),
		test_of_report(models_are_named),
		test_of_report(the_size_of_a_block_is_left_to_the_list_of_blocks),
		test_of_report(models_that_are_not_known_are_unknown),
		test_of_report(mapped_memory_is_shown_with_the_offset),
		test_of_report(mapped_memory_may_not_be_known),
		test_of_report(a_text_without_an_offset_has_no_line_for_it),
		test_of_report(overrides_are_listed_under_one_label),
		test_of_report(what_the_user_gave_cannot_drive_the_terminal),
		test_of_report(assumptions_are_listed_under_one_label),
		test_of_report(a_warning_about_protection_has_its_own_label),
		test_of_report(a_warning_names_options),
		test_of_report(a_warning_cannot_drive_the_terminal),
		test_of_report(without_overrides_and_warnings_there_are_no_labels),
		test_of_report(a_predicted_kernel_is_named),
		test_of_report(a_prediction_for_a_running_kernel_has_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
