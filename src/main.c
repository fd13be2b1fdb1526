// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "kdump_reader.h"
#include "options.h"
#include "report.h"
#include "report_blocks.h"

enum {
	STATUS_REMOVABLE = 0,
	STATUS_NOT_REMOVABLE = 1,
	STATUS_UNKNOWN = 2,
	STATUS_USAGE = 64,
	LINE_MAX_BYTES = 4096,
};

/* Everything from the command line to the last range. */
struct run {
	struct hr_options options;
	struct hr_kernel *kernel;
	struct hr_pa_range *ranges;
	struct hr_summary summary;
	struct hr_json json;
	bool incomplete; /* something that was asked for could not be read */
};

static void run_release(struct run *run)
{
	if (run->summary.worst)
		hr_answer_release(run->summary.worst);
	free(run->summary.worst);
	free(run->ranges);
	hr_kernel_destroy(run->kernel);
	hr_options_release(&run->options);
}

static void print_version(void)
{
	printf("hotremove-check %s\n"
	       "reads: /proc/kcore, ELF cores, flattened dumps, and with libkdumpfile %s\n"
	       "       kdump-compressed dumps (zlib, lzo, snappy, zstd; split sets)\n",
	       HR_VERSION, hr_kdump_library_version());
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	uint64_t *shown = context;
	uint64_t percent = done / (total / 100 + 1);

	if (percent == *shown)
		return;
	*shown = percent;
	fprintf(stderr, "\rrearranging the flattened dump: %" PRIu64 "%%%s", percent,
		done == total ? "\r\033[K" : "");
}

static void strip_line(char *line)
{
	size_t len = strcspn(line, "#\n");

	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	line[len] = '\0';
}

static struct hr_error *read_range_lines(struct hr_options *options, FILE *file)
{
	char line[LINE_MAX_BYTES];

	for (unsigned int number = 1; fgets(line, sizeof(line), file); number++) {
		char *text = line + strspn(line, " \t");
		struct hr_error *error;

		if (strlen(line) + 1 == sizeof(line))
			return hr_error_new(HR_ERROR_USAGE,
					    "%s:%u: the line is longer than %d bytes",
					    options->ranges_from, number, LINE_MAX_BYTES - 2);
		strip_line(text);
		error = *text ? hr_options_add_range(options, text) : NULL;
		if (error)
			return hr_error_context(error, "%s:%u", options->ranges_from, number);
	}
	return ferror(file) ? hr_error_errno(errno, "cannot read %s", options->ranges_from) : NULL;
}

static struct hr_error *read_ranges(struct hr_options *options)
{
	const char *path = options->ranges_from;
	struct hr_error *error;
	FILE *file;

	if (!path)
		return NULL;
	file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!file)
		return hr_error_errno(errno, "cannot open %s", path);
	error = read_range_lines(options, file);
	if (file != stdin)
		fclose(file);
	return error;
}

static struct hr_error *resolve_ranges(struct run *run)
{
	struct hr_range_limits limits = hr_kernel_limits(run->kernel);
	size_t count = run->options.range_count;

	run->ranges = calloc(count + 1, sizeof(*run->ranges));
	if (!run->ranges)
		return hr_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		struct hr_error *error =
			hr_range_spec_resolve(&run->options.ranges[i], &limits,
					      &run->ranges[i].start, &run->ranges[i].end);

		if (error)
			return error;
	}
	return NULL;
}

/* Remember the answer that the summary will name. */
static struct hr_error *keep_worst(struct hr_summary *summary, struct hr_answer *answer)
{
	if (answer->verdict == HR_VERDICT_REMOVABLE ||
	    (summary->worst && (summary->worst->verdict == HR_VERDICT_NOT_REMOVABLE ||
				answer->verdict == HR_VERDICT_UNKNOWN)))
		return NULL;
	if (!summary->worst)
		summary->worst = calloc(1, sizeof(*summary->worst));
	if (!summary->worst)
		return hr_error_no_memory();
	hr_answer_release(summary->worst);
	*summary->worst = *answer;
	/* The summary has what the answer held. */
	memset(answer, 0, sizeof(*answer));
	return NULL;
}

static bool is_text(const struct run *run)
{
	return run->options.output == HR_OUTPUT_TEXT || run->options.output == HR_OUTPUT_EXPLAIN;
}

