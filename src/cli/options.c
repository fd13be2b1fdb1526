// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "leaf_check.h"

enum {
	OPT_KCORE = 0x100,
	OPT_VMCORE,
	OPT_PTDUMP,
	OPT_RANGES_FROM,
	OPT_BLOCKS,
	OPT_MAP,
	OPT_SUGGEST,
	OPT_VERIFY_PTDUMP,
	OPT_WATCH,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_SUMMARY,
	OPT_EXPLAIN,
	OPT_VMCOREINFO,
	OPT_KERNEL_RELEASE,
	OPT_ASSUME,
	OPT_IGNORE,
	OPT_NO_SANDBOX,
	OPT_USAGE,
	OPT_OVERRIDE, /* and one more for each enum hr_override_key */
};

static const struct argp_option option_table[] = {
	{ NULL, 0, NULL, 0, "Source (one; default: the running kernel):", 1 },
	{ "kcore", OPT_KCORE, "FILE", OPTION_ARG_OPTIONAL, "a live core, /proc/kcore by default",
	  1 },
	{ "vmcore", OPT_VMCORE, "FILE", 0, "a crash dump; repeat it for the parts of a split dump",
	  1 },
	{ "ptdump", OPT_PTDUMP, "FILE", 0,
	  "text of /sys/kernel/debug/kernel_page_tables, - is standard input", 1 },
	{ NULL, 0, NULL, 0, "Query (at least one):", 2 },
	{ "range", 'r', "RANGE", 0,
	  "START-END with END inclusive, START+SIZE, or memoryN; may be repeated", 2 },
	{ "ranges-from", OPT_RANGES_FROM, "FILE", 0,
	  "one RANGE a line, # begins a comment, - is standard input", 2 },
	{ "blocks", OPT_BLOCKS, NULL, 0, "every memory block that has a present section", 2 },
	{ "map", OPT_MAP, NULL, 0, "the leaves of the linear map and the vmemmap, run by run", 2 },
	{ "suggest", OPT_SUGGEST, "SIZE", 0,
	  "removable ranges of at least SIZE, those that are cheapest to remove first", 2 },
	{ "verify-ptdump", OPT_VERIFY_PTDUMP, "FILE", 0,
	  "compare the walk with the kernel's text of its page tables", 2 },
	{ "watch", OPT_WATCH, "SECONDS", 0,
	  "ask the running kernel again and again, and print what has changed", 2 },
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0, "give up when there is no answer by then", 2 },
	{ NULL, 0, NULL, 0, "Output (default: text for people):", 3 },
	{ "json", OPT_JSON, NULL, 0, "one JSON document", 3 },
	{ "quiet", 'q', NULL, 0, "nothing but the exit status", 3 },
	{ "summary", OPT_SUMMARY, NULL, 0, "one line of at most 80 characters", 3 },
	{ "explain", OPT_EXPLAIN, NULL, 0, "text with the rule behind each reason", 3 },
	{ "all", 'a', NULL, 0, "--blocks: a line for each block", 3 },
	{ "bytes", 'b', NULL, 0, "--blocks: sizes in bytes", 3 },
	{ "noheadings", 'n', NULL, 0, "--blocks: no line of column names", 3 },
	{ "output", 'o', "COLUMNS", 0,
	  "--blocks: the columns to show, separated by commas; +COLUMNS adds to the usual ones",
	  3 },
	{ NULL, 0, NULL, 0, "Overrides (each wins over what was found):", 4 },
	{ "vmcoreinfo", OPT_VMCOREINFO, "FILE", 0, "VMCOREINFO text to use", 4 },
	{ "page-size", OPT_OVERRIDE + HR_OVERRIDE_PAGE_SIZE, "BYTES", 0, "4K, 16K or 64K", 4 },
	{ "va-bits", OPT_OVERRIDE + HR_OVERRIDE_VA_BITS, "N", 0, "VA bits configured", 4 },
	{ "va-bits-actual", OPT_OVERRIDE + HR_OVERRIDE_VA_BITS_ACTUAL, "N", 0, "VA bits in use",
	  4 },
	{ "phys-offset", OPT_OVERRIDE + HR_OVERRIDE_PHYS_OFFSET, "PA", 0,
	  "memstart_addr, as NUMBER(PHYS_OFFSET) of VMCOREINFO has it; not where memory begins",
	  4 },
	{ "kimage-voffset", OPT_OVERRIDE + HR_OVERRIDE_KIMAGE_VOFFSET, "OFFSET", 0,
	  "VA of the image less its PA", 4 },
	{ "swapper-pa", OPT_OVERRIDE + HR_OVERRIDE_SWAPPER_PA, "PA", 0, "of swapper_pg_dir", 4 },
	{ "vmemmap-start", OPT_OVERRIDE + HR_OVERRIDE_VMEMMAP_START, "VA", 0, "VMEMMAP_START", 4 },
	{ "struct-page-size", OPT_OVERRIDE + HR_OVERRIDE_STRUCT_PAGE_SIZE, "BYTES", 0,
	  "size of struct page", 4 },
	{ "section-size-bits", OPT_OVERRIDE + HR_OVERRIDE_SECTION_SIZE_BITS, "N", 0,
	  "SECTION_SIZE_BITS", 4 },
	{ "kernel-release", OPT_KERNEL_RELEASE, "RELEASE", 0, "go by this release", 4 },
	{ "assume", OPT_ASSUME, "KEY=VALUE,...", 0,
	  "tlbi-range, lpa2 or repeat-tlbi (0 or 1), teardown (per-leaf, batched-wide, batched), "
	  "flush (page-loop, range-ops), guard (none, next-range, requested), calls (range, block)",
	  4 },
	{ "ignore", OPT_IGNORE, "REASON,...", 0,
	  "leave these reasons out of the verdict; they are still reported", 4 },
	{ NULL, 0, NULL, 0, "Other:", 5 },
	{ "no-sandbox", OPT_NO_SANDBOX, NULL, 0,
	  "keep all rights while the source is read (for debuggers)", 5 },
	{ "help", 'h', NULL, 0, "print this help", 5 },
	{ "usage", OPT_USAGE, NULL, 0, "print a short list of the options", 5 },
	{ "version", 'V', NULL, 0, "print the version and the formats that can be read", 5 },
	{ 0 },
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

