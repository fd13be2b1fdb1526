/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the program ends before it is done: by a signal or by a deadline, at once, with a sentence
 * and a status of its own. What is held back of the results is dropped. The state is the process's,
 * as signals are.
 */
#ifndef HR_INTERRUPT_H
#define HR_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From here on SIGINT and all others that hr_signal_ends() knows end the program with @status, but
 * for those that the one who started it has it ignore (nohup); so do those that tell of an error in
 * the program, from outside or not (hr_fault_handle()).
 */
void hr_interrupt_begin(int status);

/*
 * End the program with the status of hr_interrupt_begin() in @seconds; 0 takes that back. With the
 * name of a @schema, an error document of it is printed if no other has begun.
 */
void hr_interrupt_deadline(unsigned int seconds, const char *schema);

/* A line of progress is shown on standard error, which has to be cleared, or no longer. */
void hr_interrupt_shows_line(bool shown);

/*
 * Results are about to be written, without waiting for a reader: a signal is not heeded until
 * hr_interrupt_written(), so that it is known how much arrived.
 */
void hr_interrupt_hold(void);

/* @written bytes are out, which may be 0, and @left are still held. */
void hr_interrupt_written(size_t written, size_t left);

/*
 * What is held is the rest of an answer that has this status. Once nothing of it is left, a signal
 * that comes before more is written ends the program with @status and without a word.
 */
void hr_interrupt_answer(int status);

/* Nothing of that answer is left. */
void hr_interrupt_is_whole(void);

/* The end is near: signals change nothing any more. */
void hr_interrupt_end(void);

#endif
