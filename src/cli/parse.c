// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <argp.h>
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/option_setters.h"

enum {
	/* Of a word that is not an option; getopt's. */
	KEY_ARGUMENT = 1,
	/* The key of an option without a letter is this plus its row. */
	KEY_FIRST = 0x100
};

static const char doc[] =
	"Check whether physical memory can be hot-removed from an arm64 Linux kernel without "
	"splitting a leaf of the linear map or the vmemmap, and count the TLB invalidations of "
	"the removal."
	"\vThe exit status is 0 if every range is removable, 1 if at least one is not, 2 if at "
	"least one could not be determined or the source could not be read, and 64 for a usage "
	"error.";

/* All rows: those of the table, with those of the output forms at the start of their group. */
struct rows {
	struct hr_option *rows;
	size_t count;
};

/*
 * The command line while it is parsed. The first error counts; what follows it is parsed only for
 * the form of output, in which the error is reported.
 */
struct parse {
	const struct rows *rows;
	struct hr_options *options;
	struct hr_error *error;
};

static void cleanup_rows(struct rows *rows)
{
	free(rows->rows);
}

static void add_outputs(struct rows *rows, const struct hr_output_table *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->rows[i].name)
			rows->rows[rows->count++] = (struct hr_option){
				.group = HR_GROUP_OUTPUT,
				.name = outputs->rows[i].name,
				.letter = outputs->rows[i].letter,
				.help = outputs->rows[i].help,
				.set = hr_set_output,
				.which = (unsigned int)i,
			};
}

/* Without memory, *@ret has no rows. */
static void collect_rows(const struct hr_output_table *outputs, struct rows *ret)
{
	size_t row = 0;

	ret->count = 0;
	ret->rows = calloc(hr_option_count + outputs->count, sizeof(*ret->rows));
	if (!ret->rows)
		return;
	while (row < hr_option_count && hr_option_rows[row].group < HR_GROUP_OUTPUT)
		ret->rows[ret->count++] = hr_option_rows[row++];
	add_outputs(ret, outputs);
	while (row < hr_option_count)
		ret->rows[ret->count++] = hr_option_rows[row++];
}

static int key_of(const struct rows *rows, size_t row)
{
	return rows->rows[row].letter ? rows->rows[row].letter : KEY_FIRST + (int)row;
}

static const struct hr_option *option_of(const struct rows *rows, int key)
{
	for (size_t row = 0; row < rows->count; row++)
		if (key_of(rows, row) == key)
			return &rows->rows[row];
	return NULL;
}

/* The rows in the C library's form, each group after its heading; NULL without memory. */
static struct argp_option *new_argp_options(const struct rows *rows)
{
	struct argp_option *table = calloc(HR_GROUP_COUNT + rows->count + 1, sizeof(*table));
	struct argp_option *next = table;
	enum hr_option_group group = HR_GROUP_COUNT;

	for (size_t row = 0; table && row < rows->count; row++) {
		const struct hr_option *option = &rows->rows[row];

		if (option->group != group)
			*next++ = (struct argp_option){
				.doc = hr_option_groups[option->group],
				.group = (int)option->group + 1,
			};
		group = option->group;
		*next++ = (struct argp_option){
			.name = option->name,
			.key = key_of(rows, row),
			.arg = option->value,
			.flags = option->is_optional ? OPTION_ARG_OPTIONAL : 0,
			.doc = option->help,
			.group = (int)group + 1,
		};
	}
	return table;
}

/* The rows in the form that getopt takes; NULL without memory. */
static struct option *new_long_options(const struct rows *rows)
{
	struct option *table = calloc(rows->count + 1, sizeof(*table));

	for (size_t row = 0; table && row < rows->count; row++) {
		const struct hr_option *option = &rows->rows[row];

		table[row].name = option->name;
		table[row].val = key_of(rows, row);
		table[row].has_arg = option->is_optional ? optional_argument
				     : option->value	 ? required_argument
							 : no_argument;
	}
	return table;
}

/*
 * The letters, in the form that getopt takes; NULL without memory. It is to return all words in
 * their order, and to print nothing.
 */
static char *new_short_options(const struct rows *rows)
{
	char *letters = malloc(2 * rows->count + 3), *next = letters;

	if (!letters)
		return NULL;
	next = stpcpy(next, "-:");
	for (size_t row = 0; row < rows->count; row++) {
		if (!rows->rows[row].letter)
			continue;
		*next++ = (char)rows->rows[row].letter;
		if (rows->rows[row].value)
			*next++ = ':';
	}
	*next = '\0';
	return letters;
}

