// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_json.h"

#include <errno.h>
#include <sys/random.h>

#include "fake.h"

/* A kernel that has no random numbers yet; json-c asks this one. */
static unsigned int asked;

ssize_t getrandom(void *buffer, size_t len, unsigned int flags)
{
	(void)buffer;
	(void)len;
	(void)flags;
	asked++;
	errno = EAGAIN;
	return -1;
}

/* No kernel is needed for what is printed here. */
bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map)
{
	return kernel && map < HR_MAP_COUNT;
}

bool hr_kernel_linear_memory(const struct hr_kernel *kernel, struct hr_pa_range *ret)
{
	(void)kernel;
	*ret = (struct hr_pa_range){ 0 };
	return false;
}

/* Whoever is refused opens a device instead, for which the sandbox ends the program. */
static void keys_need_no_random_numbers(void **state)
{
	(void)state;
	hr_json_prepare();
	hr_json_print_error("a message");
	assert_int_equal(asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_need_no_random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
