/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables without the blanks that empty cells leave at the ends of lines. */
#ifndef HR_TRIMMED_H
#define HR_TRIMMED_H

/* Print the lines of @text on standard output, each without the blanks at its end. */
void hr_print_trimmed(const char *text);

#endif
