// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "map/verify.h"
#include "ptdump/ptdump_tables.h"
#include "source/ptdump_file.h"

struct hr_verify_text {
	struct hr_ptdump *ptdump;
	struct hr_ptdump_tables *tables;
	struct hr_memory memory;
	struct hr_walker *walker;
};

void hr_report_close_text(struct hr_verify_text *text)
{
	if (!text)
		return;
	hr_walker_destroy(text->walker);
	hr_ptdump_tables_destroy(text->tables);
	hr_ptdump_destroy(text->ptdump);
	free(text);
}

static void cleanup_text(struct hr_verify_text **text)
{
	hr_report_close_text(*text);
}

struct hr_error *hr_report_open_text(const struct hr_session *session, struct hr_verify_text **ret)
{
	_cleanup_(cleanup_text) struct hr_verify_text *text = calloc(1, sizeof(*text));
	const char *path = session->options->verify_path;
	const struct hr_layout *layout = &session->kernel->layout;
	struct hr_error *error;

	if (!text)
		return hr_error_no_memory();
	error = hr_ptdump_read(session->inputs->verify_fd, path, &text->ptdump);
	if (error)
		return error;
	error = hr_ptdump_tables_create(text->ptdump, layout, &text->tables);
	if (error)
		return hr_error_context(error, "%s", path);
	text->memory = hr_ptdump_tables_memory(text->tables);
	error = hr_walker_create(&layout->geo, &text->memory, hr_ptdump_root_pa(&layout->geo),
				 &text->walker);
	if (!error)
		*ret = hr_take(text);
	return error;
}

/* The comparison that is being reported. */
struct comparison {
	struct hr_report *report;
	enum hr_map map;
	uint64_t leaves;
	uint64_t differences;
	bool unreadable;
	bool cut; /* not all malformed groups were compared */
};

static void print_difference(enum hr_map map, const struct hr_difference *found)
{
	printf("  %-7s  0x%016" PRIx64 "-0x%016" PRIx64 "  walk: %s, text: %s\n", hr_map_name(map),
	       found->va, found->last, found->walk, found->text);
}

static struct hr_error *watch_difference(struct hr_watch *watch, const struct hr_difference *found)
{
	char key[48], value[3 * HR_VERIFY_TEXT_SIZE];

	snprintf(key, sizeof(key), "difference at 0x%016" PRIx64, found->va);
	snprintf(value, sizeof(value), "walk: %s, text: %s", found->walk, found->text);
	return hr_watch_put(watch, key, value);
}

static struct hr_error *on_difference(void *context, const struct hr_difference *found)
{
	struct comparison *compare = context;
	struct hr_report *report = compare->report;
	struct hr_error *error;

	compare->differences++;
	if (found->unreadable)
		compare->unreadable = true;
	else
		report->summary.differs = true;
	if (hr_report_is_text(report))
		print_difference(compare->map, found);
	if (hr_report_is_json(report) && !hr_json_difference(&report->json, compare->map, found))
		return hr_error_no_memory();
	error = hr_report_check_output();
	return error || !report->watch ? error : watch_difference(report->watch, found);
}

static struct hr_error *compare_map(struct comparison *compare)
{
	struct hr_kernel *kernel = compare->report->kernel;
	struct hr_verify verify = {
		.geo = &kernel->layout.geo,
		.walker = kernel->walker,
		.text_walker = compare->report->text->walker,
		.difference = on_difference,
		.context = compare,
	};
	struct hr_error *error;
	uint64_t leaves;
	bool cut;

	hr_kernel_map_extent(kernel, compare->map, &verify.va_start, &verify.va_last);
	error = hr_verify_map(&verify, &leaves, &cut);
	compare->leaves += leaves;
	compare->cut |= cut;
	return error;
}

static struct hr_error *compare_maps(struct comparison *compare)
{
	struct hr_report *report = compare->report;
	struct hr_error *error = NULL;

	for (compare->map = 0; !error && compare->map < HR_MAP_COUNT; compare->map++)
		error = compare_map(compare);
	if (!error && compare->unreadable) {
		report->summary.incomplete = true;
		hr_kernel_warn(report->kernel,
			       "parts of the maps could not be read, and not compared");
	}
	if (!error && compare->cut) {
		_Static_assert(HR_VERIFY_GROUPS_MAX == 4096, "the sentence names the limit");
		report->summary.incomplete = true;
		hr_kernel_warn(report->kernel, "a map has more malformed CONT groups than the 4096 "
					       "that are compared");
	}
	return error;
}

static void print_result(const char *path, const struct comparison *compare)
{
	hr_put_printable(path, stdout);
	printf(": %s (%" PRIu64 " leaves, %" PRIu64 " differences)\n\n",
	       compare->differences ? "DIFFERS from the walk" : "agrees with the walk",
	       compare->leaves, compare->differences);
}

struct hr_error *hr_report_verify(struct hr_report *report)
{
	struct comparison compare = { .report = report };
	const char *path = report->session->options->verify_path;
	struct hr_error *error;

	if (hr_report_is_json(report)) {
		hr_json_begin_object("verify");
		hr_json_begin_list(&report->json, "differences");
	}
	error = compare_maps(&compare);
	if (error)
		return error;
	report->summary.differences = compare.differences;
	report->summary.leaves = compare.leaves;
	if (hr_report_is_json(report)) {
		hr_json_end_list(&report->json, false);
		hr_json_last_count("leaves", compare.leaves);
		hr_json_end_object();
	}
	if (hr_report_is_text(report))
		print_result(path, &compare);
	return NULL;
}
