/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that the options name, opened before a byte of it is parsed. */
#ifndef HR_INPUTS_H
#define HR_INPUTS_H

#include "cli/options.h"
#include "cli/source_files.h"
#include "os/link.h"

/* Descriptors are -1 where nothing was asked for. */
struct hr_inputs {
	struct hr_source_files source;
	int vmcoreinfo_fd;
	int verify_fd; /* may be standard input, as the next */
	int ranges_fd;
	/* Of the running kernel, if it is the source; -1 where it does not give them. */
	int kallsyms_fd;
	int block_size_fd;
	int btf_fd;
	int iomem_fd;
	struct hr_link states; /* for hr_block_state_ask(); closed: sysfs may be read directly */
	bool utf8;	       /* by the user's locale, whose files are no more there later */
	const char *warning;   /* of what protects the program, NULL if there is none */
	const char *mark;      /* the same for the end of a line, in 12 characters at most */
	uint64_t memory_limit; /* bytes that the sandbox leaves; 0: there is no limit of ours */
};

/*
 * Open what @options name. Refused is to do so with rights that the user does not have, such as
 * those of a set-user-ID file: the output tells what only its readers may know. Errors say which
 * file: HR_ERROR_OS where it cannot be opened, otherwise as hr_source_files_open(). @states is
 * taken over. Close @ret in any case.
 */
struct hr_error *hr_inputs_open(const struct hr_options *options, const struct hr_link *states,
				struct hr_inputs *ret);
void hr_inputs_close(struct hr_inputs *inputs);

/*
 * Give up all rights but to read @inputs, as hr_sandbox_enter() does, unless @options say that
 * there is to be no sandbox. inputs->warning tells of what is missing.
 */
struct hr_error *hr_inputs_enter_sandbox(const struct hr_options *options,
					 struct hr_inputs *inputs);

#endif
