// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "source/kdump_readers.h"

/* An address space, in bytes, that is enough for any process. */
#define SPACE (UINT64_C(1) << 40)

/* A dump whose headers were read, and processes that wait. */
struct fixture {
	struct core_file file;
	struct hr_kdump_readers *readers;
};

static int set_up(void **state)
{
	struct fixture *fixture = malloc(sizeof(*fixture));
	uint64_t bitmaps;

	assert_non_null(fixture);
	*state = fixture;
	kdump_file_init(&fixture->file);
	assert_success(hr_kdump_readers_start(&fixture->file.fd, 1, false, &fixture->readers));
	assert_success(hr_kdump_set_read_headers(&fixture->readers->set, &bitmaps));
	fixture->readers->space = SPACE;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_kdump_readers_destroy(fixture->readers);
	core_file_release(&fixture->file);
	free(fixture);
	return 0;
}

/* Repeat until all usable processes are in use. */
static void call_all_in(struct hr_kdump_readers *readers)
{
	while (readers->in_use < readers->usable) {
		hr_kdump_readers_call_in(readers, true);
		sched_yield();
	}
}

static void each_is_written_to_by_a_pipe_and_a_view(void **state)
{
	const struct fixture *fixture = *state;
	int fds[2 * HR_KDUMP_READERS_MAX];
	size_t count = hr_kdump_readers_write_fds(fixture->readers, fds);

	assert_in_range(count, 2, COUNT_OF(fds));
	assert_int_equal(count, 2 * fixture->readers->count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(fds[i], fds[j]);
	assert_int_equal(hr_kdump_readers_write_fds(NULL, fds), 0);
}

static void the_first_opens_the_dump(void **state)
{
	struct fixture *fixture = *state;

	hr_kdump_readers_open(fixture->readers);
	assert_success(hr_kdump_readers_wait(fixture->readers));
	assert_int_equal(fixture->readers->in_use, 1);
	for (size_t i = 1; i < fixture->readers->count; i++)
		assert_false(fixture->readers->readers[i].asked);
}

static void a_view_opens_as_the_dump_does(void **state)
{
	struct fixture *fixture = *state;

	fixture->readers->through_views = true;
	hr_kdump_readers_open(fixture->readers);
	assert_success(hr_kdump_readers_wait(fixture->readers));
}

/* It was a dump when it was examined. */
static void what_the_library_cannot_open_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	core_file_write(&fixture->file, "XXXXXXXX", 8, 0);
	hr_kdump_readers_open(fixture->readers);
	assert_failure(hr_kdump_readers_wait(fixture->readers), HR_ERROR_INPUT,
		       "cannot be opened (libkdumpfile");
}

static void a_first_one_that_died_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(kill(fixture->readers->readers[0].process.pid, SIGKILL), 0);
	hr_kdump_readers_open(fixture->readers);
	assert_failure(hr_kdump_readers_wait(fixture->readers), HR_ERROR_UNREADABLE,
		       "killed by signal 9");
}

static void little_to_read_needs_no_others(void **state)
{
	struct fixture *fixture = *state;

	hr_kdump_readers_open(fixture->readers);
	assert_success(hr_kdump_readers_wait(fixture->readers));
	hr_kdump_readers_call_in(fixture->readers, false);
	for (size_t i = 1; i < fixture->readers->count; i++)
		assert_false(fixture->readers->readers[i].asked);
}

static void much_to_read_is_for_all(void **state)
{
	struct fixture *fixture = *state;

	hr_kdump_readers_open(fixture->readers);
	assert_success(hr_kdump_readers_wait(fixture->readers));
	call_all_in(fixture->readers);
	assert_int_equal(fixture->readers->in_use, fixture->readers->count);
}

/* The last one. On a machine with one CPU that is the first, without which there is no dump. */
static void one_that_died_is_not_missed(void **state)
{
	struct fixture *fixture = *state;
	size_t last = fixture->readers->count - 1;

	if (!last)
		skip();
	hr_kdump_readers_open(fixture->readers);
	assert_success(hr_kdump_readers_wait(fixture->readers));
	assert_int_equal(kill(fixture->readers->readers[last].process.pid, SIGKILL), 0);
	call_all_in(fixture->readers);
	assert_int_equal(fixture->readers->in_use, last);
}

/* A block of the largest size and its neighbour are never unpacked by two processes. */
static void each_address_has_one_process(void **state)
{
	struct fixture *fixture = *state;
	struct hr_kdump_readers *readers = fixture->readers;
	bool used[HR_KDUMP_READERS_MAX] = { false };

	hr_kdump_readers_open(readers);
	assert_success(hr_kdump_readers_wait(readers));
	call_all_in(readers);
	for (uint64_t pa = 0; pa < 64 * HR_KDUMP_BLOCK_MAX; pa += 2 * HR_KDUMP_BLOCK_MAX) {
		const struct hr_kdump_reader *reader = hr_kdump_reader_of(readers, pa);

		used[reader - readers->readers] = true;
		assert_ptr_equal(hr_kdump_reader_of(readers, pa + 2 * HR_KDUMP_BLOCK_MAX - 1),
				 reader);
	}
	for (size_t i = 0; i < HR_KDUMP_READERS_MAX; i++)
		assert_int_equal(used[i], i < readers->in_use);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_is_written_to_by_a_pipe_and_a_view, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_first_opens_the_dump, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_view_opens_as_the_dump_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_library_cannot_open_is_an_error, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_first_one_that_died_is_an_error, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(little_to_read_needs_no_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(much_to_read_is_for_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_died_is_not_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_address_has_one_process, set_up, tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
