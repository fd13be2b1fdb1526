// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "report/report_text.h"

bool hr_report_is_text(const struct hr_report *report)
{
	enum hr_output output = report->session->options->output;

	return !report->silent && (output == HR_OUTPUT_TEXT || output == HR_OUTPUT_EXPLAIN);
}

bool hr_report_is_json(const struct hr_report *report)
{
	return !report->silent && report->session->options->output == HR_OUTPUT_JSON;
}

struct hr_error *hr_report_check_output(void)
{
	return ferror(stdout) ? hr_error_new(HR_ERROR_OUTPUT, "cannot write the result") : NULL;
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

/* What a watcher of a range wants to hear of: the verdict, the reasons, the kernel's check. */
static struct hr_error *watch_range(struct hr_watch *watch, const struct hr_answer *answer)
{
	struct hr_range_text range = hr_range_text(answer->range.start, answer->range.end);
	/* Room for all: what is cut off could change unseen. */
	char value[64 + HR_REASONS_MAX * (HR_MESSAGE_SIZE + 2)];
	size_t len;

	len = (size_t)snprintf(value, sizeof(value), "%s, kernel's check %s",
			       hr_verdict_name(answer->verdict),
			       hr_guard_outcome_name(answer->guard.outcome));
	for (size_t i = 0; i < answer->check.count && len < sizeof(value); i++)
		len += (size_t)snprintf(value + len, sizeof(value) - len, "; %s",
					answer->check.reasons[i].message);
	return hr_watch_put(watch, range.text, value);
}

/* A list of a document that is not whole has to say so; text does where it is. */
static void warn_of_cuts(struct hr_kernel *kernel, const struct hr_answer *answer)
{
	_Static_assert(HR_GUARD_BLOCKS_MAX == 65536, "the sentence names the limit");
	_Static_assert(HR_PLAN_OPS_MAX == 65536, "the sentence names the limit");

	if (answer->guard.cut)
		hr_kernel_warn(kernel, "a range has more memory blocks than the 65536 for which "
				       "\"guard\" tells what the kernel's check says");
	if (answer->plan->ops_cut)
		hr_kernel_warn(kernel, "a range takes more TLB range operations than the 65536 "
				       "that are listed");
}

static struct hr_error *report_json_answer(struct hr_report *report, const struct hr_answer *answer)
{
	warn_of_cuts(report->kernel, answer);
	return hr_json_range(&report->json, report->kernel, answer) ? NULL : hr_error_no_memory();
}

static struct hr_error *report_answer(struct hr_report *report, struct hr_answer *answer)
{
	struct hr_summary *summary = &report->summary;
	struct hr_error *error = NULL;

	summary->ranges++;
	summary->verdicts[answer->verdict]++;
	if (hr_report_is_text(report))
		hr_text_print_range(report->kernel, answer,
				    report->session->options->output == HR_OUTPUT_EXPLAIN);
	if (hr_report_is_json(report))
		error = report_json_answer(report, answer);
	if (!error)
		error = hr_report_check_output();
	if (!error && report->watch)
		error = watch_range(report->watch, answer);
	if (!error && report->session->options->output == HR_OUTPUT_SUMMARY)
		error = keep_worst(summary, answer);
	return error;
}

static struct hr_error *report_range(struct hr_report *report, const struct hr_pa_range *range)
{
	bool quiet = report->session->options->output == HR_OUTPUT_QUIET;
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(report->kernel, range, quiet ? HR_DEPTH_VERDICT : HR_DEPTH_PLAN,
			      answer);
	if (!error)
		error = report_answer(report, answer);
	hr_answer_release(answer);
	free(answer);
	return error;
}

static struct hr_error *report_ranges(struct hr_report *report)
{
	struct hr_error *error = NULL;

	if (hr_report_is_json(report))
		hr_json_begin_list(&report->json, "ranges");
	for (size_t i = 0; !error && i < report->session->options->range_count; i++) {
		hr_work_next(&report->work, &report->ranges[i]);
		error = report_range(report, &report->ranges[i]);
	}
	if (hr_report_is_json(report))
		hr_json_end_list(&report->json, false);
	return error;
}

/* A query, and the member of a JSON document that it fills if it is asked. */
struct query {
	const char *key;
	bool asked;
	bool is_found; /* by prepare() */
	struct hr_error *(*report)(struct hr_report *report);
};

static struct hr_error *report_query(struct hr_report *report, const struct query *query)
{
	if (query->asked) {
		struct hr_error *error = hr_report_check_output();

		if (error)
			return error;
		if (!query->is_found)
			hr_work_next(&report->work, NULL);
		return query->report(report);
	}
	if (hr_report_is_json(report))
		hr_json_null(query->key);
	return NULL;
}

static struct hr_error *report_end(struct hr_report *report)
{
	if (hr_report_is_text(report))
		hr_text_print_kernel(report->session);
	if (hr_report_is_json(report) && !hr_json_end(report->kernel))
		return hr_error_no_memory();
	report->summary.ignored = report->session->options->ignored;
	if (!report->silent && report->session->options->output == HR_OUTPUT_SUMMARY)
		hr_text_print_summary(report->session, &report->summary);
	return NULL;
}

/* Tell the meter what there is to do. */
static void begin_work(struct hr_report *report)
{
	const struct hr_options *options = report->session->options;
	uint64_t passes = (uint64_t)options->blocks + options->map + (options->suggest != 0) +
			  (options->verify_path != NULL);
	uint64_t bytes = 0;

	for (size_t i = 0; i < options->range_count; i++)
		bytes += report->ranges[i].end - report->ranges[i].start;
	hr_work_begin(&report->work, report->kernel, &report->meter->memory, bytes, passes);
	hr_meter_follow(report->meter, hr_work_position, &report->work);
}

/* What may fail by what it reads is found before the first byte of a document is out. */
static struct hr_error *prepare(struct hr_report *report)
{
	const struct hr_options *options = report->session->options;
	struct hr_error *error = NULL;

	if (options->verify_path)
		error = hr_report_open_text(report->session, &report->text);
	if (!error && options->suggest) {
		hr_work_next(&report->work, NULL);
		error = hr_kernel_suggest(report->kernel, options->suggest, &report->suggestions);
	}
	return error;
}

struct hr_error *hr_report_print(struct hr_report *report)
{
	const struct hr_options *options = report->session->options;
	const struct query queries[] = {
		{ "blocks", options->blocks, false, hr_report_blocks },
		{ "map", options->map, false, hr_report_map },
		{ "suggestions", options->suggest != 0, true, hr_report_suggestions },
		{ "verify", options->verify_path != NULL, false, hr_report_verify },
	};
	struct hr_error *error;

	begin_work(report);
	error = prepare(report);
	if (error)
		return error;
	if (hr_report_is_json(report) && !hr_json_begin(report->session))
		error = hr_error_no_memory();
	if (!error)
		error = report_ranges(report);
	for (size_t i = 0; !error && i < sizeof(queries) / sizeof(queries[0]); i++)
		error = report_query(report, &queries[i]);
	return error ? error : report_end(report);
}

bool hr_report_change(const struct hr_report *report, bool first, const char *key,
		      const char *before, const char *after)
{
	if (report->session->options->output == HR_OUTPUT_JSON)
		return hr_json_print_change(key, before, after);
	hr_text_print_change(first, key, before, after);
	return true;
}

void hr_report_release(struct hr_report *report)
{
	if (report->summary.worst)
		hr_answer_release(report->summary.worst);
	free(report->summary.worst);
	report->summary.worst = NULL;
	hr_report_close_text(report->text);
	report->text = NULL;
	hr_suggest_release(&report->suggestions);
}
