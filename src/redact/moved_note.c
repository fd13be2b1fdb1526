// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/moved_note.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/pointer.h"
#include "base/cleanup.h"
#include "base/printable.h"

enum {
	KEY_MAX = 128,
	VALUE_MAX = 128,
	NUMBER_MAX = 24, /* by so much a line may become longer */
};

/* A key that fits has this value, which is a number in most cases. */
struct line {
	const char *key, *value;
	uint64_t number;
};

/* The text so far, in a buffer that has room for all of it. */
struct output {
	char *text;
	size_t len, size;
};

typedef void put_fn(const struct hr_moves *moves, const struct line *line, struct output *output);

static void append(struct output *output, const struct line *line, const char *value)
{
	output->len += (size_t)snprintf(output->text + output->len, output->size - output->len,
					"%s=%s\n", line->key, value);
}

/* A number with @prefix. */
static void append_number(struct output *output, const struct line *line, const char *prefix,
			  uint64_t number)
{
	char value[NUMBER_MAX];

	snprintf(value, sizeof(value), "%s%" PRIx64, prefix, number);
	append(output, line, value);
}

/* A number in the radix of its key: 16 without a prefix only where @is_hexadecimal. */
static bool number_of(const char *value, bool is_hexadecimal, uint64_t *ret)
{
	bool has_prefix = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *digits = value + (*value == '-');
	char *end;

	errno = 0;
	*ret = strtoull(value, &end, is_hexadecimal || has_prefix ? 16 : 10);
	return !errno && end > digits && !*end && *digits > ' ' && *digits != '+' && *digits != '-';
}

static void put_text(const struct hr_moves *moves, const struct line *line, struct output *output)
{
	(void)moves;
	append(output, line, line->value);
}

/* A size, an offset or the like, which is too small for an address. */
static void put_small(const struct hr_moves *moves, const struct line *line, struct output *output)
{
	if (!(line->number >> 31))
		put_text(moves, line, output);
}

/* The physical address that has the first address of the linear map. */
static void put_phys_offset(const struct hr_moves *moves, const struct line *line,
			    struct output *output)
{
	append_number(output, line, "0x", line->number - moves->areas[HR_AREA_LINEAR].by);
}

static void put_voffset(const struct hr_moves *moves, const struct line *line,
			struct output *output)
{
	append_number(output, line, "0x", line->number + moves->areas[HR_AREA_IMAGE].by);
}

static void put_kernel_offset(const struct hr_moves *moves, const struct line *line,
			      struct output *output)
{
	append_number(output, line, "", line->number + moves->areas[HR_AREA_IMAGE].by);
}

static void put_symbol(const struct hr_moves *moves, const struct line *line, struct output *output)
{
	uint64_t va = hr_untagged(line->number), moved;

	if (hr_moves_va(moves, va, &moved))
		append_number(output, line, "", moved);
}

/* The struct page of page frame 0, which may lie outside of the vmemmap. */
static void put_vmemmap(const struct hr_moves *moves, const struct line *line,
			struct output *output)
{
	append_number(output, line, "",
		      hr_untagged(line->number) + moves->areas[HR_AREA_VMEMMAP].by);
}

/*
 * The keys that are kept. Those of a whole prefix describe structures. Where the areas lie is the
 * same in all kernels of a configuration.
 */
static const struct {
	const char *key;
	bool is_prefix, is_text, is_hexadecimal;
	put_fn *put;
} keys[] = {
	{ "OSRELEASE", false, true, false, put_text },
	{ "PAGESIZE", false, false, false, put_small },
	{ "OFFSET(", true, false, false, put_small },
	{ "SIZE(", true, false, false, put_small },
	{ "LENGTH(", true, false, false, put_small },
	{ "NUMBER(VA_BITS)", false, false, false, put_small },
	{ "NUMBER(TCR_EL1_T1SZ)", false, false, false, put_small },
	{ "NUMBER(tcr_el1_t1sz)", false, false, false, put_small },
	{ "NUMBER(MAX_PHYSMEM_BITS)", false, false, false, put_small },
	{ "NUMBER(SECTION_SIZE_BITS)", false, false, false, put_small },
	{ "NUMBER(MODULES_VADDR)", false, false, false, put_text },
	{ "NUMBER(MODULES_END)", false, false, false, put_text },
	{ "NUMBER(VMALLOC_START)", false, false, false, put_text },
	{ "NUMBER(VMALLOC_END)", false, false, false, put_text },
	{ "NUMBER(VMEMMAP_START)", false, false, false, put_text },
	{ "NUMBER(VMEMMAP_END)", false, false, false, put_text },
	{ "NUMBER(KERNELPACMASK)", false, false, false, put_text },
	{ "NUMBER(PHYS_OFFSET)", false, false, false, put_phys_offset },
	{ "NUMBER(kimage_voffset)", false, false, false, put_voffset },
	{ "KERNELOFFSET", false, false, true, put_kernel_offset },
	{ "SYMBOL(_stext)", false, false, true, put_symbol },
	{ "SYMBOL(swapper_pg_dir)", false, false, true, put_symbol },
	{ "SYMBOL(init_uts_ns)", false, false, true, put_symbol },
	{ "SYMBOL(mem_section)", false, false, true, put_symbol },
	{ "SYMBOL(vmemmap)", false, false, true, put_vmemmap },
};

static void put_line(const struct hr_moves *moves, struct line *line, struct output *output)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t len = strlen(keys[i].key) + !keys[i].is_prefix;

		if (strncmp(line->key, keys[i].key, len) != 0)
			continue;
		if (keys[i].is_text ||
		    number_of(line->value, keys[i].is_hexadecimal, &line->number))
			keys[i].put(moves, line, output);
		return;
	}
}

/* Take the @len bytes at @text, KEY=VALUE. What is longer than any line that is kept is not. */
static void take_line(const struct hr_moves *moves, const char *text, size_t len,
		      struct output *output)
{
	char copy[KEY_MAX + VALUE_MAX], *equals;
	struct line line = { .key = copy };

	if (len >= sizeof(copy))
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	equals = strchr(copy, '=');
	if (!equals || !hr_is_printable(copy))
		return;
	*equals = '\0';
	line.value = equals + 1;
	put_line(moves, &line, output);
}

/* Room for all lines as they may become, and for the end of the string. */
static size_t room_of(const char *text, const char *end)
{
	size_t room = (size_t)(end - text) + NUMBER_MAX + 2;

	for (; text < end; text++)
		room += *text == '\n' ? NUMBER_MAX : 0;
	return room;
}

struct hr_error *hr_moved_note(const struct hr_moves *moves, const char *text, size_t len,
			       char **ret, size_t *ret_len)
{
	const char *end = text + strnlen(text, len);
	struct output output = { .size = room_of(text, end) };

	output.text = calloc(1, output.size);
	if (!output.text)
		return hr_error_no_memory();
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		take_line(moves, text, (size_t)(stop - text), &output);
		text = stop + 1;
	}
	*ret = output.text;
	*ret_len = output.len;
	return NULL;
}
