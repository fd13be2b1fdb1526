// SPDX-License-Identifier: GPL-2.0-or-later
#include "ptdump_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/grow.h"

#define BLANKS " \t\r\f\v"

/* The kernel half of the address space: 52 bits of VA at most. */
#define KERNEL_HALF UINT64_C(0xfff0000000000000)

/* Every granule is a multiple of this. */
#define SMALLEST_PAGE UINT64_C(4096)

/* The state of the current line: each token determines what may follow. */
enum stage {
	STAGE_NONE, /* there is no line */
	STAGE_SIZE, /* the addresses were read; the size is next */
	STAGE_LEVEL,
	STAGE_ATTRIBUTES,
	STAGE_DONE, /* the memory type, the last attribute of a mapped line, was read */
};

struct hr_ptdump_parser {
	char line[HR_PTDUMP_LINE_MAX + 1];
	size_t len; /* of the incomplete line */
	uint32_t line_number;
	uint64_t total; /* bytes of the text so far */

	enum stage stage;
	struct hr_ptdump_entry entry; /* being parsed */
	char marker[64];	      /* a marker that continues in the next line; empty: none */

	struct hr_ptdump *ptdump;
	size_t room; /* number of entries that fit */
};

static const char *const level_names[] = {
	[HR_PTDUMP_PGD] = "PGD", [HR_PTDUMP_P4D] = "P4D", [HR_PTDUMP_PUD] = "PUD",
	[HR_PTDUMP_PMD] = "PMD", [HR_PTDUMP_PTE] = "PTE",
};

/* Every attribute that arm64 kernels print. Those that matter for the leaf have a meaning. */
static const struct attribute {
	const char *name;
	enum meaning {
		MEANS_NOTHING,
		MEANS_INVALID,
		MEANS_NOT_GLOBAL,
		MEANS_CONT,
		MEANS_BLOCK,
		MEANS_END, /* the memory type: always printed, always last */
	} meaning;
} attributes[] = {
	{ "F", MEANS_INVALID },
	{ "USR", MEANS_NOTHING },
	{ "ro", MEANS_NOTHING },
	{ "RW", MEANS_NOTHING },
	{ "NX", MEANS_NOTHING },
	{ "x", MEANS_NOTHING },
	{ "SHD", MEANS_NOTHING },
	{ "AF", MEANS_NOTHING },
	{ "NG", MEANS_NOT_GLOBAL },
	{ "CON", MEANS_CONT },
	{ "BLK", MEANS_BLOCK },
	{ "UXN", MEANS_NOTHING },
	{ "GP", MEANS_NOTHING },
	{ "DEVICE/nGnRnE", MEANS_END },
	{ "DEVICE/nGnRE", MEANS_END },
	{ "DEVICE/GRE", MEANS_END },
	{ "MEM/NORMAL-NC", MEANS_END },
	{ "MEM/NORMAL", MEANS_END },
	{ "MEM/NORMAL-TAGGED", MEANS_END },
	{ "MEM/NORMAL-WT", MEANS_END },
};

/* Markers by their first words. 4.x kernels had no "start" after the linear mapping's. */
static const struct {
	const char *name;
	enum hr_ptdump_marker marker;
} marker_names[] = {
	{ "Linear Mapping start", HR_PTDUMP_LINEAR_START },
	{ "Linear Mapping end", HR_PTDUMP_LINEAR_END },
	{ "Linear Mapping", HR_PTDUMP_LINEAR_START },
	{ "vmemmap start", HR_PTDUMP_VMEMMAP_START },
	{ "vmemmap end", HR_PTDUMP_VMEMMAP_END },
	{ "Fixmap start", HR_PTDUMP_FIXMAP_START },
};

const char *hr_ptdump_level_name(enum hr_ptdump_level level)
{
	return level_names[level];
}

struct hr_error *hr_ptdump_parser_create(struct hr_ptdump_parser **ret)
{
	_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser =
		calloc(1, sizeof(*parser));

	if (!parser)
		return hr_error_no_memory();
	parser->ptdump = calloc(1, sizeof(*parser->ptdump));
	if (!parser->ptdump)
		return hr_error_no_memory();
	for (size_t i = 0; i < HR_PTDUMP_MARKERS; i++)
		parser->ptdump->markers[i] = SIZE_MAX;
	*ret = hr_take(parser);
	return NULL;
}

void hr_ptdump_parser_destroy(struct hr_ptdump_parser *parser)
{
	if (!parser)
		return;
	hr_ptdump_destroy(parser->ptdump);
	free(parser);
}

void hr_ptdump_destroy(struct hr_ptdump *ptdump)
{
	if (!ptdump)
		return;
	free(ptdump->entries);
	free(ptdump);
}

