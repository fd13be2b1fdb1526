// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kallsyms.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "arch/pointer.h"
#include "base/cleanup.h"
#include "kernel/address.h"
#include "kernel/release_table.h"

enum {
	TOKENS = 256,
	TOKEN_TABLE_MAX = 1 << 14,
	WINDOW_SIZE = 1 << 16,
	/*
	 * A type and a name of at most 511 characters (KSYM_NAME_LEN). No token in them is empty.
	 */
	NAME_TOKENS_MAX = 512,
	SYMBOL_COUNT_MAX = 1 << 23,
	NAMES_MAX = 1 << 26, /* bytes of all names; kernels have a few MiB */
	LONG_LENGTH = 0x80,  /* HR_KALLSYMS_TWO_BYTE: a length with this bit has a second byte */
};

/* Where the tables are, according to the note. */
struct places {
	uint64_t names, count, token_table, token_index, offsets;
	uint64_t relative_base; /* the value, not its address */
	/* offsets are relative to relative_base; otherwise each to its own address */
	bool is_relative;
};

struct tokens {
	uint16_t index[TOKENS];
	uint16_t len[TOKENS]; /* characters */
	char table[TOKEN_TABLE_MAX + 1];
	uint32_t first_mask[TOKENS]; /* symbols that can match a name beginning with this token */
};

/* Matches of one symbol among the names. */
struct match {
	size_t count;
	uint64_t index; /* of the first matching name */
};

/* The names, read through a window that always has room for a complete one. */
struct window {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	uint64_t va;	/* the next byte to read into the window */
	uint64_t taken; /* bytes read so far */
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
	struct hr_error *error;
	uint64_t base;
	bool found;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		error = hr_vmcoreinfo_number(note, keys[i].key, &found, keys[i].place);
		if (error || !found)
			return error ? error : no_tables();
	}
	ret->is_relative = hr_vmcoreinfo_get(note, "SYMBOL(kallsyms_relative_base)") != NULL;
	if (!ret->is_relative)
		return NULL;
	hr_error_destroy(
		hr_vmcoreinfo_number(note, "SYMBOL(kallsyms_relative_base)", &found, &base));
	if (!found)
		return no_tables();
	error = hr_kernel_read_u64(layout, memory, base, &ret->relative_base);
	ret->relative_base = hr_untagged(ret->relative_base);
	return error;
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
	/* The last token ends somewhere after its start; the bytes after it do not matter. */
	end = end + TOKENS < TOKEN_TABLE_MAX ? end + TOKENS : TOKEN_TABLE_MAX;
	memset(tokens->table, 0, sizeof(tokens->table));
	return hr_kernel_read(layout, memory, places->token_table, tokens->table, end);
}

/*
 * The symbols of @mask that continue with @token at @at. Names in the tables begin with a character
 * for the symbol's type.
 */
static uint32_t narrow(const struct hr_symbol *symbols, uint32_t mask, const char *token,
		       size_t token_len, size_t at)
{
	size_t skip = at == 0 && token_len, offset = at ? at - 1 : 0;
	uint32_t left = mask;

	for (; mask; mask &= mask - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(mask);
		const char *name = symbols[i].name;

		if (offset > strlen(name) ||
		    strncmp(name + offset, token + skip, token_len - skip) != 0)
			left &= ~(1u << i);
	}
	return left;
}

static void prepare_tokens(const struct hr_symbol *symbols, size_t count, struct tokens *tokens)
{
	for (size_t i = 0; i < TOKENS; i++) {
		const char *token = tokens->table + tokens->index[i];

		tokens->len[i] = (uint16_t)strlen(token);
		tokens->first_mask[i] = narrow(symbols, (uint32_t)((UINT64_C(1) << count) - 1),
					       token, tokens->len[i], 0);
	}
}

static struct hr_error *too_many_names(uint64_t limit)
{
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "the names of kallsyms take more than the limit of %" PRIu64 " bytes",
			    limit);
}

