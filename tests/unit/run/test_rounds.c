// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/rounds.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"
#include "ptdump_text.h"

/* What happens once a round has been written. */
enum event {
	LESS_IS_MAPPED,
	SOURCE_IS_DAMAGED,
	RANGE_DOES_NOT_FIT,
	READER_GOES_AWAY,
};

/* All rounds about a text, whose answers go through a pipe. */
struct fixture {
	struct core_file source, list;
	struct hr_options options;
	struct hr_output output;
	struct hr_meter meter;
	struct hr_rounds rounds;
	int reader, usual_fd;
	FILE *usual;
	const enum event *events; /* one for each round */
	char said[1024];	  /* what the reader has read */
};

static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	(void)sink;
	(void)summary;
	puts("answer");
	return NULL;
}

static struct hr_error *change(bool is_first, const char *key, const char *before,
			       const char *after)
{
	printf("%s%s: %s -> %s\n", is_first ? "first " : "", key, before ? before : "nothing",
	       after ? after : "nothing");
	return NULL;
}

static const struct hr_sink_ops ops = {
	.depth = HR_DEPTH_VERDICT,
	.size = sizeof(struct hr_sink),
	.end = end,
	.change = change,
};

static void read_output(struct fixture *fixture)
{
	size_t len = strlen(fixture->said);
	ssize_t done = read(fixture->reader, fixture->said + len, sizeof(fixture->said) - len - 1);

	assert_true(done >= 0 || fixture->reader < 0);
}

static void set_source(struct fixture *fixture, const char *text)
{
	assert_int_equal(ftruncate(fixture->source.fd, 0), 0);
	core_file_write(&fixture->source, text, strlen(text), 0);
}

/* The kernel has taken the last 2 MiB from its linear map. */
static void map_less(struct fixture *fixture)
{
	const char *line = strstr(ptdump_text, "0xffff000000000000-");
	const char *rest = strchr(line, '\n') + 1;
	char text[2048];

	snprintf(text, sizeof(text),
		 "%.*s"
		 "0xffff000000000000-0xffff00003fe00000 1022M PMD RW NX SHD AF BLK UXN MEM/NORMAL\n"
		 "0xffff00003fe00000-0xffff000040000000 2M PMD\n"
		 "%s",
		 (int)(line - ptdump_text), ptdump_text, rest);
	set_source(fixture, text);
}

static void happen(struct fixture *fixture, enum event event)
{
	switch (event) {
	case LESS_IS_MAPPED:
		map_less(fixture);
		break;
	case SOURCE_IS_DAMAGED:
		set_source(fixture, "no text of page tables\n");
		break;
	case RANGE_DOES_NOT_FIT:
		fixture->options.ranges[0].block = UINT64_C(1) << 40;
		break;
	case READER_GOES_AWAY:
		close(fixture->reader);
		fixture->reader = -1;
		break;
	}
}

static void after_write(void *context, size_t written, size_t left)
{
	struct fixture *fixture = context;

	if (!written || left || !fixture->events)
		return;
	read_output(fixture);
	happen(fixture, *fixture->events++);
}

static void open_output(struct fixture *fixture)
{
	const struct hr_outlet_witness witness = { .after = after_write, .context = fixture };
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fixture->reader = ends[0];
	fixture->usual = stdout;
	fixture->usual_fd = dup(STDOUT_FILENO);
	assert_true(dup2(ends[1], STDOUT_FILENO) >= 0);
	assert_success(hr_outlet_open(ends[1], HR_OUTLET_HOLD, HR_OUTLET_LIMIT, &witness,
				      &fixture->rounds.outlet, &stdout));
}

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	signal(SIGPIPE, SIG_IGN);
	core_file_raw(&fixture->source, ptdump_text, strlen(ptdump_text));
	fixture->output.ops = &ops;
	fixture->options = (struct hr_options){
		.kind = HR_SOURCE_PTDUMP,
		.paths = { fixture->source.path },
		.path_count = 1,
		.map = true,
		.no_sandbox = "there is none here",
		.output = &fixture->output,
	};
	fixture->rounds.options = &fixture->options;
	fixture->rounds.states = HR_LINK_CLOSED;
	fixture->rounds.meter = &fixture->meter;
	open_output(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fclose(stdout);
	stdout = fixture->usual;
	dup2(fixture->usual_fd, STDOUT_FILENO);
	close(fixture->usual_fd);
	if (fixture->reader >= 0)
		close(fixture->reader);
	hr_rounds_release(&fixture->rounds);
	hr_options_release(&fixture->options);
	core_file_release(&fixture->source);
	if (fixture->list.fd)
		core_file_release(&fixture->list);
	test_free(fixture);
	return 0;
}

/* Give a file of ranges with @text in it. */
static void give_list(struct fixture *fixture, const char *text)
{
	core_file_raw(&fixture->list, text, strlen(text));
	fixture->options.ranges_from = fixture->list.path;
}