/* An error about @line. */
#define line_error(line, format, ...)                                                              \
	hr_error_new(HR_ERROR_INPUT, "line %" PRIu32 ": " format, (uint32_t)(line), ##__VA_ARGS__)

/* Take a hexadecimal number with 0x from *@text, and advance *@text past it. */
static bool take_address(const char **text, uint64_t *ret)
{
	const char *at = *text;
	size_t digits;

	if (at[0] != '0' || at[1] != 'x')
		return false;
	at += 2;
	digits = strspn(at, "0123456789abcdefABCDEF");
	if (!digits || digits > 16)
		return false;
	*ret = strtoull(at, NULL, 16);
	*text = at + digits;
	return true;
}

static struct hr_error *check_place(const struct hr_ptdump_parser *parser,
				    const struct hr_ptdump_entry *entry)
{
	const struct hr_ptdump *ptdump = parser->ptdump;
	const struct hr_ptdump_entry *before =
		ptdump->count ? &ptdump->entries[ptdump->count - 1] : NULL;

	if (entry->va < KERNEL_HALF)
		return line_error(entry->line,
				  "0x%" PRIx64 " is not an address of the kernel's half: this is "
				  "not the text of kernel_page_tables",
				  entry->va);
	if (entry->va % SMALLEST_PAGE || (entry->last + 1) % SMALLEST_PAGE)
		return line_error(entry->line,
				  "0x%" PRIx64 "-0x%" PRIx64 " is not a whole number of pages",
				  entry->va, entry->last + 1);
	if (before && entry->va <= before->last)
		return line_error(entry->line,
				  "it begins at 0x%" PRIx64 ", before line %" PRIu32 " ends: "
				  "addresses ascend in a capture, and a file has one capture",
				  entry->va, before->line);
	return NULL;
}

/* The two addresses of a line, the second one exclusive. Returns false if there are none. */
static bool take_addresses(const char **text, uint64_t *ret_start, uint64_t *ret_end)
{
	if (!take_address(text, ret_start) || *(*text)++ != '-' || !take_address(text, ret_end))
		return false;
	return !**text || strchr(BLANKS, **text);
}

/* Some kernels begin their walk at address 0: the hole there extends up to their half. */
static void cut_first_hole(struct hr_ptdump_entry *entry)
{
	if (!entry->mapped && entry->va < KERNEL_HALF && entry->last >= KERNEL_HALF)
		entry->va = KERNEL_HALF;
}

static struct hr_error *begin_entry(struct hr_ptdump_parser *parser, const char **text)
{
	struct hr_ptdump_entry *entry = &parser->entry;
	const char *line = *text;
	uint64_t end = 0;

	*entry = (struct hr_ptdump_entry){ .line = parser->line_number, .valid = true };
	if (!take_addresses(text, &entry->va, &end))
		return line_error(entry->line,
				  "'%.40s' does not begin with two addresses, such as "
				  "0xffff000000000000-0xffff000000200000",
				  line);
	/* The last line ends at the end of the address space, which is printed as 0. */
	if (end <= entry->va && end)
		return line_error(entry->line, "it ends at 0x%" PRIx64 ", before it begins", end);
	entry->last = end - 1;
	parser->stage = STAGE_SIZE;
	return NULL;
}

static struct hr_error *take_size(struct hr_ptdump_parser *parser, const char *token)
{
	static const char units[] = "KMGTPE";
	const struct hr_ptdump_entry *entry = &parser->entry;
	uint64_t kib = (entry->last - entry->va + 1) >> 10, value;
	size_t digits = strspn(token, "0123456789");
	const char *unit = strchr(units, token[digits]);

	if (!digits || digits > 12 || !token[digits] || !unit || token[digits + 1])
		return line_error(entry->line, "'%.40s' is not a size", token);
	value = strtoull(token, NULL, 10);
	for (const char *at = units; at < unit; at++) {
		if (value >> 54)
			break;
		value <<= 10;
	}
	if (value != kib)
		return line_error(entry->line,
				  "its size is given as %s, but its addresses are %" PRIu64
				  "K apart",
				  token, kib);
	parser->stage = STAGE_LEVEL;
	return NULL;
}

static const struct attribute *find_attribute(const char *token)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (!strcmp(attributes[i].name, token))
			return &attributes[i];
	return NULL;
}

static bool find_level(const char *token, enum hr_ptdump_level *ret)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(level_names[i], token))
			continue;
		*ret = (enum hr_ptdump_level)i;
		return true;
	}
	return false;
}

static struct hr_error *take_level(struct hr_ptdump_parser *parser, const char *token)
{
	struct hr_ptdump_entry *entry = &parser->entry;

	if (find_level(token, &entry->level)) {
		parser->stage = STAGE_ATTRIBUTES;
		return NULL;
	}
	if (find_attribute(token))
		return line_error(entry->line,
				  "it has no level (PGD to PTE) after the size, like the text of "
				  "an old kernel: without levels the leaves are not known");
	return line_error(entry->line, "'%.40s' is not a level", token);
}

