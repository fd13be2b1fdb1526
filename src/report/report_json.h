/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as a JSON document on standard output. */
#ifndef HR_REPORT_JSON_H
#define HR_REPORT_JSON_H

#include "api/listed_block.h"
#include "cli/session.h"
#include "map/verify.h"

#define HR_SCHEMA "hotremove-check/1"

/*
 * A JSON document is printed member by member, so that its size does not matter: hr_json_begin(),
 * then the lists, each a list or null, then hr_json_end(). The functions that return bool return
 * false without memory; the document is then cut off, and no JSON.
 */
struct hr_json {
	uint64_t members; /* of the list that is open */
};

/*
 * To be called before rights are given up. For a seed of its hashes json-c would open a device if the
 * kernel has no random numbers yet; the keys are the program's own, and need none.
 */
void hr_json_prepare(void);

bool hr_json_begin(const struct hr_session *session);
void hr_json_begin_list(struct hr_json *json, const char *key);
void hr_json_end_list(const struct hr_json *json, bool last);
void hr_json_null(const char *key);
void hr_json_begin_object(const char *key);
void hr_json_end_object(void);
bool hr_json_range(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_answer *answer);
bool hr_json_block(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_listed_block *block);
bool hr_json_suggestion(struct hr_json *json, const struct hr_suggestion *suggestion);
/* A run of leaves; without @has_pa its physical address is not known. */
bool hr_json_run(struct hr_json *json, const struct hr_run *run, bool has_pa);
bool hr_json_difference(struct hr_json *json, enum hr_map map,
			const struct hr_difference *difference);
/* A number that is the last member of an object. */
void hr_json_last_count(const char *key, uint64_t value);
bool hr_json_end(const struct hr_kernel *kernel);

/*
 * Print a document, in one line, that tells of a change as hr_report_change() has it; false without
 * memory, and then nothing is printed.
 */
bool hr_json_print_change(const char *key, const char *before, const char *after);

/* Print the document that stands for an error. */
void hr_json_print_error(const char *message);

#endif
