// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/note_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/smaller.h"
#include "base/zero.h"
#include "text/note_lines.h"

enum {
	PAGE = 4096,	  /* every page begins at a multiple of this */
	TEXT_MAX = 65536, /* a text has at most one page */
	CHUNK = 1 << 20,  /* what is read at a time */
	UTS_FIELD = 65,
	UTS_RELEASE = 130, /* struct new_utsname: the release is its third field */
};

#define FIRST_KEY "OSRELEASE="
#define LAST_KEY  "\nCRASHTIME="

/* Keys that every arm64 kernel writes. */
static const char *const wanted[] = {
	"PAGESIZE",
	"SYMBOL(swapper_pg_dir)",
	"SYMBOL(mem_section)",
	"NUMBER(VA_BITS)",
	"NUMBER(PHYS_OFFSET)",
	"NUMBER(kimage_voffset)",
	"SYMBOL(init_uts_ns)",
	"OFFSET(uts_namespace.name)",
};

struct search {
	const struct hr_source *source;
	char *chunk;
	size_t candidates;
	struct hr_found_note *found;
};

static bool read_memory(const struct search *search, uint64_t pa, void *buffer, size_t len)
{
	const struct hr_memory *memory = &search->source->memory;
	struct hr_error *error = memory->read(memory->context, pa, buffer, len);

	hr_error_destroy(error);
	return !error;
}

/* The value of @key in @text, which begins after its equals sign; NULL if there is none. */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	while ((text = strchr(text, '\n'))) {
		text++;
		if (!strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

static uint64_t number_of(const char *text, const char *key, int radix)
{
	return strtoull(value_of(text, key), NULL, radix);
}

/* Does the kernel's name in memory contradict the text? A name that cannot be read does not. */
static bool is_of_another(const struct search *search, const char *text)
{
	uint64_t va = number_of(text, "SYMBOL(init_uts_ns)", 16) +
		      number_of(text, "OFFSET(uts_namespace.name)", 0) + UTS_RELEASE;
	const char *release = text + strlen(FIRST_KEY);
	size_t len = strcspn(release, "\n");
	char name[UTS_FIELD];

	if (!read_memory(search, va - number_of(text, "NUMBER(kimage_voffset)", 0), name,
			 sizeof(name)))
		return false;
	return len >= sizeof(name) || memcmp(name, release, len) || name[len];
}

/* Is @text of @len bytes what a kernel writes? */
static bool is_note(const struct search *search, const char *text, size_t len)
{
	struct hr_text copy = { .bytes = malloc(len + 1), .len = len };
	struct hr_error *error = NULL;
	bool is_cut = false, same = false;

	if (!copy.bytes)
		return false;
	memcpy(copy.bytes, text, len + 1);
	error = hr_text_clean(&hr_note_lines, &copy);
	if (!error)
		error = hr_note_split(&copy, &is_cut);
	same = !error && !is_cut && copy.len == len && !memcmp(copy.bytes, text, len);
	hr_error_destroy(error);
	free(copy.bytes);
	for (size_t i = 0; same && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		same = value_of(text, wanted[i]);
	return same && !is_of_another(search, text);
}

/* The length of a text without the time of a crash, which only one of its copies gets. */
static size_t length_of_same(const char *text)
{
	const char *crash = strstr(text, LAST_KEY);

	return crash ? (size_t)(crash + 1 - text) : strlen(text);
}

static bool are_copies(const char *a, const char *b)
{
	size_t len = length_of_same(a);

	return len == length_of_same(b) && !memcmp(a, b, len);
}

/* Read the text at @pa up to its end, after which its page has only zeros. */
static bool read_text(const struct search *search, uint64_t pa, char *text, size_t *ret)
{
	for (size_t at = 0; at < TEXT_MAX; at += PAGE) {
		size_t len;

		if (!read_memory(search, pa + at, text + at, PAGE))
			return false;
		len = strnlen(text + at, PAGE);
		*ret = at + len;
		if (len < PAGE)
			return hr_is_zero(text + *ret, PAGE - len);
	}
	return false;
}

static struct hr_error *take_candidate(struct search *search, uint64_t pa)
{
	_cleanup_free_ char *text = hr_page_buffer(TEXT_MAX + 1);
	struct hr_found_note *found = search->found;
	size_t len;

	if (!text)
		return hr_error_no_memory();
	if (++search->candidates > HR_NOTE_CANDIDATES_MAX)
		found->is_ambiguous = true;
	if (found->is_ambiguous || !read_text(search, pa, text, &len) ||
	    !is_note(search, text, len))
		return NULL;
	if (found->text) {
		found->is_ambiguous = !are_copies(found->text, text);
		return NULL;
	}
	found->text = hr_take(text);
	found->len = len;
	return NULL;
}

/* Look at the pages of [@start, @start + @len). */
static struct hr_error *search_chunk(struct search *search, uint64_t start, size_t len)
{
	bool whole = read_memory(search, start, search->chunk, len);
	struct hr_error *error = NULL;

	for (size_t at = 0; !error && at < len && !search->found->is_ambiguous; at += PAGE) {
		char *page = search->chunk + at;

		if (!whole && !read_memory(search, start + at, page, PAGE))
			continue;
		if (!memcmp(page, FIRST_KEY, strlen(FIRST_KEY)))
			error = take_candidate(search, start + at);
	}
	return error;
}

static struct hr_error *search_all(struct search *search, uint64_t most)
{
	const struct hr_source *source = search->source;
	uint64_t pa = 0, start, end;

	while (source->ops->next(source->context, pa, &start, &end)) {
		uint64_t page = (start + PAGE - 1) & ~(uint64_t)(PAGE - 1), len;
		struct hr_error *error;

		if (end <= pa)
			return NULL;
		pa = end;
		if (page < start || page >= end || end - page < PAGE)
			continue;
		if (!most) {
			search->found->is_cut = true;
			return NULL;
		}
		len = (end - page) & ~(uint64_t)(PAGE - 1);
		len = hr_smaller(len, CHUNK);
		len = hr_smaller(len, most);
		error = search_chunk(search, page, (size_t)len);
		if (error || search->found->is_ambiguous)
			return error;
		most -= len;
		pa = page + len;
	}
	return NULL;
}

struct hr_error *hr_note_search(const struct hr_source *source, uint64_t most,
				struct hr_found_note *ret)
{
	_cleanup_free_ char *chunk = NULL;
	struct search search = { .source = source, .found = ret };
	struct hr_error *error;

	*ret = (struct hr_found_note){ .text = NULL };
	if (!source->ops->next)
		return NULL;
	chunk = search.chunk = hr_page_buffer(CHUNK);
	if (!chunk)
		return hr_error_no_memory();
	error = search_all(&search, most);
	if (!error && !ret->is_ambiguous)
		return NULL;
	free(ret->text);
	ret->text = NULL;
	return error;
}
