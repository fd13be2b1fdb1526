// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "patience.h"
#include "source/kdump_process.h"

enum {
	LONG_TIME = 600
};

int patience = LONG_TIME;

static struct hr_kdump_reply good_reply(void)
{
	return (struct hr_kdump_reply){
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_READ,
		.slot = HR_KDUMP_SLOTS - 1,
		.count = HR_KDUMP_PIECES,
		.message = "fine",
	};
}

/* What the process of a test does after a request. */
struct play {
	char bytes[2 * sizeof(struct hr_kdump_reply)];
	size_t len; /* of an answer; 0: it exits without one */
	int signal; /* 0: it exits by itself */
	bool waits; /* it never answers */
};

static void act(void *context, const struct hr_link *link, char *shared)
{
	const struct play *play = context;
	struct hr_kdump_request request;

	strcpy(shared, "shared");
	if (hr_link_receive(link, &request, sizeof(request)) != HR_LINK_RECEIVED)
		_exit(1);
	while (play->waits)
		pause();
	if (play->signal) {
		signal(play->signal, SIG_DFL);
		raise(play->signal);
	}
	if (play->len && !hr_link_send(link, play->bytes, play->len))
		_exit(1);
	/* Wait for the next request, or the end. */
	if (play->len)
		hr_link_receive(link, &request, sizeof(request));
	_exit(0);
}

static struct hr_kdump_process process = { .link = HR_LINK_CLOSED };

static int tear_down(void **state)
{
	(void)state;
	hr_kdump_process_end(&process);
	return 0;
}

/* The same for a process that waits for ever, whoever closes its link. */
static int tear_down_waiting(void **state)
{
	patience = LONG_TIME;
	if (process.pid > 0)
		kill(process.pid, SIGKILL);
	return tear_down(state);
}

/* Ask a process that does as @play says, in the place of the one before it if there is one. */
static struct hr_error *ask(const struct play *play, struct hr_kdump_reply *ret)
{
	const struct hr_kdump_request request = { .magic = HR_KDUMP_MAGIC, .op = HR_KDUMP_READ };

	hr_kdump_process_end(&process);
	assert_success(hr_kdump_process_start(NULL, 0, act, (void *)(uintptr_t)play, &process));
	assert_success(hr_kdump_process_send(&process, &request));
	return hr_kdump_process_receive(&process, HR_KDUMP_READ, ret);
}

static void good_replies_come_through(void **state)
{
	struct hr_kdump_reply reply = good_reply(), got;
	struct play play = { .len = sizeof(reply) };

	(void)state;
	memcpy(play.bytes, &reply, sizeof(reply));
	assert_success(ask(&play, &got));
	assert_memory_equal(&got, &reply, sizeof(got));
	assert_string_equal(process.shared, "shared");
}

static void assert_distrusted(const struct play *play)
{
	const struct hr_kdump_request request = { .magic = HR_KDUMP_MAGIC };
	struct hr_kdump_reply got;

	assert_failure(ask(play, &got), HR_ERROR_UNREADABLE, "sent a malformed reply");
	/* And it is not asked again. */
	assert_failure(hr_kdump_process_send(&process, &request), HR_ERROR_UNREADABLE,
		       "sent a malformed reply");
	assert_failure(hr_kdump_process_receive(&process, HR_KDUMP_READ, &got), HR_ERROR_UNREADABLE,
		       "sent a malformed reply");
}

static void hostile_replies_are_refused(void **state)
{
	struct hr_kdump_reply replies[8];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(replies); i++)
		replies[i] = good_reply();
	replies[0].magic ^= 1;
	replies[1].op = HR_KDUMP_OPEN;
	replies[2].slot = HR_KDUMP_SLOTS;
	replies[3].slot = UINT32_MAX;
	replies[4].count = HR_KDUMP_PIECES + 1;
	replies[5].count = UINT32_MAX;
	replies[6].status = HR_KDUMP_STATUSES;
	replies[7].pieces[HR_KDUMP_PIECES - 1] = HR_KDUMP_STATUSES;
	for (size_t i = 0; i < COUNT_OF(replies); i++) {
		struct play play = { .len = sizeof(replies[i]) };

		memcpy(play.bytes, &replies[i], sizeof(replies[i]));
		assert_distrusted(&play);
	}
}

static void short_replies_are_refused(void **state)
{
	static const size_t sizes[] = { 1, 4, sizeof(struct hr_kdump_reply) - 1 };
	struct hr_kdump_reply reply = good_reply();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct play play = { .len = sizes[i] };

		memcpy(play.bytes, &reply, sizeof(reply));
		assert_distrusted(&play);
	}
}

/* Excess bytes are taken for the next reply, which is malformed. */
static void what_is_left_of_a_reply_is_refused(void **state)
{
	struct hr_kdump_reply reply = good_reply(), got;
	struct play play = { .len = sizeof(play.bytes) };

	(void)state;
	memcpy(play.bytes, &reply, sizeof(reply));
	assert_success(ask(&play, &got));
	assert_failure(hr_kdump_process_receive(&process, HR_KDUMP_READ, &got), HR_ERROR_UNREADABLE,
		       "sent a malformed reply");
}

static void messages_end_and_are_printable(void **state)
{
	struct hr_kdump_reply reply = good_reply(), got;
	struct play play = { .len = sizeof(reply) };

	(void)state;
	memset(reply.message, 'x', sizeof(reply.message));
	memcpy(reply.message, "\033[2J\n\377", 6);
	memcpy(play.bytes, &reply, sizeof(reply));
	assert_success(ask(&play, &got));
	assert_int_equal(strlen(got.message), HR_KDUMP_MESSAGE - 1);
	assert_memory_equal(got.message, "?[2J??xx", 8);
}

static void death_is_told_with_its_signal(void **state)
{
	static const struct {
		int signal;
		const char *part;
	} rows[] = {
		{ SIGKILL, "killed by signal 9" },
		{ SIGSEGV, "killed by signal 11" },
		{ 0, "ended unexpectedly" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct play play = { .signal = rows[i].signal };
		struct hr_kdump_reply got;

		assert_failure(ask(&play, &got), HR_ERROR_UNREADABLE, rows[i].part);
		assert_failure(hr_kdump_process_error(&process), HR_ERROR_UNREADABLE, rows[i].part);
	}
}

static void nobody_waits_for_ever(void **state)
{
	const struct play play = { .waits = true };
	struct hr_kdump_reply got;

	(void)state;
	patience = 1;
	assert_failure(ask(&play, &got), HR_ERROR_UNREADABLE, "exceeded the time limit of 1 s");
	assert_failure(hr_kdump_process_error(&process), HR_ERROR_UNREADABLE, "limit of 1 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(good_replies_come_through),
		ROW(hostile_replies_are_refused),
		ROW(short_replies_are_refused),
		ROW(what_is_left_of_a_reply_is_refused),
		ROW(messages_end_and_are_printable),
		ROW(death_is_told_with_its_signal),
		cmocka_unit_test_teardown(nobody_waits_for_ever, tear_down_waiting),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
