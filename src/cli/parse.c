// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/argument.h"
#include "cli/option_setters.h"
#include "cli/refusal.h"

enum {
	/* The key of an option without a letter is this plus its row. */
	KEY_FIRST = 0x100
};

static const char doc[] =
	"Check whether physical memory can be hot-removed from an arm64 Linux kernel without "
	"splitting a leaf of the linear map or the vmemmap, and count the TLB invalidations of "
	"the removal. A RANGE needs no option, and neither does the FILE of a source, whose "
	"content shows its kind."
	"\vThe exit status is 0 if every range is removable, or if a list is complete and there "
	"is no range; 1 if at least one is not; 2 if at least one could not be determined or the "
	"source could not be read; and 64 for a usage error.";

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
	int next; /* the index of the word after those that are taken as a whole */
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

/* The number of a group in the help, which leaves one free behind each. */
static int help_group(enum hr_option_group group)
{
	return 2 * ((int)group + 1);
}

/* Room for the options, for @more rows behind them, and for the end; NULL without memory. */
static struct argp_option *new_argp_table(const struct rows *rows, size_t more)
{
	return calloc(HR_GROUP_COUNT + rows->count + more + 1, sizeof(struct argp_option));
}

/* Put the rows in the C library's form into @table, each group after its heading. */
static struct argp_option *fill_argp_table(struct argp_option *table, const struct rows *rows)
{
	struct argp_option *next = table;
	enum hr_option_group group = HR_GROUP_COUNT;

	for (size_t row = 0; row < rows->count; row++) {
		const struct hr_option *option = &rows->rows[row];

		if (option->group != group)
			*next++ = (struct argp_option){
				.doc = hr_option_groups[option->group],
				.group = help_group(option->group),
			};
		group = option->group;
		*next++ = (struct argp_option){
			.name = option->name,
			.key = key_of(rows, row),
			.arg = option->value,
			.flags = option->is_optional ? OPTION_ARG_OPTIONAL : 0,
			.doc = option->help,
			.group = help_group(group),
		};
	}
	return next;
}

static size_t count_columns(const struct hr_output_table *outputs)
{
	const char *help;
	size_t count = 0;

	while (outputs->column && outputs->column(count, &help))
		count++;
	return count;
}

/* Put the columns of the table of memory blocks at @next; the help has them behind the output. */
static void describe_columns(struct argp_option *next, const struct hr_output_table *outputs)
{
	const int group = help_group(HR_GROUP_OUTPUT) + 1;

	*next++ = (struct argp_option){ .doc = "Columns (of --blocks):", .group = group };
	for (size_t i = 0; i < count_columns(outputs); i++, next++) {
		next->name = outputs->column(i, &next->doc);
		next->flags = OPTION_DOC | OPTION_NO_USAGE;
		next->group = group;
	}
}

/* After an error, only the form of output is of interest. */
static void take_option(struct parse *parse, const struct hr_option *option, const char *value)
{
	if (!parse->error)
		parse->error = option->set(parse->options, option, value);
	else if (option->set == hr_set_output)
		hr_error_destroy(option->set(parse->options, option, NULL));
}

/* Take @letters, which follow a refused one. Does the last one take the next word as its value? */
static bool take_letters(struct parse *parse, const char *letters)
{
	for (; *letters; letters++) {
		const struct hr_option *option = option_of(parse->rows, *letters);

		if (option && option->value)
			return !letters[1];
		if (option)
			take_option(parse, option, NULL);
	}
	return false;
}

/*
 * The parser stops at an option that getopt refuses, and tells only the next word. That is the
 * refused one itself if letters follow the refused one in it, since getopt has not ended it then.
 */
static void take_refused(struct parse *parse, const struct argp_state *state)
{
	int refused = state->next > parse->next ? state->next - 1 : state->next;
	const char *rest;
	struct hr_error *error = hr_refusal_explain(parse->rows->rows, parse->rows->count,
						    state->argv[refused], &rest);

	if (parse->error)
		hr_error_destroy(error);
	else
		parse->error = error;
	parse->next = refused + 1 + take_letters(parse, rest);
}

static error_t take_next(int key, char *value, struct argp_state *state)
{
	struct parse *parse = state->input;
	const struct hr_option *option = option_of(parse->rows, key);

	if (key == ARGP_KEY_ERROR) {
		take_refused(parse, state);
		return 0;
	}
	if (key != ARGP_KEY_ARG && !option)
		return ARGP_ERR_UNKNOWN;
	parse->next = state->next;
	if (option)
		take_option(parse, option, value);
	else if (!parse->error)
		parse->error = hr_argument_take(parse->options, value);
	return 0;
}

/* A round ends after a refused word, and the next one skips that as the name of the program. */
static void parse_words(struct parse *parse, int argc, char **argv)
{
	_cleanup_free_ struct argp_option *table = new_argp_table(parse->rows, 0);
	const struct argp argp = { .options = table, .parser = take_next };
	error_t status;
	int done = 0;

	if (!table) {
		parse->error = hr_error_no_memory();
		return;
	}
	fill_argp_table(table, parse->rows);
	do {
		parse->next = 1;
		status = argp_parse(&argp, argc - done, argv + done, ARGP_SILENT | ARGP_IN_ORDER,
				    NULL, parse);
		done += parse->next - 1;
	} while (status == EINVAL && done < argc);
	if (status == ENOMEM && !parse->error)
		parse->error = hr_error_no_memory();
}

/* Without a query the list of memory blocks is asked for, and a page also has the maps. */
static void ask_usual(struct hr_options *options)
{
	if (hr_options_have_query(options) || options->ranges_from)
		return;
	options->blocks = true;
	options->map = options->output->is_page;
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
	if (!ret->has_source) {
		ret->paths[ret->path_count++] = HR_KCORE_USUAL;
		ret->is_usual_kcore = true;
	}
	parse.error = hr_options_find_kcore(ret);
	if (parse.error)
		return parse.error;
	ask_usual(ret);
	return hr_options_check(ret);
}

void hr_options_help(const struct hr_output_table *outputs, bool usage)
{
	_cleanup_(cleanup_rows) struct rows rows;
	_cleanup_free_ struct argp_option *table = NULL;
	struct argp argp = { .args_doc = "[FILE...] [RANGE...]", .doc = doc };
	unsigned int flags = usage ? ARGP_HELP_USAGE : ARGP_HELP_STD_HELP;

	collect_rows(outputs, &rows);
	table = new_argp_table(&rows, 1 + count_columns(outputs));
	if (table)
		describe_columns(fill_argp_table(table, &rows), outputs);
	argp.options = table;
	argp_help(&argp, stdout, flags & ~(unsigned int)ARGP_HELP_EXIT_OK,
		  program_invocation_short_name);
}
