/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a page that is written before it is its turn. A page has a bounded size: each part has
 * room for as much as it may take, and what writes it looks whether there is any left.
 */
#ifndef HR_HTML_PART_H
#define HR_HTML_PART_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct hr_html_part {
	FILE *stream; /* NULL: the part is not open */
	char *text;
	size_t size;
	size_t room; /* bytes */
};

/* Open @part with @room bytes. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_html_part_open(struct hr_html_part *part, size_t room);

/* Is there room left? What is begun may exceed it. */
bool hr_html_part_has_room(const struct hr_html_part *part);

/* Write what @part has to @stream. Error HR_ERROR_NO_MEMORY: it could not be written. */
struct hr_error *hr_html_part_copy(const struct hr_html_part *part, FILE *stream);

/* Close @part, if it is open. */
void hr_html_part_release(struct hr_html_part *part);

#endif
