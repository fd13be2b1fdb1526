// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/rounds.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/range_list.h"
#include "os/file_io.h"
#include "os/interrupt.h"

/* Release the kernel and the answers about it. */
static void end_round(struct hr_rounds *rounds)
{
	hr_round_release(&rounds->round);
	hr_sink_destroy(rounds->sink);
	rounds->sink = NULL;
	hr_asked_release(&rounds->asked);
	hr_session_close(&rounds->session);
	hr_other_close(&rounds->other);
}

void hr_rounds_release(struct hr_rounds *rounds)
{
	end_round(rounds);
	hr_watch_destroy(rounds->watch);
	hr_inputs_close(&rounds->inputs);
}

/* Start the time limit for an answer, and the display of progress. */
static void begin_answer(struct hr_rounds *rounds)
{
	const struct hr_output *output = rounds->options->output;

	hr_interrupt_deadline(rounds->options->timeout, output->ops->schema);
	hr_meter_begin(rounds->meter, !output->is_mute);
}

/* Open the kernel that the queries are about. */
static struct hr_error *open_kernel(struct hr_rounds *rounds)
{
	const struct hr_observer observer = {
		.rearranged = hr_meter_on_rearranged,
		.searched = hr_meter_on_searched,
		.attach = hr_meter_attach,
		.progress = rounds->meter->wanted ? hr_meter_on_progress : NULL,
		.context = rounds->meter,
	};
	struct hr_error *error =
		hr_session_open(rounds->options, &rounds->inputs, &observer, &rounds->session);

	if (!error && rounds->options->diff_path)
		error = hr_other_open(&rounds->session, &rounds->other);
	return error ? error : hr_ranges_resolve(&rounds->session, &rounds->asked);
}

/* Answer all queries; unless @silent, print the answers. */
static struct hr_error *run_round(struct hr_rounds *rounds, bool silent)
{
	struct hr_error *error = open_kernel(rounds);

	if (!error && !silent)
		error = hr_sink_create(rounds->options->output, &rounds->session, &rounds->sink);
	if (error)
		return error;
	rounds->round = (struct hr_round){
		.session = &rounds->session,
		.kernel = rounds->session.kernel,
		.asked = &rounds->asked,
		.sink = rounds->sink,
		.watch = rounds->watch,
		.meter = rounds->meter,
		.other = rounds->options->diff_path ? &rounds->other : NULL,
	};
	return hr_round_answer(&rounds->round);
}

/* Put the @len bytes at @page into the file of --report. */
static struct hr_error *save_page(const struct hr_saved_file *file, const char *page, size_t len)
{
	struct hr_error *error = hr_pwrite_all(file->fd, page, len, 0);

	return error ? error : hr_saved_file_commit(file, len);
}

/* Answer into memory, since a page is small, and save that if it is whole. */
static struct hr_error *run_report(struct hr_rounds *rounds)
{
	FILE *usual = stdout;
	_cleanup_free_ char *page = NULL;
	struct hr_error *error;
	size_t len = 0;
	FILE *kept = open_memstream(&page, &len);
	bool whole;

	if (!kept)
		return hr_error_no_memory();
	stdout = kept;
	error = run_round(rounds, false);
	stdout = usual;
	whole = !ferror(kept);
	if (fclose(kept) || !whole)
		return error ? error : hr_error_no_memory();
	if (error)
		return error;
	error = save_page(&rounds->inputs.report, page, len);
	return error ? hr_error_context(error, "%s", rounds->options->report_path) : NULL;
}

static struct hr_error *run_once(struct hr_rounds *rounds)
{
	return rounds->options->report_path ? run_report(rounds) : run_round(rounds, false);
}

/* If nobody reads the output, the next write will fail. A pipe shows this without a write. */
static bool is_read(const struct hr_rounds *rounds)
{
	struct pollfd output = { .fd = STDOUT_FILENO };

	if (poll(&output, 1, 0) <= 0 || !(output.revents & POLLERR))
		return true;
	putchar('\n');
	return hr_outlet_flush(rounds->outlet);
}

/* Wait for the next round. Returns false if nobody reads the output any more. */
static bool wait_for_round(const struct hr_rounds *rounds)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += rounds->options->watch;
	do {
		if (!is_read(rounds))
			return false;
		poll(NULL, 0, 1000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	return true;
}

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	struct hr_rounds *rounds = context;

	if (!rounds->change_error)
		rounds->change_error = hr_output_change(rounds->options->output, !rounds->changes++,
							key, before, after);
}

/*
 * Make sure that a round is written; false if it is not. From then on a signal ends the program
 * with the status of that round.
 */
static bool write_round(struct hr_rounds *rounds)
{
	bool written;

	fflush(stdout);
	hr_interrupt_answer(hr_status_of(&rounds->round.summary));
	written = hr_outlet_flush(rounds->outlet);
	if (written)
		hr_interrupt_is_whole();
	hr_interrupt_deadline(0, NULL);
	hr_meter_clear(rounds->meter);
	return written;
}

/*
 * Run one more round and report what has changed since the previous one. *@ret_written is false if
 * that could not be written.
 */
static struct hr_error *watch_round(struct hr_rounds *rounds, bool silent, bool *ret_written)
{
	struct hr_error *error = run_round(rounds, silent);

	if (error)
		return error;
	rounds->changes = 0;
	hr_watch_end_round(rounds->watch, on_change, rounds);
	if (rounds->change_error)
		return rounds->change_error;
	*ret_written = write_round(rounds);
	return NULL;
}

/*
 * Run rounds until a signal. A user ends the program with SIGINT or SIGTERM, so these are not a
 * failure once a round is complete.
 */
static struct hr_error *run_rounds(struct hr_rounds *rounds)
{
	struct hr_error *error;
	bool written = false;

	error = hr_watch_create(&rounds->watch);
	if (!error)
		error = watch_round(rounds, false, &written);
	while (!error && written && wait_for_round(rounds)) {
		end_round(rounds);
		begin_answer(rounds);
		error = watch_round(rounds, true, &written);
		/*
		 * The command line was valid in the first round. If it is not now, the kernel has
		 * changed.
		 */
		if (error && error->code == HR_ERROR_USAGE)
			error->code = HR_ERROR_INPUT;
	}
	return error;
}

/* Open what the options name. After that, no other privileges are needed. */
static struct hr_error *open_inputs(struct hr_rounds *rounds)
{
	struct hr_options *options = rounds->options;
	struct hr_error *error = hr_inputs_open(options, &rounds->states, &rounds->inputs);

	if (!error)
		error = hr_inputs_enter_sandbox(options, &rounds->inputs);
	if (!error)
		error = hr_ranges_read(options, hr_take_fd(&rounds->inputs.ranges_fd));
	if (!error && options->ranges_from && !hr_options_have_query(options))
		error = hr_error_new(HR_ERROR_USAGE, "%s contains no range",
				     hr_input_name(options->ranges_from));
	return error;
}

struct hr_error *hr_rounds_run(struct hr_rounds *rounds, int *ret_status)
{
	struct hr_error *error;

	begin_answer(rounds);
	error = open_inputs(rounds);
	if (!error)
		error = rounds->options->watch ? run_rounds(rounds) : run_once(rounds);
	if (!error)
		*ret_status = hr_status_of(&rounds->round.summary);
	return error;
}