static bool is_json(const struct run *run)
{
	return run->options.output == HR_OUTPUT_JSON;
}

static struct hr_error *report_answer(struct run *run, struct hr_answer *answer)
{
	run->summary.ranges++;
	run->summary.verdicts[answer->verdict]++;
	if (is_text(run))
		hr_text_print_range(run->kernel, answer);
	if (is_json(run) && !hr_json_range(&run->json, run->kernel, answer))
		return hr_error_no_memory();
	if (run->options.output == HR_OUTPUT_SUMMARY)
		return keep_worst(&run->summary, answer);
	return NULL;
}

static struct hr_error *answer_range(struct run *run, const struct hr_pa_range *range)
{
	bool quiet = run->options.output == HR_OUTPUT_QUIET;
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(run->kernel, range, quiet ? HR_DEPTH_VERDICT : HR_DEPTH_PLAN, answer);
	if (!error)
		error = report_answer(run, answer);
	hr_answer_release(answer);
	free(answer);
	return error;
}

static struct hr_error *answer_ranges(struct run *run)
{
	struct hr_error *error = NULL;

	if (is_json(run))
		hr_json_begin_list(&run->json, "ranges");
	for (size_t i = 0; !error && i < run->options.range_count; i++)
		error = answer_range(run, &run->ranges[i]);
	if (is_json(run))
		hr_json_end_list(&run->json, false);
	return error;
}

static struct hr_error *answer_block(struct run *run, struct hr_block_table *table, uint64_t start)
{
	const struct hr_pa_range range = { start, start + run->kernel->memory_block_size };
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_listed_block block = { .answer = answer };
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	block.online = hr_kernel_block_online(run->kernel, start);
	error = hr_kernel_ask(run->kernel, &range, HR_DEPTH_LEAVES, answer);
	if (!error && is_text(run))
		error = hr_block_table_add(table, &block);
	if (!error && is_json(run) && !hr_json_block(&run->json, run->kernel, &block))
		error = hr_error_no_memory();
	hr_answer_release(answer);
	free(answer);
	return error;
}

static struct hr_error *list_blocks(struct run *run, struct hr_block_table *table)
{
	const struct hr_blocks blocks = hr_kernel_blocks(run->kernel);
	struct hr_error *error = NULL;
	uint64_t end = UINT64_C(1) << run->kernel->layout.pa_bits;
	bool unread = false;

	if (!blocks.sections)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO does not tell where mem_section is, so the memory "
				    "blocks cannot be listed");
	for (uint64_t start = hr_block_next(&blocks, 0, end, &unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_block_next(&blocks, start + blocks.size, end, &unread))
		error = answer_block(run, table, start);
	if (unread)
		hr_kernel_warn(run->kernel, "parts of mem_section could not be read: the blocks "
					    "there are missing");
	run->incomplete |= unread;
	return error;
}

static struct hr_error *answer_blocks(struct run *run)
{
	struct hr_block_table *table = NULL;
	struct hr_error *error = hr_block_table_create(false, &table);

	if (is_json(run))
		hr_json_begin_list(&run->json, "blocks");
	if (!error)
		error = list_blocks(run, table);
	if (!error && is_text(run))
		error = hr_block_table_print(table);
	if (is_json(run))
		hr_json_end_list(&run->json, false);
	hr_block_table_destroy(table);
	return error;
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct run *program = context;

	if (is_text(program))
		hr_text_print_run(run);
	if (is_json(program) && !hr_json_run(&program->json, run))
		return hr_error_no_memory();
	return NULL;
}

static struct hr_error *answer_map(struct run *run)
{
	struct hr_error *error = NULL;

	if (is_json(run))
		hr_json_begin_map();
	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++) {
		struct hr_map_walk walk = { .run = on_run, .context = run };

		if (is_text(run))
			hr_text_begin_map(map);
		if (is_json(run))
			hr_json_begin_list(&run->json, hr_map_name(map));
		error = hr_kernel_walk_map(run->kernel, map, &walk);
		if (is_json(run))
			hr_json_end_list(&run->json, map + 1 == HR_MAP_COUNT);
		if (is_text(run))
			putchar('\n');
		if (walk.unreadable)
			hr_kernel_warn(run->kernel, map == HR_MAP_LINEAR
							    ? "parts of the linear map could not "
							      "be read: the map lacks them"
							    : "parts of the vmemmap could not be "
							      "read: the map lacks them");
		run->incomplete |= walk.unreadable != 0;
	}
	if (is_json(run))
		hr_json_end_map();
	return error;
}

