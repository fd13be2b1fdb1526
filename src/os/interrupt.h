/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the program ends early: by a signal or a deadline, at once, with its own sentence and status.
 * Results that are still held are dropped. The state belongs to the process, because signals do.
 */
#ifndef HR_INTERRUPT_H
#define HR_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From now on, SIGINT and all other signals for which hr_signal_ends() is true end the program with
 * @status, except those that the program's parent made it ignore (nohup). So do signals that report
 * an error in the program, from outside or not (hr_fault_handle()).
 */
void hr_interrupt_begin(int status);

/*
 * End the program with the status of hr_interrupt_begin() in @seconds; 0 cancels that. If @schema
 * is given, an error document with that schema name is printed, unless another document has begun.
 */
void hr_interrupt_deadline(unsigned int seconds, const char *schema);

/* Note whether a line of progress, which has to be cleared, is visible on standard error. */
void hr_interrupt_shows_line(bool shown);

/*
 * Results are about to be written, without waiting for a reader. Signals are deferred until
 * hr_interrupt_written(), so that it is known how much was written.
 */
void hr_interrupt_hold(void);

/* @written bytes, which may be 0, have been written, and @left are still held. */
void hr_interrupt_written(size_t written, size_t left);

/*
 * The held bytes are the rest of an answer with this status. Once all of it is written, a signal
 * that arrives before more is written ends the program silently with @status.
 */
void hr_interrupt_answer(int status);

/* All of that answer has been written. */
void hr_interrupt_is_whole(void);

/* The program is about to end: ignore signals from now on. */
void hr_interrupt_end(void);

#endif
