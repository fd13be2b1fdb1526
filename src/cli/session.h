/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that the command line names, opened with everything that the options say about it. */
#ifndef HR_SESSION_H
#define HR_SESSION_H

#include <hotremove/hotremove.h>

#include "cli/inputs.h"
#include "system/system.h"

struct hr_session {
	const struct hr_options *options;
	struct hr_inputs *inputs;
	struct hr_source *source;
	struct hr_memory memory; /* of the source, as the kernel reads it */
	char *vmcoreinfo;	 /* from a file or memory; NULL: the source's own note */
	const char *note_remark; /* a warning about where it is from or what it lacks; NULL: none */
	char remark[160];	 /* for a warning that is not always the same */
	struct hr_system *system; /* that the memory is of */
	struct hr_host host;
	struct hr_config config; /* that the kernel was made of */
	struct hr_kernel *kernel;
};

/* Observes how a kernel is read. */
struct hr_observer {
	hr_progress_fn *rearranged; /* progress of a long preparation */
	hr_progress_fn *searched;   /* of the search for VMCOREINFO; may be NULL */
	/* Change the functions of @memory, through which the kernel will be read. */
	void (*attach)(void *context, struct hr_memory *memory);
	void (*progress)(void *context, uint64_t pa); /* as in struct hr_config; may be NULL */
	void *context;
};

/*
 * Read the source in @inputs and set up its kernel according to @options. These and @observer must
 * outlive it; the first two may be used again. Close @ret in any case.
 */
struct hr_error *hr_session_open(const struct hr_options *options, struct hr_inputs *inputs,
				 const struct hr_observer *observer, struct hr_session *ret);
void hr_session_close(struct hr_session *session);

/*
 * What is known about memory block @number besides its memory: from the system itself, or from a
 * snapshot of it.
 */
void hr_session_place(const struct hr_session *session, uint64_t number, struct hr_place *ret);

/* Does the system, or the snapshot of one, know NUMA nodes, or devices with memory? */
bool hr_session_knows_nodes(const struct hr_session *session);
bool hr_session_knows_devices(const struct hr_session *session);

/* The limits for ranges on the command line. */
struct hr_range_limits hr_session_limits(const struct hr_session *session);

#endif