static error_t fail(struct parse *parse, struct hr_error *error)
{
	parse->error = error;
	return error ? EINVAL : 0;
}

static const char *option_name(int key)
{
	for (const struct argp_option *option = option_table; option->name || option->doc; option++)
		if (option->key == key)
			return option->name;
	return NULL;
}

static struct hr_error *echo(struct hr_options *options, int key, const char *value)
{
	if (options->echo_count == HR_ECHO_MAX)
		return hr_error_new(HR_ERROR_USAGE, "more than %d overrides cannot be given",
				    HR_ECHO_MAX);
	if (asprintf(&options->echoes[options->echo_count], "%s=%s", option_name(key), value) < 0)
		return hr_error_no_memory();
	options->echo_count++;
	return NULL;
}

static struct hr_error *set_source(struct hr_options *options, enum hr_source_kind kind,
				   const char *path)
{
	if (options->has_source && (kind != options->kind || kind != HR_SOURCE_VMCORE))
		return hr_error_new(HR_ERROR_USAGE,
				    "only one source can be given: --kcore, --vmcore or --ptdump");
	if (options->path_count == HR_SPLIT_MAX)
		return hr_error_new(HR_ERROR_USAGE, "a dump of more than %d files cannot be given",
				    HR_SPLIT_MAX);
	options->has_source = true;
	options->kind = kind;
	options->paths[options->path_count++] = path;
	return NULL;
}

static struct hr_error *set_output(struct hr_options *options, enum hr_output output)
{
	if (options->output != HR_OUTPUT_TEXT && options->output != output)
		return hr_error_new(HR_ERROR_USAGE,
				    "--json, --quiet, --summary and --explain exclude each other");
	options->output = output;
	return NULL;
}

struct hr_error *hr_options_add_range(struct hr_options *options, const char *text)
{
	struct hr_range_spec *ranges;
	struct hr_error *error;

