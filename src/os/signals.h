/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which signals are a wish that the program ends, and which tell of an error in it. */
#ifndef HR_SIGNALS_H
#define HR_SIGNALS_H

#include <stdbool.h>

/*
 * Does signal @number end a process that does nothing about it, and come from outside? Not those
 * that tell of an error in the process, that stop it, that nobody can handle, and SIGPIPE and
 * SIGXFSZ, which are failed output. True for numbers that the C library has for itself.
 */
bool hr_signal_ends(int number);

/*
 * Does signal @number tell of an error in the process, if it does not come from outside? They are
 * what hr_fault_handle() is for.
 */
bool hr_signal_tells_of_fault(int number);

#endif
