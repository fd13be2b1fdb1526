// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/units.h"
#include "cli/formats.h"
#include "cli/parse.h"
#include "os/fault.h"
#include "os/interrupt.h"
#include "os/outlet.h"
#include "os/sandbox.h"
#include "os/supervise.h"
#include "report/block_columns.h"
#include "report/json_writer.h"
#include "report/outputs.h"
#include "run/rounds.h"
#include "source/kdump_library.h"
#include "system/tree.h"

/* The program from its command line to its end. */
struct program {
	struct hr_options options;
	struct hr_supervision supervision;
	struct hr_outlet *outlet; /* wraps standard output */
	struct hr_meter meter;
	struct hr_rounds rounds;
};

_Static_assert(HR_STATUS_UNKNOWN - HR_FAULT_STATUS == 0, "after a fault nothing is known");

static void print_version(void)
{
	const struct hr_format *format;

	printf("hotremove-check %s\n"
	       "reads: /proc/kcore\n"
	       "       text of kernel_page_tables\n",
	       HR_VERSION);
	for (size_t i = 0; (format = hr_format_at(i)) != NULL; i++)
		printf("       %s\n", format->all);
	printf("uses libkdumpfile %s\n", hr_kdump_library_version());
}

/*
 * Print one safe line, whatever a file or its name contains: control characters could drive the
 * terminal.
 */
static void print_error(const char *message)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	hr_put_printable(message, stderr);
	fputc('\n', stderr);
}

/*
 * Name the limit that made memory run out, if it is ours. There may be no memory for the message.
 */
static const char *message_of(const struct program *program, const struct hr_error *error,
			      char *text, size_t size)
{
	uint64_t limit = program->rounds.inputs.memory_limit;

	if (error->code != HR_ERROR_NO_MEMORY || !limit)
		return error->message;
	snprintf(text, size, "%s: the limit is %s (--no-sandbox lifts it)", error->message,
		 hr_size_text(limit).text);
	return text;
}

/* Has a worker printed part of its answer, without this process seeing it? */
static bool worker_has_printed(const struct program *program)
{
	return program->supervision.is_supervisor && *program->supervision.printed;
}

/* Report @error, which is consumed, and return its exit status. */
static int fail(struct program *program, struct hr_error *error)
{
	int status = error->code == HR_ERROR_USAGE ? HR_STATUS_USAGE : HR_STATUS_UNKNOWN;
	const char *message;
	char text[128];

	hr_meter_clear(&program->meter);
	/* close_output() reports output errors; there is no more to say. */
	if (error->code == HR_ERROR_OUTPUT) {
		hr_error_destroy(error);
		return status;
	}
	if (worker_has_printed(program))
		error = hr_error_context(error, "the output is incomplete");
	message = message_of(program, error, text, sizeof(text));
	/* A truncated document stays truncated: anything after it would look like a part of it. */
	if (program->outlet && hr_outlet_drop(program->outlet) && !worker_has_printed(program))
		hr_output_error(program->options.output, message);
	print_error(message);
	hr_error_destroy(error);
	return status;
}

/* Output that was not delivered is a failure, whatever the verdict. */
static int close_output(const struct hr_output *output, int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	if ((!fclose(stdout) && !failed) || output->is_mute)
		return status;
	fprintf(stderr, "%s: cannot write the result: ", program_invocation_short_name);
	if (errno == EOVERFLOW)
		fprintf(stderr, "it exceeds the limit of %s\n", hr_size_text(HR_OUTLET_LIMIT).text);
	else
		fprintf(stderr, "%s\n", errno ? strerror(errno) : "output error");
	return HR_STATUS_UNKNOWN;
}

/* A build without a sandbox may also exit with the status of a sanitizer, or of valgrind. */
static bool is_status(int status)
{
	return hr_status_is_known(status) || !HR_HAS_SANDBOX;
}

/* Continue in a worker, unless there is to be no sandbox or can be none: the output says why. */
static struct hr_error *start_worker(struct program *program)
{
	struct hr_options *options = &program->options;
	struct hr_service service = { .answer = hr_tree_serve, .root = hr_options_root(options) };
	_cleanup_free_ char *folder = NULL;

