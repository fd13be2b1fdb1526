/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal, or a file, as standard output of a test, and if it wants so as standard error. */
#ifndef HR_TEST_SCREEN_H
#define HR_TEST_SCREEN_H

#include <stdbool.h>

/*
 * Begin a terminal of @columns columns that allows colour. Messages of a failed test are lost with
 * @has_errors. Returns false without a terminal.
 */
bool screen_begin(unsigned short columns, bool has_errors);

/* The same for a file, which is no terminal. */
bool screen_begin_file(bool has_errors);

/* Restore what was there, without what a test has set in the environment for a terminal. */
void screen_end(void);

#endif
