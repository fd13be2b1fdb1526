/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes of libkdumpfile that read one dump: when each of them opens it, and which of them
 * gets which request.
 */
#ifndef HR_KDUMP_READERS_H
#define HR_KDUMP_READERS_H

#include <hotremove/hotremove.h>

#include "source/kdump_process.h"
#include "source/kdump_set.h"
#include "source/kdump_view.h"

/* The most processes; never more than CPUs. */
enum {
	HR_KDUMP_READERS_MAX = 4
};

/* Pieces that a process was asked for, by their indices in the batch. */
struct hr_kdump_order {
	size_t count; /* 0: nothing was asked for */
	size_t pieces[HR_KDUMP_PIECES];
};

struct hr_kdump_reader {
	struct hr_kdump_process process;
	struct hr_kdump_view view;
	bool asked;  /* asked to open the dump */
	bool opened; /* it has answered that */
	struct hr_kdump_order orders[HR_KDUMP_SLOTS];
	size_t oldest; /* the slot that is answered first */
	size_t next;   /* the next piece of the batch to look at */
};

struct hr_kdump_library;

struct hr_kdump_readers {
	struct hr_kdump_set set;
	struct hr_kdump_library *library;
	bool sandbox;
	/* How the dump is opened; set before hr_kdump_readers_open(). */
	bool through_views; /* each reader gets a view of the dump instead of the dump */
	uint64_t space;	    /* limit of a process's address space, in bytes */
	struct hr_kdump_reader readers[HR_KDUMP_READERS_MAX];
	size_t count;
	size_t usable, in_use; /* how many of them; always the first ones */
	size_t single_reads;   /* so far, outside of batches */
};

/*
 * Start the processes for the dump, or the @count parts of a split set, at @fds, which must outlive
 * them. They wait until hr_kdump_readers_open(), and with @sandbox are in a sandbox by then. Error
 * HR_ERROR_OS.
 */
struct hr_error *hr_kdump_readers_start(const int *fds, size_t count, bool sandbox,
					struct hr_kdump_readers **ret);
void hr_kdump_readers_destroy(struct hr_kdump_readers *readers);

/*
 * The descriptors through which requests reach @readers (NULL for none): a pipe and a view for each
 * process, of which there are at most HR_KDUMP_READERS_MAX. Returns their number.
 */
size_t hr_kdump_readers_write_fds(const struct hr_kdump_readers *readers, int *ret);

/*
 * Tell the first process to open the dump. It is then in use; the others are not. It works while
 * the caller does something else, until hr_kdump_readers_wait().
 */
void hr_kdump_readers_open(struct hr_kdump_readers *readers);

/*
 * Wait for that. Errors: HR_ERROR_INPUT if the library cannot open the dump; HR_ERROR_UNREADABLE if
 * the process died.
 */
struct hr_error *hr_kdump_readers_wait(struct hr_kdump_readers *readers);

/*
 * If there is @much to read, all processes are to take part. They open the dump in the background,
 * and those that have finished are used. One that cannot open it is not needed.
 */
void hr_kdump_readers_call_in(struct hr_kdump_readers *readers, bool much);

/*
 * The process that unpacks the block of @pa. It is always the same one, so that the block is
 * unpacked once, until a further process has opened the dump. Neighbours, whose descriptors and
 * data lie in the same pages of the file, have the same process.
 */
struct hr_kdump_reader *hr_kdump_reader_of(struct hr_kdump_readers *readers, uint64_t pa);

#endif
