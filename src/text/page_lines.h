/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a kernel's text of its page tables, as hr_text_read() looks for them. */
#ifndef HR_PAGE_LINES_H
#define HR_PAGE_LINES_H

#include "text/text_file.h"

extern const struct hr_text_form hr_page_lines;

#endif
