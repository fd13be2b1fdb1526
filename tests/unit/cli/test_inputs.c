// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/inputs.h"

static const struct hr_output usual;

/* A text as the source, and options that name nothing else. */
struct fixture {
	struct core_file source, other;
	struct hr_options options;
	struct hr_inputs inputs;
};

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	core_file_raw(&fixture->source, "a text\n", 7);
	core_file_raw(&fixture->other, "another\n", 8);
	fixture->options.output = &usual;
	fixture->options.kind = HR_SOURCE_PTDUMP;
	fixture->options.paths[0] = fixture->source.path;
	fixture->options.path_count = 1;
	fixture->options.no_sandbox = "there is none here";
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_inputs_close(&fixture->inputs);
	core_file_release(&fixture->source);
	core_file_release(&fixture->other);
	test_free(fixture);
	return 0;
}

static struct hr_error *open_inputs(struct fixture *fixture)
{
	return hr_inputs_open(&fixture->options, &HR_LINK_CLOSED, &fixture->inputs);
}

/* @fd leads to the file that is not the source. */
static void assert_other(int fd)
{
	char bytes[9] = "";

	assert_true(fd > STDERR_FILENO);
	assert_int_equal(pread(fd, bytes, 8, 0), 8);
	assert_string_equal(bytes, "another\n");
}

static void source_alone_is_open_where_nothing_else_is_named(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_inputs *inputs = &fixture->inputs;

	assert_success(open_inputs(fixture));
	assert_int_equal(inputs->source.count, 1);
	assert_int_equal(inputs->vmcoreinfo_fd, -1);
	assert_int_equal(inputs->verify_fd, -1);
	assert_int_equal(inputs->ranges_fd, -1);
	assert_false(hr_link_is_open(&inputs->states));
}

/* What /proc says holds for the running kernel, and not for a text. */
static void files_of_the_running_kernel_are_for_it(void **state)
{
	struct fixture *fixture = *state;

	assert_success(open_inputs(fixture));
	assert_int_equal(fixture->inputs.kallsyms_fd, -1);
	assert_int_equal(fixture->inputs.block_size_fd, -1);
	assert_int_equal(fixture->inputs.btf_fd, -1);
	assert_int_equal(fixture->inputs.iomem_fd, -1);
}

static void each_file_that_is_named_is_open(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.vmcoreinfo_path = fixture->other.path;
	fixture->options.verify_path = fixture->other.path;
	fixture->options.ranges_from = fixture->other.path;
	assert_success(open_inputs(fixture));
	assert_other(fixture->inputs.vmcoreinfo_fd);
	assert_other(fixture->inputs.verify_fd);
	assert_other(fixture->inputs.ranges_fd);
}

static void dash_is_standard_input_where_that_is_allowed(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.verify_path = "-";
	fixture->options.ranges_from = "-";
	assert_success(open_inputs(fixture));
	assert_int_equal(fixture->inputs.verify_fd, STDIN_FILENO);
	assert_int_equal(fixture->inputs.ranges_fd, STDIN_FILENO);
}

static void note_is_not_read_from_standard_input(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.vmcoreinfo_path = "-";
	assert_failure(open_inputs(fixture), HR_ERROR_OS, "cannot open -");
}

static void file_that_is_missing_is_named(void **state)
{
	const char **paths[3];
	struct fixture *fixture = *state;

	paths[0] = &fixture->options.vmcoreinfo_path;
	paths[1] = &fixture->options.verify_path;
	paths[2] = &fixture->options.ranges_from;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		*paths[i] = "/nonexistent/file";
		assert_failure(open_inputs(fixture), HR_ERROR_OS, "cannot open /nonexistent/file");
		hr_inputs_close(&fixture->inputs);
		*paths[i] = NULL;
	}
}

static void source_that_is_missing_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.paths[0] = "/nonexistent/file";
	assert_failure(open_inputs(fixture), HR_ERROR_OS, "/nonexistent/file");
}

static void options_get_the_kind_that_the_content_shows(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.kind = HR_SOURCE_BY_CONTENT;
	assert_success(open_inputs(fixture));
	assert_int_equal(fixture->options.kind, HR_SOURCE_PTDUMP);
	assert_int_equal(fixture->inputs.source.kind, HR_SOURCE_PTDUMP);
}

static void kind_that_does_not_fit_the_options_is_a_usage_error(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.kind = HR_SOURCE_BY_CONTENT;
	fixture->options.watch = 1;
	assert_failure(open_inputs(fixture), HR_ERROR_USAGE, "--watch needs a running kernel");
}

/* An ELF core without content in the place of the other file. */
static void give_dump(struct fixture *fixture)
{
	core_file_release(&fixture->other);
	core_file_init(&fixture->other);
	core_file_load(&fixture->other, 0x40000000, 0x1000, 0);
	core_file_finish(&fixture->other);
	fixture->options.diff_path = fixture->other.path;
}

