/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which signals are a wish that the program ends. */
#ifndef HR_SIGNALS_H
#define HR_SIGNALS_H

#include <stdbool.h>

/*
 * Does signal @number end a process that does nothing about it, and come from outside? Not those
 * that tell of an error in the process, that stop it, that nobody can handle, and SIGPIPE and SIGXFSZ,
 * which are failed output. True for numbers that the C library has for itself.
 */
bool hr_signal_ends(int number);

#endif
