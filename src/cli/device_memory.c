// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/device_memory.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text_append.h"
#include "source/snapshot.h"
#include "system/device.h"

enum {
	NAMES_SIZE = 512 /* room for the names in a message */
};

/* A walk over all memory blocks. */
struct walk {
	const struct hr_session *session;
	struct hr_place_span span; /* the last one, which may grow */
	hr_place_span_fn *fn;
	void *context;
};

/* Pass on the last span, if there is one. */
static struct hr_error *end_span(struct walk *walk)
{
	return walk->span.range.end ? walk->fn(walk->context, &walk->span) : NULL;
}

/* Add a block to the last span, or begin another one with it. */
static struct hr_error *add_block(struct walk *walk, uint64_t start, uint64_t size)
{
	struct hr_place_span *span = &walk->span;
	struct hr_error *error = NULL;
	struct hr_place place;

	hr_session_place(walk->session, start / size, &place);
	if (span->range.end != start || span->place.node != place.node ||
	    strcmp(span->place.device, place.device) != 0) {
		error = end_span(walk);
		*span = (struct hr_place_span){ .range = { start, start }, .place = place };
	}
	span->range.end = start + size;
	span->blocks++;
	span->online += place.online == HR_YES;
	span->unknown += place.online == HR_UNKNOWN;
	return error;
}

static struct hr_error *check_known(const struct hr_session *session)
{
	const struct hr_snapshot *snapshot = session->source->snapshot;

	if (session->system->is_there || (snapshot && snapshot->place_count))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "the source does not say which memory belongs to a device or a node: "
			    "use the running kernel, a snapshot of one, or with --sysroot a copy "
			    "of its files");
}

struct hr_error *hr_place_spans_list(const struct hr_session *session, hr_place_span_fn *fn,
				     void *context)
{
	struct walk walk = { .session = session, .fn = fn, .context = context };
	uint64_t size = hr_kernel_facts(session->kernel)->memory_block_size;
	struct hr_error *error = check_known(session);
	bool unread = false;

	if (error)
		return error;
	for (uint64_t start = hr_kernel_next_block(session->kernel, 0, &unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(session->kernel, start + size, &unread))
		error = add_block(&walk, start, size);
	if (!error)
		error = end_span(&walk);
	if (!error && unread)
		error = hr_error_new(HR_ERROR_UNREADABLE,
				     "some sections cannot be read: there may be more memory of "
				     "devices and nodes");
	return error;
}

/* A search for the memory of one device or node. */
struct search {
	const struct hr_range_spec *spec;
	struct hr_asked_list *list;
	size_t before;		/* ranges that were found for others */
	char names[NAMES_SIZE]; /* of what has memory, in case that nothing is found */
};

/* Add @name, which may be empty, to the names unless it is there. */
static void add_name(char names[NAMES_SIZE], const char *name)
{
	char all[NAMES_SIZE + 4], word[HR_TREE_NAME + 4];

	snprintf(all, sizeof(all), ", %s,", names);
	snprintf(word, sizeof(word), ", %s,", name);
	if (*name && !strstr(all, word))
		hr_text_append(names, NAMES_SIZE, ", ", name);
}

static void add_node(char names[NAMES_SIZE], int node)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", node);
	if (node != HR_NO_NODE)
		add_name(names, name);
}

static struct hr_error *add_range(struct search *search, uint64_t start, uint64_t end)
{
	const struct hr_asked asked = {
		.range = { start, end },
		.device = search->spec->device,
		.node = search->spec->is_node ? search->spec->node : HR_NO_NODE,
	};

	return hr_asked_add(search->list, &asked);
}

static struct hr_error *look_at_span(void *context, const struct hr_place_span *span)
{
	struct search *search = context;
	const struct hr_range_spec *spec = search->spec;
	const struct hr_place *place = &span->place;

	if (spec->is_node ? place->node == spec->node : !strcmp(place->device, spec->device))
		return add_range(search, span->range.start, span->range.end);
	if (spec->is_node)
		add_node(search->names, place->node);
	else
		add_name(search->names, place->device);
	return NULL;
}

static struct hr_error *look_at_entry(void *context, uint64_t start, uint64_t end)
{
	return add_range(context, start, end);
}

struct known {
	const char *name;
	bool found;
};

static struct hr_error *compare_name(void *context, const char *name)
{
	struct known *known = context;

	known->found |= !strcmp(known->name, name);
	return NULL;
}

/* Does the system have the device, although it has no memory? */
static bool is_there(const struct hr_session *session, const char *name)
{
	struct known known = { .name = name };

	if (session->system->is_there)
		hr_error_destroy(hr_devices_list(&session->system->tree, compare_name, &known));
	return known.found;
}

static struct hr_error *not_found(const struct hr_session *session, const struct search *search)
{
	const struct hr_range_spec *spec = search->spec;
	const char *names = search->names[0] ? search->names : "none";

	if (spec->is_node)
		return hr_error_new(HR_ERROR_USAGE,
				    "no memory belongs to node %d; the nodes that have some: %s",
				    spec->node, names);
	if (is_there(session, spec->device))
		return hr_error_new(HR_ERROR_USAGE,
				    "the device %s has no memory that the system uses; the devices "
				    "that have some: %s",
				    spec->device, names);
	return hr_error_new(HR_ERROR_USAGE,
			    "there is no device '%.64s'; the devices that have memory: %s",
			    spec->device, names);
}

/* An entry of /proc/iomem has no blocks of its own. */
static struct hr_error *find_entry(const struct hr_session *session, struct search *search)
{
	if (search->spec->is_node || session->inputs->iomem_fd < 0)
		return NULL;
	return hr_iomem_find(session->inputs->iomem_fd, search->spec->device, look_at_entry,
			     search);
}

struct hr_error *hr_device_memory_add(const struct hr_session *session,
				      const struct hr_range_spec *spec, struct hr_asked_list *ret)
{
	struct search search = { .spec = spec, .list = ret, .before = ret->count };
	struct hr_error *error = hr_place_spans_list(session, look_at_span, &search);

	if (!error && ret->count == search.before)
		error = find_entry(session, &search);
	if (!error && ret->count == search.before)
		error = not_found(session, &search);
	return error;
}
