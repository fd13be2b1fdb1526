/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMCOREINFO of a kernel whose addresses have moved. */
#ifndef HR_MOVED_NOTE_H
#define HR_MOVED_NOTE_H

#include <hotremove/hotremove.h>

#include "redact/moves.h"

/*
 * Write the lines of the @len bytes at @text that are known to have no address, or one that can be
 * moved, into *@ret, which the caller frees. All others are left out, among them the build ID and
 * the time. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_moved_note(const struct hr_moves *moves, const char *text, size_t len,
			       char **ret, size_t *ret_len);

#endif
