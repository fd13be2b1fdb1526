/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of devices as a table of text. */
#ifndef HR_TEXT_DEVICES_H
#define HR_TEXT_DEVICES_H

#include <hotremove/hotremove.h>

#include "report/told_device.h"

struct hr_device_table;

/* Create an empty table. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_device_table_create(struct hr_device_table **ret);
void hr_device_table_destroy(struct hr_device_table *table);

/* Add a line for each part of @device, one if it has none. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_device_table_add(struct hr_device_table *table,
				     const struct hr_told_device *device);

/* Print the table on standard output, or that it is empty. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_device_table_print(struct hr_device_table *table);

#endif
