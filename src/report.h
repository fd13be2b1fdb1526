/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results on standard output, for people and for programs. */
#ifndef HR_REPORT_H
#define HR_REPORT_H

#include <json-c/json.h>

#include "kernel.h"

#define HR_SCHEMA "hotremove-check/1"

/*
 * A JSON document in the making: the object of everything but the ranges, which are added to its
 * array "ranges" with hr_json_add_range(). NULL without memory; release with json_object_put().
 */
struct json_object *hr_json_document(const struct hr_kernel *kernel);

/* Add @answer to the document; false without memory. */
bool hr_json_add_range(struct json_object *document, const struct hr_kernel *kernel,
		       const struct hr_answer *answer);

/* Print @document, or the error that took its place. */
void hr_json_print(struct json_object *document);
void hr_json_print_error(const char *message);

/* Print what there is to say about one range, the verdict first. */
void hr_text_print_range(const struct hr_kernel *kernel, const struct hr_answer *answer);

/* Print which kernel that was, and what was assumed. */
void hr_text_print_kernel(const struct hr_kernel *kernel);

/* What the one-line summary is made of. */
struct hr_summary {
	uint64_t ranges;
	uint64_t verdicts[3];	 /* by enum hr_verdict */
	struct hr_answer *worst; /* the first that is not removable, else the first unknown */
};

/* Print the one line of at most 80 characters. */
void hr_text_print_summary(const struct hr_summary *summary);

#endif
