// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "cli/option_table.h"

enum {
	/* Keys of options without a letter: this and the row. */
	KEY_FIRST = 0x100
};

static const char doc[] = "Can this physical memory be hot-removed from an arm64 Linux kernel "
			  "without splitting a leaf "
			  "of the linear map or the vmemmap, and what does the teardown cost?"
			  "\vExit status: 0 every range is removable, 1 at least one is not, 2 at "
			  "least one could not be "
			  "determined or the source could not be read, 64 usage error.";

/* What the parser hands from option to option: the first error ends it. */
struct parse {
	struct hr_options *options;
	struct hr_error *error;
};

static int key_of(size_t row)
{
	return hr_option_rows[row].letter ? hr_option_rows[row].letter : KEY_FIRST + (int)row;
}

static const struct hr_option *option_of(int key)
{
	for (size_t row = 0; row < hr_option_count; row++)
		if (key_of(row) == key)
			return &hr_option_rows[row];
	return NULL;
}

/* The rows as the C library wants them, each group behind its heading; NULL without memory. */
static struct argp_option *new_argp_options(void)
{
	struct argp_option *table = calloc(HR_GROUP_COUNT + hr_option_count + 1, sizeof(*table));
	struct argp_option *next = table;
	enum hr_option_group group = HR_GROUP_COUNT;

	for (size_t row = 0; table && row < hr_option_count; row++) {
		const struct hr_option *option = &hr_option_rows[row];

		if (option->group != group)
			*next++ = (struct argp_option){
				.doc = hr_option_groups[option->group],
				.group = (int)option->group + 1,
			};
		group = option->group;
		*next++ = (struct argp_option){
			.name = option->name,
			.key = key_of(row),
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
	const struct hr_option *option = option_of(key);

	if (key == ARGP_KEY_ARG)
		return fail(parse,
			    hr_error_new(HR_ERROR_USAGE,
					 "'%.100s' is no option: a range is given with --range",
					 arg));
	if (!option)
		return ARGP_ERR_UNKNOWN;
	return fail(parse, option->set(parse->options, option, arg));
}

/* Does the C library know the option that @word, behind its two dashes, spells or begins? */
static bool is_long_option(const char *word)
{
	size_t len = strcspn(word, "="), count = 0;

	for (size_t row = 0; row < hr_option_count; row++) {
		const char *name = hr_option_rows[row].name;

		if (strncmp(name, word, len) != 0)
			continue;
		if (!name[len])
			return true;
		count++;
	}
	return count == 1;
}

/* The same of all letters behind one dash, up to one that takes what follows it. */
static bool are_short_options(const char *letters)
{
	for (; *letters; letters++) {
		const struct hr_option *option = option_of(*letters);

		if (!option || option->value)
			return option != NULL;
	}
	return true;
}

/*
 * The C library repeats a word that is not an option as it is, and the terminal gets what it holds:
 * such a word is refused here. Values of options are for whoever takes them.
 */
static struct hr_error *check_words(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *word = argv[i];

		if (word[0] != '-' || hr_is_printable(word))
			continue;
		if (word[1] == '-' ? !is_long_option(word + 2) : !are_short_options(word + 1))
			return hr_error_new(HR_ERROR_USAGE, "'%.100s' is not an option", word);
	}
	return NULL;
}

static struct hr_error *parse_words(int argc, char **argv, struct hr_options *options)
{
	_cleanup_free_ struct argp_option *table = new_argp_options();
	const struct argp argp = { .options = table, .parser = on_option, .doc = doc };
	struct parse parse = { .options = options };
	error_t status;

	if (!table)
		return hr_error_no_memory();
	status = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parse);
	if (status && !parse.error)
		return hr_error_errno(status, "cannot parse the command line");
	return parse.error;
}

struct hr_error *hr_options_parse(int argc, char **argv, struct hr_options *ret)
{
	struct hr_error *error;

	*ret = (struct hr_options){ .tlbi_range = HR_UNKNOWN, .repeat_tlbi = HR_UNKNOWN };
	error = check_words(argc, argv);
	if (!error)
		error = parse_words(argc, argv, ret);
	if (error || ret->help || ret->usage || ret->version)
		return error;
	if (!ret->has_source)
		ret->paths[ret->path_count++] = HR_KCORE_USUAL;
	return hr_options_check(ret);
}

void hr_options_help(bool usage)
{
	_cleanup_free_ struct argp_option *table = new_argp_options();
	const struct argp argp = { .options = table, .parser = on_option, .doc = doc };
	unsigned int flags = usage ? ARGP_HELP_USAGE : ARGP_HELP_STD_HELP;

	argp_help(&argp, stdout, flags & ~(unsigned int)ARGP_HELP_EXIT_OK,
		  program_invocation_short_name);
}