static struct hr_error *take_attribute(struct hr_ptdump_parser *parser, const char *token)
{
	const struct attribute *attribute = find_attribute(token);
	struct hr_ptdump_entry *entry = &parser->entry;

	if (!attribute)
		return line_error(entry->line, "'%.40s' is not an attribute that a kernel prints",
				  token);
	entry->mapped = true;
	/* At the last level the type of a block is reserved: such an entry maps nothing. */
	if (attribute->meaning == MEANS_INVALID ||
	    (attribute->meaning == MEANS_BLOCK && entry->level == HR_PTDUMP_PTE))
		entry->valid = false;
	entry->cont |= attribute->meaning == MEANS_CONT;
	entry->not_global |= attribute->meaning == MEANS_NOT_GLOBAL;
	if (attribute->meaning == MEANS_END)
		parser->stage = STAGE_DONE;
	return NULL;
}

static struct hr_error *take_token(struct hr_ptdump_parser *parser, const char *token)
{
	switch (parser->stage) {
	case STAGE_SIZE:
		return take_size(parser, token);
	case STAGE_LEVEL:
		return take_level(parser, token);
	case STAGE_ATTRIBUTES:
		return take_attribute(parser, token);
	case STAGE_NONE:
	case STAGE_DONE:
		/* A remark that someone added after a whole line. */
		break;
	}
	return NULL;
}

static struct hr_error *take_tokens(struct hr_ptdump_parser *parser, char *text)
{
	struct hr_error *error = NULL;
	const char *token;

	while (!error && (token = strsep(&text, BLANKS)))
		if (*token)
			error = take_token(parser, token);
	return error;
}

static struct hr_error *add_entry(struct hr_ptdump_parser *parser)
{
	struct hr_ptdump *ptdump = parser->ptdump;
	struct hr_ptdump_entry *entries;

	if (ptdump->count == HR_PTDUMP_ENTRIES_MAX)
		return line_error(parser->entry.line,
				  "there are more lines with addresses than the limit of %d",
				  HR_PTDUMP_ENTRIES_MAX);
	entries = hr_grow(ptdump->entries, ptdump->count, &parser->room, sizeof(*entries));
	if (!entries)
		return hr_error_no_memory();
	ptdump->entries = entries;
	ptdump->entries[ptdump->count++] = parser->entry;
	return NULL;
}

/* The current line is complete: keep it if it is whole. */
static struct hr_error *end_entry(struct hr_ptdump_parser *parser)
{
	struct hr_ptdump_entry *entry = &parser->entry;
	enum stage stage = parser->stage;
	struct hr_error *error;

	parser->stage = STAGE_NONE;
	if (stage == STAGE_NONE)
		return NULL;
	if (stage == STAGE_SIZE || stage == STAGE_LEVEL)
		return line_error(entry->line, "it ends before its level");
	if (stage == STAGE_ATTRIBUTES && entry->mapped)
		return line_error(
			entry->line,
			"it has lost its end: a mapped line ends with a memory type, such as "
			"MEM/NORMAL");
	cut_first_hole(entry);
	error = check_place(parser, entry);
	return error ? error : add_entry(parser);
}

/* Does @text consist only of words that can continue the current line? */
static bool is_continuation(const struct hr_ptdump_parser *parser, const char *text)
{
	char copy[HR_PTDUMP_LINE_MAX + 1], *rest = copy;
	const char *token;
	enum hr_ptdump_level level;
	bool any = false;

	if (parser->stage == STAGE_NONE || parser->stage == STAGE_DONE)
		return false;
	snprintf(copy, sizeof(copy), "%s", text);
	while ((token = strsep(&rest, BLANKS))) {
		size_t digits = strspn(token, "0123456789");
		bool size = !any && parser->stage == STAGE_SIZE && digits && token[digits];

		if (!*token)
			continue;
		if (!size && !find_attribute(token) && !find_level(token, &level))
			return false;
		any = true;
	}
	return any;
}

static struct hr_error *note_marker(struct hr_ptdump_parser *parser, const char *name)
{
	struct hr_ptdump *ptdump = parser->ptdump;

	for (size_t i = 0; i < sizeof(marker_names) / sizeof(marker_names[0]); i++) {
		size_t *marker = &ptdump->markers[marker_names[i].marker];

		if (strncasecmp(name, marker_names[i].name, strlen(marker_names[i].name)))
			continue;
		if (*marker != SIZE_MAX)
			return line_error(
				parser->line_number,
				"the marker '%.40s' comes a second time: a file has one capture",
				name);
		*marker = ptdump->count;
		break;
	}
	return NULL;
}

/* The name in a marker, which a mail may have wrapped over two lines. */
static struct hr_error *take_marker(struct hr_ptdump_parser *parser, const char *text)
{
	const char *end = strstr(text, "]---");
	size_t used = strlen(parser->marker);
	struct hr_error *error;

