/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orders to the processes that read a dump: what each is asked for, and where the result goes.
 * While one slot of a process is being filled, another is being emptied.
 */
#ifndef HR_KDUMP_ORDERS_H
#define HR_KDUMP_ORDERS_H

#include <hotremove/hotremove.h>

#include "source/kdump_readers.h"

/*
 * Read the @len bytes at @pa, at most HR_KDUMP_SLOT_SIZE. The dump must have all their blocks.
 * Error HR_ERROR_UNREADABLE: they cannot be unpacked, or the process is gone.
 */
struct hr_error *hr_kdump_read_piece(struct hr_kdump_readers *readers, uint64_t pa, void *buffer,
				     size_t len);

/*
 * Read all pieces of @batch that the dump has, each by the process responsible for it. Pieces that
 * are empty or do not fit in a slot are not read.
 */
void hr_kdump_read_batch(struct hr_kdump_readers *readers, const struct hr_batch *batch);

#endif
