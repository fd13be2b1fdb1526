// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include <string.h>

#include "told.h"

static struct told told;
static struct hr_plan plan;
static struct hr_answer answer;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_html_sink);
	plan = (struct hr_plan){ .calls = HR_CALLS_RANGE, .call_count = 1 };
	answer = (struct hr_answer){
		.range = { GIB(5), GIB(6) },
		.verdict = HR_VERDICT_REMOVABLE,
		.plan = &plan,
		.calls_from = "assumed",
	};
	assert_success(hr_sink_begin(told.sink));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

static void end(uint64_t ranges)
{
	const struct hr_summary summary = { .ranges = ranges };

	assert_success(hr_sink_end(told.sink, &summary));
}

/* After an error there is no page, not a part of one. */
static void nothing_is_printed_before_the_end(void **state)
{
	(void)state;
	assert_success(hr_sink_range(told.sink, &answer));
	assert_string_equal(told_text(&told), "");
	end(1);
	assert_int_equal(strncmp(told_text(&told), "<!DOCTYPE html>\n", 16), 0);
	assert_text(&told, "</html>\n");
}

static void what_was_not_asked_for_has_no_heading(void **state)
{
	(void)state;
	end(0);
	assert_no_text(&told, "<h2>Ranges</h2>");
	assert_no_text(&told, "<h2>Memory</h2>");
	assert_no_text(&told, "<h2>Comparison</h2>");
	assert_text(&told, "<h2>The kernel</h2>");
}

static void a_message_is_text(void **state)
{
	struct hr_reason *reason = &answer.check.reasons[answer.check.count++];

	(void)state;
	reason->code = HR_REASON_UNREADABLE;
	snprintf(reason->message, sizeof(reason->message), "<script>'\"&");
	answer.verdict = HR_VERDICT_UNKNOWN;
	assert_success(hr_sink_range(told.sink, &answer));
	end(1);
	assert_text(&told, "&lt;script&gt;&#39;&quot;&amp;");
	assert_no_text(&told, "<script");
}

static void words_of_the_user_and_of_the_dump_are_text(void **state)
{
	static char echo[] = "<echo>";

	(void)state;
	told.options.paths[0] = "<path>";
	told.options.echoes[0] = echo;
	told.options.echo_count = 1;
	snprintf(told.source.format, sizeof(told.source.format), "<format>");
	told.kernel.facts.release = "<release>";
	told.inputs.warning = "<warning>";
	hr_kernel_warn(&told.kernel, "<assumed>");
	hr_incomplete_add(&told.source.incomplete, 1, "<lack>");
	end(0);
	for (const char *const *word = (const char *const[]){ "path", "echo", "format", "release",
							      "warning", "assumed", "lack", NULL };
	     *word; word++) {
		char tag[16], text[24];

		snprintf(tag, sizeof(tag), "<%s>", *word);
		snprintf(text, sizeof(text), "&lt;%s&gt;", *word);
		assert_no_text(&told, tag);
		assert_text(&told, text);
	}
}

static void differences_are_text(void **state)
{
	const struct hr_difference difference = { .va = 1, .walk = "<w>", .text = "<t>" };

	(void)state;
	told.options.verify_path = "text";
	assert_success(hr_sink_difference(told.sink, HR_MAP_LINEAR, &difference));
	end(0);
	assert_text(&told, "<td>&lt;w&gt;</td><td>&lt;t&gt;</td>");
}

/* A dump decides what its release is called, and a user what a file is. */
static void changes_are_text(void **state)
{
	const struct hr_fact_change fact = { "release", "<r>", "" };

	(void)state;
	told.options.diff_path = "<file>";
	assert_success(hr_sink_fact_change(told.sink, &fact));
	end(0);
	assert_text(&told, "<p>&lt;file&gt;: nothing has changed since then</p>");
	assert_text(&told, "release</th><td>kernel</td><td>unknown</td><td>&lt;r&gt;</td>"
			   "<td>not known</td>");
}

static void changes_are_rows_of_one_table(void **state)
{
	struct hr_block_change block = { .range = { GIB(1), GIB(2) }, .change = HR_CHANGE_ADDED };
	const struct hr_leaf_change leaf = {
		.map = HR_MAP_VMEMMAP,
		.range = { GIB(4), GIB(5) },
		.change = HR_CHANGE_REMOVED,
		.before = { HR_MAP_MAPPED, HR_LEVEL_PMD, false, true, true, false, MIB(2) },
	};

	(void)state;
	block.after.exists = true;
	told.options.diff_path = "file";
	assert_success(hr_sink_range_change(told.sink, &block));
	assert_success(hr_sink_block_change(told.sink, &block));
	assert_success(hr_sink_leaf_change(told.sink, &leaf));
	end(0);
	assert_text(&told, "0x40000000-0x7fffffff</th><td>range</td><td>added</td><td>unknown");
	assert_text(&told,
		    "0x40000000-0x7fffffff</th><td>memory blocks</td><td>added</td>"
		    "<td>no memory block</td><td>offline, hot-added, unknown, check accepts");
	assert_text(&told, "0x100000000-0x13fffffff</th><td>vmemmap</td><td>removed</td>"
			   "<td>PMD 2 MiB</td><td>unmapped</td>");
}