	if (options->range_count == HR_RANGES_MAX)
		return hr_error_new(HR_ERROR_USAGE, "more than %d ranges cannot be given",
				    HR_RANGES_MAX);
	ranges = reallocarray(options->ranges, options->range_count + 1, sizeof(*ranges));
	if (!ranges)
		return hr_error_no_memory();
	options->ranges = ranges;
	error = hr_range_spec_parse(text, &ranges[options->range_count]);
	if (!error)
		options->range_count++;
	return error;
}

static struct hr_error *set_suggest(struct hr_options *options, const char *value)
{
	if (!hr_number_parse(value, true, &options->suggest) || !options->suggest)
		return hr_error_new(HR_ERROR_USAGE, "--suggest takes a size, not '%.64s'", value);
	return NULL;
}

/* A number of seconds from 1 to @max, the value of the option @key. */
static struct hr_error *set_seconds(int key, const char *value, unsigned int max, unsigned int *ret)
{
	uint64_t seconds;

	if (!hr_number_parse(value, false, &seconds) || !seconds || seconds > max)
		return hr_error_new(HR_ERROR_USAGE, "--%s takes seconds from 1 to %u, not '%.64s'",
				    option_name(key), max, value);
	*ret = (unsigned int)seconds;
	return NULL;
}

static struct hr_error *set_override(struct hr_options *options, int key, const char *value)
{
	enum hr_override_key which = (enum hr_override_key)(key - OPT_OVERRIDE);
	bool suffix = which == HR_OVERRIDE_PAGE_SIZE;
	uint64_t number;

	if (!hr_number_parse(value, suffix, &number))
		return hr_error_new(HR_ERROR_USAGE, "--%s takes a number, not '%.64s'",
				    option_name(key), value);
	if (!hr_override_is_possible(which, number))
		return hr_error_new(HR_ERROR_USAGE, "--%s=%.64s: no arm64 kernel has that%s",
				    option_name(key), value,
				    which == HR_OVERRIDE_PHYS_OFFSET
					    ? " (it is memstart_addr, a multiple of 512 MiB)"
					    : "");
	options->overrides.set[which] = true;
	options->overrides.value[which] = number;
	return echo(options, key, value);
}

static bool parse_flag(const char *value, enum hr_tristate *ret)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return false;
	*ret = value[0] == '1' ? HR_YES : HR_NO;
	return true;
}

static bool assume_lpa2(struct hr_options *options, const char *value)
{
	enum hr_tristate lpa2;

	if (!parse_flag(value, &lpa2))
		return false;
	options->overrides.set[HR_OVERRIDE_LPA2] = true;
	options->overrides.value[HR_OVERRIDE_LPA2] = lpa2 == HR_YES;
	return true;
}

/* False if @key=@value is nothing to assume. */
static bool assume_one(struct hr_options *options, const char *key, const char *value)
{
	if (!strcmp(key, "tlbi-range"))
		return parse_flag(value, &options->tlbi_range);
	if (!strcmp(key, "repeat-tlbi"))
		return parse_flag(value, &options->repeat_tlbi);
	if (!strcmp(key, "lpa2"))
		return assume_lpa2(options, value);
	if (!strcmp(key, "teardown"))
		return hr_teardown_parse(value, &options->teardown);
	if (!strcmp(key, "flush"))
		return hr_flush_parse(value, &options->flush);
	if (!strcmp(key, "guard"))
		return hr_guard_parse(value, &options->guard);
	if (!strcmp(key, "calls"))
		return hr_calls_parse(value, &options->calls);
	return false;
}

static struct hr_error *parse_assume_item(struct hr_options *options, char *item)
{
	_cleanup_free_ char *whole = strdup(item);
	char *equals = strchr(item, '=');

	if (!whole)
		return hr_error_no_memory();
	if (equals)
		*equals = '\0';
	if (!equals || !assume_one(options, item, equals + 1))
		return hr_error_new(HR_ERROR_USAGE,
				    "--assume=%.64s: see --help for the keys and their values",
				    whole);
	return echo(options, OPT_ASSUME, whole);
}