/* Say where the memory of the text is. */
static void place_memory(struct fixture *fixture)
{
	struct hr_overrides *overrides = &fixture->options.overrides;

	overrides->set[HR_OVERRIDE_PHYS_OFFSET] = true;
	overrides->value[HR_OVERRIDE_PHYS_OFFSET] = GIB(1);
}

static void give_range(struct fixture *fixture, const char *text)
{
	place_memory(fixture);
	assert_success(hr_options_add_range(&fixture->options, text));
}

static int run(struct fixture *fixture)
{
	int status = -1;

	assert_success(hr_rounds_run(&fixture->rounds, &status));
	return status;
}

static void without_a_watch_there_is_one_answer(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(run(fixture), HR_STATUS_REMOVABLE);
	assert_true(hr_outlet_flush(fixture->rounds.outlet));
	read_output(fixture);
	assert_string_equal(fixture->said, "answer\n");
}

static void the_status_is_that_of_the_answer(void **state)
{
	struct fixture *fixture = *state;

	give_range(fixture, "memory8");
	assert_int_equal(run(fixture), HR_STATUS_UNKNOWN);
}

static void a_source_that_cannot_be_opened_has_no_status(void **state)
{
	struct fixture *fixture = *state;
	int status = -1;

	fixture->options.paths[0] = "/nonexistent/text";
	assert_failure(hr_rounds_run(&fixture->rounds, &status), HR_ERROR_OS, "/nonexistent/text");
	assert_int_equal(status, -1);
}

static void a_range_that_does_not_fit_the_kernel_has_no_answer(void **state)
{
	struct fixture *fixture = *state;
	int status = -1;

	give_range(fixture, "0xffffffff00000000+4K");
	assert_failure(hr_rounds_run(&fixture->rounds, &status), HR_ERROR_USAGE, "0xffffffff");
	assert_null(fixture->rounds.sink);
}

static void ranges_in_a_file_are_asked_about_too(void **state)
{
	struct fixture *fixture = *state;

	give_range(fixture, "memory8");
	give_list(fixture, "memory9\n");
	run(fixture);
	assert_int_equal(fixture->rounds.round.summary.ranges, 2);
}

static void a_file_without_a_range_is_no_question(void **state)
{
	struct fixture *fixture = *state;
	int status = -1;

	fixture->options.map = false;
	give_list(fixture, "# nothing\n");
	assert_failure(hr_rounds_run(&fixture->rounds, &status), HR_ERROR_USAGE,
		       "contains no range");
}

static void a_file_without_a_range_may_stand_beside_a_question(void **state)
{
	struct fixture *fixture = *state;

	give_list(fixture, "# nothing\n");
	assert_int_equal(run(fixture), HR_STATUS_REMOVABLE);
}

/* Begin rounds in which these @events happen one after another. */
static void begin_watch(struct fixture *fixture, const enum event *events)
{
	fixture->options.watch = 1;
	fixture->events = events;
}

static void a_watch_prints_changes_until_nobody_reads(void **state)
{
	static const enum event events[] = { LESS_IS_MAPPED, READER_GOES_AWAY };
	struct fixture *fixture = *state;

	place_memory(fixture);
	begin_watch(fixture, events);
	assert_int_equal(run(fixture), HR_STATUS_REMOVABLE);
	assert_string_equal(fixture->said,
			    "answer\n"
			    "first linear 0x7fe00000-0x7fffffff: PMD 2 MiB -> nothing\n");
}

static void a_watch_ends_with_the_error_of_a_later_round(void **state)
{
	static const enum event events[] = { SOURCE_IS_DAMAGED };
	struct fixture *fixture = *state;
	int status = -1;

	place_memory(fixture);
	begin_watch(fixture, events);
	assert_failure(hr_rounds_run(&fixture->rounds, &status), HR_ERROR_INPUT,
		       fixture->source.path);
	assert_int_equal(status, -1);
	assert_string_equal(fixture->said, "answer\n");
}

/* The command line was right, so it is the kernel that has changed. */
static void a_range_that_no_longer_fits_is_no_usage_error(void **state)
{
	static const enum event events[] = { RANGE_DOES_NOT_FIT };
	struct fixture *fixture = *state;
	int status = -1;

	give_range(fixture, "memory8");
	begin_watch(fixture, events);
	assert_failure(hr_rounds_run(&fixture->rounds, &status), HR_ERROR_INPUT, "memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(without_a_watch_there_is_one_answer),
		ROW(the_status_is_that_of_the_answer),
		ROW(a_source_that_cannot_be_opened_has_no_status),
		ROW(a_range_that_does_not_fit_the_kernel_has_no_answer),
		ROW(ranges_in_a_file_are_asked_about_too),
		ROW(a_file_without_a_range_is_no_question),
		ROW(a_file_without_a_range_may_stand_beside_a_question),
		ROW(a_watch_prints_changes_until_nobody_reads),
		ROW(a_watch_ends_with_the_error_of_a_later_round),
		ROW(a_range_that_no_longer_fits_is_no_usage_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