	if (!options->no_sandbox && hr_sandbox_is_under_valgrind())
		options->no_sandbox = "the sandbox is off under valgrind";
	if (options->no_sandbox)
		return NULL;
	if (asprintf(&folder, "%s/sys", service.root) < 0)
		return hr_error_no_memory();
	service.folder = folder;
	return hr_supervise(&service, is_status, &program->supervision);
}

static struct hr_error *parse_command_line(struct program *program, int argc, char **argv)
{
	struct hr_options *options = &program->options;
	struct hr_error *error = hr_options_parse(argc, argv, &hr_outputs, options);

	return error ? error : hr_columns_check(options->columns, options->split);
}

/* If the question is about the program itself, answer it here; returns true if so. */
static bool is_about_program(const struct hr_options *options)
{
	if (options->help || options->usage)
		hr_options_help(&hr_outputs, options->usage);
	else if (options->version)
		print_version();
	else
		return false;
	return true;
}

static struct hr_error *answer(struct program *program, int *ret_status)
{
	program->rounds.options = &program->options;
	program->rounds.states = program->supervision.link;
	program->rounds.outlet = program->outlet;
	program->rounds.meter = &program->meter;
	return hr_rounds_run(&program->rounds, ret_status);
}

static int run_program(struct program *program, int argc, char **argv)
{
	struct hr_error *error = parse_command_line(program, argc, argv);
	int status = HR_STATUS_UNKNOWN;

	hr_json_set_layout(program->options.watch);
	if (error)
		return fail(program, error);
	if (is_about_program(&program->options))
		return 0;
	error = start_worker(program);
	if (program->supervision.worker_is_done)
		return program->supervision.status;
	if (!error)
		error = answer(program, &status);
	return error ? fail(program, error) : status;
}

/* Messages begin with the program's name, which its parent chose. */
static void check_name(void)
{
	static char usual[] = "hotremove-check";

	if (hr_is_printable(program_invocation_name))
		return;
	program_invocation_name = usual;
	program_invocation_short_name = usual;
}

/* Results do not share the terminal with a line of progress. */
static void before_write(void *context)
{
	struct program *program = context;

	hr_meter_clear(&program->meter);
	if (program->supervision.printed)
		*program->supervision.printed = true;
	hr_interrupt_hold();
}

static void after_write(void *context, size_t written, size_t left)
{
	(void)context;
	hr_interrupt_written(written, left);
}

/* Reset what the program's parent may have set and what would change the program's behaviour. */
static void set_process(void)
{
	hr_interrupt_begin(HR_STATUS_UNKNOWN);
	/* If a reader goes away, or a file grows too large, that is failed output. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Otherwise the status of the worker would be lost. */
	signal(SIGCHLD, SIG_DFL);
	/* With some values of it, the C library prints help without end. */
	unsetenv("ARGP_HELP_FMT");
	hr_json_prepare();
}

static int end(struct program *program, int status)
{
	hr_meter_clear(&program->meter);
	fflush(stdout);
	hr_interrupt_answer(status);
	/* A worker has closed its output itself, and its supervisor has written nothing. */
	if (program->supervision.worker_is_done)
		fclose(stdout);
	else
		status = close_output(program->options.output, status);
	hr_interrupt_end();
	hr_rounds_release(&program->rounds);
	hr_options_release(&program->options);
	return status;
}

/*
 * Nothing is left to be done. The destructors of libraries are not run: in two processes, they
 * would take 7 % of the time of a short answer. Sanitizers report what leaked when they are run.
 */
static void leave(int status)
{
	if (HR_HAS_SANDBOX)
		_exit(status);
}

int main(int argc, char **argv)
{
	struct program program = {
		.options.output = hr_outputs.rows,
		.supervision.link = HR_LINK_CLOSED,
	};
	const struct hr_outlet_witness witness = { before_write, after_write, &program };
	struct hr_error *error;
	int status;

	check_name();
	set_process();
	error = hr_outlet_open(STDOUT_FILENO, HR_OUTLET_HOLD, HR_OUTLET_LIMIT, &witness,
			       &program.outlet, &stdout);
	status = end(&program, error ? fail(&program, error) : run_program(&program, argc, argv));
	leave(status);
	return status;
}
