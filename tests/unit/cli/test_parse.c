// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <string.h>

#include "fake.h"

enum {
	WORDS_MAX = 8
};

static struct hr_options options;

/* Forms of output that the program might have. */
static const struct hr_output forms[] = {
	{ .help = "the usual one" },
	{ .name = "json", .help = "a document" },
	{ .name = "quiet", .letter = 'q', .help = "nothing", .is_mute = true },
	{ .name = "html", .help = "a page", .is_page = true },
};
static const struct hr_output_table outputs = { .rows = forms, .count = COUNT_OF(forms) };

static int tear_down(void **state)
{
	(void)state;
	hr_options_release(&options);
	options = (struct hr_options){ 0 };
	return 0;
}

/* Parse a command line of @words, terminated by NULL. */
static struct hr_error *parse(const char *const *words)
{
	static char text[WORDS_MAX + 1][64];
	char *argv[WORDS_MAX + 2] = { strcpy(text[0], "hotremove-check") };
	int argc = 1;

	for (; *words; words++, argc++)
		argv[argc] = strcpy(text[argc], *words);
	return hr_options_parse(argc, argv, &outputs, &options);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void the_running_kernel_is_the_usual_source(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--blocks")));
	assert_true(hr_options_name_running(&options));
	assert_true(options.blocks);
	assert_false(options.map);
}

static void kcore_may_have_a_file(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--kcore=file", "--map")));
	assert_string_equal(options.paths[0], "file");
	assert_false(hr_options_name_running(&options));
}

static void a_dump_may_have_parts(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--vmcore", "one", "--vmcore=two", "-r0+128M")));
	assert_int_equal(options.path_count, 2);
	assert_int_equal(options.range_count, 1);
}

static void letters_share_a_dash(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--blocks", "-abn", "-oWHY")));
	assert_true(options.all && options.bytes && options.no_headings);
	assert_string_equal(options.columns, "WHY");
}

static void the_first_form_of_output_is_the_usual_one(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--map")));
	assert_ptr_equal(options.output, &forms[0]);
}

static void a_form_of_output_is_an_option_by_its_row(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--map", "-q", "--quiet")));
	assert_ptr_equal(options.output, &forms[2]);
	tear_down(NULL);
	assert_success(parse(WORDS("--map", "--json")));
	assert_ptr_equal(options.output, &forms[1]);
}

static void overrides_are_repeated(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--map", "--va-bits=48", "--assume=lpa2=0,guard=none",
				   "--kernel-release=6.12.1")));
	assert_int_equal(options.echo_count, 4);
	assert_string_equal(options.echoes[0], "va-bits=48");
	assert_string_equal(options.echoes[2], "assume=guard=none");
	assert_string_equal(options.echoes[3], "kernel-release=6.12.1");
}

