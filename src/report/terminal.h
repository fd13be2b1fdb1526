/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What standard output and standard error can display. */
#ifndef HR_TERMINAL_H
#define HR_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * May standard output use colour? Only on a terminal, if TERM says which one and that is not dumb,
 * unless NO_COLOR forbids it.
 */
bool hr_terminal_has_colour(void);

/* Is standard output a terminal? */
bool hr_terminal_is_output(void);

/*
 * Columns in a line of standard output, 40 to 2000: from the terminal, else from $COLUMNS, else 80.
 */
size_t hr_terminal_columns(void);

/* Is standard error a terminal that can rewrite a line? */
bool hr_terminal_can_rewrite(void);

/* Characters in a line of standard error that can be rewritten: one less than its width, or 79. */
int hr_terminal_line_length(void);

#endif
