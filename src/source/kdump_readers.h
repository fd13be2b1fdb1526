/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes of libkdumpfile that read one dump: when each of them opens it, and which of them
 * is asked for what.
 */
#ifndef HR_KDUMP_READERS_H
#define HR_KDUMP_READERS_H

#include "source/kdump_process.h"
#include "source/kdump_set.h"
#include "source/kdump_view.h"

/* Processes at most, and never more than CPUs. */
enum {
	HR_KDUMP_READERS_MAX = 4
};

/* Pieces that a process was asked for, by their numbers in the batch. */
struct hr_kdump_order {
	size_t count; /* 0: nothing was asked for */
	size_t pieces[HR_KDUMP_PIECES];
};

struct hr_kdump_reader {
	struct hr_kdump_process process;
	struct hr_kdump_view view;
	bool asked;  /* to open the dump */
	bool opened; /* it has said how that went */
	struct hr_kdump_order orders[HR_KDUMP_SLOTS];
	size_t oldest; /* the slot that is answered first */
	size_t next;   /* piece of the batch to look at */
};

struct hr_kdump_readers {
	struct hr_kdump_set set;
	bool sandbox;
	/* How the dump is opened; set before hr_kdump_readers_open(). */
	bool through_views; /* each reader gets a view of the dump in the place of it */
	uint64_t space;	    /* bytes of address space that a process may have */
	struct hr_kdump_reader readers[HR_KDUMP_READERS_MAX];
	size_t count;
	size_t usable, in_use; /* of them: the first ones */
	size_t single_reads;   /* so far: those that were no part of a batch */
};

/*
 * Start the processes for the dump, or the @count parts of a split set, at @fds, which must outlive
 * them. They wait until the dump is opened, and are in a @sandbox by then. Error HR_ERROR_OS.
 */
struct hr_error *hr_kdump_readers_start(const int *fds, size_t count, bool sandbox,
					struct hr_kdump_readers **ret);
void hr_kdump_readers_destroy(struct hr_kdump_readers *readers);

/*
 * What @readers, NULL for none, are written to: a pipe and a view each, of HR_KDUMP_READERS_MAX at
 * most; their number.
 */
size_t hr_kdump_readers_write_fds(const struct hr_kdump_readers *readers, int *ret);

/*
 * Have the first process open the dump, which is in use then; the others are not. It goes on while
 * the caller does something else, until hr_kdump_readers_wait().
 */
void hr_kdump_readers_open(struct hr_kdump_readers *readers);

/* Errors: HR_ERROR_INPUT: the library cannot open the dump; HR_ERROR_UNREADABLE: it died. */
struct hr_error *hr_kdump_readers_wait(struct hr_kdump_readers *readers);

/*
 * With @much to read, all processes are to have a part in it. They open the dump meanwhile; those
 * that have done so are used. One that cannot is not missed.
 */
void hr_kdump_readers_call_in(struct hr_kdump_readers *readers, bool much);

/*
 * The process that unpacks what @pa is part of: always the same, as long as no further one has
 * opened the dump, so that it is done once. Neighbours, whose descriptors and data lie in the same
 * pages of the file, have the same.
 */
struct hr_kdump_reader *hr_kdump_reader_of(struct hr_kdump_readers *readers, uint64_t pa);

#endif
