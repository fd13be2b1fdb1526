// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/round.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "told.h"

/* The calls of a form of output: a letter for each operation, and for a query its number. */
static char said[256];
static struct hr_error *failure; /* for the next run of a map */

static struct hr_error *say(char letter)
{
	size_t len = strlen(said);

	assert_true(len + 1 < sizeof(said));
	said[len] = letter;
	return NULL;
}

static struct hr_error *begin(struct hr_sink *sink)
{
	(void)sink;
	return say('[');
}

static struct hr_error *begin_query(struct hr_sink *sink, enum hr_query query)
{
	(void)sink;
	say('<');
	return say((char)('0' + query));
}

static struct hr_error *skip_query(struct hr_sink *sink, enum hr_query query)
{
	(void)sink;
	say('-');
	return say((char)('0' + query));
}

static struct hr_error *end_query(struct hr_sink *sink, enum hr_query query)
{
	(void)sink;
	(void)query;
	return say('>');
}

static struct hr_error *begin_map(struct hr_sink *sink, enum hr_map map)
{
	(void)sink;
	return say(map == HR_MAP_LINEAR ? 'l' : 'v');
}

static struct hr_error *run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	(void)sink;
	(void)map;
	say(run->state == HR_MAP_MAPPED ? 'r' : '?');
	return hr_take(failure);
}

static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	(void)sink;
	(void)summary;
	return say(']');
}

static const struct hr_sink_ops ops = {
	.size = sizeof(struct hr_sink),
	.begin = begin,
	.begin_query = begin_query,
	.skip_query = skip_query,
	.end_query = end_query,
	.begin_map = begin_map,
	.run = run,
	.end = end,
};

static struct told told;
static struct hr_meter meter;
static struct hr_round asked;
static const struct hr_asked_list no_ranges = { .count = 0 };

static int set_up(void **state)
{
	(void)state;
	memset(said, 0, sizeof(said));
	told_begin(&told, &ops);
	asked = (struct hr_round){
		.asked = &no_ranges,
		.session = &told.session,
		.kernel = &told.kernel,
		.sink = told.sink,
		.meter = &meter,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_round_release(&asked);
	hr_watch_destroy(asked.watch);
	told_end(&told);
	return 0;
}

static void queries_that_are_not_asked_are_skipped(void **state)
{
	(void)state;
	assert_success(hr_round_answer(&asked));
	assert_string_equal(said, "[<0>-1-2-3-4-5-6]");
}

static void a_map_is_told_run_by_run(void **state)
{
	(void)state;
	told.options.map = true;
	fake_map_linear(&told.fake, GIB(3), GIB(1), FAKE_PUD);
	fake_map_linear(&told.fake, GIB(4), MIB(4), FAKE_PMD);
	assert_success(hr_round_answer(&asked));
	assert_string_equal(said, "[<0>-1-2<3lrrv>-4-5-6]");
	assert_int_equal(asked.summary.mapped[HR_MAP_LINEAR], GIB(1) + MIB(4));
	assert_false(asked.summary.incomplete);
}

static void what_could_not_be_read_is_told_and_counts(void **state)
{
	uint64_t va = fake_linear(&told.fake, GIB(4));

	(void)state;
	told.options.map = true;
	fake_map_linear(&told.fake, GIB(4), MIB(4), FAKE_PMD);
	fake_remove(&told.fake.fake, fake_table_of(&told.fake.tables, HR_LEVEL_PMD, va));
	assert_success(hr_round_answer(&asked));
	assert_string_equal(said, "[<0>-1-2<3l?v>-4-5-6]");
	assert_true(asked.summary.incomplete);
	/* Of this gap, and of the vmemmap, which is empty. */
	assert_int_equal(told.kernel.warning_count, 2);
}

static void nothing_is_told_behind_an_error(void **state)
{
	(void)state;
	told.options.map = true;
	fake_map_linear(&told.fake, GIB(3), GIB(1), FAKE_PUD);
	failure = hr_error_new(HR_ERROR_OUTPUT, "the reader has gone");
	assert_failure(hr_round_answer(&asked), HR_ERROR_OUTPUT, "the reader has gone");
	assert_string_equal(said, "[<0>-1-2<3lr");
}

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	char *changes = context;

	snprintf(changes, 128, "%s %s %s", key, before ? before : "-", after ? after : "-");
}

/* In a round for the watch only, the sink receives nothing; the watch receives what it needs. */
static void a_watch_is_told_without_a_sink(void **state)
{
	char changes[128] = "";

	(void)state;
	told.options.map = true;
	asked.sink = NULL;
	assert_success(hr_watch_create(&asked.watch));
	assert_success(hr_round_answer(&asked));
	hr_watch_end_round(asked.watch, on_change, changes);
	assert_string_equal(changes, "");
	fake_map_linear(&told.fake, GIB(3), GIB(1), FAKE_PUD);
	told_reopen(&told);
	assert_success(hr_round_answer(&asked));
	hr_watch_end_round(asked.watch, on_change, changes);
	assert_string_equal(changes, "linear 0xc0000000-0xffffffff - PUD 1 GiB");
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(queries_that_are_not_asked_are_skipped),
		ROW(a_map_is_told_run_by_run),
		ROW(what_could_not_be_read_is_told_and_counts),
		ROW(nothing_is_told_behind_an_error),
		ROW(a_watch_is_told_without_a_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
