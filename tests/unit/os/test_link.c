// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/link.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fake.h"

static struct hr_link near = HR_LINK_CLOSED, far = HR_LINK_CLOSED;

static int set_up(void **state)
{
	(void)state;
	assert_success(hr_link_create(&near, &far));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_link_close(&near);
	hr_link_close(&far);
	return 0;
}

static void messages_go_both_ways(void **state)
{
	uint64_t number = 0;
	char byte = 0;

	(void)state;
	assert_true(hr_link_send(&near, &(uint64_t){ 7 }, sizeof(number)));
	assert_int_equal(hr_link_receive(&far, &number, sizeof(number)), HR_LINK_RECEIVED);
	assert_int_equal(number, 7);
	assert_true(hr_link_send(&far, "x", 1));
	assert_int_equal(hr_link_receive(&near, &byte, 1), HR_LINK_RECEIVED);
	assert_int_equal(byte, 'x');
}

static void messages_in_a_row_keep_their_bounds(void **state)
{
	static char sent[2][HR_LINK_MESSAGE], got[HR_LINK_MESSAGE];

	(void)state;
	for (int i = 0; i < 2; i++) {
		memset(sent[i], 'a' + i, sizeof(sent[i]));
		assert_true(hr_link_send(&near, sent[i], sizeof(sent[i])));
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hr_link_receive(&far, got, sizeof(got)), HR_LINK_RECEIVED);
		assert_memory_equal(got, sent[i], sizeof(got));
	}
}

static void short_messages_are_malformed(void **state)
{
	uint64_t number = 0;

	(void)state;
	assert_true(hr_link_send(&near, &number, sizeof(number) - 1));
	assert_int_equal(hr_link_receive(&far, &number, sizeof(number)), HR_LINK_MALFORMED);
}

static void the_end_is_seen_by_both_who_read_and_who_write(void **state)
{
	char byte = 0;

	(void)state;
	assert_true(hr_link_is_open(&near));
	hr_link_close(&near);
	assert_false(hr_link_is_open(&near));
	assert_int_equal(hr_link_receive(&far, &byte, 1), HR_LINK_ENDED);
	assert_false(hr_link_send(&far, &byte, 1));
}

static void a_message_or_the_end_does_not_have_to_be_waited_for(void **state)
{
	char byte = 0;

	(void)state;
	assert_false(hr_link_has_message(&far));
	assert_true(hr_link_send(&near, &byte, 1));
	assert_true(hr_link_has_message(&far));
	assert_int_equal(hr_link_receive(&far, &byte, 1), HR_LINK_RECEIVED);
	assert_false(hr_link_has_message(&far));
	hr_link_close(&near);
	assert_true(hr_link_has_message(&far));
}

/* Closing all descriptors below one's own end closes the other end, but no standard stream. */
static void assert_order(void)
{
	assert_true(near.in > STDERR_FILENO && near.out > STDERR_FILENO);
	assert_true(far.in > near.in && far.in > near.out);
	assert_true(far.out > near.in && far.out > near.out);
	assert_int_equal(fcntl(far.in, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(near.out, F_GETFD), FD_CLOEXEC);
}

static void far_ends_are_above_near_ones(void **state)
{
	(void)state;
	assert_order();
}

static void ends_are_above_standard_streams(void **state)
{
	int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 100);
	struct hr_error *error;

	(void)state;
	close(STDIN_FILENO);
	error = hr_link_create(&near, &far);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_success(error);
	assert_order();
}

enum {
	DESCRIPTORS = 128
};

static size_t count_descriptors(void)
{
	size_t count = 0;

	for (int fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* However many descriptors are left, if they are too few, none leaks. */
static void want_of_descriptors_is_an_error_without_a_leak(void **state)
{
	size_t count = count_descriptors();
	struct rlimit before, now;
	struct hr_error *error;
	int least = 0;

	(void)state;
	while (fcntl(least, F_GETFD) >= 0)
		least++;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (int more = 0; more < 4; more++) {
		now = before;
		now.rlim_cur = (rlim_t)(least + more);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
		error = hr_link_create(&near, &far);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_failure(error, HR_ERROR_OS, "Too many open files");
		assert_false(hr_link_is_open(&near) || hr_link_is_open(&far));
		assert_int_equal(count_descriptors(), count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(messages_go_both_ways),
		ROW(messages_in_a_row_keep_their_bounds),
		ROW(short_messages_are_malformed),
		ROW(the_end_is_seen_by_both_who_read_and_who_write),
		ROW(a_message_or_the_end_does_not_have_to_be_waited_for),
		ROW(far_ends_are_above_near_ones),
		cmocka_unit_test_teardown(ends_are_above_standard_streams, tear_down),
		cmocka_unit_test_teardown(want_of_descriptors_is_an_error_without_a_leak,
					  tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
