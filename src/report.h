/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results on standard output, for people and for programs. */
#ifndef HR_REPORT_H
#define HR_REPORT_H

#include "kernel.h"

#define HR_SCHEMA "hotremove-check/1"

/* One memory block of the list of all. */
struct hr_listed_block {
	const struct hr_answer *answer; /* of depth HR_DEPTH_LEAVES */
	enum hr_tristate online;
};

/*
 * A JSON document is printed member by member, so that its size does not matter: hr_json_begin(),
 * then the list "ranges", then "blocks" and "map", each a list or null, then hr_json_end(). The
 * functions that return bool return false without memory; the document is then cut off, and no
 * JSON.
 */
struct hr_json {
	uint64_t members; /* of the list that is open */
};

bool hr_json_begin(const struct hr_kernel *kernel);
void hr_json_begin_list(struct hr_json *json, const char *key);
void hr_json_end_list(const struct hr_json *json, bool last);
void hr_json_null(const char *key);
void hr_json_begin_map(void);
void hr_json_end_map(void);
bool hr_json_range(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_answer *answer);
bool hr_json_block(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_listed_block *block);
bool hr_json_run(struct hr_json *json, const struct hr_run *run);
bool hr_json_end(const struct hr_kernel *kernel);

/* Print the document that stands for an error. */
void hr_json_print_error(const char *message);

/* Print what there is to say about one range, the verdict first. */
void hr_text_print_range(const struct hr_kernel *kernel, const struct hr_answer *answer);

/* Print the line above the runs of @map, and one run. */
void hr_text_begin_map(enum hr_map map);
void hr_text_print_run(const struct hr_run *run);

/* Print which kernel that was, and what was assumed. */
void hr_text_print_kernel(const struct hr_kernel *kernel);

/* What the one-line summary is made of. */
struct hr_summary {
	uint64_t ranges;
	uint64_t verdicts[3];	 /* by enum hr_verdict */
	uint32_t ignored;	 /* reasons that do not count, by bit */
	struct hr_answer *worst; /* the first that is not removable, else the first unknown */
};

/* Print the one line of at most 80 characters. */
void hr_text_print_summary(const struct hr_summary *summary);

#endif
