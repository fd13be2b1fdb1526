// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <time.h>

#include "report/clock.h"

static void time_is_that_of_the_place(void **state)
{
	struct hr_clock_text now;
	struct tm parts = { 0 };
	time_t before = time(NULL);

	(void)state;
	setenv("TZ", "EAST-5", 1);
	tzset();
	now = hr_clock_now();
	assert_non_null(strptime(now.text, "%Y-%m-%d %H:%M:%S", &parts));
	assert_in_range(mktime(&parts), before, time(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_is_that_of_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
