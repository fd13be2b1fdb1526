// SPDX-License-Identifier: GPL-2.0-or-later
#include "kallsyms.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "kernel_memory.h"

enum {
	TOKENS = 256,
	TOKEN_TABLE_MAX = 1 << 14,
	WINDOW_SIZE = 1 << 16,
	/* A name has at most 511 characters, and so many tokens at most. */
	NAME_TOKENS_MAX = 1024,
	SYMBOL_COUNT_MAX = 1 << 23,
	LONG_LENGTH = 0x80, /* from 6.1 on a length with this bit has a second byte */
};

/* Where the tables lie, by the note. */
struct places {
	uint64_t names, count, token_table, token_index, offsets;
	uint64_t relative_base; /* value, not place */
	bool is_relative;	/* to relative_base; otherwise to the place of the offset */
};

struct tokens {
	uint16_t index[TOKENS];
	char table[TOKEN_TABLE_MAX + 1];
	uint32_t first_mask[TOKENS]; /* symbols that a name beginning with the token can be */
};

/* The names, read through a window that always has room for a whole one. */
struct window {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	uint64_t va; /* of the first byte that is not in the window yet */
	size_t at, filled;
	bool long_lengths; /* a length may have two bytes */
	unsigned char bytes[WINDOW_SIZE];
};

static struct hr_error *no_tables(void)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "VMCOREINFO does not lead to kallsyms");
}

static struct hr_error *find_places(const struct hr_layout *layout,
				    const struct hr_vmcoreinfo *note,
				    const struct hr_memory *memory, struct places *ret)
{
	const struct {
		const char *key;
		uint64_t *place;
	} keys[] = {
		{ "SYMBOL(kallsyms_names)", &ret->names },
		{ "SYMBOL(kallsyms_num_syms)", &ret->count },
		{ "SYMBOL(kallsyms_token_table)", &ret->token_table },
		{ "SYMBOL(kallsyms_token_index)", &ret->token_index },
		{ "SYMBOL(kallsyms_offsets)", &ret->offsets },
	};
	uint64_t base;
	bool found;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct hr_error *error =
			hr_vmcoreinfo_number(note, keys[i].key, &found, keys[i].place);

		if (error || !found)
			return error ? error : no_tables();
	}
	ret->is_relative = hr_vmcoreinfo_get(note, "SYMBOL(kallsyms_relative_base)") != NULL;
	if (!ret->is_relative)
		return NULL;
	hr_error_destroy(
		hr_vmcoreinfo_number(note, "SYMBOL(kallsyms_relative_base)", &found, &base));
	return found ? hr_kernel_read_u64(layout, memory, base, &ret->relative_base) : no_tables();
}

static struct hr_error *read_count(const struct hr_layout *layout, const struct hr_memory *memory,
				   struct places *places)
{
	uint32_t count;
	struct hr_error *error =
		hr_kernel_read(layout, memory, places->count, &count, sizeof(count));

	places->count = error ? 0 : le32toh(count);
	if (!error && (!places->count || places->count > SYMBOL_COUNT_MAX))
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "kallsyms has %" PRIu64 " symbols; from 1 to %d can be read",
				    places->count, SYMBOL_COUNT_MAX);
	return error;
}

static struct hr_error *read_tokens(const struct hr_layout *layout, const struct hr_memory *memory,
				    const struct places *places, struct tokens *tokens)
{
	struct hr_error *error = hr_kernel_read(layout, memory, places->token_index, tokens->index,
						sizeof(tokens->index));
	size_t end = 0;

	if (error)
		return error;
	for (size_t i = 0; i < TOKENS; i++) {
		tokens->index[i] = le16toh(tokens->index[i]);
		if (tokens->index[i] >= TOKEN_TABLE_MAX)
			tokens->index[i] = TOKEN_TABLE_MAX;
		else if (tokens->index[i] > end)
			end = tokens->index[i];
	}
	/* The last token ends somewhere behind its start; what follows is of no matter. */
	end = end + TOKENS < TOKEN_TABLE_MAX ? end + TOKENS : TOKEN_TABLE_MAX;
	memset(tokens->table, 0, sizeof(tokens->table));
	return hr_kernel_read(layout, memory, places->token_table, tokens->table, end);
}

/*
 * The symbols of @mask that go on with @token at @at. The names in the tables have a character for
 * the symbol's type in front.
 */
static uint32_t narrow(const struct hr_symbol *symbols, uint32_t mask, const char *token, size_t at)
{
	uint32_t left = mask;

	for (; mask; mask &= mask - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(mask);
		const char *rest = token + (at == 0 && *token);
		const char *name = symbols[i].name;
		size_t offset = at ? at - 1 : 0;

		if (offset > strlen(name) || strncmp(name + offset, rest, strlen(rest)))
			left &= ~(1u << i);
	}
	return left;
}

static void prepare_tokens(const struct hr_symbol *symbols, size_t count, struct tokens *tokens)
{
	for (size_t i = 0; i < TOKENS; i++)
		tokens->first_mask[i] = narrow(symbols, (uint32_t)((UINT64_C(1) << count) - 1),
					       tokens->table + tokens->index[i], 0);
}