/* Names are not larger than the source: a file may show the same bytes at many addresses. */
static struct hr_error *refill(struct window *window)
{
	uint64_t size = window->memory->size;
	uint64_t limit = WINDOW_SIZE + (size < NAMES_MAX ? size : NAMES_MAX);
	size_t left = window->filled - window->at;
	size_t len = WINDOW_SIZE - left;
	struct hr_error *error;

	if (left >= NAME_TOKENS_MAX + sizeof(uint16_t))
		return NULL;
	if (window->taken > limit)
		return too_many_names(limit);
	memmove(window->bytes, window->bytes + window->at, left);
	error = hr_kernel_read(window->layout, window->memory, window->va, window->bytes + left,
			       len);
	window->va += len;
	window->taken += len;
	window->at = 0;
	window->filled = WINDOW_SIZE;
	return error;
}

/* Get the tokens of the next name, and advance past it. */
static struct hr_error *next_name(struct window *window, const unsigned char **ret, size_t *ret_len)
{
	const unsigned char *name = window->bytes + window->at;
	size_t len = *name++;

	if (window->long_lengths && len & LONG_LENGTH)
		len = (len & (LONG_LENGTH - 1)) | (size_t)*name++ << 7;
	window->at = (size_t)(name - window->bytes) + len;
	*ret = name;
	*ret_len = len;
	if (len && len <= NAME_TOKENS_MAX)
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "kallsyms has a name of %zu tokens; from 1 to %d are possible", len,
			    NAME_TOKENS_MAX);
}

static struct hr_error *empty_token(void)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "kallsyms has a name with an empty token");
}

/*
 * Which symbol the name of @len tokens is, as a mask of at most one bit. Compares no more
 * characters than the symbols have.
 */
static struct hr_error *match_name(const struct tokens *tokens, const struct hr_symbol *symbols,
				   const unsigned char *name, size_t len, uint32_t *ret)
{
	uint32_t mask = tokens->first_mask[name[0]];
	size_t at = 0;

	for (size_t i = 0; mask && i < len; i++) {
		unsigned int token = name[i];

		if (!tokens->len[token])
			return empty_token();
		if (i)
			mask = narrow(symbols, mask, tokens->table + tokens->index[token],
				      tokens->len[token], at);
		at += tokens->len[token];
	}
	*ret = mask;
	for (; mask; mask &= mask - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(mask);

		if (at != strlen(symbols[i].name) + 1)
			*ret &= ~(1u << i);
	}
	return NULL;
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
				   uint64_t count, const struct hr_symbol *symbols,
				   struct match *matches)
{
	for (uint64_t i = 0; i < count; i++) {
		struct hr_error *error = refill(window);
		const unsigned char *name = NULL;
		struct match *match;
		uint32_t mask = 0;
		size_t len = 0;

		if (!error)
			error = next_name(window, &name, &len);
		if (!error)
			error = match_name(tokens, symbols, name, len, &mask);
		if (error)
			return error;
		if (!mask)
			continue;
		match = &matches[__builtin_ctz(mask)];
		if (!match->count++)
			match->index = i;
	}
	return NULL;
}

/* If several symbols share a name, the right one is unknown. */
static struct hr_error *read_addresses(const struct hr_layout *layout,
				       const struct hr_memory *memory, const struct places *places,
				       const struct match *matches, struct hr_symbol *symbols,
				       size_t count)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < count; i++) {
		symbols[i].found = matches[i].count == 1;
		if (symbols[i].found)
			error = read_address(layout, memory, places, matches[i].index,
					     &symbols[i].va);
	}
	return error;
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
	struct match matches[HR_SYMBOLS_MAX] = { 0 };
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
		hr_release_trait(&layout->version, HR_TRAIT_KALLSYMS) == HR_KALLSYMS_TWO_BYTE;
	window->at = window->filled = 0;
	window->taken = 0;
	error = scan_names(window, tokens, places.count, symbols, matches);
	if (!error)
		error = read_addresses(layout, memory, &places, matches, symbols, count);
	return error ? error : hr_kallsyms_self_test(note, symbols, count);
}
