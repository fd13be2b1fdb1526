/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has added memory to a kernel, which tells by how many calls it goes away. */
#ifndef HR_OWNER_H
#define HR_OWNER_H

enum hr_owner {
	HR_OWNER_UNKNOWN, /* what is there since boot, and DIMMs, are the same there */
	HR_OWNER_KMEM,	  /* dax/kmem: it removes all of a range in one call */
	/*
	 * Block by block in its sub-block mode, otherwise by blocks of its own, of one or more
	 * memory blocks. The kernel does not tell which.
	 */
	HR_OWNER_VIRTIO_MEM,
};

#endif
