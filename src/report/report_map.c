// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "kernel/address.h"
#include "report/picture.h"
#include "report/run_list.h"

enum {
	PICTURE_LINES = 16,
	COLUMNS_MIN = 40,
	COLUMNS_USUAL = 80,
	COLUMNS_MAX = 2000
};

/* The picture of the linear map in the making, and the runs that are listed below it. */
struct drawing {
	const struct hr_kernel *kernel;
	struct hr_picture *picture;
	struct hr_run_list *runs;
	uint64_t unreadable;	    /* bytes */
	uint64_t va_start, va_last; /* of the map, last inclusive */
	uint64_t origin;	    /* position of va_start, with which cells begin at round PAs */
	uint64_t first, last;	    /* VAs in the picture, last inclusive */
	uint64_t leaf_sizes[HR_PICTURE_KINDS]; /* bytes */
	bool utf8, colour;
};

static struct hr_error *draw_run(struct drawing *drawing, const struct hr_run *run)
{
	uint64_t va = run->leaf.va, last = va + (run->leaf.size * run->count - 1);
	enum hr_picture_kind kind = HR_PICTURE_UNREADABLE;

	if (run->state == HR_MAP_MAPPED)
		kind = hr_picture_kind_of(&run->leaf);
	if (va < drawing->va_start)
		va = drawing->va_start;
	if (last > drawing->va_last)
		last = drawing->va_last;
	if (!drawing->leaf_sizes[kind])
		drawing->leaf_sizes[kind] = run->leaf.size;
	if (va < drawing->first)
		drawing->first = va;
	drawing->last = last;
	return hr_picture_add(drawing->picture, va - drawing->va_start + drawing->origin,
			      last - va + 1, kind);
}

static struct hr_error *on_drawn_run(void *context, const struct hr_run *run)
{
	struct drawing *drawing = context;
	struct hr_error *error;

	if (run->state == HR_MAP_UNMAPPED)
		return NULL;
	error = draw_run(drawing, run);
	if (run->state == HR_MAP_UNREADABLE)
		drawing->unreadable += run->leaf.size;
	else if (!error)
		error = hr_run_list_add(drawing->runs, run);
	return error;
}

static struct hr_error *draw_map(struct drawing *drawing)
{
	const struct hr_visitor visitor = {
		.context = drawing,
		.run = on_drawn_run,
	};

	return hr_walk_range(drawing->kernel->walker, drawing->va_start, drawing->va_last,
			     &visitor);
}

static uint64_t address_of(const struct drawing *drawing, uint64_t va)
{
	if (!hr_kernel_has_pa(drawing->kernel, HR_MAP_LINEAR))
		return va;
	return hr_layout_linear_pa(&drawing->kernel->layout, va);
}

/* Columns of the address in front of a line. */
static int address_width(const struct drawing *drawing)
{
	int first = snprintf(NULL, 0, "0x%" PRIx64, address_of(drawing, drawing->first));
	int last = snprintf(NULL, 0, "0x%" PRIx64, address_of(drawing, drawing->last));

	return first > last ? first : last;
}

/* Columns of a line: of the terminal, else of $COLUMNS. */
static size_t output_columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size = { 0 };
	size_t columns = 0;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		columns = size.ws_col;
	if (!columns && text)
		columns = strtoul(text, NULL, 10);
	if (!columns)
		columns = COLUMNS_USUAL;
	if (columns < COLUMNS_MIN)
		return COLUMNS_MIN;
	return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}

/* Cells of a line: a round number, so that the addresses of lines differ by round numbers. */
static size_t line_cells(int prefix)
{
	size_t cells = output_columns() - (size_t)prefix;

	return cells & ~(size_t)(cells < 16 ? 7 : 15);
}

static const char *colour_of(enum hr_picture_kind kind)
{
	static const char *const colours[HR_PICTURE_KINDS] = {
		"\033[0;31m", "\033[0;35m", "\033[0;33m", "\033[0;36m",
		"\033[0;32m", "\033[0;7m",  "\033[0;7m",  "\033[0;2m",
	};

	return colours[kind];
}

static void print_cells(const struct drawing *drawing, const struct hr_picture_line *line)
{
	enum hr_picture_kind before = HR_PICTURE_KINDS;

	for (size_t i = 0; i < line->count; i++) {
		enum hr_picture_kind kind = hr_picture_cell(drawing->picture, line->first + i);

		if (drawing->colour && kind != before)
			fputs(colour_of(kind), stdout);
		fputs(hr_picture_symbol(kind, drawing->utf8), stdout);
		before = kind;
	}
	puts(drawing->colour ? "\033[0m" : "");
}

