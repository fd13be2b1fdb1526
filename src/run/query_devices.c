// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/grow.h"
#include "run/round.h"

enum {
	PARTS_MAX = 16384 /* of all devices */
};

struct hr_device_list {
	struct hr_told_device *devices;
	size_t count, room, parts;
};

void hr_device_list_destroy(struct hr_device_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->devices[i].parts);
	free(list->devices);
	free(list);
}

static struct hr_error *too_many(void)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "the system has more than %d devices with memory, or more than %d "
			    "ranges of it: ask for one of them by --device",
			    HR_DEVICES_MAX, PARTS_MAX);
}

/* The device in @list that has @name, which is added if it is new. Its memory is often the next. */
static struct hr_error *find_device(struct hr_device_list *list, const char *name,
				    struct hr_told_device **ret)
{
	struct hr_told_device *devices;

	for (size_t i = list->count; i-- > 0;)
		if (!strcmp(list->devices[i].name, name)) {
			*ret = &list->devices[i];
			return NULL;
		}
	if (list->count == HR_DEVICES_MAX)
		return too_many();
	devices = hr_grow(list->devices, list->count, &list->room, sizeof(*devices));
	if (!devices)
		return hr_error_no_memory();
	list->devices = devices;
	*ret = &devices[list->count++];
	**ret = (struct hr_told_device){ .kind = hr_device_kind_of(name) };
	snprintf((*ret)->name, HR_TREE_NAME, "%s", name);
	return NULL;
}

static struct hr_error *add_part(void *context, const struct hr_place_span *span)
{
	struct hr_device_list *list = context;
	struct hr_told_device *device;
	struct hr_device_part *parts;
	struct hr_error *error;

	if (!span->place.device[0])
		return NULL;
	if (list->parts++ == PARTS_MAX)
		return too_many();
	error = find_device(list, span->place.device, &device);
	if (error)
		return error;
	parts = hr_grow(device->parts, device->count, &device->room, sizeof(*parts));
	if (!parts)
		return hr_error_no_memory();
	device->parts = parts;
	parts[device->count++] = (struct hr_device_part){ .span = *span };
	return NULL;
}

static struct hr_error *add_name(void *context, const char *name)
{
	struct hr_told_device *device;

	return find_device(context, name, &device);
}

struct hr_error *hr_round_find_devices(struct hr_round *round)
{
	const struct hr_session *session = round->session;
	struct hr_device_list *list = calloc(1, sizeof(*list));
	struct hr_error *error;

	if (!list)
		return hr_error_no_memory();
	round->devices = list;
	error = hr_place_spans_list(session, add_part, list);
	if (!error && session->system->is_there)
		error = hr_devices_list(&session->system->tree, add_name, list);
	return error;
}

static struct hr_error *judge(struct hr_round *round, struct hr_device_part *part)
{
	struct hr_answer *answer = NULL;
	struct hr_error *error =
		hr_kernel_ask(round->kernel, &part->span.range, HR_DEPTH_LEAVES, &answer);

	if (error)
		return error;
	part->verdict = answer->verdict;
	part->reasons = hr_answer_form(answer).reasons;
	hr_answer_destroy(answer);
	return NULL;
}

struct hr_error *hr_round_devices(struct hr_round *round)
{
	struct hr_device_list *list = round->devices;
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < list->count; i++) {
		struct hr_told_device *device = &list->devices[i];

		for (size_t j = 0; !error && j < device->count; j++)
			error = judge(round, &device->parts[j]);
		if (!error)
			error = hr_sink_device(round->sink, device);
	}
	return error;
}
