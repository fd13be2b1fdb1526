/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layer in front of memory that keeps what was read one by one, as tables mostly are not. What is
 * as large as a page and begins at one is a table or a root of sections, and is not kept.
 */
#ifndef HR_READ_LOG_H
#define HR_READ_LOG_H

#include <hotremove/hotremove.h>

struct hr_logged_read {
	uint64_t pa;
	size_t len;
	unsigned char *bytes;
};

struct hr_read_log {
	struct hr_memory below;
	struct hr_logged_read *reads; /* in the order in which they were made */
	size_t count, room, bytes;
	bool is_lost;	/* there was no memory, or no room, to keep something */
	bool is_closed; /* nothing is kept from now on */
};

enum {
	HR_READ_LOG_BYTES_MAX = 64 << 20
};

/*
 * Keep what is read of @below through *@ret. @log must stay where it is until *@ret is no longer
 * used. Release it in any case.
 */
void hr_read_log_begin(const struct hr_memory *below, struct hr_read_log *log,
		       struct hr_memory *ret);
void hr_read_log_release(struct hr_read_log *log);

#endif