	while (*text && text != end && used + 2 < sizeof(parser->marker))
		parser->marker[used++] = *text++;
	if (!end && used + 1 < sizeof(parser->marker))
		parser->marker[used++] = ' ';
	parser->marker[used] = '\0';
	if (!end)
		return NULL;
	error = note_marker(parser, parser->marker);
	parser->marker[0] = '\0';
	return error;
}

/* Skip what mails put before lines: quote marks and blanks. */
static const char *skip_quotes(const char *line)
{
	return line + strspn(line, BLANKS ">|");
}

static struct hr_error *take_line(struct hr_ptdump_parser *parser)
{
	const char *text = skip_quotes(parser->line);
	struct hr_error *error = NULL;

	if (is_continuation(parser, text))
		return take_tokens(parser, parser->line + (text - parser->line));
	error = end_entry(parser);
	if (error)
		return error;
	if (!strncmp(text, "0x", 2)) {
		parser->marker[0] = '\0';
		error = begin_entry(parser, &text);
		return error ? error : take_tokens(parser, parser->line + (text - parser->line));
	}
	if (!strncmp(text, "---[", 4)) {
		parser->marker[0] = '\0';
		return take_marker(parser, text + 4 + strspn(text + 4, BLANKS));
	}
	if (parser->marker[0]) {
		error = take_marker(parser, text);
		parser->marker[0] = '\0';
	}
	return error;
}

static struct hr_error *end_line(struct hr_ptdump_parser *parser)
{
	struct hr_error *error;

	parser->line[parser->len] = '\0';
	parser->line_number++;
	error = take_line(parser);
	parser->len = 0;
	return error;
}

static struct hr_error *take_byte(struct hr_ptdump_parser *parser, char byte)
{
	if (byte == '\n')
		return end_line(parser);
	if (!byte)
		return line_error(parser->line_number + 1, "it has a NUL byte: this is not text");
	if (parser->len == HR_PTDUMP_LINE_MAX)
		return line_error(parser->line_number + 1,
				  "it is longer than the limit of %d bytes", HR_PTDUMP_LINE_MAX);
	parser->line[parser->len++] = byte;
	return NULL;
}

struct hr_error *hr_ptdump_parser_feed(struct hr_ptdump_parser *parser, const char *data,
				       size_t len)
{
	struct hr_error *error = NULL;

	if (!parser->ptdump)
		return hr_error_new(HR_ERROR_USAGE, "the text has ended");
	parser->total += len;
	if (parser->total > HR_PTDUMP_TEXT_MAX)
		return hr_error_new(HR_ERROR_INPUT, "the text is longer than the limit of %d MiB",
				    HR_PTDUMP_TEXT_MAX >> 20);
	for (size_t i = 0; !error && i < len; i++)
		error = take_byte(parser, data[i]);
	return error;
}

/*
 * The last line has no end. A hole that was cut there looks like a mapped line that was. At the end
 * of the address space nothing is mapped: pointers there are errors.
 */
static struct hr_error *end_cut_line(struct hr_ptdump_parser *parser)
{
	const struct hr_ptdump_entry *entry = &parser->entry;
	struct hr_error *error = end_line(parser);

	if (error || parser->stage != STAGE_ATTRIBUTES || entry->mapped ||
	    entry->last == UINT64_MAX)
		return error;
	return line_error(entry->line,
			  "the text ends in it, without a line end: it may have lost what shows "
			  "that it is mapped");
}

struct hr_error *hr_ptdump_parser_finish(struct hr_ptdump_parser *parser, struct hr_ptdump **ret)
{
	struct hr_error *error = NULL;

	if (!parser->ptdump)
		return hr_error_new(HR_ERROR_USAGE, "the text has ended");
	if (parser->len)
		error = end_cut_line(parser);
	if (!error)
		error = end_entry(parser);
	if (error)
		return error;
	if (!parser->ptdump->count)
		return hr_error_new(
			HR_ERROR_INPUT,
			"it has no line of kernel_page_tables, such as 0xffff000000000000-"
			"0xffff000000200000 2M PMD ...");
	*ret = hr_take(parser->ptdump);
	return NULL;
}

struct hr_error *hr_ptdump_parse(const char *text, size_t len, struct hr_ptdump **ret)
{
	_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser = NULL;
	struct hr_error *error = hr_ptdump_parser_create(&parser);

	if (!parser)
		return error;
	error = hr_ptdump_parser_feed(parser, text, len);
	return error ? error : hr_ptdump_parser_finish(parser, ret);
}

size_t hr_ptdump_find(const struct hr_ptdump *ptdump, uint64_t va)
{
	size_t low = 0, high = ptdump->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ptdump->entries[middle].last < va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