static struct hr_error *refill(struct window *window)
{
	size_t left = window->filled - window->at;
	size_t len = WINDOW_SIZE - left;
	struct hr_error *error;

	if (left >= NAME_TOKENS_MAX + sizeof(uint16_t))
		return NULL;
	memmove(window->bytes, window->bytes + window->at, left);
	error = hr_kernel_read(window->layout, window->memory, window->va, window->bytes + left,
			       len);
	window->va += len;
	window->at = 0;
	window->filled = WINDOW_SIZE;
	return error;
}

/* The tokens of the next name, which is stepped over; NULL if it is longer than names can be. */
static const unsigned char *next_name(struct window *window, size_t *ret_len)
{
	const unsigned char *name = window->bytes + window->at;
	size_t len = *name++;

	if (window->long_lengths && len & LONG_LENGTH)
		len = (len & (LONG_LENGTH - 1)) | (size_t)*name++ << 7;
	window->at = (size_t)(name - window->bytes) + len;
	*ret_len = len;
	return len <= NAME_TOKENS_MAX ? name : NULL;
}

/* Which symbol the name of @len tokens is, as a mask of at most one bit. */
static uint32_t match_name(const struct tokens *tokens, const struct hr_symbol *symbols,
			   const unsigned char *name, size_t len)
{
	uint32_t mask = len ? tokens->first_mask[name[0]] : 0;
	size_t at = 0;

	for (size_t i = 0; mask && i < len; i++) {
		const char *token = tokens->table + tokens->index[name[i]];

		if (i)
			mask = narrow(symbols, mask, token, at);
		at += strlen(token);
	}
	for (uint32_t left = mask; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		if (at != strlen(symbols[i].name) + 1)
			mask &= ~(1u << i);
	}
	return mask;
}

static struct hr_error *read_address(const struct hr_layout *layout, const struct hr_memory *memory,
				     const struct places *places, uint64_t index, uint64_t *ret)
{
	uint64_t place = places->offsets + index * sizeof(uint32_t);
	uint32_t offset;
	struct hr_error *error = hr_kernel_read(layout, memory, place, &offset, sizeof(offset));

	offset = error ? 0 : le32toh(offset);
	if (places->is_relative)
		*ret = places->relative_base + offset;
	else
		*ret = place + (uint64_t)(int64_t)(int32_t)offset;
	return error;
}

static struct hr_error *scan_names(struct window *window, const struct tokens *tokens,
				   const struct places *places, struct hr_symbol *symbols)
{
	for (uint64_t i = 0; i < places->count; i++) {
		struct hr_error *error = refill(window);
		const unsigned char *name;
		struct hr_symbol *symbol;
		uint32_t mask;
		size_t len;

		if (error)
			return error;
		name = next_name(window, &len);
		if (!name)
			return hr_error_new(HR_ERROR_UNREADABLE,
					    "kallsyms has a name of %zu tokens, more than the "
					    "limit of %d",
					    len, NAME_TOKENS_MAX);
		mask = match_name(tokens, symbols, name, len);
		if (!mask)
			continue;
		symbol = &symbols[__builtin_ctz(mask)];
		symbol->found = true;
		error = read_address(window->layout, window->memory, places, i, &symbol->va);
		if (error)
			return error;
	}
	return NULL;
}

struct hr_error *hr_kallsyms_self_test(const struct hr_vmcoreinfo *note,
				       const struct hr_symbol *symbols, size_t count)
{
	uint64_t expected;
	bool found;
	struct hr_error *error =
		hr_vmcoreinfo_number(note, "SYMBOL(" HR_KALLSYMS_SELF_TEST ")", &found, &expected);

	for (size_t i = 0; !error && found && i < count; i++)
		if (symbols[i].found && symbols[i].va == expected &&
		    !strcmp(symbols[i].name, HR_KALLSYMS_SELF_TEST))
			return NULL;
	return error ? error : hr_error_new(HR_ERROR_UNREADABLE, "kallsyms contradicts VMCOREINFO");
}

struct hr_error *hr_kallsyms_find(const struct hr_layout *layout, const struct hr_vmcoreinfo *note,
				  const struct hr_memory *memory, struct hr_symbol *symbols,
				  size_t count)
{
	_cleanup_free_ struct tokens *tokens = malloc(sizeof(*tokens));
	_cleanup_free_ struct window *window = malloc(sizeof(*window));
	struct places places = { 0 };
	struct hr_error *error;

	if (!tokens || !window || count > HR_SYMBOLS_MAX)
		return hr_error_no_memory();
	error = find_places(layout, note, memory, &places);
	if (!error)
		error = read_count(layout, memory, &places);
	if (!error)
		error = read_tokens(layout, memory, &places, tokens);
	if (error)
		return error;
	prepare_tokens(symbols, count, tokens);
	window->layout = layout;
	window->memory = memory;
	window->va = places.names;
	window->long_lengths =
		!layout->version.known || !hr_release_is_before(&layout->version, 6, 1);
	window->at = window->filled = 0;
	error = scan_names(window, tokens, &places, symbols);
	return error ? error : hr_kallsyms_self_test(note, symbols, count);
}
