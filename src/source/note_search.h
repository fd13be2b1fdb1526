/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VMCOREINFO that a kernel keeps in its memory, for a dump that has no note of it. */
#ifndef HR_NOTE_SEARCH_H
#define HR_NOTE_SEARCH_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/source.h"

/* How much memory is searched, in bytes, and how many pages that begin like the text are read. */
#define HR_NOTE_SEARCH_MAX (UINT64_C(64) << 30)
enum {
	HR_NOTE_CANDIDATES_MAX = 64
};

struct hr_found_note {
	char *text; /* NULL: there is none that can be used */
	size_t len;
	/* Two texts differ, or more pages than the limit look like one: none is used. */
	bool is_ambiguous;
	bool is_cut; /* there is more memory than was searched, which may have another text */
};

/*
 * Search the first @most bytes of the memory of @source, if it can say which memory it has (next()
 * of struct hr_source_ops), for pages that begin with OSRELEASE= and hold a text of VMCOREINFO, and
 * after it zeros. The text must be as a kernel writes it, byte by byte, have the keys without which
 * no arm64 kernel is, and be of the release that the kernel's memory has where the text says.
 * Copies of one text are fine, with or without the time of a crash. @progress is in bytes.
 * @ret->text belongs to the caller. Only error: HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_note_search(const struct hr_source *source, uint64_t most,
				const struct hr_progress *progress, struct hr_found_note *ret);

#endif
