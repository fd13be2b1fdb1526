/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the program ends before it is done: by a signal or by a deadline, at once, with a sentence
 * and a status of its own. What is held back of the results is dropped. The state is the process's,
 * as signals are.
 */
#ifndef HR_INTERRUPT_H
#define HR_INTERRUPT_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP end the program with @status, but for those that the one
 * who started it has it ignore (nohup).
 */
void hr_interrupt_begin(int status);

/*
 * End the program with the status of hr_interrupt_begin() in @seconds; 0 takes that back. With
 * @json, an error document is printed if no other has begun.
 */
void hr_interrupt_deadline(unsigned int seconds, bool json);

/* A line of progress is shown on standard error, which has to be cleared, or no longer. */
void hr_interrupt_shows_line(bool shown);

/* A part of the results is about to be written: what follows is missing if a signal comes. */
void hr_interrupt_in_part(void);

/*
 * All results so far are written, and they are an answer: a signal that comes before more is
 * written ends the program with @status and without a word.
 */
void hr_interrupt_is_whole(int status);

/* The end is near: signals change nothing any more. */
void hr_interrupt_end(void);

#endif
