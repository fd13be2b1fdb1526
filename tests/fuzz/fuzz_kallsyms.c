// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables behind /proc/kallsyms. Input: the form of the tables, where each begins, and their
 * memory. The result must be the same as when names are expanded one by one.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "kernel/kallsyms.h"

#define PAGE_OFFSET UINT64_C(0xffff000000000000)

enum {
	MEMORY = 1 << 18, /* names are read in pieces of 64 KiB */
	TABLES = 6,
	SYMBOLS = 3,
	TOKEN_TABLE = 1 << 14, /* size of the part that is searched for tokens */
};

enum table {
	NAMES,
	COUNT,
	TOKEN_TEXT,
	TOKEN_INDEX,
	OFFSETS,
	BASE
};

struct tables {
	uint8_t memory[MEMORY];
	uint64_t at[TABLES]; /* offset in the memory */
	bool relative;	     /* relative to a base */
	bool long_lengths;
};

static struct hr_error *read_memory(void *context, uint64_t pa, void *buffer, size_t len)
{
	const struct tables *tables = context;

	if (pa > MEMORY || len > MEMORY - pa)
		return hr_error_new(HR_ERROR_UNREADABLE, "no memory");
	memcpy(buffer, tables->memory + pa, len);
	return NULL;
}

/* A little-endian number. Beyond the memory there are none, and the tables cannot be read. */
static uint64_t number(const struct tables *tables, uint64_t at, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len && at + i < MEMORY; i++)
		value |= (uint64_t)tables->memory[at + i] << 8 * i;
	return value;
}

/* Append the expansion of @token. @text has room for @size bytes. */
static void write_token(const struct tables *tables, uint8_t token, char *text, size_t size)
{
	uint64_t index = number(tables, tables->at[TOKEN_INDEX] + 2 * token, 2);
	uint64_t at = tables->at[TOKEN_TEXT] + index;
	size_t used = strlen(text);

	for (; used + 1 < size && at < MEMORY && tables->memory[at]; at++)
		text[used++] = (char)tables->memory[at];
	text[used] = '\0';
}

/* The address of symbol @index, from its offset. */
static uint64_t address(const struct tables *tables, uint64_t index)
{
	uint64_t place = tables->at[OFFSETS] + 4 * index;
	uint64_t offset = number(tables, place, 4);

	if (tables->relative)
		return number(tables, tables->at[BASE], 8) + offset;
	return PAGE_OFFSET + place + (uint64_t)(int64_t)(int32_t)offset;
}

/*
 * Does a symbol @name at @va exist? Looks only at names that do not depend on how long tokens may
 * be.
 */
static bool has_symbol(const struct tables *tables, const char *name, uint64_t va)
{
	uint64_t count = number(tables, tables->at[COUNT], 4), at = tables->at[NAMES];

	for (uint64_t i = 0; i < count && at < MEMORY; i++) {
		uint64_t len = number(tables, at++, 1);
		char text[600] = "";

		if (tables->long_lengths && len & 128)
			len = (len & 127) | number(tables, at++, 1) << 7;
		for (uint64_t k = 0; k < len; k++)
			write_token(tables, (uint8_t)number(tables, at + k, 1), text, sizeof(text));
		if (text[0] && !strcmp(text + 1, name) && address(tables, i) == va)
			return true;
		at += len;
	}
	return false;
}

/* Are all tokens in the part of their table that is read? */
static bool has_plain_tokens(const struct tables *tables)
{
	uint64_t end = 0;

	for (size_t i = 0; i < 256; i++) {
		uint64_t index = number(tables, tables->at[TOKEN_INDEX] + 2 * i, 2);
		uint64_t at = tables->at[TOKEN_TEXT] + index, len = 0;

		while (at + len < MEMORY && tables->memory[at + len])
			len++;
		if (index >= TOKEN_TABLE || len >= 256)
			return false;
		end = index + len > end ? index + len : end;
	}
	return end < TOKEN_TABLE;
}

/* The note with the address of each table. */
static struct hr_vmcoreinfo *make_note(const struct tables *tables, uint64_t stext)
{
	static const char *const names[] = { "names",	    "num_syms", "token_table",
					     "token_index", "offsets",	"relative_base" };
	struct hr_vmcoreinfo *note;
	char text[512];
	int len = snprintf(text, sizeof(text), "SYMBOL(_stext)=%" PRIx64 "\n", stext);

	for (size_t i = 0; i < (tables->relative ? TABLES : BASE); i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
				"SYMBOL(kallsyms_%s)=%" PRIx64 "\n", names[i],
				PAGE_OFFSET + tables->at[i]);
	require(fuzz_succeeded(hr_vmcoreinfo_create(text, (size_t)len, &note)), "no note");
	return note;
}

static uint64_t take_tables(struct fuzz_input *input, struct tables *tables)
{
	uint8_t flags = fuzz_take8(input);
	uint64_t stext;
	size_t len;

	memset(tables, 0, sizeof(*tables));
	tables->relative = flags & 1;
	tables->long_lengths = flags & 2;
	for (size_t i = 0; i < TABLES; i++)
		tables->at[i] = fuzz_take16(input) * (flags & 4 ? 4 : 1);
	stext = fuzz_take64(input);
	len = input->left < MEMORY ? input->left : MEMORY;
	if (len)
		memcpy(tables->memory, input->at, len);
	return stext;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tables tables;
	struct fuzz_input input = { data, size };
	uint64_t stext = take_tables(&input, &tables);
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *note = make_note(&tables, stext);
	const struct hr_memory memory = { .read = read_memory, .context = &tables, .size = MEMORY };
	struct hr_symbol symbols[SYMBOLS] = { { .name = HR_KALLSYMS_SELF_TEST },
					      { .name = "ab" },
					      { .name = "abc" } };
	const struct hr_layout layout = {
		.page_offset = PAGE_OFFSET,
		.linear_end = PAGE_OFFSET + (UINT64_C(1) << 47),
		.version = { .known = true, .major = 6, .minor = tables.long_lengths },
	};

	if (!fuzz_succeeded(hr_kallsyms_find(&layout, note, &memory, symbols, SYMBOLS)))
		return 0;
	require(symbols[0].found && symbols[0].va == stext, "another kernel's symbols");
	for (size_t i = 0; has_plain_tokens(&tables) && i < SYMBOLS; i++)
		require(!symbols[i].found || has_symbol(&tables, symbols[i].name, symbols[i].va),
			"'%s' at 0x%" PRIx64 " is in no table", symbols[i].name, symbols[i].va);
	return 0;
}
