/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that fit a terminal: a part of a long line continues below, under the text of the line. */
#ifndef HR_WRAP_H
#define HR_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Columns of a label with the blanks around it, as "  %-14s  " prints them. */
enum {
	HR_LABEL_COLUMNS = 18
};

/* What is printed between begin and end. */
struct hr_wrap {
	FILE *usual; /* NULL: standard output is not a terminal, or there is no memory */
	char *text;
	size_t size;
};

/*
 * If standard output is a terminal, keep what is printed there until hr_wrap_end(), which prints it
 * in lines of at most hr_terminal_columns(). A word that is longer stays whole.
 */
void hr_wrap_begin(struct hr_wrap *ret);
void hr_wrap_end(struct hr_wrap *wrap);

#endif