/* *@ret_shown gets the kinds that are seen, by bit. */
static void print_lines(const struct drawing *drawing, size_t width, uint32_t *ret_shown)
{
	struct hr_picture_line line = { .first = 0 };
	int prefix = address_width(drawing);

	*ret_shown = 0;
	while (hr_picture_line(drawing->picture, line.first + line.count, width, &line)) {
		uint64_t va = drawing->va_start + (line.start - drawing->origin);
		char address[24];

		snprintf(address, sizeof(address), "0x%" PRIx64, address_of(drawing, va));
		printf("%-*s  ", prefix, address);
		print_cells(drawing, &line);
		for (size_t i = 0; i < line.count; i++)
			*ret_shown |= 1u << hr_picture_cell(drawing->picture, line.first + i);
	}
}

static bool is_group(enum hr_leaf_kind kind)
{
	return kind == HR_LEAF_CONT_PMD || kind == HR_LEAF_CONT_PTE;
}

/* "in PUD leaves of 1 GiB" */
static void print_kind(const struct drawing *drawing, enum hr_picture_kind kind)
{
	if (kind == HR_PICTURE_OTHER)
		fputs("in leaves that Linux never makes", stdout);
	else if (kind == HR_PICTURE_UNREADABLE)
		fputs("could not be read", stdout);
	else if (kind == HR_PICTURE_HOLE)
		fputs("not mapped, in between", stdout);
	else
		printf("in %s %s of %s", hr_leaf_kind_name((enum hr_leaf_kind)kind),
		       is_group((enum hr_leaf_kind)kind) ? "groups" : "leaves",
		       hr_size_text(drawing->leaf_sizes[kind]).text);
}

/* What the symbols mean, and what is there, but has the most bytes of no cell. */
static void print_legend(const struct drawing *drawing, uint32_t shown)
{
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_KINDS; kind++) {
		uint64_t bytes = hr_picture_bytes(drawing->picture, kind);
		bool seen = shown & 1u << kind;

		if (!seen && (!bytes || kind == HR_PICTURE_HOLE))
			continue;
		if (drawing->colour && seen)
			fputs(colour_of(kind), stdout);
		fputs(seen ? hr_picture_symbol(kind, drawing->utf8) : " ", stdout);
		fputs(drawing->colour && seen ? "\033[0m" : "", stdout);
		printf("  %10s ", hr_size_text(bytes).text);
		print_kind(drawing, kind);
		puts("");
	}
	putchar('\n');
}

static void print_picture(const struct drawing *drawing)
{
	struct hr_picture *picture = drawing->picture;
	size_t width = line_cells(address_width(drawing) + 2);
	uint32_t shown;

	hr_picture_fit(picture, width, PICTURE_LINES);
	printf("linear map by %s, a cell is %s\n",
	       hr_kernel_has_pa(drawing->kernel, HR_MAP_LINEAR) ? "PA" : "VA",
	       hr_size_text(hr_picture_cell_size(picture)).text);
	print_lines(drawing, width, &shown);
	putchar('\n');
	print_legend(drawing, shown);
}

static void print_heading(enum hr_map map)
{
	printf("%s\n%-37s  %-14s  %-8s  %9s  %10s\n", hr_map_name(map), "VA", "PA", "LEVEL", "LEAF",
	       "COUNT");
}

static void print_run(const struct hr_run *run, bool has_pa)
{
	uint64_t bytes = run->leaf.size * run->count;
	char pa[24] = "-";

	if (has_pa)
		snprintf(pa, sizeof(pa), "0x%" PRIx64, run->leaf.pa);
	printf("0x%016" PRIx64 "-0x%016" PRIx64 "  %-14s  %-8s  %9s  %10" PRIu64 "%s\n",
	       run->leaf.va, run->leaf.va + (bytes - 1), pa,
	       hr_level_name(run->leaf.level, run->leaf.cont), hr_size_text(run->leaf.size).text,
	       run->count, run->leaf.valid ? "" : "  not valid");
}

static struct hr_error *watch_run(struct hr_watch *watch, const struct hr_run *run)
{
	char key[32], value[96];

	snprintf(key, sizeof(key), "0x%016" PRIx64, run->leaf.va);
	snprintf(value, sizeof(value), "%" PRIu64 " x %s%s", run->count,
		 hr_level_name(run->leaf.level, run->leaf.cont),
		 run->leaf.valid ? "" : ", not valid");
	return hr_watch_put(watch, key, value);
}

/* The map that is being printed. */
struct printer {
	struct hr_report *report;
	enum hr_map map;
	uint64_t digest; /* of the runs that were walked again */
};

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	const struct printer *printer = context;
	struct hr_report *report = printer->report;
	bool has_pa = hr_kernel_has_pa(report->kernel, printer->map);
	struct hr_error *error;

	report->summary.mapped[printer->map] += run->leaf.size * run->count;
	if (hr_report_is_text(report))
		print_run(run, has_pa);
	if (hr_report_is_json(report) && !hr_json_run(&report->json, run, has_pa))
		return hr_error_no_memory();
	error = hr_report_check_output();
	return error || !report->watch ? error : watch_run(report->watch, run);
}

