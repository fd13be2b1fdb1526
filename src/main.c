// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "base/units.h"
#include "cli/parse.h"
#include "cli/range_list.h"
#include "os/fault.h"
#include "os/interrupt.h"
#include "os/outlet.h"
#include "os/sandbox.h"
#include "os/supervise.h"
#include "report/report.h"
#include "report/report_block_table.h"
#include "source/block_service.h"
#include "source/kdump_child.h"

enum {
	STATUS_REMOVABLE = 0,
	STATUS_NOT_REMOVABLE = 1,
	STATUS_UNKNOWN = 2,
	STATUS_USAGE = 64,
};

/* Everything from the command line to the last range. */
struct run {
	struct hr_options options;
	struct hr_supervision supervision;
	struct hr_inputs inputs;
	struct hr_session session;
	struct hr_pa_range *ranges;
	struct hr_watch *watch; /* NULL unless with --watch */
	struct hr_report report;
	struct hr_outlet *outlet; /* of standard output */
	struct hr_meter meter;
	uint64_t changes;    /* that the round in hand has shown */
	bool change_is_lost; /* for want of memory */
};

/* Let go of the kernel and of what was said about it. */
static void end_round(struct run *run)
{
	hr_report_release(&run->report);
	free(run->ranges);
	run->ranges = NULL;
	hr_session_close(&run->session);
}

static void run_release(struct run *run)
{
	end_round(run);
	hr_watch_destroy(run->watch);
	hr_inputs_close(&run->inputs);
	hr_options_release(&run->options);
}

static void print_version(void)
{
	printf("hotremove-check %s\n"
	       "reads: /proc/kcore, ELF cores, flattened dumps, and with libkdumpfile %s\n"
	       "       kdump-compressed dumps (zlib, lzo, snappy, zstd; split sets)\n",
	       HR_VERSION, hr_kdump_library_version());
}

/* Open the kernel, answer all queries, print what @silent leaves. */
static struct hr_error *run_round(struct run *run, bool silent)
{
	const struct hr_progress progress = { hr_meter_on_rearranged, &run->meter };
	struct hr_error *error =
		hr_session_open(&run->options, &run->inputs, &progress, &run->session);

	if (!error)
		error = hr_ranges_resolve(&run->session, &run->ranges);
	if (error)
		return error;
	hr_meter_attach(&run->meter, &run->session.kernel->memory);
	run->report = (struct hr_report){
		.session = &run->session,
		.kernel = run->session.kernel,
		.ranges = run->ranges,
		.watch = run->watch,
		.silent = silent,
		.meter = &run->meter,
	};
	return hr_report_print(&run->report);
}

