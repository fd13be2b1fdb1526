// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <string.h>

#include "source/snapshot.h"

static struct hr_snapshot snapshot;
static struct hr_host host;

static int set_up(void **state)
{
	(void)state;
	memset(&snapshot, 0, sizeof(snapshot));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_snapshot_release(&snapshot);
	return 0;
}

static enum hr_tristate state_of(uint64_t number)
{
	hr_snapshot_host(&snapshot, &host);
	return host.block_online(host.context, number);
}

static void equal_states_of_neighbours_are_one(void **state)
{
	(void)state;
	assert_success(hr_snapshot_add_state(&snapshot, 8, true));
	assert_success(hr_snapshot_add_state(&snapshot, 9, true));
	assert_success(hr_snapshot_add_state(&snapshot, 10, false));
	assert_success(hr_snapshot_add_state(&snapshot, 12, false));
	assert_int_equal(snapshot.state_count, 3);
	snapshot.has_states = true;
	assert_int_equal(state_of(7), HR_UNKNOWN);
	assert_int_equal(state_of(8), HR_YES);
	assert_int_equal(state_of(9), HR_YES);
	assert_int_equal(state_of(10), HR_NO);
	assert_int_equal(state_of(11), HR_UNKNOWN);
	assert_int_equal(state_of(12), HR_NO);
	assert_int_equal(state_of(13), HR_UNKNOWN);
}

static void states_beyond_the_limit_are_unknown(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < HR_SNAPSHOT_LINES + 2; i++)
		assert_success(hr_snapshot_add_state(&snapshot, 2 * i, true));
	assert_int_equal(snapshot.state_count, HR_SNAPSHOT_LINES);
	snapshot.has_states = true;
	assert_int_equal(state_of(2 * (HR_SNAPSHOT_LINES - 1)), HR_YES);
	assert_int_equal(state_of(2 * HR_SNAPSHOT_LINES), HR_UNKNOWN);
}

static void nobody_is_asked_for_what_is_not_known(void **state)
{
	(void)state;
	hr_snapshot_host(&snapshot, &host);
	assert_null(host.find_symbols);
	assert_null(host.read_btf);
	assert_null(host.block_online);
	assert_int_equal(host.owner(host.context, 0, 1), HR_OWNER_UNKNOWN);
}

static void symbols_that_were_found_are_found_again(void **state)
{
	struct hr_symbol symbols[] = { { .name = "one" }, { .name = "two" } };

	(void)state;
	snapshot.symbols[0].name = strdup("two");
	snapshot.symbols[0].va = 22;
	snapshot.symbol_count = 1;
	hr_snapshot_host(&snapshot, &host);
	assert_success(host.find_symbols(host.context, symbols, COUNT_OF(symbols)));
	assert_false(symbols[0].found);
	assert_true(symbols[1].found);
	assert_int_equal(symbols[1].va, 22);
}

static void types_are_those_that_fit(void **state)
{
	char buffer[4] = "";

	(void)state;
	memcpy(snapshot.btf, "abc", 3);
	snapshot.btf_len = 3;
	hr_snapshot_host(&snapshot, &host);
	assert_int_equal(host.read_btf(host.context, buffer, 2), 0);
	assert_int_equal(host.read_btf(host.context, buffer, sizeof(buffer)), 3);
	assert_string_equal(buffer, "abc");
}

/* What a read at @pa that the snapshot lacks is told. */
static void assert_why(uint64_t pa, const char *why)
{
	struct hr_error *error =
		hr_snapshot_explain(&snapshot, pa, hr_error_new(HR_ERROR_UNREADABLE, "absent"));

	assert_string_equal(error->message, why);
	assert_int_equal(error->code, HR_ERROR_UNREADABLE);
	hr_error_destroy(error);
}

static void reasons_name_the_address_that_is_read(void **state)
{
	(void)state;
	assert_success(hr_snapshot_add_unread(&snapshot, 0x1000, "PA 0x1000 is excluded"));
	assert_success(hr_snapshot_add_unread(&snapshot, 0x3000, "PA 0x3000 is excluded"));
	assert_success(hr_snapshot_add_unread(&snapshot, 0x4000, "it is lost"));
	assert_int_equal(snapshot.unread_count, 2);
	assert_string_equal(snapshot.unread[0].why, "PA $PA is excluded");
	assert_why(0x1000, "PA 0x1000 is excluded");
	assert_why(0x2000, "PA 0x2000 is excluded");
	assert_why(0x4000, "it is lost");
	assert_why(0xfff, "absent");
	assert_why(0x4001, "absent");
}

static void other_errors_stay_as_they_are(void **state)
{
	(void)state;
	assert_success(hr_snapshot_add_unread(&snapshot, 0x1000, "excluded"));
	assert_failure(hr_snapshot_explain(&snapshot, 0x1000, hr_error_new(HR_ERROR_OS, "disk")),
		       HR_ERROR_OS, "disk");
}

static void reasons_beyond_the_limit_are_left_out(void **state)
{
	char why[HR_SNAPSHOT_VALUE];

	(void)state;
	memset(why, 'x', sizeof(why));
	why[sizeof(why) - 1] = '\0';
	for (uint64_t i = 0; i < 2 * HR_SNAPSHOT_REASONS / sizeof(why); i++) {
		why[0] = (char)('a' + i % 2);
		assert_success(hr_snapshot_add_unread(&snapshot, i << 12, why));
	}
	assert_in_range(snapshot.unread_count, HR_SNAPSHOT_REASONS / sizeof(why) - 1,
			HR_SNAPSHOT_REASONS / sizeof(why) + 8);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(equal_states_of_neighbours_are_one),
		test(states_beyond_the_limit_are_unknown),
		test(nobody_is_asked_for_what_is_not_known),
		test(symbols_that_were_found_are_found_again),
		test(types_are_those_that_fit),
		test(reasons_name_the_address_that_is_read),
		test(other_errors_stay_as_they_are),
		test(reasons_beyond_the_limit_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
