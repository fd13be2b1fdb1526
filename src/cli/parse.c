// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/printable.h"
#include "cli/option_setters.h"

enum {
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

/* The state of the parser between options. The first error stops it. */
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

static error_t fail(struct parse *parse, struct hr_error *error)
{
	parse->error = error;
	return error ? EINVAL : 0;
}

static error_t on_option(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;
	const struct hr_option *option = option_of(parse->rows, key);

	if (key == ARGP_KEY_ARG)
		return fail(parse,
			    hr_error_new(HR_ERROR_USAGE,
					 "'%.100s' is not an option: use --range for a range",
					 arg));
	if (!option)
		return ARGP_ERR_UNKNOWN;
	return fail(parse, option->set(parse->options, option, arg));
}

/* Does the C library accept @word, after its two dashes, as an option or an abbreviation of one? */
static bool is_long_option(const struct rows *rows, const char *word)
{
	size_t len = strcspn(word, "="), count = 0;

	for (size_t row = 0; row < rows->count; row++) {
		const char *name = rows->rows[row].name;

		if (strncmp(name, word, len) != 0)
			continue;
		if (!name[len])
			return true;
		count++;
	}
	return count == 1;
}

/* The same for all letters after one dash, up to one that takes the rest as its value. */
static bool are_short_options(const struct rows *rows, const char *letters)
{
	for (; *letters; letters++) {
		const struct hr_option *option = option_of(rows, *letters);

		if (!option || option->value)
			return option != NULL;
	}
	return true;
}

/*
 * The C library prints a word that is not an option unchanged, control characters included. So a
 * word with such characters that is not an option is rejected here. The setters check the values of
 * options.
 */
static struct hr_error *check_words(const struct rows *rows, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *word = argv[i];

		if (word[0] != '-' || hr_is_printable(word))
			continue;
		if (word[1] == '-' ? !is_long_option(rows, word + 2)
				   : !are_short_options(rows, word + 1))
			return hr_error_new(HR_ERROR_USAGE, "'%.100s' is not an option", word);
	}
	return NULL;
}

static struct hr_error *parse_words(const struct rows *rows, int argc, char **argv,
				    struct hr_options *options)
{
	_cleanup_free_ struct argp_option *table = new_argp_options(rows);
	const struct argp argp = { .options = table, .parser = on_option, .doc = doc };
	struct parse parse = { .rows = rows, .options = options };
	error_t status;

	if (!table)
		return hr_error_no_memory();
	parse.error = check_words(rows, argc, argv);
	if (parse.error)
		return parse.error;
	status = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parse);
	if (status && !parse.error)
		return hr_error_errno(status, "cannot parse the command line");
	return parse.error;
}

struct hr_error *hr_options_parse(int argc, char **argv, const struct hr_output_table *outputs,
				  struct hr_options *ret)
{
	_cleanup_(cleanup_rows) struct rows rows;
	struct hr_error *error;

	*ret = (struct hr_options){
		.outputs = outputs,
		.output = outputs->rows,
	};
	collect_rows(outputs, &rows);
	error = rows.rows ? parse_words(&rows, argc, argv, ret) : hr_error_no_memory();
	if (error || ret->help || ret->usage || ret->version)
		return error;
	if (!ret->has_source)
		ret->paths[ret->path_count++] = HR_KCORE_USUAL;
	return hr_options_check(ret);
}

void hr_options_help(const struct hr_output_table *outputs, bool usage)
{
	_cleanup_(cleanup_rows) struct rows rows;
	_cleanup_free_ struct argp_option *table = NULL;
	struct argp argp = { .parser = on_option, .doc = doc };
	unsigned int flags = usage ? ARGP_HELP_USAGE : ARGP_HELP_STD_HELP;

	collect_rows(outputs, &rows);
	table = new_argp_options(&rows);
	argp.options = table;
	argp_help(&argp, stdout, flags & ~(unsigned int)ARGP_HELP_EXIT_OK,
		  program_invocation_short_name);
}
