// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sink.h"

#include <stdio.h>

#include "fake.h"

/* A form of output that handles ranges, and has its own counter. */
struct counter {
	struct hr_sink sink;
	unsigned int ranges;
};

static unsigned int released;

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	(void)answer;
	((struct counter *)sink)->ranges++;
	return NULL;
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	(void)sink;
	(void)block;
	return hr_error_new(HR_ERROR_NO_MEMORY, "no room for a block");
}

static void release(struct hr_sink *sink)
{
	released = ((struct counter *)sink)->ranges;
}

static const struct hr_sink_ops ops = {
	.size = sizeof(struct counter),
	.release = release,
	.range = range,
	.block = block,
};
static const struct hr_output output = { .ops = &ops };
static const struct hr_session session;

static int set_up(void **state)
{
	struct hr_sink *sink;

	assert_success(hr_sink_create(&output, &session, &sink));
	*state = sink;
	return 0;
}

static int tear_down(void **state)
{
	hr_sink_destroy(*state);
	return 0;
}

static void a_sink_has_what_its_form_needs(void **state)
{
	struct hr_sink *sink = *state;

	assert_ptr_equal(sink->session, &session);
	assert_ptr_equal(sink->output, &output);
	assert_int_equal(((struct counter *)sink)->ranges, 0);
}

static void what_is_told_reaches_the_operation(void **state)
{
	assert_success(hr_sink_range(*state, NULL));
	assert_success(hr_sink_range(*state, NULL));
	assert_int_equal(((struct counter *)*state)->ranges, 2);
}

static void an_error_of_an_operation_is_returned(void **state)
{
	assert_failure(hr_sink_block(*state, NULL), HR_ERROR_NO_MEMORY, "no room for a block");
}

static void operations_that_a_form_leaves_out_say_nothing(void **state)
{
	assert_success(hr_sink_begin(*state));
	assert_success(hr_sink_skip_query(*state, HR_QUERY_MAP));
	assert_success(hr_sink_run(*state, HR_MAP_LINEAR, NULL));
	assert_success(hr_sink_end(*state, NULL));
	assert_success(hr_output_change(&output, true, "key", NULL, "after"));
	hr_output_error(&output, "message");
}

static void nobody_can_be_told_everything(void **state)
{
	(void)state;
	assert_success(hr_sink_begin(NULL));
	assert_success(hr_sink_range(NULL, NULL));
	assert_success(hr_sink_block(NULL, NULL));
	hr_sink_destroy(NULL);
}

static void what_a_sink_holds_is_released(void **state)
{
	struct hr_sink *sink;

	(void)state;
	assert_success(hr_sink_create(&output, &session, &sink));
	assert_success(hr_sink_range(sink, NULL));
	hr_sink_destroy(sink);
	assert_int_equal(released, 1);
}

/* A caller that prints line by line can stop. */
static void output_that_does_not_arrive_is_an_error(void **state)
{
	FILE *usual = stdout, *full = fopen("/dev/full", "w");
	struct hr_error *error;

	assert_non_null(full);
	fputs("a line that has no room\n", full);
	fflush(full);
	stdout = full;
	error = hr_sink_range(*state, NULL);
	stdout = usual;
	fclose(full);
	assert_failure(error, HR_ERROR_OUTPUT, "cannot write the result");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_sink_has_what_its_form_needs),
		ROW(what_is_told_reaches_the_operation),
		ROW(an_error_of_an_operation_is_returned),
		ROW(operations_that_a_form_leaves_out_say_nothing),
		ROW(nobody_can_be_told_everything),
		ROW(what_a_sink_holds_is_released),
		ROW(output_that_does_not_arrive_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