/* Wait for the next round; false if nobody reads any more, which a pipe tells without a word. */
static bool wait_for_round(const struct run *run)
{
	struct pollfd output = { .fd = STDOUT_FILENO };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += run->options.watch;
	do {
		if (poll(&output, 1, 0) > 0 && output.revents & POLLERR) {
			/* Output that nobody reads has failed, as the next byte will tell. */
			putchar('\n');
			if (!hr_outlet_flush(run->outlet))
				return false;
		}
		poll(NULL, 0, 1000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	return true;
}

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	struct run *run = context;

	if (!hr_report_change(&run->report, !run->changes++, key, before, after))
		run->change_is_lost = true;
}

static int status_of(const struct hr_summary *summary)
{
	const uint64_t *verdicts = summary->verdicts;

	if (verdicts[HR_VERDICT_NOT_REMOVABLE] || summary->differs || summary->nothing_found)
		return STATUS_NOT_REMOVABLE;
	return verdicts[HR_VERDICT_UNKNOWN] || summary->incomplete ? STATUS_UNKNOWN
								   : STATUS_REMOVABLE;
}

/* The time for an answer begins; what there is to see of the work is shown. */
static void begin_answer(struct run *run)
{
	enum hr_output output = run->options.output;

	hr_interrupt_deadline(run->options.timeout, output == HR_OUTPUT_JSON ? HR_SCHEMA : NULL);
	hr_meter_begin(&run->meter, output != HR_OUTPUT_QUIET);
}

/*
 * One more round, and what has changed since the one before. *@ret_written is false if that did
 * not arrive.
 */
static struct hr_error *watch_round(struct run *run, bool silent, bool *ret_written)
{
	struct hr_error *error = run_round(run, silent);

	if (error)
		return error;
	run->changes = 0;
	hr_watch_end_round(run->watch, on_change, run);
	if (run->change_is_lost)
		return hr_error_no_memory();
	fflush(stdout);
	hr_interrupt_answer(status_of(&run->report.summary));
	*ret_written = hr_outlet_flush(run->outlet);
	if (*ret_written)
		hr_interrupt_is_whole();
	hr_interrupt_deadline(0, NULL);
	hr_meter_clear(&run->meter);
	return NULL;
}

/*
 * Round after round until a signal: SIGINT and SIGTERM are how a user ends it, so that they are no
 * failure once a round is whole.
 */
static struct hr_error *run_rounds(struct run *run)
{
	struct hr_error *error;
	bool written = false;

	error = hr_watch_create(&run->watch);
	if (!error)
		error = watch_round(run, false, &written);
	while (!error && written && wait_for_round(run)) {
		end_round(run);
		begin_answer(run);
		error = watch_round(run, true, &written);
		/* The command line was right once: what does not fit it now is the kernel. */
		if (error && error->code == HR_ERROR_USAGE)
			error->code = HR_ERROR_INPUT;
	}
	return error;
}

static struct hr_error *run_queries(struct run *run)
{
	struct hr_options *options = &run->options;
	struct hr_error *error;

	begin_answer(run);
	error = hr_inputs_open(options, &run->supervision.link, &run->inputs);
	if (!error)
		error = hr_inputs_enter_sandbox(options, &run->inputs);
	if (!error)
		error = hr_ranges_read(options, hr_take_fd(&run->inputs.ranges_fd));
	if (!error && options->ranges_from && !hr_options_have_query(options))
		error = hr_error_new(HR_ERROR_USAGE, "%s has no range in it", options->ranges_from);
	if (error)
		return error;
	return options->watch ? run_rounds(run) : run_round(run, false);
}

/* One line, whatever a file or its name holds: control characters could drive the terminal. */
static void print_error(const char *message)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	hr_put_printable(message, stderr);
	fputc('\n', stderr);
}

/* Name the limit that memory is wanting by, where it is ours; there may be no memory to say so. */
static const char *message_of(const struct run *run, const struct hr_error *error, char *text,
			      size_t size)
{
	if (error->code != HR_ERROR_NO_MEMORY || !run->inputs.memory_limit)
		return error->message;
	snprintf(text, size, "%s: the limit is %s (--no-sandbox does without)", error->message,
		 hr_size_text(run->inputs.memory_limit).text);
	return text;
}

/* Report @error, which is consumed; the exit status that it means. */
static int fail(struct run *run, struct hr_error *error)
{
	int status = error->code == HR_ERROR_USAGE ? STATUS_USAGE : STATUS_UNKNOWN;
	const char *message;
	char text[128];

	hr_meter_clear(&run->meter);
	/* Of output close_output() tells, and there is nobody to tell more. */
	if (error->code == HR_ERROR_OUTPUT) {
		hr_error_destroy(error);
		return status;
	}
	if (run->supervision.is_supervisor && *run->supervision.printed)
		error = hr_error_context(error, "the output is not complete");
	message = message_of(run, error, text, sizeof(text));
	/* A document that is cut off stays one: what follows it would be taken for a part of it. */
	if (run->outlet && hr_outlet_drop(run->outlet) && status == STATUS_UNKNOWN &&
	    run->options.output == HR_OUTPUT_JSON &&
	    !(run->supervision.is_supervisor && *run->supervision.printed))
		hr_json_print_error(message);
	print_error(message);
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
	fprintf(stderr, "%s: cannot write the result: ", program_invocation_short_name);
	if (errno == EOVERFLOW)
		fprintf(stderr, "it is longer than the limit of %s\n",
			hr_size_text(HR_OUTLET_LIMIT).text);
	else
		fprintf(stderr, "%s\n", errno ? strerror(errno) : "output error");
	return STATUS_UNKNOWN;
}

