// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_devices.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/units.h"
#include "report/block_text.h"
#include "report/trimmed.h"

enum {
	NAME,
	KIND,
	NODE,
	RANGE,
	SIZE,
	STATE,
	VERDICT,
	WHY,
	COLUMNS
};

static const struct {
	const char *name;
	int flags;
} columns[COLUMNS] = {
	[NAME] = { "DEVICE", 0 },
	[KIND] = { "KIND", 0 },
	[NODE] = { "NODE", SCOLS_FL_RIGHT },
	[RANGE] = { "RANGE", 0 },
	[SIZE] = { "SIZE", SCOLS_FL_RIGHT },
	[STATE] = { "STATE", 0 },
	[VERDICT] = { "VERDICT", 0 },
	[WHY] = { "WHY", 0 },
};

struct hr_device_table {
	struct libscols_table *table;
	bool any;
};

void hr_device_table_destroy(struct hr_device_table *table)
{
	if (!table)
		return;
	scols_unref_table(table->table);
	free(table);
}

struct hr_error *hr_device_table_create(struct hr_device_table **ret)
{
	struct hr_device_table *table = calloc(1, sizeof(*table));
	bool ok = table && (table->table = scols_new_table());

	for (size_t i = 0; ok && i < COLUMNS; i++)
		ok = scols_table_new_column(table->table, columns[i].name, 0, columns[i].flags);
	if (!ok) {
		hr_device_table_destroy(table);
		return hr_error_no_memory();
	}
	*ret = table;
	return NULL;
}

static const char *state_text(const struct hr_place_span *span)
{
	if (span->unknown)
		return "?";
	if (span->online == span->blocks)
		return "online";
	return span->online ? "partly online" : "offline";
}

static struct hr_error *set_cells(struct libscols_line *line, const char *const cells[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (cells[i] && scols_line_set_data(line, i, cells[i]))
			return hr_error_no_memory();
	return NULL;
}

static struct hr_error *set_part(struct libscols_line *line, const struct hr_told_device *device,
				 const struct hr_device_part *part)
{
	const struct hr_place_span *span = &part->span;
	const struct hr_range_text range = hr_range_text(span->range.start, span->range.end);
	const struct hr_size_text size = hr_size_text(span->range.end - span->range.start);
	char node[16] = "", why[HR_BLOCK_TEXT_SIZE];
	const char *const cells[COLUMNS] = {
		[NAME] = device->name,
		[KIND] = hr_device_kind_name(device->kind),
		[NODE] = node,
		[RANGE] = range.text,
		[SIZE] = size.text,
		[STATE] = state_text(span),
		[VERDICT] = hr_verdict_name(part->verdict),
		[WHY] = why,
	};

	if (span->place.node != HR_NO_NODE)
		snprintf(node, sizeof(node), "%d", span->place.node);
	hr_reasons_text(part->reasons, why);
	return set_cells(line, cells);
}

/* A device whose memory the system does not use. */
static struct hr_error *set_bare(struct libscols_line *line, const struct hr_told_device *device)
{
	const char *const cells[COLUMNS] = {
		[NAME] = device->name,
		[KIND] = hr_device_kind_name(device->kind),
		[SIZE] = "0 B",
	};

	return set_cells(line, cells);
}

struct hr_error *hr_device_table_add(struct hr_device_table *table,
				     const struct hr_told_device *device)
{
	size_t lines = device->count ? device->count : 1;
	struct hr_error *error = NULL;

	table->any = true;
	for (size_t i = 0; !error && i < lines; i++) {
		struct libscols_line *line = scols_table_new_line(table->table, NULL);

		if (!line)
			return hr_error_no_memory();
		error = device->count ? set_part(line, device, &device->parts[i])
				      : set_bare(line, device);
	}
	return error;
}

struct hr_error *hr_device_table_print(struct hr_device_table *table)
{
	_cleanup_free_ char *text = NULL;

	if (!table->any) {
		puts("no device has memory: all of it was there at boot, or was added by hand\n");
		return NULL;
	}
	if (scols_print_table_to_string(table->table, &text))
		return hr_error_no_memory();
	hr_print_trimmed(text);
	putchar('\n');
	return NULL;
}
