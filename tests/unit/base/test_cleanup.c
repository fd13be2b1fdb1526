// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int open_something(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void a_descriptor_is_closed_at_the_end_of_its_scope(void **state)
{
	int copy;

	(void)state;
	{
		_cleanup_close_ int fd = open_something();

		copy = fd;
		assert_true(is_open(copy));
	}
	assert_false(is_open(copy));
}

static void a_descriptor_that_is_passed_on_stays_open(void **state)
{
	int taken;

	(void)state;
	{
		_cleanup_close_ int fd = open_something();

		taken = hr_take_fd(&fd);
		assert_int_equal(fd, -1);
	}
	assert_true(is_open(taken));
	close(taken);
}

/* AddressSanitizer and valgrind report it if the memory is freed too early, or never. */
static void memory_that_is_passed_on_stays_valid(void **state)
{
	char *taken;

	(void)state;
	{
		_cleanup_free_ char *text = strdup("kept");
		_cleanup_free_ char *other = strdup("freed");

		assert_non_null(other);
		taken = hr_take(text);
		assert_null(text);
	}
	assert_string_equal(taken, "kept");
	free(taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_descriptor_is_closed_at_the_end_of_its_scope),
		cmocka_unit_test(a_descriptor_that_is_passed_on_stays_open),
		cmocka_unit_test(memory_that_is_passed_on_stays_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