static struct hr_error *answer_all(struct run *run)
{
	struct hr_error *error = NULL;

	if (is_json(run) && !hr_json_begin(run->kernel))
		error = hr_error_no_memory();
	if (!error)
		error = answer_ranges(run);
	if (!error && run->options.blocks)
		error = answer_blocks(run);
	else if (!error && is_json(run))
		hr_json_null("blocks");
	if (!error && run->options.map)
		error = answer_map(run);
	else if (!error && is_json(run))
		hr_json_null("map");
	return error;
}

static struct hr_error *finish_report(struct run *run)
{
	if (is_text(run))
		hr_text_print_kernel(run->kernel);
	if (is_json(run) && !hr_json_end(run->kernel))
		return hr_error_no_memory();
	run->summary.ignored = run->options.ignored;
	if (run->options.output == HR_OUTPUT_SUMMARY)
		hr_text_print_summary(&run->summary);
	return NULL;
}

static bool has_query(const struct hr_options *options)
{
	return options->range_count || options->blocks || options->map;
}

static struct hr_error *run_queries(struct run *run)
{
	uint64_t shown = UINT64_MAX;
	const struct hr_progress progress = {
		.fn = isatty(STDERR_FILENO) ? show_progress : NULL,
		.context = &shown,
	};
	struct hr_error *error = read_ranges(&run->options);

	if (!error && !has_query(&run->options))
		error = hr_error_new(HR_ERROR_USAGE, "%s has no range in it",
				     run->options.ranges_from);
	if (!error)
		error = hr_kernel_open(&run->options, &progress, &run->kernel);
	if (!error)
		error = resolve_ranges(run);
	if (!error)
		error = answer_all(run);
	if (!error)
		error = finish_report(run);
	return error;
}

static int status_of(const struct run *run)
{
	const uint64_t *verdicts = run->summary.verdicts;

	if (verdicts[HR_VERDICT_NOT_REMOVABLE])
		return STATUS_NOT_REMOVABLE;
	return verdicts[HR_VERDICT_UNKNOWN] || run->incomplete ? STATUS_UNKNOWN : STATUS_REMOVABLE;
}

/* One line, whatever a file or its name holds: control characters could drive the terminal. */
static void print_error(const char *message)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	for (const char *at = message; *at; at++)
		fputc((unsigned char)*at < ' ' || *at == 0x7f ? '?' : *at, stderr);
	fputc('\n', stderr);
}

/* Report @error, which is consumed; the exit status that it means. */
static int fail(const struct run *run, struct hr_error *error)
{
	int status = error->code == HR_ERROR_USAGE ? STATUS_USAGE : STATUS_UNKNOWN;

	if (status == STATUS_UNKNOWN && run->options.output == HR_OUTPUT_JSON)
		hr_json_print_error(error->message);
	print_error(error->message);
	hr_error_destroy(error);
	return status;
}

/* Output that did not arrive is a failure, whatever the verdict was. */
static int close_output(enum hr_output output, int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	if ((!fclose(stdout) && !failed) || output == HR_OUTPUT_QUIET)
		return status;
	fprintf(stderr, "%s: cannot write the result: %s\n", program_invocation_short_name,
		errno ? strerror(errno) : "output error");
	return STATUS_UNKNOWN;
}

static int run_program(struct run *run, int argc, char **argv)
{
	struct hr_error *error = hr_options_parse(argc, argv, &run->options);

	if (error)
		return fail(run, error);
	if (run->options.help || run->options.usage) {
		hr_options_help(run->options.usage);
		return 0;
	}
	if (run->options.version) {
		print_version();
		return 0;
	}
	error = run_queries(run);
	return error ? fail(run, error) : status_of(run);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	int status;

	/* A reader that goes away, or a file grown too large, is failed output: that has a status. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = run_program(&run, argc, argv);
	status = close_output(run.options.output, status);
	run_release(&run);
	return status;
}
