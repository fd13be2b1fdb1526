// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_list.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"

static struct hr_options options;

static int set_up(void **state)
{
	(void)state;
	options = (struct hr_options){ .ranges_from = "list" };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_options_release(&options);
	return 0;
}

/* Read a file that holds @size bytes of @text. */
static struct hr_error *read_bytes(const char *text, size_t size)
{
	int fd = memfd_create("list", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return hr_ranges_read(&options, fd);
}

static struct hr_error *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void a_line_is_a_range(void **state)
{
	(void)state;
	assert_success(read_text("0x40000000+128M\nmemory8"));
	assert_int_equal(options.range_count, 2);
	assert_int_equal(options.ranges[0].start, GIB(1));
	assert_int_equal(options.ranges[0].last, GIB(1) + MIB(128) - 1);
	assert_true(options.ranges[1].is_block);
	assert_int_equal(options.ranges[1].block, 8);
}

static void comments_blanks_and_returns_are_left_out(void **state)
{
	(void)state;
	assert_success(read_text("# all of it\n\n \t 0+128M \t# the first\r\n   \n\r\n"));
	assert_int_equal(options.range_count, 1);
	assert_int_equal(options.ranges[0].last, MIB(128) - 1);
}

static void marks_and_blanks_of_other_programs_are_left_out(void **state)
{
	(void)state;
	assert_success(read_text("\xef\xbb\xbf"
				 "0+128M\xc2\xa0\r\n"));
	assert_int_equal(options.range_count, 1);
}

static void a_byte_order_mark_is_left_out(void **state)
{
	(void)state;
	assert_success(read_text("\xef\xbb\xbf# all of it\r\n0+128M\r\n"));
	assert_int_equal(options.range_count, 1);
}

static void lines_of_iomem_are_ranges(void **state)
{
	(void)state;
	assert_success(read_text("40000000-7fffffff : System RAM\n"
				 "  41000000-41ffffff : Kernel code\n"));
	assert_int_equal(options.range_count, 2);
	assert_int_equal(options.ranges[0].start, GIB(1));
	assert_int_equal(options.ranges[1].start, 0x41000000);
}

static void the_output_of_lsmem_is_its_ranges(void **state)
{
	(void)state;
	assert_success(
		read_text("RANGE                                 SIZE  STATE REMOVABLE BLOCK\n"
			  "0x0000000040000000-0x000000007fffffff   1G online       yes  8-15\n"
			  "\n"
			  "Memory block size:       128M\n"
			  "Total online memory:       1G\n"
			  "Total offline memory:      0B\n"));
	assert_int_equal(options.range_count, 1);
	assert_int_equal(options.ranges[0].last, GIB(2) - 1);
}

static void only_whole_words_are_those_of_lsmem(void **state)
{
	(void)state;
	assert_failure(read_text("RANGES\n"), HR_ERROR_USAGE, "list:1: ");
}

static void what_is_wrong_has_a_line(void **state)
{
	(void)state;
	assert_failure(read_text("0+128M\n\nweather\n"), HR_ERROR_USAGE, "list:3: ");
	assert_int_equal(options.range_count, 1);
}

static void standard_input_has_a_name(void **state)
{
	(void)state;
	options.ranges_from = "-";
	assert_failure(read_text("weather\n"), HR_ERROR_USAGE, "standard input:1: ");
}

static void a_line_that_is_too_long_is_refused(void **state)
{
	char text[8192];

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_failure(read_bytes(text, sizeof(text)), HR_ERROR_USAGE,
		       "list:1: the line is longer than 4094 bytes, or is not text");
}

static void what_is_not_text_is_refused(void **state)
{
	(void)state;
	assert_failure(read_bytes("\0\0\n0+128M\n", 10), HR_ERROR_USAGE,
		       "list: line 1: it has a NUL byte: this is not text");
}

static void more_ranges_than_the_program_takes_are_refused(void **state)
{
	static char text[(HR_RANGES_MAX + 1) * 7 + 1];

	(void)state;
	for (size_t i = 0; i <= HR_RANGES_MAX; i++)
		strcpy(text + i * 7, "0+128M\n");
	assert_failure(read_text(text), HR_ERROR_USAGE,
		       "list:4097: too many ranges: the limit is 4096");
}

static void without_a_file_there_is_nothing_to_read(void **state)
{
	(void)state;
	options.ranges_from = NULL;
	assert_success(hr_ranges_read(&options, -1));
	assert_int_equal(options.range_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_line_is_a_range),
		ROW(comments_blanks_and_returns_are_left_out),
		ROW(marks_and_blanks_of_other_programs_are_left_out),
		ROW(a_byte_order_mark_is_left_out),
		ROW(lines_of_iomem_are_ranges),
		ROW(the_output_of_lsmem_is_its_ranges),
		ROW(only_whole_words_are_those_of_lsmem),
		ROW(what_is_wrong_has_a_line),
		ROW(standard_input_has_a_name),
		ROW(a_line_that_is_too_long_is_refused),
		ROW(what_is_not_text_is_refused),
		ROW(more_ranges_than_the_program_takes_are_refused),
		ROW(without_a_file_there_is_nothing_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