/* How many options begin with @word, which has two dashes and may have a value? */
static size_t count_options(const struct rows *rows, const char *word)
{
	size_t len = strcspn(word + 2, "="), count = 0;

	for (size_t row = 0; row < rows->count; row++)
		count += !strncmp(rows->rows[row].name, word + 2, len);
	return count;
}

/* Why getopt has not taken @word: @key is that of the option, or an unknown letter, or 0. */
static struct hr_error *explain_refusal(const struct rows *rows, const char *word, int key)
{
	const struct hr_option *option = option_of(rows, key);

	if (option)
		return hr_error_new(HR_ERROR_USAGE, "option '--%s' takes no value", option->name);
	if (key)
		return hr_error_new(HR_ERROR_USAGE, "'-%c' is not an option: see --help", key);
	if (count_options(rows, word) > 1)
		return hr_error_new(HR_ERROR_USAGE,
				    "'%.100s' is the beginning of more than one option: see --help",
				    word);
	return hr_error_new(HR_ERROR_USAGE, "'%.100s' is not an option: see --help", word);
}

static struct hr_error *needs_value(const struct rows *rows, int key)
{
	const struct hr_option *option = option_of(rows, key);

	return hr_error_new(HR_ERROR_USAGE, "option '--%s' needs a value: %s", option->name,
			    option->value);
}

/* A word without an option is a range. Who forgets an option means a file. */
static struct hr_error *take_argument(struct hr_options *options, const char *word)
{
	struct hr_error *error = hr_set_range(options, NULL, word);

	if (!error || error->code != HR_ERROR_USAGE || isdigit((unsigned char)word[0]))
		return error;
	hr_error_destroy(error);
	return hr_error_new(HR_ERROR_USAGE,
			    "unexpected argument '%.100s': a dump is given with --vmcore=FILE, a "
			    "range with -r RANGE",
			    word);
}

static struct hr_error *take_word(struct parse *parse, int key, const char *word)
{
	const struct hr_option *option = option_of(parse->rows, key);

	if (key == ':')
		return needs_value(parse->rows, optopt);
	if (key == '?')
		return explain_refusal(parse->rows, word, optopt);
	if (key == KEY_ARGUMENT)
		return take_argument(parse->options, optarg);
	return option->set(parse->options, option, optarg);
}

/* After an error, only the form of output is of interest. */
static void take_next(struct parse *parse, int key, const char *word)
{
	const struct hr_option *option = option_of(parse->rows, key);

	if (!parse->error)
		parse->error = take_word(parse, key, word);
	else if (option && option->set == hr_set_output)
		hr_error_destroy(option->set(parse->options, option, NULL));
}

static void parse_words(struct parse *parse, int argc, char **argv)
{
	_cleanup_free_ struct option *table = new_long_options(parse->rows);
	_cleanup_free_ char *letters = new_short_options(parse->rows);
	int key;

	if (!table || !letters) {
		parse->error = hr_error_no_memory();
		return;
	}
	/* From the start, whatever was parsed before. */
	optind = 0;
	while ((key = getopt_long(argc, argv, letters, table, NULL)) != -1)
		take_next(parse, key, argv[optind - 1]);
	while (optind < argc) {
		optarg = argv[optind++];
		take_next(parse, KEY_ARGUMENT, optarg);
	}
}

struct hr_error *hr_options_parse(int argc, char **argv, const struct hr_output_table *outputs,
				  struct hr_options *ret)
{
	_cleanup_(cleanup_rows) struct rows rows;
	struct parse parse = { .rows = &rows, .options = ret };

	*ret = (struct hr_options){
		.outputs = outputs,
		.output = outputs->rows,
	};
	collect_rows(outputs, &rows);
	if (!rows.rows)
		return hr_error_no_memory();
	parse_words(&parse, argc, argv);
	if (parse.error || ret->help || ret->usage || ret->version)
		return parse.error;
	if (!ret->has_source)
		ret->paths[ret->path_count++] = HR_KCORE_USUAL;
	return hr_options_check(ret);
}

void hr_options_help(const struct hr_output_table *outputs, bool usage)
{
	_cleanup_(cleanup_rows) struct rows rows;
	_cleanup_free_ struct argp_option *table = NULL;
	struct argp argp = { .doc = doc };
	unsigned int flags = usage ? ARGP_HELP_USAGE : ARGP_HELP_STD_HELP;

	collect_rows(outputs, &rows);
	table = new_argp_options(&rows);
	argp.options = table;
	argp_help(&argp, stdout, flags & ~(unsigned int)ARGP_HELP_EXIT_OK,
		  program_invocation_short_name);
}
