// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/round.h"

#include "cli/fields.h"
#include "source/ptdump_file.h"

struct query {
	bool asked;
	bool is_work; /* for the meter: a single part, of unknown size */
	struct hr_error *(*answer)(struct hr_round *round);
};

static struct hr_error *answer_query(struct hr_round *round, enum hr_query which,
				     const struct query *query)
{
	struct hr_error *error;

	if (!query->asked)
		return hr_sink_skip_query(round->sink, which);
	error = hr_sink_begin_query(round->sink, which);
	if (error)
		return error;
	if (query->is_work)
		hr_work_next(&round->work, NULL);
	error = query->answer(round);
	return error ? error : hr_sink_end_query(round->sink, which);
}

static struct hr_error *answer_queries(struct hr_round *round)
{
	const struct hr_options *options = round->session->options;
	const struct query queries[HR_QUERY_COUNT] = {
		[HR_QUERY_RANGES] = { true, false, hr_round_ranges },
		[HR_QUERY_DEVICES] = { options->devices, true, hr_round_devices },
		[HR_QUERY_BLOCKS] = { options->blocks, true, hr_round_blocks },
		[HR_QUERY_MAP] = { options->map, true, hr_round_map },
		[HR_QUERY_SUGGESTIONS] = { options->suggest != 0, false, hr_round_suggestions },
		[HR_QUERY_VERIFY] = { options->verify_path != NULL, true, hr_round_verify },
		[HR_QUERY_DIFF] = { options->diff_path != NULL, false, hr_round_diff },
	};
	struct hr_error *error = NULL;

	for (enum hr_query which = 0; !error && which < HR_QUERY_COUNT; which++)
		error = answer_query(round, which, &queries[which]);
	return error;
}

/* Set how much work the meter shows. */
static void begin_work(struct hr_round *round)
{
	const struct hr_options *options = round->session->options;
	uint64_t passes = (uint64_t)options->devices + options->blocks + options->map +
			  (options->suggest != 0) + (options->verify_path != NULL) +
			  (options->diff_path != NULL);
	uint64_t bytes = 0;

	for (size_t i = 0; i < round->asked->count; i++)
		bytes += round->asked->list[i].range.end - round->asked->list[i].range.start;
	hr_work_begin(&round->work, round->kernel, bytes, passes);
	hr_meter_follow(round->meter, hr_work_position, &round->work);
	/* Without sections, finding the memory would take as long as the work. */
	if (round->meter->wanted && passes && hr_kernel_facts(round->kernel)->has_sections)
		hr_work_measure(&round->work);
}

/* Read the text that the walk is compared with. */
static struct hr_error *open_text(struct hr_round *round)
{
	const struct hr_session *session = round->session;
	const char *path = session->options->verify_path;
	struct hr_error *error = hr_ptdump_read(session->inputs->verify_fd, path, &round->text);

	if (error)
		return error;
	error = hr_comparison_create(round->kernel, round->text, &round->comparison);
	return error ? hr_error_context(error, "%s", hr_input_name(path)) : NULL;
}

/* Prepare --diff. Its file may be of a kernel with fewer bits of physical addresses. */
static struct hr_error *take_inventory(struct hr_round *round)
{
	const struct hr_session *session = round->session;
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < round->asked->count; i++)
		error = hr_kernel_check_range(round->other->session.kernel,
					      &round->asked->list[i].range);
	if (error)
		return hr_error_context(error, "--diff");
	error = hr_inventory_create(round->kernel, true, &round->inventory);
	return error ? hr_fields_error(error, &session->config) : NULL;
}

/* Find input errors before the first byte of a document is printed. */
static struct hr_error *prepare(struct hr_round *round)
{
	const struct hr_options *options = round->session->options;
	struct hr_error *error = NULL;

	if (options->verify_path)
		error = open_text(round);
	if (!error && options->suggest) {
		hr_work_next(&round->work, NULL);
		error = hr_kernel_suggest(round->kernel, options->suggest, &round->suggestions);
	}
	if (!error && round->other) {
		hr_work_next(&round->work, NULL);
		error = take_inventory(round);
	}
	if (!error && options->devices)
		error = hr_round_find_devices(round);
	if (!error && options->save_path)
		error = hr_round_save(round);
	return error;
}

struct hr_error *hr_round_answer(struct hr_round *round)
{
	struct hr_error *error;

	begin_work(round);
	error = prepare(round);
	if (!error)
		error = hr_sink_begin(round->sink);
	if (!error)
		error = answer_queries(round);
	return error ? error : hr_sink_end(round->sink, &round->summary);
}

void hr_round_release(struct hr_round *round)
{
	hr_comparison_destroy(round->comparison);
	round->comparison = NULL;
	hr_ptdump_destroy(round->text);
	round->text = NULL;
	hr_suggestions_release(&round->suggestions);
	hr_inventory_destroy(round->inventory);
	round->inventory = NULL;
	hr_device_list_destroy(round->devices);
	round->devices = NULL;
}
