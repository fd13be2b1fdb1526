/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that tell of an error in the process, as SIGSEGV does: the program ends by a status and a
 * sentence even then. Others may send them too, which is a wish that it ends like any other. The
 * state is the process's, as signals are.
 */
#ifndef HR_FAULT_H
#define HR_FAULT_H

enum {
	HR_FAULT_STATUS = 2 /* that of a source which could not be read or understood */
};

/* What is done about signal @number from outside, in a handler in which nothing interrupts. */
typedef void hr_fault_outside_fn(int number);

/*
 * From here on an error of the process ends it with HR_FAULT_STATUS and a sentence; the same signal
 * from outside goes to @outside. To be called again for another @outside. In the thread that calls
 * it a stack that has no room any more is such an error too. What no handler can see stays:
 * SIGKILL, and an error in the handler. Nothing is done in builds for sanitizers and valgrind,
 * which tell of errors themselves.
 */
void hr_fault_handle(hr_fault_outside_fn *outside);

/* Those from outside change nothing any more, where they are handled. */
void hr_fault_ignore_outside(void);

/* An error ends the process by its signal again: for one that somebody waits for. */
void hr_fault_default(void);

#endif
