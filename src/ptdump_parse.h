/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /sys/kernel/debug/kernel_page_tables, 5.10 to 7.3, as a kernel prints it or as it
 * comes out of a mail: quoted, wrapped, indented, with lines left out.
 *
 * The text has a line for each stretch of neighbours of one level whose attributes are equal,
 * mapped or not, wherever they map to: virtual addresses with an exclusive end, a size, the level,
 * attributes. Lines in between name the regions. What has no line is not known: a kernel prints
 * one for every address from the base of its half of the address space on.
 */
#ifndef HR_PTDUMP_PARSE_H
#define HR_PTDUMP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Limits of ours: bytes of a line and of the text, and lines with addresses. */
enum {
	HR_PTDUMP_LINE_MAX = 1024,
	HR_PTDUMP_TEXT_MAX = 256 << 20,
	HR_PTDUMP_ENTRIES_MAX = 1 << 20,
};

/* The level column. What a name means depends on the geometry: the root's is always PGD. */
enum hr_ptdump_level {
	HR_PTDUMP_PGD,
	HR_PTDUMP_P4D,
	HR_PTDUMP_PUD,
	HR_PTDUMP_PMD,
	HR_PTDUMP_PTE,
};

/* One line with addresses. */
struct hr_ptdump_entry {
	uint64_t va;   /* first byte */
	uint64_t last; /* last byte, inclusive */
	uint32_t line; /* of the text, from 1 on */
	enum hr_ptdump_level level;
	bool mapped; /* there are attributes: a leaf, valid or not */
	bool valid;  /* no F among them, nor BLK at the last level */
	bool cont;   /* CON */
};

enum hr_ptdump_marker {
	HR_PTDUMP_LINEAR_START,
	HR_PTDUMP_LINEAR_END,
	HR_PTDUMP_VMEMMAP_START,
	HR_PTDUMP_VMEMMAP_END,
	HR_PTDUMP_FIXMAP_START,
	HR_PTDUMP_MARKERS,
};

struct hr_ptdump {
	struct hr_ptdump_entry *entries; /* in ascending VA, none overlaps another */
	size_t count;			 /* at least 1 */
	/* The entry that follows a marker, as an index that may be @count; SIZE_MAX: no marker. */
	size_t markers[HR_PTDUMP_MARKERS];
};

struct hr_ptdump_parser;

/* A parser that has seen nothing yet. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_ptdump_parser_create(struct hr_ptdump_parser **ret);
void hr_ptdump_parser_destroy(struct hr_ptdump_parser *parser);

static inline void hr_cleanup_ptdump_parser(struct hr_ptdump_parser **parser)
{
	hr_ptdump_parser_destroy(*parser);
}

/*
 * Take the next @len bytes of the text, cut wherever they are. Lines that do not begin with 0x, and
 * are neither a marker nor the rest of a wrapped line, are passed over.
 * Error HR_ERROR_INPUT names the line: malformed, contradicting itself or the lines before it, cut
 * off, or beyond a limit.
 */
struct hr_error *hr_ptdump_parser_feed(struct hr_ptdump_parser *parser, const char *data,
				       size_t len);

/* The text has ended. Error HR_ERROR_INPUT: as above, or it has no line with addresses. */
struct hr_error *hr_ptdump_parser_finish(struct hr_ptdump_parser *parser, struct hr_ptdump **ret);

/* Parse all of the @len bytes at @text. */
struct hr_error *hr_ptdump_parse(const char *text, size_t len, struct hr_ptdump **ret);

void hr_ptdump_destroy(struct hr_ptdump *ptdump);

static inline void hr_cleanup_ptdump(struct hr_ptdump **ptdump)
{
	hr_ptdump_destroy(*ptdump);
}

const char *hr_ptdump_level_name(enum hr_ptdump_level level);

/* The entry around @va; without one the first behind it, @ptdump->count if there is none. */
size_t hr_ptdump_find(const struct hr_ptdump *ptdump, uint64_t va);

#endif
