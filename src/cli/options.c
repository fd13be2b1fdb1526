// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static struct hr_error *add_spec(struct hr_options *options, const struct hr_range_spec *spec)
{
	struct hr_range_spec *ranges;

	if (options->range_count == HR_RANGES_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many ranges: the limit is %d",
				    HR_RANGES_MAX);
	ranges = reallocarray(options->ranges, options->range_count + 1, sizeof(*ranges));
	if (!ranges)
		return hr_error_no_memory();
	options->ranges = ranges;
	ranges[options->range_count++] = *spec;
	return NULL;
}

struct hr_error *hr_options_add_range(struct hr_options *options, const char *text)
{
	struct hr_range_spec spec;
	struct hr_error *error = hr_range_spec_parse(text, &spec);

	return error ? error : add_spec(options, &spec);
}

struct hr_error *hr_options_add_device(struct hr_options *options, const char *name)
{
	return add_spec(options, &(struct hr_range_spec){ .device = name });
}

struct hr_error *hr_options_add_node(struct hr_options *options, unsigned int node)
{
	return add_spec(options, &(struct hr_range_spec){ .is_node = true, .node = (int)node });
}

struct hr_error *hr_options_add_change(struct hr_options *options, enum hr_predicted_kind kind,
				       const char *text)
{
	struct hr_change_spec *changes;
	struct hr_error *error;

	if (options->change_count == HR_CHANGES_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many changes: the limit is %d",
				    HR_CHANGES_MAX);
	changes = reallocarray(options->changes, options->change_count + 1, sizeof(*changes));
	if (!changes)
		return hr_error_no_memory();
	options->changes = changes;
	error = hr_change_spec_parse(text, kind, &changes[options->change_count]);
	if (!error)
		options->change_count++;
	return error;
}

static bool may_be_part(enum hr_source_kind kind)
{
	return kind == HR_SOURCE_VMCORE || kind == HR_SOURCE_BY_CONTENT;
}

struct hr_error *hr_options_add_source(struct hr_options *options, enum hr_source_kind kind,
				       const char *path)
{
	if (options->has_source && (!may_be_part(kind) || !may_be_part(options->kind)))
		return hr_error_new(
			HR_ERROR_USAGE,
			"only one source is allowed: FILE, --kcore, --vmcore or --ptdump");
	if (options->path_count == HR_SPLIT_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many files for one dump: the limit is %d",
				    HR_SPLIT_MAX);
	options->kind = options->has_source ? HR_SOURCE_VMCORE : kind;
	options->has_source = true;
	options->paths[options->path_count++] = path;
	return NULL;
}

bool hr_options_have_query(const struct hr_options *options)
{
	return options->range_count || options->blocks || options->map || options->devices ||
	       options->suggest || options->verify_path || options->diff_path || options->save_path;
}

bool hr_options_name_running(const struct hr_options *options)
{
	return options->kind == HR_SOURCE_KCORE &&
	       (options->is_usual_kcore ||
		(!options->sysroot && !strcmp(options->paths[0], HR_KCORE_USUAL)));
}

bool hr_options_have_tree(const struct hr_options *options)
{
	return options->sysroot || hr_options_name_running(options);
}

const char *hr_options_root(const struct hr_options *options)
{
	return options->sysroot ? options->sysroot : "";
}

struct hr_error *hr_options_find_kcore(struct hr_options *options)
{
	if (!options->is_usual_kcore)
		return NULL;
	if (asprintf(&options->kcore, "%s" HR_KCORE_USUAL, hr_options_root(options)) < 0) {
		options->kcore = NULL;
		return hr_error_no_memory();
	}
	options->paths[0] = options->kcore;
	return NULL;
}

const char *hr_input_name(const char *path)
{
	return strcmp(path, "-") != 0 ? path : "standard input";
}

/* Is there a query beside --blocks that prints something? */
static bool asks_more(const struct hr_options *options)
{
	return options->range_count || options->ranges_from || options->map || options->devices ||
	       options->suggest || options->verify_path || options->diff_path;
}

static const char *shared_stdin(const struct hr_options *options)
{
	bool may_be_text =
		options->kind == HR_SOURCE_PTDUMP || options->kind == HR_SOURCE_BY_CONTENT;
	const char *const files[] = { options->ranges_from, options->verify_path,
				      may_be_text ? options->paths[0] : NULL };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		count += files[i] && !strcmp(files[i], "-");
	return count > 1 ? "only one option can read standard input" : NULL;
}

/* The contradiction between options and a source of @kind, NULL if there is none. */
static const char *contradicts_kind(const struct hr_options *options, enum hr_source_kind kind)
{
	if (options->verify_path && kind == HR_SOURCE_PTDUMP)
		return "--verify-ptdump compares a text with memory: use it with --kcore or "
		       "--vmcore, not with --ptdump";
	if (options->save_path && kind == HR_SOURCE_PTDUMP)
		return "--save-tables saves tables that are in memory: use it with --kcore or "
		       "--vmcore, not with --ptdump";
	if (options->watch && kind != HR_SOURCE_KCORE && kind != HR_SOURCE_BY_CONTENT)
		return "--watch needs a running kernel: a dump does not change";
	return NULL;
}

/* Must what is given be given again to whoever reads a snapshot, although it has been shifted? */
static bool gives_addresses(const struct hr_overrides *overrides)
{
	return overrides->set[HR_OVERRIDE_PHYS_OFFSET] ||
	       overrides->set[HR_OVERRIDE_KIMAGE_VOFFSET] ||
	       overrides->set[HR_OVERRIDE_MEM_SECTION];
}

