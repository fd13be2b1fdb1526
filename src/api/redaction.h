/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a redaction. */
#ifndef HR_REDACTION_H
#define HR_REDACTION_H

#include <hotremove/hotremove.h>

#include "api/kernel.h"
#include "redact/data_copy.h"
#include "redact/moved_data.h"
#include "redact/moved_tables.h"
#include "redact/read_log.h"

struct hr_redaction {
	struct hr_kernel *kernel; /* as it is; it reads through @logged */
	struct hr_memory below, logged, memory;
	struct hr_read_log log;
	struct hr_moved_tables tables;
	struct hr_data_copy data;
	char *note;
	struct hr_config config; /* of the kernel whose addresses have moved */
	uint64_t *page;		 /* room for two tables */
	/* Something was read that has no redacted form: the memory changed or is damaged. */
	bool is_unforeseen;
};

/* The data that @redaction is about. */
static inline struct hr_moved_data hr_redaction_data(const struct hr_redaction *redaction)
{
	return (struct hr_moved_data){
		.layout = &redaction->kernel->layout,
		.memory = &redaction->below,
		.moves = &redaction->tables.moves,
		.log = &redaction->log,
		.survey = &redaction->tables.survey,
	};
}

#endif