/* What is not in the list of a map, and that it is not. */
static void note_unreadable(struct hr_report *report, enum hr_map map, uint64_t bytes)
{
	static const char *const warnings[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = "parts of the linear map could not be read: the map lacks them",
		[HR_MAP_VMEMMAP] = "parts of the vmemmap could not be read: the map lacks them",
	};

	if (bytes)
		hr_kernel_warn(report->kernel, warnings[map]);
	report->summary.incomplete |= bytes != 0;
}

static struct hr_error *print_map(struct hr_report *report, enum hr_map map)
{
	struct printer printer = { .report = report, .map = map };
	struct hr_map_walk walk = { .run = on_run, .context = &printer };
	struct hr_error *error;

	if (hr_report_is_text(report))
		print_heading(map);
	if (hr_report_is_json(report))
		hr_json_begin_list(&report->json, hr_map_name(map));
	error = hr_kernel_walk_map(report->kernel, map, &walk);
	if (hr_report_is_json(report))
		hr_json_end_list(&report->json, map + 1 == HR_MAP_COUNT);
	if (hr_report_is_text(report))
		putchar('\n');
	note_unreadable(report, map, walk.unreadable);
	return error;
}

static struct hr_error *on_rest_run(void *context, const struct hr_run *run)
{
	struct printer *printer = context;

	if (run->state != HR_MAP_MAPPED)
		return NULL;
	printer->digest = hr_run_digest(printer->digest, run);
	return on_run(printer, run);
}

/*
 * The runs that were drawn, from the list, and those that had no place in it by walking there
 * again. A running kernel may have changed its tables in between: the reader is told.
 */
static struct hr_error *print_drawn_runs(struct hr_report *report, const struct drawing *drawing)
{
	struct printer printer = { .report = report, .map = HR_MAP_LINEAR };
	const struct hr_visitor visitor = { .run = on_rest_run, .context = &printer };
	struct hr_error *error = NULL;
	uint64_t rest;

	for (size_t i = 0; !error && i < hr_run_list_count(drawing->runs); i++) {
		const struct hr_run run = hr_run_list_get(drawing->runs, i);

		error = on_run(&printer, &run);
	}
	if (error || !hr_run_list_has_rest(drawing->runs, &rest))
		return error;
	error = hr_walk_range(report->kernel->walker, rest, drawing->va_last, &visitor);
	if (printer.digest != hr_run_list_rest_digest(drawing->runs))
		hr_kernel_warn(report->kernel,
			       "the linear map changed while it was read: its picture shows it a "
			       "little earlier than the end of its list does");
	return error;
}

static struct hr_error *print_drawing(struct hr_report *report, const struct drawing *drawing)
{
	struct hr_error *error;

	if (drawing->first > drawing->last)
		puts("linear map: nothing is mapped\n");
	else
		print_picture(drawing);
	print_heading(HR_MAP_LINEAR);
	error = print_drawn_runs(report, drawing);
	putchar('\n');
	note_unreadable(report, HR_MAP_LINEAR, drawing->unreadable);
	return error;
}

/* The linear map as text: a picture by the size of its leaves, and the runs. */
static struct hr_error *print_linear_map(struct hr_report *report)
{
	_cleanup_(hr_cleanup_picture) struct hr_picture *picture = NULL;
	_cleanup_(hr_cleanup_run_list) struct hr_run_list *runs = NULL;
	const struct hr_kernel *kernel = report->kernel;
	struct hr_error *error = hr_picture_create(kernel->memory_block_size, &picture);
	struct drawing drawing = {
		.kernel = kernel,
		.picture = picture,
		.first = UINT64_MAX,
		.utf8 = report->session->inputs->utf8,
		.colour = hr_text_has_colour(),
	};

	if (!error)
		error = hr_run_list_create(&kernel->layout.geo, HR_RUNS_MAX, &runs);
	drawing.runs = runs;
	hr_kernel_map_extent(kernel, HR_MAP_LINEAR, &drawing.va_start, &drawing.va_last);
	drawing.origin = address_of(&drawing, drawing.va_start) & (HR_PICTURE_END / 4 - 1);
	if (!error)
		error = draw_map(&drawing);
	return error ? error : print_drawing(report, &drawing);
}

struct hr_error *hr_report_map(struct hr_report *report)
{
	struct hr_error *error = NULL;

	if (hr_report_is_json(report))
		hr_json_begin_object("map");
	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++) {
		if (map == HR_MAP_LINEAR && hr_report_is_text(report))
			error = print_linear_map(report);
		else
			error = print_map(report, map);
	}
	if (hr_report_is_json(report))
		hr_json_end_object();
	return error;
}
