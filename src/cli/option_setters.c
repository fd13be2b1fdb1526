// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_setters.h"

#include <hotremove/hotremove.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text_append.h"
#include "cli/assume.h"
#include "cli/number.h"
#include "cli/range_text.h"

/* Record what was given, for the output. */
static struct hr_error *echo(struct hr_options *options, const struct hr_option *option,
			     const char *value)
{
	if (options->echo_count == HR_ECHO_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many overrides: the limit is %d",
				    HR_ECHO_MAX);
	if (asprintf(&options->echoes[options->echo_count], "%s=%s", option->name, value) < 0)
		return hr_error_no_memory();
	options->echo_count++;
	return NULL;
}

static void *member_of(struct hr_options *options, const struct hr_option *option)
{
	return (char *)options + option->member;
}

struct hr_error *hr_set_flag(struct hr_options *options, const struct hr_option *option,
			     const char *value)
{
	bool *flag = member_of(options, option);

	(void)value;
	*flag = true;
	return NULL;
}

static bool is_file(const struct hr_option *option)
{
	return option->value && !strncmp(option->value, "FILE", 4);
}

static struct hr_error *refuse_empty(const struct hr_option *option, const char *value)
{
	if (*value)
		return NULL;
	return hr_error_new(HR_ERROR_USAGE, "--%s needs %s", option->name,
			    is_file(option) ? "a file name" : option->value);
}

struct hr_error *hr_set_text(struct hr_options *options, const struct hr_option *option,
			     const char *value)
{
	const char **text = (const char **)member_of(options, option);

	*text = value;
	return is_file(option) ? refuse_empty(option, value) : NULL;
}

struct hr_error *hr_set_text_once(struct hr_options *options, const struct hr_option *option,
				  const char *value)
{
	const char *const *text = (const char *const *)member_of(options, option);

	if (*text)
		return hr_error_new(HR_ERROR_USAGE, "--%s can be specified only once",
				    option->name);
	return hr_set_text(options, option, value);
}

struct hr_error *hr_set_assumed(struct hr_options *options, const struct hr_option *option,
				const char *value)
{
	struct hr_error *error = refuse_empty(option, value);

	if (!error)
		error = hr_set_text(options, option, value);
	return error ? error : echo(options, option, value);
}

struct hr_error *hr_set_seconds(struct hr_options *options, const struct hr_option *option,
				const char *value)
{
	unsigned int *seconds = member_of(options, option);
	uint64_t number;

	if (!hr_number_parse(value, false, &number) || !number || number > option->which)
		return hr_error_new(HR_ERROR_USAGE,
				    "--%s takes a number of seconds from 1 to %u, not '%.64s'",
				    option->name, option->which, value);
	*seconds = (unsigned int)number;
	return NULL;
}

/* What is possible for an override, for the message about what is not; NULL: it goes by itself. */
static const char *const possible_values[HR_OVERRIDE_COUNT] = {
	[HR_OVERRIDE_PAGE_SIZE] = "; it is 4K, 16K or 64K",
	[HR_OVERRIDE_VA_BITS] = "; it is 36, 39, 42, 47, 48 or 52",
	[HR_OVERRIDE_VA_BITS_ACTUAL] = "; it is 36, 39, 42, 47, 48 or 52",
	[HR_OVERRIDE_PHYS_OFFSET] = " (memstart_addr is a multiple of 512 MiB)",
	[HR_OVERRIDE_STRUCT_PAGE_SIZE] = "; it is a multiple of 8 from 32 to 256",
	[HR_OVERRIDE_SECTION_SIZE_BITS] = "; it is from 21 to 31",
};

struct hr_error *hr_set_override(struct hr_options *options, const struct hr_option *option,
				 const char *value)
{
	enum hr_override_key key = (enum hr_override_key)option->which;
	uint64_t number;

	if (!hr_number_parse(value, key == HR_OVERRIDE_PAGE_SIZE, &number))
		return hr_error_new(HR_ERROR_USAGE, "--%s takes a number, not '%.64s'",
				    option->name, value);
	if (!hr_override_is_possible(key, number))
		return hr_error_new(HR_ERROR_USAGE, "--%s=%.64s: no arm64 kernel has this value%s",
				    option->name, value,
				    possible_values[key] ? possible_values[key] : "");
	options->overrides.set[key] = true;
	options->overrides.value[key] = number;
	return echo(options, option, value);
}

struct hr_error *hr_set_source(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	const char *path = value ? value : HR_KCORE_USUAL;
	struct hr_error *error =
		hr_options_add_source(options, (enum hr_source_kind)option->which, path);

	options->is_usual_kcore = !value;
	return error ? error : refuse_empty(option, path);
}

/* "--json, --quiet and --summary are mutually exclusive" */
static struct hr_error *two_outputs(const struct hr_output_table *outputs)
{
	char names[256] = "", name[64];

