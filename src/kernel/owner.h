/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who added memory to a kernel. This determines in how many calls it is removed. */
#ifndef HR_OWNER_H
#define HR_OWNER_H

enum hr_owner {
	HR_OWNER_UNKNOWN, /* cannot be told apart: boot memory and DIMMs */
	HR_OWNER_KMEM,	  /* dax/kmem: removes a whole range in one call */
	/*
	 * Block by block in its sub-block mode, otherwise by its own blocks of one or more memory
	 * blocks. The kernel does not tell which.
	 */
	HR_OWNER_VIRTIO_MEM,
};

#endif