static void file_to_compare_with_is_open_and_can_be_taken(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inputs taken;
	int fd;

	give_dump(fixture);
	assert_success(open_inputs(fixture));
	assert_int_equal(fixture->inputs.other.count, 1);
	assert_int_equal(fixture->inputs.other.kind, HR_SOURCE_VMCORE);
	fd = fixture->inputs.other.fds[0];
	hr_inputs_take_other(&fixture->inputs, &taken);
	assert_int_equal(fixture->inputs.other.count, 0);
	hr_inputs_close(&fixture->inputs);
	assert_int_equal(taken.source.fds[0], fd);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	assert_int_equal(taken.vmcoreinfo_fd, -1);
	assert_int_equal(taken.iomem_fd, -1);
	assert_false(hr_link_is_open(&taken.states));
	hr_inputs_close(&taken);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void without_it_there_is_none_to_take(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inputs taken;

	assert_success(open_inputs(fixture));
	hr_inputs_take_other(&fixture->inputs, &taken);
	assert_int_equal(taken.source.count, 0);
	hr_inputs_close(&taken);
}

static void file_to_compare_with_is_named_if_it_is_none(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.diff_path = "/nonexistent/dump";
	assert_failure(open_inputs(fixture), HR_ERROR_OS, "--diff: /nonexistent/dump");
	hr_inputs_close(&fixture->inputs);
	fixture->options.diff_path = fixture->other.path;
	assert_failure(open_inputs(fixture), HR_ERROR_USAGE, "--diff: a text of page tables");
}

/* A file that is compared with is read later. */
static void file_to_compare_with_is_not_replaced(void **state)
{
	struct fixture *fixture = *state;

	give_dump(fixture);
	fixture->options.save_path = fixture->other.path;
	assert_failure(open_inputs(fixture), HR_ERROR_USAGE,
		       "--save-tables would replace the source");
	hr_inputs_close(&fixture->inputs);
	fixture->options.save_path = NULL;
	fixture->options.report_path = fixture->other.path;
	assert_failure(open_inputs(fixture), HR_ERROR_USAGE, "--report would replace the source");
}

static void what_is_closed_is_not_open(void **state)
{
	struct fixture *fixture = *state;
	char byte;
	int fd;

	fixture->options.vmcoreinfo_path = fixture->other.path;
	assert_success(open_inputs(fixture));
	fd = fixture->inputs.vmcoreinfo_fd;
	hr_inputs_close(&fixture->inputs);
	assert_int_equal(fixture->inputs.vmcoreinfo_fd, -1);
	assert_int_equal(pread(fd, &byte, 1, 0), -1);
}

static void standard_input_stays_open(void **state)
{
	struct fixture *fixture = *state;
	int fd;

	fixture->options.ranges_from = "-";
	assert_success(open_inputs(fixture));
	hr_inputs_close(&fixture->inputs);
	fd = dup(STDIN_FILENO);
	assert_true(fd >= 0);
	close(fd);
}

static void link_to_the_supervisor_is_taken_over(void **state)
{
	struct fixture *fixture = *state;
	struct hr_link near, far;

	assert_success(hr_link_create(&near, &far));
	assert_success(hr_inputs_open(&fixture->options, &near, &fixture->inputs));
	assert_true(hr_link_is_open(&fixture->inputs.states));
	hr_inputs_close(&fixture->inputs);
	assert_false(hr_link_is_open(&fixture->inputs.states));
	hr_link_close(&far);
}

static void rights_that_are_kept_are_warned_of(void **state)
{
	struct fixture *fixture = *state;

	assert_success(open_inputs(fixture));
	assert_success(hr_inputs_enter_sandbox(&fixture->options, &fixture->inputs));
	assert_string_equal(fixture->inputs.warning, "there is none here");
	assert_string_equal(fixture->inputs.mark, "; no sandbox");
	assert_int_equal(fixture->inputs.memory_limit, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(source_alone_is_open_where_nothing_else_is_named),
		ROW(files_of_the_running_kernel_are_for_it),
		ROW(each_file_that_is_named_is_open),
		ROW(dash_is_standard_input_where_that_is_allowed),
		ROW(note_is_not_read_from_standard_input),
		ROW(file_that_is_missing_is_named),
		ROW(source_that_is_missing_is_an_error),
		ROW(options_get_the_kind_that_the_content_shows),
		ROW(kind_that_does_not_fit_the_options_is_a_usage_error),
		ROW(file_to_compare_with_is_open_and_can_be_taken),
		ROW(without_it_there_is_none_to_take),
		ROW(file_to_compare_with_is_named_if_it_is_none),
		ROW(file_to_compare_with_is_not_replaced),
		ROW(what_is_closed_is_not_open),
		ROW(standard_input_stays_open),
		ROW(link_to_the_supervisor_is_taken_over),
		ROW(rights_that_are_kept_are_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
