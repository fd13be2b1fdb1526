/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orders to the processes that read a dump: what each of them is asked for, and where it goes.
 * While one slot of a process is filled, another is emptied.
 */
#ifndef HR_KDUMP_ORDERS_H
#define HR_KDUMP_ORDERS_H

#include "source/kdump_readers.h"

/*
 * Read the @len bytes at @pa, HR_KDUMP_SLOT_SIZE at most, all of whose blocks the dump has. Error
 * HR_ERROR_UNREADABLE: they cannot be unpacked, or the process is over.
 */
struct hr_error *hr_kdump_read_piece(struct hr_kdump_readers *readers, uint64_t pa, void *buffer,
				     size_t len);

/*
 * Read all pieces of @batch that the dump has, each by the process whose it is. Pieces that are
 * empty or do not fit a slot do not come.
 */
void hr_kdump_read_batch(struct hr_kdump_readers *readers, const struct hr_batch *batch);

#endif