	for (size_t i = 1; i < outputs->count; i++) {
		snprintf(name, sizeof(name), "--%s", outputs->rows[i].name);
		hr_text_append(names, sizeof(names), i + 1 == outputs->count ? " and " : ", ",
			       name);
	}
	return hr_error_new(HR_ERROR_USAGE, "%s are mutually exclusive", names);
}

struct hr_error *hr_set_output(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	const struct hr_output *usual = options->outputs->rows;
	const struct hr_output *output = &usual[option->which];

	(void)value;
	if (options->output != usual && options->output != output)
		return two_outputs(options->outputs);
	options->output = output;
	return NULL;
}

struct hr_error *hr_set_report(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	const struct hr_output_table *outputs = options->outputs;
	struct hr_option page = { .which = 0 };
	struct hr_error *error;

	while (page.which + 1 < outputs->count && !outputs->rows[page.which].is_page)
		page.which++;
	error = hr_set_output(options, &page, NULL);
	return error ? error : hr_set_text_once(options, option, value);
}

struct hr_error *hr_set_range(struct hr_options *options, const struct hr_option *option,
			      const char *value)
{
	_cleanup_free_ char *text = strdup(value);

	(void)option;
	if (!text)
		return hr_error_no_memory();
	hr_range_text_clean(text);
	return hr_options_add_range(options, text);
}

struct hr_error *hr_set_device(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	struct hr_error *error = refuse_empty(option, value);

	return error ? error : hr_options_add_device(options, value);
}

struct hr_error *hr_set_node(struct hr_options *options, const struct hr_option *option,
			     const char *value)
{
	uint64_t node;

	if (!hr_number_parse(value, false, &node) || node >= option->which)
		return hr_error_new(HR_ERROR_USAGE, "--%s takes a number below %u, not '%.64s'",
				    option->name, option->which, value);
	return hr_options_add_node(options, (unsigned int)node);
}

struct hr_error *hr_set_sysroot(struct hr_options *options, const struct hr_option *option,
				const char *value)
{
	struct hr_error *error = hr_set_text_once(options, option, value);

	/* Paths below it begin with a slash. */
	if (!error && !strcmp(value, "/"))
		options->sysroot = "";
	return error;
}

struct hr_error *hr_set_change(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	return hr_options_add_change(options, (enum hr_predicted_kind)option->which, value);
}

struct hr_error *hr_set_suggest(struct hr_options *options, const struct hr_option *option,
				const char *value)
{
	if (!hr_number_parse(value, true, &options->suggest) || !options->suggest)
		return hr_error_new(HR_ERROR_USAGE, "--%s takes a size, not '%.64s'", option->name,
				    value);
	return NULL;
}

struct hr_error *hr_set_redact(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	options->redact = true;
	options->has_seed = value;
	if (value && !hr_number_parse(value, false, &options->seed))
		return hr_error_new(HR_ERROR_USAGE, "--%s takes a number as its seed, not '%.64s'",
				    option->name, value);
	return NULL;
}

struct hr_error *hr_set_no_sandbox(struct hr_options *options, const struct hr_option *option,
				   const char *value)
{
	(void)option;
	(void)value;
	options->no_sandbox = "the sandbox is off (--no-sandbox)";
	return NULL;
}

static struct hr_error *assume_item(struct hr_options *options, const struct hr_option *option,
				    const char *item)
{
	struct hr_error *error = hr_assume(options, item);

	return error ? error : echo(options, option, item);
}

static struct hr_error *ignore_item(struct hr_options *options, const struct hr_option *option,
				    const char *item)
{
	enum hr_reason_code code;

	if (!hr_reason_parse(item, &code))
		return hr_error_new(
			HR_ERROR_USAGE,
			"--ignore=%.64s: there is no such reason; the reasons are splits-leaf, "
			"guard-veto, boot-memory, misaligned, not-present, malformed-cont, "
			"no-hotremove, unreadable and unmovable-pages",
			item);
	options->ignored |= 1u << code;
	return echo(options, option, item);
}

/* Call @set with each item of @list. */
static struct hr_error *set_items(struct hr_options *options, const struct hr_option *option,
				  const char *list, hr_option_fn *set)
{
	_cleanup_free_ char *copy = strdup(list);
	char *rest = copy, *item;

	if (!copy)
		return hr_error_no_memory();
	while ((item = strsep(&rest, ","))) {
		struct hr_error *error = set(options, option, item);

		if (error)
			return error;
	}
	return NULL;
}

struct hr_error *hr_set_assume(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	return set_items(options, option, value, assume_item);
}

struct hr_error *hr_set_ignore(struct hr_options *options, const struct hr_option *option,
			       const char *value)
{
	return set_items(options, option, value, ignore_item);
}
