/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals such as SIGSEGV that report an error in the process: the program ends with a status and a
 * sentence even then. Other processes can send these signals too, which then means a request to
 * end, like any other such signal. The state belongs to the process, because signals do.
 */
#ifndef HR_FAULT_H
#define HR_FAULT_H

enum {
	HR_FAULT_STATUS = 2 /* the status for a source that could not be read or understood */
};

/* Handles signal @number from outside, in a handler that nothing interrupts. */
typedef void hr_fault_outside_fn(int number);

/*
 * From now on, an error of the process ends it with HR_FAULT_STATUS and a sentence; the same signal
 * from outside goes to @outside. Call this again to change @outside. In the calling thread, a stack
 * overflow is also such an error. Not covered: SIGKILL, and errors in the handler. Does nothing in
 * builds for sanitizers and valgrind, which report errors themselves.
 */
void hr_fault_handle(hr_fault_outside_fn *outside);

/*
 * From now on, these signals have no effect if they come from outside. Affects only those that are
 * handled.
 */
void hr_fault_ignore_outside(void);

/* An error ends the process by its signal again. For a process whose parent waits for it. */
void hr_fault_default(void);

#endif
