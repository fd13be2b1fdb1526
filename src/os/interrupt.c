// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "os/fault.h"
#include "os/signals.h"

enum {
	SENTENCE_SIZE = 256
};

/* What a handler can use: flags, and prepared sentences. */
static volatile sig_atomic_t line_shown, early_status;
static volatile sig_atomic_t held, pending; /* a signal that arrived during a write */
static volatile sig_atomic_t in_part;	    /* part of an answer has been written */
static volatile sig_atomic_t has_answer, answer_status;
static volatile sig_atomic_t is_whole, whole_status; /* an answer is complete, and its status */
static char interrupted[SENTENCE_SIZE], interrupted_in_part[SENTENCE_SIZE];
static char late[SENTENCE_SIZE], late_in_part[SENTENCE_SIZE], late_document[SENTENCE_SIZE];

static const char cut_off[] = "the output above is incomplete";

/* Write without waiting for a reader, who must not keep the program from ending. */
static void put(int fd, const char *text)
{
	struct pollfd output = { .fd = fd, .events = POLLOUT };

	if (poll(&output, 1, 0) == 1 && output.revents & POLLOUT && write(fd, text, strlen(text)))
		return;
}

static void clear_line(void)
{
	if (line_shown)
		put(STDERR_FILENO, "\r\033[K");
}

/*
 * A signal may come again, for example because a terminal also sends it to the program's
 * supervisor, and another thread may receive it. One thread reports the end; the others stop here.
 */
static void begin_end(void)
{
	static atomic_flag has_begun = ATOMIC_FLAG_INIT;

	while (atomic_flag_test_and_set(&has_begun))
		poll(NULL, 0, -1);
	clear_line();
}

static void end_early(void)
{
	begin_end();
	if (in_part)
		put(STDERR_FILENO, interrupted_in_part);
	else if (!is_whole)
		put(STDERR_FILENO, interrupted);
	_exit(is_whole ? whole_status : early_status);
}

static void end_late(void)
{
	begin_end();
	if (!in_part)
		put(STDOUT_FILENO, late_document);
	put(STDERR_FILENO, in_part ? late_in_part : late);
	_exit(early_status);
}

static void on_signal(int number)
{
	if (held)
		pending = number;
	else if (number == SIGALRM && late[0])
		end_late();
	else
		end_early();
}

/* No other handler runs while one is running. */
static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigfillset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

void hr_interrupt_begin(int status)
{
	const char *name = program_invocation_short_name;

	early_status = status;
	snprintf(interrupted, sizeof(interrupted), "%.100s: interrupted; nothing was printed\n",
		 name);
	snprintf(interrupted_in_part, sizeof(interrupted_in_part), "%.100s: interrupted; %s\n",
		 name, cut_off);
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (hr_signal_ends(number) && !sigaction(number, NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			handle(number, on_signal);
	}
	hr_fault_handle(on_signal);
}

void hr_interrupt_deadline(unsigned int seconds, const char *schema)
{
	const char *name = program_invocation_short_name;
	char what[96];
	sigset_t set;

	alarm(0);
	if (!seconds)
		return;
	snprintf(what, sizeof(what), "no answer within %s (--timeout)",
		 hr_count_text(seconds, "second", "seconds").text);
	snprintf(late, sizeof(late), "%.100s: %s\n", name, what);
	snprintf(late_in_part, sizeof(late_in_part), "%.100s: %s; %s\n", name, what, cut_off);
	if (schema)
		snprintf(late_document, sizeof(late_document),
			 "{ \"schema\": \"%.64s\", \"error\": { \"message\": \"%s\" } }\n", schema,
			 what);
	handle(SIGALRM, on_signal);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(seconds);
}

void hr_interrupt_shows_line(bool shown)
{
	line_shown = shown;
}

void hr_interrupt_hold(void)
{
	held = 1;
}

/* Handle a pending signal as if it came now, in a handler, which nothing interrupts. */
static void heed_pending(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	on_signal(pending);
}

void hr_interrupt_written(size_t written, size_t left)
{
	if (written && !left && has_answer)
		hr_interrupt_is_whole();
	else if (written)
		in_part = 1;
	held = 0;
	if (pending)
		heed_pending();
}

void hr_interrupt_answer(int status)
{
	answer_status = status;
	has_answer = 1;
}

void hr_interrupt_is_whole(void)
{
	whole_status = answer_status;
	is_whole = 1;
	in_part = has_answer = 0;
}

void hr_interrupt_end(void)
{
	hr_fault_ignore_outside();
	for (int number = 1; number < NSIG; number++)
		if (hr_signal_ends(number))
			handle(number, SIG_IGN);
}
