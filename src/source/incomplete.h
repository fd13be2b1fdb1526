/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump lacks although it should have it: the file ends early, or says it is not whole. */
#ifndef HR_INCOMPLETE_H
#define HR_INCOMPLETE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HR_INCOMPLETE_WHAT = 192,
	HR_INCOMPLETE_TEXT = 384,
};

/* As "why" of a dump by makedumpfile, which sets a flag in one case only. */
#define HR_INCOMPLETE_NO_SPACE "makedumpfile ran out of space for it"

struct hr_incomplete {
	bool is_set; /* false: nothing is known to be missing, and the rest means nothing */
	bool has_bytes;
	uint64_t bytes;	 /* of the files, that are missing */
	const char *why; /* if a file says so; NULL if none does */
	char what[HR_INCOMPLETE_WHAT];
};

/* A file says @why it is incomplete. */
void hr_incomplete_because(struct hr_incomplete *incomplete, const char *why);

/*
 * Something is missing, of which @format says what: a subject and a verb, "its last page is
 * missing". @bytes is its size in the file, UINT64_MAX if that is not known.
 */
void hr_incomplete_add(struct hr_incomplete *incomplete, uint64_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The last @bytes of a file, which are at least one, are missing. */
void hr_incomplete_add_end(struct hr_incomplete *incomplete, uint64_t bytes);

/* All of that as a sentence, in @text of HR_INCOMPLETE_TEXT bytes. */
void hr_incomplete_describe(const struct hr_incomplete *incomplete, char *text);

#endif
