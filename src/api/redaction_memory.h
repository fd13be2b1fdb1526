/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a kernel whose addresses have moved. */
#ifndef HR_REDACTION_MEMORY_H
#define HR_REDACTION_MEMORY_H

#include "api/redaction.h"

/*
 * Set redaction->memory: tables are read when they are wanted, and changed; all else has been
 * copied. What is neither cannot be read. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_redaction_begin(struct hr_redaction *redaction);

#endif
