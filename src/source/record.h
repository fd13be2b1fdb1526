/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layer in front of memory that remembers what was read: which bytes, and why reads failed. */
#ifndef HR_RECORD_H
#define HR_RECORD_H

#include <hotremove/hotremove.h>

#include "source/snapshot.h"

/* Physical memory; the end is exclusive. */
struct hr_read_range {
	uint64_t start, end;
};

/* A read that failed. */
struct hr_failed_read {
	uint64_t pa;
	char *why;
};

enum {
	HR_FAILED_READS_MAX = 1 << 18 /* the reasons of more reads are not kept */
};

struct hr_record {
	struct hr_memory below;
	/* After hr_record_settle(): ascending, and apart. */
	struct hr_read_range *ranges;
	size_t count, room;
	struct hr_failed_read *failed; /* after that, ascending, and of different addresses */
	size_t failed_count, failed_room;
	bool is_lost; /* there was no memory to remember something */
};

/*
 * Remember what is read of @below, which must outlive @record, through *@ret. Release it in any
 * case.
 */
void hr_record_begin(const struct hr_memory *below, struct hr_record *record,
		     struct hr_memory *ret);
void hr_record_release(struct hr_record *record);

/* Sort and join what was read. Error HR_ERROR_NO_MEMORY: something was lost. */
struct hr_error *hr_record_settle(struct hr_record *record);

/* Put the failed reads of a settled record into @snapshot. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_record_tell_failed(const struct hr_record *record,
				       struct hr_snapshot *snapshot);

#endif
