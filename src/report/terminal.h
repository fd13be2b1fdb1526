/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What standard output and standard error can show. */
#ifndef HR_TERMINAL_H
#define HR_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* May standard output have colour? On a terminal, unless NO_COLOR forbids it. */
bool hr_terminal_has_colour(void);

/* Columns of a line of standard output, 40 to 2000: of the terminal, else of $COLUMNS, else 80. */
size_t hr_terminal_columns(void);

/* Is standard error a terminal that can rewrite a line? */
bool hr_terminal_can_rewrite(void);

/* Characters of a line of standard error that can be rewritten: one less than it is wide, or 79. */
int hr_terminal_line_length(void);

#endif
