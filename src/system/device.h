/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that bring memory into a system. */
#ifndef HR_DEVICE_H
#define HR_DEVICE_H

#include <hotremove/hotremove.h>
#include <stddef.h>

#include "system/tree.h"

/* What brings memory, and decides how it goes. */
enum hr_device_kind {
	HR_DEVICE_OTHER, /* an entry of /proc/iomem that is not one of those below */
	HR_DEVICE_DIMM,	 /* ACPI: a slot, "PNP0C80:01" */
	HR_DEVICE_VIRTIO_MEM,
	HR_DEVICE_DAX, /* whose memory the driver kmem has added */
	HR_DEVICE_KINDS,
};

/* The kind of device that has such a name. */
enum hr_device_kind hr_device_kind_of(const char *name);

/* "DIMM", "virtio-mem", "DAX", "other" */
const char *hr_device_kind_name(enum hr_device_kind kind);

/* More devices of one kind than this are not asked for. */
enum {
	HR_DEVICES_MAX = 4096
};

/*
 * Pass the name of each device that @tree knows to @fn, whether it has memory or not; but slots for
 * DIMMs only if there is one in it. Errors: those of @fn.
 */
struct hr_error *hr_devices_list(const struct hr_tree *tree,
				 struct hr_error *(*fn)(void *context, const char *name),
				 void *context);

/* The text of a file about a device, without the newline at its end, in the @size bytes at @ret. */
void hr_device_text(const struct hr_tree *tree, enum hr_tree_file file, const char *name, char *ret,
		    size_t size);

#endif