static struct hr_error *parse_ignore_item(struct hr_options *options, char *item)
{
	enum hr_reason_code code;

	if (!hr_reason_parse(item, &code))
		return hr_error_new(
			HR_ERROR_USAGE,
			"--ignore=%.64s: there is no such reason (splits-leaf, guard-veto, "
			"boot-memory, misaligned, not-present, malformed-cont, no-hotremove, "
			"unreadable)",
			item);
	options->ignored |= 1u << code;
	return echo(options, OPT_IGNORE, item);
}

static struct hr_error *parse_list(struct hr_options *options, const char *list,
				   struct hr_error *(*parse_item)(struct hr_options *, char *))
{
	_cleanup_free_ char *copy = strdup(list);
	char *rest = copy, *item;

	if (!copy)
		return hr_error_no_memory();
	while ((item = strsep(&rest, ","))) {
		struct hr_error *error = parse_item(options, item);

		if (error)
			return error;
	}
	return NULL;
}

static struct hr_error *parse_option(struct hr_options *options, int key, char *arg)
{
	switch (key) {
	case OPT_KCORE:
		return set_source(options, HR_SOURCE_KCORE, arg ? arg : "/proc/kcore");
	case OPT_VMCORE:
		return set_source(options, HR_SOURCE_VMCORE, arg);
	case OPT_PTDUMP:
		return set_source(options, HR_SOURCE_PTDUMP, arg);
	case 'r':
		return hr_options_add_range(options, arg);
	case OPT_RANGES_FROM:
		if (options->ranges_from)
			return hr_error_new(HR_ERROR_USAGE, "--ranges-from can be given once");
		options->ranges_from = arg;
		return NULL;
	case OPT_BLOCKS:
		options->blocks = true;
		return NULL;
	case OPT_MAP:
		options->map = true;
		return NULL;
	case OPT_SUGGEST:
		return set_suggest(options, arg);
	case OPT_VERIFY_PTDUMP:
		options->verify_path = arg;
		return NULL;
	case OPT_WATCH:
		return set_seconds(key, arg, HR_WATCH_MAX, &options->watch);
	case OPT_TIMEOUT:
		return set_seconds(key, arg, HR_TIMEOUT_MAX, &options->timeout);
	case 'a':
		options->all = true;
		return NULL;
	case 'b':
		options->bytes = true;
		return NULL;
	case 'n':
		options->no_headings = true;
		return NULL;
	case 'o':
		options->columns = arg;
		return NULL;
	case OPT_JSON:
		return set_output(options, HR_OUTPUT_JSON);
	case 'q':
		return set_output(options, HR_OUTPUT_QUIET);
	case OPT_SUMMARY:
		return set_output(options, HR_OUTPUT_SUMMARY);
	case OPT_EXPLAIN:
		return set_output(options, HR_OUTPUT_EXPLAIN);
	case OPT_NO_SANDBOX:
		options->no_sandbox = "the sandbox is off (--no-sandbox)";
		return NULL;
	case OPT_VMCOREINFO:
		options->vmcoreinfo_path = arg;
		return echo(options, key, arg);
	case OPT_KERNEL_RELEASE:
		options->overrides.release = arg;
		return echo(options, key, arg);
	case OPT_ASSUME:
		return parse_list(options, arg, parse_assume_item);
	case OPT_IGNORE:
		return parse_list(options, arg, parse_ignore_item);
	default:
		return set_override(options, key, arg);
	}
}

static error_t on_option(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;

	switch (key) {
	case 'h':
		parse->options->help = true;
		return 0;
	case OPT_USAGE:
		parse->options->usage = true;
		return 0;
	case 'V':
		parse->options->version = true;
		return 0;
	case ARGP_KEY_ARG:
		return fail(parse,
			    hr_error_new(HR_ERROR_USAGE,
					 "'%.100s' is no option: a range is given with --range",
					 arg));
	default:
		if (!option_name(key))
			return ARGP_ERR_UNKNOWN;
		return fail(parse, parse_option(parse->options, key, arg));
	}
}