static void wrong_values_name_the_option(void **state)
{
	static const struct {
		const char *word, *message;
	} rows[] = {
		{ "--va-bits=many", "--va-bits takes a number, not 'many'" },
		{ "--page-size=8K",
		  "--page-size=8K: no arm64 kernel has this value; it is 4K, 16K or 64K" },
		{ "--suggest=0", "--suggest takes a size, not '0'" },
		{ "--watch=0", "--watch takes a number of seconds from 1 to 86400, not '0'" },
		{ "--timeout=86401",
		  "--timeout takes a number of seconds from 1 to 86400, not '86401'" },
		{ "--assume=guard=all", "--assume=guard=all: the value of guard is none, " },
		{ "--ignore=weather", "--ignore=weather: there is no such reason" },
		{ "-rmemory", "memory" },
		{ "--vmcore=", "--vmcore needs a file name" },
		{ "--kcore=", "--kcore needs a file name" },
		{ "--ptdump=", "--ptdump needs a file name" },
		{ "--vmcoreinfo=", "--vmcoreinfo needs a file name" },
		{ "--verify-ptdump=", "--verify-ptdump needs a file name" },
		{ "--ranges-from=", "--ranges-from needs a file name" },
		{ "--kernel-release=", "--kernel-release needs RELEASE" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(parse(WORDS("--map", rows[i].word)), HR_ERROR_USAGE,
			       rows[i].message);
		tear_down(NULL);
	}
}

static void options_that_exclude_each_other(void **state)
{
	static const struct {
		const char *one, *other, *message;
	} rows[] = {
		{ "--json", "--quiet", "--json, --quiet and --html are mutually exclusive" },
		{ "--kcore=a", "--vmcore=b", "only one source is allowed" },
		{ "--kcore=a", "/dev/null", "only one source is allowed" },
		{ "/dev/null", "--ptdump=a", "only one source is allowed: FILE, --kcore" },
		{ "--ranges-from=-", "-", "only one option can read standard input" },
		{ "--ranges-from=a", "--ranges-from=b",
		  "--ranges-from can be specified only once" },
		{ "--watch=1", "--vmcore=b", "--watch needs a running kernel" },
		{ "--watch=1", "--quiet", "--watch prints changes, and --quiet prints nothing" },
		{ "--ptdump=a", "--verify-ptdump=b", "--verify-ptdump compares a text" },
		{ "--ranges-from=-", "--verify-ptdump=-",
		  "only one option can read standard input" },
		{ "--bytes", "--all", "need --blocks" },
		{ "--diff=a", "--diff=b", "--diff can be specified only once" },
		{ "--diff=a", "--watch=1", "--watch compares with the round before" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(parse(WORDS("--map", rows[i].one, rows[i].other)), HR_ERROR_USAGE,
			       rows[i].message);
		tear_down(NULL);
	}
}

static void without_a_question_the_blocks_are_listed(void **state)
{
	static const char *const words[] = { "--json", "--vmcore=a", "--watch=1", "--bytes",
					     "--if-kernel=7.2.12" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_success(parse(WORDS(words[i])));
		assert_true(options.blocks);
		assert_false(options.map);
		tear_down(NULL);
	}
}

static void a_page_also_has_the_maps(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--html")));
	assert_true(options.blocks && options.map);
}

static void a_question_keeps_the_blocks_out(void **state)
{
	static const char *const words[] = {
		"--map",    "-rmemory0",       "--ranges-from=-",  "--suggest=1G",
		"--diff=a", "--save-tables=a", "--verify-ptdump=a"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_success(parse(WORDS(words[i], "--vmcore=b")));
		assert_false(options.blocks);
		tear_down(NULL);
	}
}

static void a_question_about_the_program_needs_no_query(void **state)
{
	(void)state;
	assert_success(parse(WORDS("-V")));
	assert_true(options.version);
}

static void words_that_are_not_options_are_named(void **state)
{
	static const struct {
		const char *word, *message;
	} rows[] = {
		{ "--weather", "'--weather' is not an option: see --help" },
		{ "-z", "'-z' is not an option: see --help" },
		{ "-qz", "'-z' is not an option: see --help" },
		{ "--\033[31m", "'--\033[31m' is not an option" },
		{ "-j\033", "'-j' is not an option" },
		{ "--v", "'--v' is the beginning of more than one option" },
		{ "--blocks=yes", "option '--blocks' takes no value" },
		{ "--vmcore", "option '--vmcore' needs a value: FILE" },
		{ "-r", "option '--range' needs a value: RANGE" },
		{ "vmcore", "'vmcore' is neither a range nor a file that exists" },
		{ "140000000+1G", "did you mean 0x140000000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(parse(WORDS("--map", rows[i].word)), HR_ERROR_USAGE,
			       rows[i].message);
		tear_down(NULL);
	}
}

static void a_beginning_of_one_option_is_enough(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--blo", "--va-bits-a=48")));
	assert_true(options.blocks);
	assert_true(options.overrides.set[HR_OVERRIDE_VA_BITS_ACTUAL]);
}

static void a_word_without_an_option_is_a_range(void **state)
{
	(void)state;
	assert_success(parse(WORDS("memory40", "-q", "--", "0x1000+4K")));
	assert_int_equal(options.range_count, 2);
	assert_true(options.ranges[0].is_block);
	assert_int_equal(options.ranges[1].start, 0x1000);
	assert_ptr_equal(options.output, &forms[2]);
}

static void a_word_that_is_no_range_is_the_file_of_a_source(void **state)
{
	(void)state;
	assert_success(parse(WORDS("/dev/null", "memory40")));
	assert_int_equal(options.kind, HR_SOURCE_BY_CONTENT);
	assert_string_equal(options.paths[0], "/dev/null");
	assert_int_equal(options.path_count, 1);
	assert_int_equal(options.range_count, 1);
	assert_false(hr_options_name_running(&options));
	tear_down(NULL);
	assert_success(parse(WORDS("--map", "--", "-")));
	assert_string_equal(options.paths[0], "-");
}

static void files_with_and_without_an_option_are_parts_of_a_dump(void **state)
{
	(void)state;
	assert_success(parse(WORDS("/dev/null", "--vmcore=two", "/dev/zero", "memory40")));
	assert_int_equal(options.path_count, 3);
	assert_int_equal(options.kind, HR_SOURCE_VMCORE);
}

static void ranges_keep_their_order_with_and_without_an_option(void **state)
{
	(void)state;
	assert_success(parse(WORDS("memory2", "-rmemory0", "memory1")));
	assert_int_equal(options.ranges[0].block, 2);
	assert_int_equal(options.ranges[1].block, 0);
	assert_int_equal(options.ranges[2].block, 1);
}

/* Nothing can drive the terminal: messages are made printable. */
static void values_may_have_any_characters(void **state)
{
	(void)state;
	assert_success(parse(WORDS("--map", "--vmcore=\033")));
}

static void errors_have_the_form_that_was_asked_for(void **state)
{
	(void)state;
	assert_failure(parse(WORDS("--weather", "--blocks=1", "--json")), HR_ERROR_USAGE,
		       "weather");
	assert_ptr_equal(options.output, &forms[1]);
	tear_down(NULL);
	assert_failure(parse(WORDS("--json", "--quiet")), HR_ERROR_USAGE, "exclusive");
	assert_ptr_equal(options.output, &forms[1]);
	tear_down(NULL);
	assert_failure(parse(WORDS("--weather", "--suggest", "--json")), HR_ERROR_USAGE, "weather");
	assert_ptr_equal(options.output, &forms[0]);
}

static void what_follows_a_refused_letter_is_read_for_the_form(void **state)
{
	static const struct {
		const char *first, *second;
		const struct hr_output *form;
	} rows[] = {
		{ "-xq", "--map", &forms[2] },	   { "-xzqy", "--map", &forms[2] },
		{ "-qx", "--json", &forms[2] },	   { "-xrq", "--json", &forms[1] },
		{ "-xr", "--json", &forms[0] },	   { "-xr", "-q", &forms[0] },
		{ "-rmemory0", "-xq", &forms[2] }, { "-xq", "-z", &forms[2] },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(parse(WORDS(rows[i].first, rows[i].second)), HR_ERROR_USAGE,
			       "'-x' is not an option");
		assert_ptr_equal(options.output, rows[i].form);
		tear_down(NULL);
	}
}

/* A value that looks like a refused word is not taken for one. */
static void the_refused_word_is_named_whatever_comes_before(void **state)
{
	(void)state;
	assert_failure(parse(WORDS("--vmcore", "-z", "-xq")), HR_ERROR_USAGE, "'-x' is not");
	tear_down(NULL);
	assert_failure(parse(WORDS("-qr", "memory0", "-abxn")), HR_ERROR_USAGE, "'-x' is not");
	tear_down(NULL);
	assert_failure(parse(WORDS("--vmcore", "-z", "--weather", "-x")), HR_ERROR_USAGE,
		       "weather");
}

static void words_after_two_dashes_are_not_read_for_the_form(void **state)
{
	(void)state;
	assert_failure(parse(WORDS("--weather", "--", "--json")), HR_ERROR_USAGE, "weather");
	assert_ptr_equal(options.output, &forms[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(the_running_kernel_is_the_usual_source),
		ROW(kcore_may_have_a_file),
		ROW(a_dump_may_have_parts),
		ROW(letters_share_a_dash),
		ROW(the_first_form_of_output_is_the_usual_one),
		ROW(a_form_of_output_is_an_option_by_its_row),
		ROW(overrides_are_repeated),
		ROW(wrong_values_name_the_option),
		ROW(options_that_exclude_each_other),
		ROW(without_a_question_the_blocks_are_listed),
		ROW(a_page_also_has_the_maps),
		ROW(a_question_keeps_the_blocks_out),
		ROW(a_question_about_the_program_needs_no_query),
		ROW(words_that_are_not_options_are_named),
		ROW(a_beginning_of_one_option_is_enough),
		ROW(a_word_without_an_option_is_a_range),
		ROW(a_word_that_is_no_range_is_the_file_of_a_source),
		ROW(files_with_and_without_an_option_are_parts_of_a_dump),
		ROW(ranges_keep_their_order_with_and_without_an_option),
		ROW(values_may_have_any_characters),
		ROW(errors_have_the_form_that_was_asked_for),
		ROW(what_follows_a_refused_letter_is_read_for_the_form),
		ROW(the_refused_word_is_named_whatever_comes_before),
		ROW(words_after_two_dashes_are_not_read_for_the_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