/* A build without a sandbox may also end by the status of a sanitizer, or of valgrind. */
static bool is_status(int status)
{
	switch (status) {
	case STATUS_REMOVABLE:
	case STATUS_NOT_REMOVABLE:
	case STATUS_UNKNOWN:
	case STATUS_USAGE:
		return true;
	default:
		return !HR_HAS_SANDBOX;
	}
}

/* Go on in a worker, unless there is to be no sandbox or can be none: the output says why. */
static struct hr_error *start_worker(struct run *run)
{
	static const struct hr_service service = {
		.answer = hr_block_state_serve,
		.folder = HR_SYSFS_MEMORY,
	};
	struct hr_options *options = &run->options;

	if (!options->no_sandbox && hr_sandbox_is_under_valgrind())
		options->no_sandbox = "the sandbox is off under valgrind";
	return options->no_sandbox ? NULL : hr_supervise(&service, is_status, &run->supervision);
}

/* The command line, with the names that other parts of the program know. */
static struct hr_error *parse_command_line(struct run *run, int argc, char **argv)
{
	struct hr_options *options = &run->options;
	struct hr_error *error = hr_options_parse(argc, argv, options);

	if (error || !options->columns)
		return error;
	return hr_block_table_check_columns(options->columns);
}

static int run_program(struct run *run, int argc, char **argv)
{
	struct hr_error *error = parse_command_line(run, argc, argv);

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
	error = start_worker(run);
	if (run->supervision.worker_is_done)
		return run->supervision.status;
	if (!error)
		error = run_queries(run);
	return error ? fail(run, error) : status_of(&run->report.summary);
}

/* Messages begin with the name that whoever started the program has made up. */
static void check_name(int argc, char **argv)
{
	static char usual[] = "hotremove-check";

	if (hr_is_printable(program_invocation_name))
		return;
	program_invocation_name = usual;
	program_invocation_short_name = usual;
	/* The C library's messages about options have it from there. */
	if (argc)
		argv[0] = usual;
}

/* Results do not share the terminal with a line of progress. */
static void before_write(void *context)
{
	struct run *run = context;

	hr_meter_clear(&run->meter);
	if (run->supervision.printed)
		*run->supervision.printed = true;
	hr_interrupt_hold();
}

static void after_write(void *context, size_t written, size_t left)
{
	(void)context;
	hr_interrupt_written(written, left);
}

int main(int argc, char **argv)
{
	struct run run = { .supervision = { .link = HR_LINK_CLOSED } };
	const struct hr_outlet_witness witness = { before_write, after_write, &run };
	struct hr_error *error;
	int status;

	_Static_assert((int)STATUS_UNKNOWN == (int)HR_FAULT_STATUS, "nothing is known then");

	check_name(argc, argv);
	hr_interrupt_begin(STATUS_UNKNOWN);
	/* A reader that goes away, or a file grown too large, is failed output: that has a status. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Who starts the program may ignore it, and how the worker ended would be lost. */
	signal(SIGCHLD, SIG_DFL);
	/* With some values of it the C library prints help without an end. */
	unsetenv("ARGP_HELP_FMT");
	hr_json_prepare();
	error = hr_outlet_open(STDOUT_FILENO, HR_OUTLET_HOLD, HR_OUTLET_LIMIT, &witness,
			       &run.outlet, &stdout);
	status = error ? fail(&run, error) : run_program(&run, argc, argv);
	hr_meter_clear(&run.meter);
	fflush(stdout);
	hr_interrupt_answer(status);
	/* A worker has closed its output by itself, and its supervisor has written nothing. */
	if (run.supervision.worker_is_done)
		fclose(stdout);
	else
		status = close_output(run.options.output, status);
	hr_interrupt_end();
	run_release(&run);
	return status;
}
