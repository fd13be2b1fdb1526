/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which signals ask the program to end, and which report an error in it. */
#ifndef HR_SIGNALS_H
#define HR_SIGNALS_H

#include <stdbool.h>

/*
 * Does signal @number come from outside and end a process that does not handle it? Not signals that
 * report an error in the process, that stop it, or that cannot be handled, and not SIGPIPE and
 * SIGXFSZ, which mean failed output. True for numbers that the C library reserves.
 */
bool hr_signal_ends(int number);

/*
 * Does signal @number report an error in the process, if it does not come from outside? These are
 * the signals that hr_fault_handle() handles.
 */
bool hr_signal_tells_of_fault(int number);

#endif
