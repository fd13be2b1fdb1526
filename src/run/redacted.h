/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot says besides memory, if the addresses in it are shifted. */
#ifndef HR_REDACTED_H
#define HR_REDACTED_H

#include <hotremove/hotremove.h>

#include "source/snapshot.h"

/* Shift the symbols of @facts as @redaction shifts addresses. */
void hr_redacted_symbols(const struct hr_redaction *redaction, struct hr_snapshot *facts);

/*
 * Shift the addresses in the texts of @facts, which are reasons and remarks, and do not name the
 * file that VMCOREINFO is from. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_redacted_texts(const struct hr_redaction *redaction, struct hr_snapshot *facts);

#endif
