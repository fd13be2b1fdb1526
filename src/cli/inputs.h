/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All files that the options name, opened before any byte of them is parsed. */
#ifndef HR_INPUTS_H
#define HR_INPUTS_H

#include <hotremove/hotremove.h>

#include "cli/options.h"
#include "cli/source_files.h"
#include "os/link.h"
#include "os/saved_file.h"

/* Descriptors are -1 if not requested. */
struct hr_inputs {
	struct hr_source_files source;
	struct hr_source_files other; /* for --diff; without it, there are none */
	int vmcoreinfo_fd;
	struct hr_saved_file saved; /* for --save-tables */
	struct hr_saved_file report;
	uint64_t seed; /* for --redact: random, unless it was given */
	int verify_fd; /* may be standard input, as may the next one */
	int ranges_fd;
	/* Of the running kernel, if it is the source; -1 if it does not provide the file. */
	int kallsyms_fd;
	int block_size_fd;
	int btf_fd;
	int iomem_fd;
	struct hr_link states; /* for hr_block_state_ask(); closed: sysfs may be read directly */
	bool utf8;	       /* from the user's locale, whose files are out of reach later */
	const char *warning;   /* about missing protection, NULL if there is none */
	const char *mark;      /* the same for the end of a summary line, at most 12 characters */
	uint64_t memory_limit; /* bytes that the sandbox allows; 0: we set no limit */
};

/*
 * Open what @options name. Refuses to do so with privileges that the user does not have, such as
 * those of a set-user-ID file, because the output would reveal what the user may not read. Errors
 * say which file: HR_ERROR_OS if it cannot be opened, otherwise as in hr_source_files_open(). Sets
 * options->kind to that of the source if its content decides; HR_ERROR_USAGE if the options make no
 * sense for it. Takes ownership of @states. Close @ret in any case.
 */
struct hr_error *hr_inputs_open(struct hr_options *options, const struct hr_link *states,
				struct hr_inputs *ret);
void hr_inputs_close(struct hr_inputs *inputs);

/* Move inputs->other to @ret, as its only source. Close @ret in any case. */
void hr_inputs_take_other(struct hr_inputs *inputs, struct hr_inputs *ret);

/*
 * Drop all privileges except reading @inputs, as hr_sandbox_enter() does, unless @options ask for
 * no sandbox. inputs->warning says which protection is missing.
 */
struct hr_error *hr_inputs_enter_sandbox(const struct hr_options *options,
					 struct hr_inputs *inputs);

#endif