static const struct argp argp = { option_table, on_option, NULL, doc, NULL, NULL, NULL };

bool hr_options_have_query(const struct hr_options *options)
{
	return options->range_count || options->blocks || options->map || options->suggest ||
	       options->verify_path;
}

bool hr_options_name_running(const struct hr_options *options)
{
	return options->kind == HR_SOURCE_KCORE && !strcmp(options->paths[0], "/proc/kcore");
}

static const char *shared_stdin(const struct hr_options *options)
{
	const char *const files[] = { options->ranges_from, options->verify_path,
				      options->kind == HR_SOURCE_PTDUMP ? options->paths[0]
									: NULL };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		count += files[i] && !strcmp(files[i], "-");
	return count > 1 ? "standard input can be read for one option only" : NULL;
}

/* What is wrong with the options as a whole, NULL if nothing. */
static const char *contradiction(const struct hr_options *options)
{
	bool blocks = options->all || options->bytes || options->no_headings || options->columns;

	if (!hr_options_have_query(options) && !options->ranges_from)
		return "nothing is asked for: give --range, --blocks, --map or --suggest";
	if (blocks && !options->blocks)
		return "--all, --bytes, --noheadings and --output are for --blocks";
	if (options->verify_path && options->kind == HR_SOURCE_PTDUMP)
		return "--verify-ptdump compares text with a kernel's memory: give --kcore or "
		       "--vmcore, not --ptdump";
	if (options->watch && options->kind != HR_SOURCE_KCORE)
		return "--watch is for a running kernel: a dump does not change";
	if (options->watch && options->verify_path && !strcmp(options->verify_path, "-"))
		return "standard input can be read once, not in each round of --watch";
	if (options->watch && options->output == HR_OUTPUT_QUIET)
		return "--watch has nothing to print with --quiet";
	return shared_stdin(options);
}

static struct hr_error *check_combination(const struct hr_options *options)
{
	const char *wrong = contradiction(options);

	return wrong ? hr_error_new(HR_ERROR_USAGE, "%s", wrong) : NULL;
}

/* Does the C library know the option that @word, behind its two dashes, spells or begins? */
static bool is_long_option(const char *word)
{
	size_t len = strcspn(word, "="), count = 0;

	for (const struct argp_option *option = option_table; option->name || option->doc;
	     option++) {
		if (!option->name || strncmp(option->name, word, len) != 0)
			continue;
		if (!option->name[len])
			return true;
		count++;
	}
	return count == 1;
}

static const struct argp_option *short_option(char letter)
{
	for (const struct argp_option *option = option_table; option->name || option->doc; option++)
		if (option->name && option->key == letter)
			return option;
	return NULL;
}

/* The same of all letters behind one dash, up to one that takes what follows it. */
static bool are_short_options(const char *letters)
{
	for (; *letters; letters++) {
		const struct argp_option *option = short_option(*letters);

		if (!option || option->arg)
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

struct hr_error *hr_options_parse(int argc, char **argv, struct hr_options *ret)
{
	struct parse parse = { .options = ret };
	error_t status;

	*ret = (struct hr_options){ .tlbi_range = HR_UNKNOWN, .repeat_tlbi = HR_UNKNOWN };
	parse.error = check_words(argc, argv);
	if (parse.error)
		return parse.error;
	status = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parse);
	if (parse.error)
		return parse.error;
	if (status)
		return hr_error_errno(status, "cannot parse the command line");
	if (ret->help || ret->usage || ret->version)
		return NULL;
	if (!ret->has_source)
		ret->paths[ret->path_count++] = "/proc/kcore";
	return check_combination(ret);
}

void hr_options_release(struct hr_options *options)
{
	for (size_t i = 0; i < options->echo_count; i++)
		free(options->echoes[i]);
	free(options->ranges);
}

void hr_options_help(bool usage)
{
	unsigned int flags = usage ? ARGP_HELP_USAGE : ARGP_HELP_STD_HELP;

	argp_help(&argp, stdout, flags & ~(unsigned int)ARGP_HELP_EXIT_OK,
		  program_invocation_short_name);
}