/* The contradiction between --save-tables and other options, NULL if there is none. */
static const char *contradicts_save(const struct hr_options *options)
{
	if (options->redact && !options->save_path)
		return "--redact needs --save-tables: it shifts the addresses of a snapshot";
	if (!options->save_path)
		return NULL;
	if (options->redact && gives_addresses(&options->overrides))
		return "--redact cannot shift addresses that options give: use it without "
		       "--phys-offset, --kimage-voffset and --mem-section";
	if (options->change_count)
		return "--save-tables saves the kernel as it is: use it without --if-added, "
		       "--if-removed and --if-kernel";
	if (options->watch)
		return "--save-tables saves one moment: use it without --watch";
	if (options->report_path && !strcmp(options->save_path, options->report_path))
		return "--save-tables and --report name the same file";
	return NULL;
}

/* The contradiction between --diff and other options, NULL if there is none. */
static const char *contradicts_diff(const struct hr_options *options)
{
	if (!options->diff_path)
		return NULL;
	if (!strcmp(options->diff_path, "-"))
		return "--diff needs the name of a file: a dump cannot be read from standard input";
	if (!strcmp(options->diff_path, HR_KCORE_USUAL))
		return "--diff compares with a file: the running kernel can only be the source";
	if (options->watch)
		return "--watch compares with the round before, and --diff with a file: use only "
		       "one of them";
	return NULL;
}

/* The contradiction between --pages and other options, NULL if there is none. */
static const char *contradicts_pages(const struct hr_options *options)
{
	if (!options->pages)
		return NULL;
	if (!options->range_count && !options->ranges_from && !options->blocks)
		return "--pages looks into the memory of --range and --blocks: use it with one of "
		       "them";
	if (options->suggest)
		return "--suggest does not look for pages that cannot be moved: use it without "
		       "--pages, and then --pages with the ranges that it finds";
	return NULL;
}

/* Files that are saved get their name when they are complete, which a stream never is. */
static const char *contradicts_stream(const struct hr_options *options)
{
	if (options->save_path && !strcmp(options->save_path, "-"))
		return "--save-tables needs the name of a file: it does not write to standard "
		       "output";
	if (options->report_path && !strcmp(options->report_path, "-"))
		return "--report needs the name of a file: --html writes to standard output";
	return NULL;
}

/* The contradiction between the form of the table of memory blocks and other options, or NULL. */
static const char *contradicts_table(const struct hr_options *options)
{
	bool is_formed = options->all || options->bytes || options->no_headings ||
			 options->columns || options->all_columns || options->split;

	if (is_formed && !options->blocks)
		return "--all, --bytes, --noheadings, --output, --output-all and --split need "
		       "--blocks";
	if (options->all && options->split)
		return "--all prints a line for each block, and --split says which blocks share "
		       "one: use only one of them";
	if (options->columns && options->all_columns)
		return "--output and --output-all both choose the columns: use only one of them";
	if (!options->output->form)
		return NULL;
	if (!options->blocks || asks_more(options))
		return "--pairs and --raw print the list of --blocks and nothing else: use them "
		       "without other queries";
	if (options->watch)
		return "--watch prints changes, and --pairs and --raw print a list: use it with "
		       "text or --json";
	return NULL;
}

/* The contradiction between options, NULL if there is none. */
static const char *contradiction(const struct hr_options *options)
{
	if (contradicts_table(options))
		return contradicts_table(options);
	if (contradicts_pages(options))
		return contradicts_pages(options);
	if (contradicts_kind(options, options->kind))
		return contradicts_kind(options, options->kind);
	if (options->verify_path && options->change_count)
		return "--verify-ptdump compares a text with the kernel as it is: use it without "
		       "--if-added and --if-removed";
	if (contradicts_save(options))
		return contradicts_save(options);
	if (contradicts_diff(options))
		return contradicts_diff(options);
	if (contradicts_stream(options))
		return contradicts_stream(options);
	if (options->watch && options->verify_path && !strcmp(options->verify_path, "-"))
		return "--watch reads the text again in each round: specify a file, not standard "
		       "input";
	if (options->watch && options->output->is_page)
		return "--watch prints changes, and --html shows one moment: use only one of them";
	if (options->watch && options->output->is_mute)
		return "--watch prints changes, and --quiet prints nothing: use only one of them";
	return shared_stdin(options);
}

static struct hr_error *usage_error(const char *wrong)
{
	return wrong ? hr_error_new(HR_ERROR_USAGE, "%s", wrong) : NULL;
}

struct hr_error *hr_options_check(const struct hr_options *options)
{
	return usage_error(contradiction(options));
}

struct hr_error *hr_options_check_kind(const struct hr_options *options, enum hr_source_kind kind)
{
	return usage_error(contradicts_kind(options, kind));
}

struct hr_error *hr_options_check_other(enum hr_source_kind kind)
{
	static const char *const wrong[] = {
		[HR_SOURCE_KCORE] = "the running kernel can only be the source",
		[HR_SOURCE_VMCORE] = NULL,
		[HR_SOURCE_PTDUMP] = "a text of page tables does not say where memory is: name a "
				     "dump or a snapshot",
	};

	return usage_error(wrong[kind]);
}

void hr_options_release(struct hr_options *options)
{
	for (size_t i = 0; i < options->echo_count; i++)
		free(options->echoes[i]);
	free(options->ranges);
	free(options->changes);
	free(options->kcore);
}
