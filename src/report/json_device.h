/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and the places of memory blocks as JSON. */
#ifndef HR_JSON_DEVICE_H
#define HR_JSON_DEVICE_H

#include <hotremove/hotremove.h>

#include "report/told_device.h"

struct json_object;

/* An item of the member "devices" of a document. */
struct json_object *hr_json_new_device(const struct hr_told_device *device);

/* The members "node", "zones" and "device" of a memory block. */
void hr_json_put_place(struct json_object *object, const struct hr_place *place);

/* The members "node" and "device" of a range: those that were asked for. */
void hr_json_put_asked(struct json_object *object, const struct hr_asked *asked);

#endif