static void changes_beyond_the_bound_are_counted(void **state)
{
	enum {
		CHANGES = 4096
	};
	const struct hr_fact_change fact = { "release", "6.1", "6.2" };

	(void)state;
	told.options.diff_path = "file";
	for (size_t i = 0; i < CHANGES; i++)
		assert_success(hr_sink_fact_change(told.sink, &fact));
	end(0);
	assert_true(strlen(told_text(&told)) < 128 << 10);
	assert_text(&told, "more changes, which this page has no room for");
}

/* The page has a bound, and says what it leaves out. */
static void ranges_beyond_the_bound_are_counted(void **state)
{
	enum {
		RANGES = 4096
	};

	(void)state;
	for (uint64_t i = 0; i < RANGES; i++)
		assert_success(hr_sink_range(told.sink, &answer));
	end(RANGES);
	assert_true(strlen(told_text(&told)) < 512 << 10);
	assert_text(&told, "more ranges, which this page has no room for");
	assert_text(&told, "ranges with details, which this page has no room for");
}

static void runs_beyond_the_bound_are_counted_and_drawn(void **state)
{
	struct hr_run run = { .state = HR_MAP_MAPPED, .count = 1 };

	(void)state;
	told.options.map = true;
	for (uint64_t i = 0; i < 100000; i++) {
		run.leaf = (struct hr_leaf){
			.level = HR_LEVEL_PTE,
			.valid = true,
			.expected = true,
			.va = fake_linear(&told.fake, GIB(4) + 2 * i * 4096),
			.pa = GIB(4) + 2 * i * 4096,
			.size = 4096,
		};
		assert_success(hr_sink_run(told.sink, HR_MAP_LINEAR, &run));
	}
	end(0);
	assert_true(strlen(told_text(&told)) < 512 << 10);
	assert_text(&told, "The linear map: 100000 runs of leaves");
	assert_text(&told, "more runs, which this page has no room for");
	assert_text(&told, "<th scope=\"row\">PTE</th><td>400000 KiB</td>");
}

/* Block @number of an answer that is as long as one can be, unlike its neighbours. */
static void tell_worst_block(uint64_t number)
{
	struct hr_listed_block block = { .answer = &answer, .online = (int)(number % 3) - 1 };

	answer.range = (struct hr_pa_range){ number * MIB(128), (number + 1) * MIB(128) };
	answer.verdict = number % 2 ? HR_VERDICT_REMOVABLE : HR_VERDICT_NOT_REMOVABLE;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
			answer.contents[map].leaves[kind] = number % 2;
	assert_success(hr_sink_block(told.sink, &block));
}

static void tell_worst_run(uint64_t pa)
{
	struct hr_run run = { .state = HR_MAP_MAPPED, .count = 1 };

	run.leaf = (struct hr_leaf){
		.level = pa / MIB(64) % 2 ? HR_LEVEL_PMD : HR_LEVEL_PTE,
		.valid = true,
		.expected = pa % GIB(1) != 0,
		.va = fake_linear(&told.fake, pa),
		.pa = pa,
		.size = MIB(64),
	};
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		assert_success(hr_sink_run(told.sink, map, &run));
}

/* Everything that can be asked about 64 TiB where nothing is like what is beside it. */
static void the_longest_page_has_less_than_two_mib(void **state)
{
	static const struct hr_difference difference = { .va = UINT64_MAX, .walk = "PTE" };

	(void)state;
	told.options.blocks = told.options.map = true;
	told.options.verify_path = "text";
	answer.check.count = HR_REASONS_MAX;
	for (size_t i = 0; i < HR_REASONS_MAX; i++) {
		struct hr_reason *reason = &answer.check.reasons[i];

		reason->code = (enum hr_reason_code)(i % HR_REASON_COUNT);
		memset(reason->message, '\'', sizeof(reason->message) - 1);
	}
	for (size_t i = 0; i < 4096; i++) {
		assert_success(hr_sink_range(told.sink, &answer));
		assert_success(hr_sink_difference(told.sink, HR_MAP_LINEAR, &difference));
	}
	for (uint64_t pa = 0; pa < GIB(65536); pa += MIB(64)) {
		if (pa % MIB(128) == 0)
			tell_worst_block(pa / MIB(128));
		tell_worst_run(pa);
	}
	end(4096);
	assert_true(strlen(told_text(&told)) < 2 << 20);
}

#define test_of_page(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_page(nothing_is_printed_before_the_end),
		test_of_page(what_was_not_asked_for_has_no_heading),
		test_of_page(a_message_is_text),
		test_of_page(words_of_the_user_and_of_the_dump_are_text),
		test_of_page(differences_are_text),
		test_of_page(changes_are_text),
		test_of_page(changes_are_rows_of_one_table),
		test_of_page(changes_beyond_the_bound_are_counted),
		test_of_page(ranges_beyond_the_bound_are_counted),
		test_of_page(runs_beyond_the_bound_are_counted_and_drawn),
		test_of_page(the_longest_page_has_less_than_two_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
